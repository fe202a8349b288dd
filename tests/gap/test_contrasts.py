import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import mannwhitneyu

from anigifs.gap.contrasts import auc, contrast
from anigifs.gap.resampling import Resampling
from tests.gap.made import pool

whole_numbers = st.lists(st.integers(0, 9), min_size=1, max_size=12)


@given(a=whole_numbers, b=whole_numbers)
def test_auc_is_mann_whitneys_u_over_its_most(a: list[int], b: list[int]) -> None:
    assert auc(a, b) == pytest.approx(mannwhitneyu(b, a).statistic / (len(a) * len(b)))
    assert auc(a, b) + auc(b, a) == pytest.approx(1)


def test_a_contrast_is_quantiles_and_the_auc_of_independent_clips() -> None:
    of = pool(20, paired=False)
    values_N = np.random.default_rng(0).normal(size=40) + of.is_b_N
    found = contrast("motion", "motion", values_N, of, Resampling())
    a, b = values_N[~of.is_b_N], values_N[of.is_b_N]
    assert found.auc == pytest.approx(auc(a, b))
    assert found.a == pytest.approx(np.percentile(a, [5, 25, 50, 75, 95]))
    assert found.b == pytest.approx(np.percentile(b, [5, 25, 50, 75, 95]))
    assert found.low is not None
    assert found.high is not None
    assert 0.5 < found.low < found.auc < found.high < 1


def test_clips_of_one_group_are_not_compared() -> None:
    """Each cartoon is a little above its film: which only the pairs of one group would show."""
    of = pool(3, paired=True)
    values_N = np.array([1.0, 2.0, 3.0, 1.1, 2.1, 3.1])
    assert auc(values_N[:3], values_N[3:]) == pytest.approx(6 / 9)
    assert contrast("k", "t", values_N, of, Resampling()).auc == 0.5


def test_what_no_draw_changes_has_no_interval() -> None:
    of = pool(12, paired=True)
    apart = contrast("k", "t", of.is_b_N.astype(float), of, Resampling())
    assert (apart.auc, apart.low, apart.high, apart.strength) == (1.0, None, None, 1.0)
    same = contrast("k", "t", np.ones(24), of, Resampling())
    assert (same.auc, same.low, same.strength) == (0.5, None, 0.0)


def test_intervals_hold_the_true_auc() -> None:
    """Of two normals a standard deviation apart: the share of a normal below 1/sqrt 2."""
    held = 0
    of = pool(30, paired=False)
    for seed in range(100):
        values_N = np.random.default_rng(seed).normal(size=60) + of.is_b_N
        found = contrast("k", "t", values_N, of, Resampling(replicates=300))
        assert found.low is not None
        assert found.high is not None
        held += found.low <= 0.7602 <= found.high
    assert held >= 88
