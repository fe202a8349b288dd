import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests

from anigifs.evaluation import holm, paired_permutation
from anigifs.foundation import UsageError


def mean_difference(a: np.ndarray, b: np.ndarray, axis: int) -> np.ndarray:
    return np.asarray((a - b).mean(axis))


def two_runs(clips: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.random(clips) < 0.75, rng.random(clips) < 0.6


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.integers(2, 11), st.booleans())
def test_few_groups_are_counted_exactly_as_scipy_does(seed: int, n: int, counts: bool) -> None:
    rng = np.random.default_rng(seed)
    a = rng.integers(0, 2, n).astype(float) if counts else rng.normal(size=n)
    b = rng.integers(0, 2, n).astype(float) if counts else rng.normal(size=n)
    found = paired_permutation(a, b, range(n))
    expected = stats.permutation_test(
        (a, b), mean_difference, permutation_type="samples", n_resamples=np.inf, vectorized=True
    )
    assert found.exact
    assert found.difference == pytest.approx(expected.statistic)
    assert found.p == pytest.approx(expected.pvalue)


def test_many_groups_are_drawn_and_agree_with_the_exact_count() -> None:
    rng = np.random.default_rng(2)
    a, b = rng.normal(0.25, 1, 16), np.zeros(16)
    exact = paired_permutation(a, b, range(16), permutations=2**16)
    drawn = paired_permutation(a, b, range(16), permutations=2**16 - 1)
    assert (exact.exact, drawn.exact) == (True, False)
    assert drawn.p == pytest.approx(exact.p, abs=0.01)
    assert drawn.p != exact.p


def test_clips_of_a_group_flip_together() -> None:
    a, b = two_runs(60)
    groups = np.arange(60) // 5
    found = paired_permutation(a, b, groups)
    sums = np.add.reduceat(a.astype(float) - b, np.arange(0, 60, 5))
    expected = stats.permutation_test(
        (sums, np.zeros(12)), mean_difference, permutation_type="samples", n_resamples=np.inf
    )
    assert found.p == pytest.approx(expected.pvalue)
    assert (found.n, found.groups) == (60, int((sums != 0).sum()))
    assert found.p > paired_permutation(a, b, range(60)).p


@pytest.mark.parametrize("seed", range(4))
def test_on_single_clips_it_is_mcnemars_exact_test(seed: int) -> None:
    a, b = two_runs(24, seed)
    table = [[int((x & y).sum()) for y in (b, ~b)] for x in (a, ~a)]
    exact = paired_permutation(a, b, range(24), permutations=2**24)
    assert exact.p == pytest.approx(mcnemar(table).pvalue)
    a, b = two_runs(400, seed)
    table = [[int((x & y).sum()) for y in (b, ~b)] for x in (a, ~a)]
    drawn = paired_permutation(a, b, range(400))
    assert not drawn.exact
    assert drawn.p == pytest.approx(max(mcnemar(table).pvalue, 1 / 10_001), abs=0.015)


def test_equal_runs_have_p_one_and_chance_is_never_ruled_out() -> None:
    a, _ = two_runs(50)
    same = paired_permutation(a, a, range(50))
    assert (same.difference, same.p, same.groups) == (0, 1, 0)
    sure = paired_permutation(np.ones(5000), np.zeros(5000), range(5000), permutations=999)
    assert sure.p == 1 / 1000


def test_p_values_are_spread_evenly_where_there_is_no_difference() -> None:
    rng = np.random.default_rng(0)
    p_values = [
        paired_permutation(
            rng.normal(size=40), rng.normal(size=40), np.arange(40), permutations=499, seed=run
        ).p
        for run in range(400)
    ]
    assert stats.kstest(p_values, "uniform").pvalue > 0.01


def test_the_seed_decides_what_is_drawn() -> None:
    a, b = two_runs(100)
    one = paired_permutation(a, b, range(100), permutations=999)
    assert one == paired_permutation(a, b, range(100), permutations=999)
    others = {paired_permutation(a, b, range(100), permutations=999, seed=s).p for s in range(6)}
    assert len(others) > 1


def test_runs_of_other_lengths_are_refused() -> None:
    with pytest.raises(UsageError, match="2 and 3 clips"):
        paired_permutation([1, 0], [1, 0, 1], [1, 2])
    with pytest.raises(UsageError, match="0 and 0 clips"):
        paired_permutation([], [], [])


@settings(max_examples=20)  # statsmodels takes 50 ms a call
@given(st.lists(st.floats(0, 1), min_size=0, max_size=8))
def test_holm_is_that_of_statsmodels_and_of_its_definition(p_values: list[float]) -> None:
    found = holm(p_values)
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    worst = 0.0
    for place, index in enumerate(order):
        worst = max(worst, min(1.0, (len(order) - place) * p_values[index]))
        assert found[index] == pytest.approx(worst)
    if p_values:
        assert found == pytest.approx(multipletests(p_values, method="holm")[1].tolist())
