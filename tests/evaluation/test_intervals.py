import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from anigifs.evaluation import bootstrap_interval, t_interval
from anigifs.foundation import UsageError


def clustered(groups: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Right and wrong answers that agree within groups; the groups; a class for each clip."""
    rng = np.random.default_rng(seed)
    size_G = rng.integers(1, 6, groups)
    share_G = rng.beta(2, 1, groups)
    group_N = np.repeat(np.arange(groups), size_G)
    right_N = (rng.random(len(group_N)) < share_G[group_N]).astype(float)
    return right_N, group_N, group_N % 4


def ratio(sums: np.ndarray, counts: np.ndarray, axis: int) -> np.ndarray:
    return np.asarray(sums.sum(axis) / counts.sum(axis))


@given(st.lists(st.floats(0, 1), min_size=2, max_size=8), st.sampled_from([0.8, 0.95, 0.99]))
def test_the_t_interval_is_scipys(values: list[float], level: float) -> None:
    found = t_interval(values, level)
    std = np.std(values, ddof=1)
    assert found.n == len(values)
    assert found.std == pytest.approx(std)
    if found.low is None:
        assert std <= 1e-12
    elif std > 1e-9:
        expected = stats.ttest_1samp(values, 0).confidence_interval(level)
        assert (found.low, found.high) == pytest.approx((expected.low, expected.high))


def test_three_runs_have_4_303_deviations_over_root_three_and_not_a_standard_error() -> None:
    values = [0.61, 0.58, 0.66]
    found = t_interval(values)
    assert found.std is not None
    assert found.high is not None
    half = found.high - found.mean
    assert half == pytest.approx(4.303 * found.std / math.sqrt(3), rel=1e-4)
    # What DomainBed prints: the population's deviation over the root.
    assert half / (np.std(values) / math.sqrt(3)) == pytest.approx(5.27, abs=0.005)


def test_one_run_has_no_interval_and_none_is_an_error() -> None:
    one = t_interval([0.7])
    assert (one.n, one.mean, one.std, one.low, one.high) == (1, 0.7, None, None, None)
    same = t_interval([0.1 + 0.2, 0.3])  # equal by chance, which is no certainty
    assert (same.low, same.high) == (None, None)
    with pytest.raises(UsageError, match="no runs"):
        t_interval([])
    with pytest.raises(UsageError, match="a level of 95"):
        t_interval([1, 2], level=95)
    with pytest.raises(UsageError, match="no clips"):
        bootstrap_interval([], [])
    with pytest.raises(UsageError, match="a level of 0"):
        bootstrap_interval([1, 2], [1, 2], level=0)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("level", [0.9, 0.95])
def test_on_groups_it_is_scipys_bca_of_pairs_of_sums_and_counts(seed: int, level: float) -> None:
    right_N, group_N, _ = clustered(60, seed)
    found = bootstrap_interval(right_N, group_N, level=level, seed=seed)
    pairs = np.bincount(group_N, right_N), np.bincount(group_N).astype(float)
    expected = stats.bootstrap(
        pairs, ratio, paired=True, n_resamples=10_000, confidence_level=level, rng=seed
    ).confidence_interval
    assert found.value == right_N.mean()
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=0.006)


@pytest.mark.parametrize("skewed", [False, True])
def test_on_single_clips_and_real_numbers_it_is_scipys_too(skewed: bool) -> None:
    rng = np.random.default_rng(5)
    values = rng.exponential(size=80) if skewed else rng.normal(size=80)
    found = bootstrap_interval(values, range(80))
    expected = stats.bootstrap((values,), np.mean, n_resamples=10_000, rng=1).confidence_interval
    spread = values.std() / math.sqrt(80)
    assert (found.low, found.high) == pytest.approx(
        (expected.low, expected.high), abs=0.08 * spread
    )


def test_mean_class_is_scipys_bca_of_a_statistic_over_indices() -> None:
    right_N, group_N, label_N = clustered(80, 3)
    table = np.zeros((2, 80, 4))
    np.add.at(table[0], (group_N, label_N), right_N)
    np.add.at(table[1], (group_N, label_N), 1)

    def statistic(index: np.ndarray) -> float:
        sums_C, counts_C = table[:, index.astype(int)].sum(axis=1)
        return float(np.mean(sums_C[counts_C > 0] / counts_C[counts_C > 0]))

    expected = stats.bootstrap(
        (np.arange(80),), statistic, vectorized=False, n_resamples=4000, rng=0
    ).confidence_interval
    found = bootstrap_interval(right_N, group_N, label_N)
    means = [right_N[label_N == one].mean() for one in range(4)]
    assert found.value == pytest.approx(np.mean(means))
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=0.01)


def test_drawing_kinds_and_drawing_groups_are_one_distribution() -> None:
    """A hair's difference makes every group a kind of its own, which takes the other way."""
    right_N, group_N, _ = clustered(50, 1)
    hair_N = right_N + 1e-9 * np.random.default_rng(0).random(len(right_N))
    one = bootstrap_interval(right_N, group_N, replicates=40_000)
    two = bootstrap_interval(hair_N, group_N, replicates=40_000)
    assert (one.low, one.high) == pytest.approx((two.low, two.high), abs=0.004)


def test_clips_that_agree_within_groups_have_a_wider_interval() -> None:
    """Every clip four times over is no more evidence than once."""
    rng = np.random.default_rng(0)
    once = (rng.random(50) < 0.6).astype(float)
    four, groups = np.repeat(once, 4), np.repeat(np.arange(50), 4)
    right = bootstrap_interval(four, groups)
    wrong = bootstrap_interval(four, range(200))
    alone = bootstrap_interval(once, range(50))
    assert (right.n, right.groups, wrong.groups) == (200, 50, 200)
    assert (right.low, right.high) == (alone.low, alone.high)
    assert right.high is not None
    assert right.low is not None
    assert wrong.high is not None
    assert wrong.low is not None
    assert (right.high - right.low) / (wrong.high - wrong.low) == pytest.approx(2, rel=0.1)


def test_the_seed_decides_and_the_order_of_clips_does_not() -> None:
    right_N, group_N, label_N = clustered(30)
    order = np.random.default_rng(1).permutation(len(right_N))
    one = bootstrap_interval(right_N, group_N, label_N)
    assert one == bootstrap_interval(right_N, [f"g{g:02}" for g in group_N], label_N)
    assert one == bootstrap_interval(right_N[order], group_N[order], label_N[order])
    assert one != bootstrap_interval(right_N, group_N, label_N, seed=1)


@pytest.mark.parametrize(("values", "groups"), [([1, 1, 1], "abc"), ([0, 1, 1], "aaa")])
def test_where_resampling_says_nothing_there_is_no_interval(values: list[int], groups: str) -> None:
    found = bootstrap_interval(values, list(groups))
    assert (found.low, found.high) == (None, None)


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    held = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        groups = np.repeat(np.arange(60), 4)
        right = rng.random(240) < rng.beta(1.4, 0.6, 60)[groups]  # 0.7 on average
        found = bootstrap_interval(right, groups, replicates=1000, seed=seed)
        assert found.low is not None
        assert found.high is not None
        held += found.low <= 0.7 <= found.high
    assert 0.90 <= held / 200 <= 0.985
