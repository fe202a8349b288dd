import numpy as np
import pytest
from scipy import stats

from anigifs.gap.distances import Coral, coral, kernel_distance
from anigifs.gap.kernels import gaussian_kernel
from anigifs.gap.pairs import PairMean
from anigifs.gap.resampling import halves, jackknife, swap_test
from tests.gap.made import pool, samples


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def test_the_jackknife_of_a_mean_is_students_interval() -> None:
    of = pool(15, paired=True)
    values_N = np.random.default_rng(1).normal(size=30)

    def difference(a_RN: np.ndarray, b_RN: np.ndarray) -> np.ndarray:
        return np.asarray(b_RN @ values_N / b_RN.sum(axis=1) - a_RN @ values_N / a_RN.sum(axis=1))

    found = jackknife(difference, of, of.a_1N, of.b_1N, level=0.9, rng=rng())
    paired = values_N[15:] - values_N[:15]
    low, high = stats.t.interval(0.9, 14, paired.mean(), stats.sem(paired))
    assert found.value == pytest.approx(paired.mean())
    assert found.corrected == pytest.approx(paired.mean())
    assert (found.value - found.half, found.value + found.half) == pytest.approx((low, high))


def test_more_groups_than_blocks_are_left_out_together() -> None:
    of = pool(250, paired=True)
    features_ND = samples(of, 0.5, 3, seed=0)
    distance = kernel_distance(gaussian_kernel(features_ND), of.group_N)
    found = jackknife(distance, of, of.a_1N, of.b_1N, level=0.95, rng=rng())
    assert found.corrected == pytest.approx(found.value, rel=0.05)
    assert 0 < found.half < found.value


def test_the_jackknife_takes_the_bias_off_coral() -> None:
    of = pool(20, paired=False)
    plain, corrected = [], []
    for seed in range(40):
        features_ND = samples(of, 0.0, 30, seed)
        plain.append(coral(features_ND[~of.is_b_N], features_ND[of.is_b_N]))
        found = jackknife(Coral(features_ND), of, of.a_1N, of.b_1N, level=0.95, rng=rng())
        assert found.value == pytest.approx(plain[-1])
        corrected.append(found.corrected)
    assert abs(np.mean(corrected)) < 0.1 * np.mean(plain)


@pytest.mark.parametrize("paired", [True, False])
@pytest.mark.parametrize("shift", [0.0, 0.8])
def test_intervals_hold_the_true_distance(paired: bool, shift: float) -> None:
    """Two dimensions, a bandwidth of 2, groups that share half of the variance: known exactly."""
    of = pool(25, paired=paired)
    spread = 4 + 2 * 2  # the kernel's, and that of the difference of two clips
    truth = 2 * (4 / spread) * (1 - np.exp(-2 * shift**2 / (2 * spread)))
    held = 0
    for seed in range(100):
        kernel_NN = gaussian_kernel(samples(of, shift, 2, seed), 2.0)
        distance = kernel_distance(kernel_NN, of.group_N)
        found = jackknife(distance, of, of.a_1N, of.b_1N, level=0.95, rng=rng())
        held += abs(found.value - truth) <= found.half
    assert held >= 89  # of 100; 95 are meant, and 89 is three standard errors below


@pytest.mark.parametrize("paired", [True, False])
def test_the_permutation_test_is_fair_and_sees_a_difference(paired: bool) -> None:
    of = pool(16, paired=paired, clips=2)

    def p(shift: float, seed: int) -> float:
        kernel_NN = gaussian_kernel(samples(of, shift, 3, seed))
        return swap_test(kernel_distance(kernel_NN, of.group_N), of, replicates=99, rng=rng())

    fair = [p(0.0, seed) for seed in range(60)]
    assert stats.kstest(fair, "uniform").pvalue > 0.01
    assert p(1.5, 0) <= 0.02  # 99 draws can say 0.01 at least


def test_drawn_sides_keep_groups_whole_and_as_large_as_they_were() -> None:
    of = pool(6, paired=False, clips=3)
    seen: list[np.ndarray] = []

    def look(a_RN: np.ndarray, b_RN: np.ndarray) -> np.ndarray:
        seen.append(b_RN)
        return np.zeros(len(b_RN))

    assert swap_test(look, of, replicates=50, rng=rng()) == 1.0
    by_group_RGC = seen[0].reshape(50, 12, 3)
    assert (by_group_RGC == by_group_RGC[..., :1]).all()
    assert (seen[0].sum(axis=1) == 18).all()
    assert len(np.unique(seen[0], axis=0)) > 10


def test_halves_share_out_the_groups_of_one_side() -> None:
    of = pool(9, paired=True, clips=2)
    pairs = halves(of, 3, rng())
    assert len(pairs) == 6
    for place, (one_1N, other_1N) in enumerate(pairs):
        side_1N = of.a_1N if place < 3 else of.b_1N
        assert (one_1N + other_1N == side_1N).all()
        groups = [set(of.group_N[half_1N[0] > 0]) for half_1N in (one_1N, other_1N)]
        assert not groups[0] & groups[1]
        assert sorted(map(len, groups)) == [4, 5]


def test_weights_choose_any_sample() -> None:
    """Leave-one-out by weights is the distance of the samples without it."""
    of = pool(8, paired=False)
    features_ND = samples(of, 1.0, 4, seed=3)
    kept_N = of.group_N != 2
    a, b = kept_N & ~of.is_b_N, kept_N & of.is_b_N
    found = Coral(features_ND)(a[None].astype(float), b[None].astype(float))[0]
    assert found == pytest.approx(coral(features_ND[a], features_ND[b]))
    kernel_NN = gaussian_kernel(features_ND, 1.0)
    mean = PairMean(kernel_NN, of.group_N)
    wanted = kernel_NN[np.ix_(a, b)].mean()
    assert mean(a[None].astype(float), b[None].astype(float))[0] == pytest.approx(wanted)
