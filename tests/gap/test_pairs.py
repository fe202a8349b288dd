import numpy as np
import pytest

from anigifs.gap.pairs import PairMean
from tests.gap.made import pool


def test_pairs_of_one_group_are_never_compared() -> None:
    rng = np.random.default_rng(0)
    values_NN = rng.normal(size=(6, 6))
    group_N = np.array([0, 0, 1, 2, 2, 2])
    a_N, b_N = rng.integers(0, 3, (2, 6)).astype(float)
    total = pairs = 0.0
    for i in range(6):
        for j in range(6):
            if group_N[i] != group_N[j]:
                total += a_N[i] * b_N[j] * values_NN[i, j]
                pairs += a_N[i] * b_N[j]
    mean = PairMean(values_NN, group_N)
    assert mean(a_N[None], b_N[None])[0] == pytest.approx(total / pairs)
    assert mean.table(a_N[None], b_N[None])[0, 0] == pytest.approx(total / pairs)


def test_no_pairs_have_no_mean() -> None:
    mean = PairMean(np.ones((3, 3)), np.array([0, 0, 1]))
    weights_1N = np.array([[1.0, 1.0, 0.0]])
    assert np.isnan(mean(weights_1N, weights_1N)).all()


def test_part_of_a_pool_numbers_its_groups_anew() -> None:
    whole = pool(5, paired=True)
    part = whole.take(whole.group_N >= 3, is_b_N=whole.group_N == 4)
    assert (part.groups, part.group_N.tolist()) == (2, [0, 1, 0, 1])
    assert part.is_b_N.tolist() == [False, True, False, True]
