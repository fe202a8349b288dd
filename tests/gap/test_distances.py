from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import pdist
from sklearn.metrics.pairwise import polynomial_kernel as sklearn_polynomial
from sklearn.metrics.pairwise import rbf_kernel as sklearn_rbf

from anigifs.gap.distances import (
    between_classes,
    coral,
    kernel_distance,
    kid,
    mmd,
    within_classes,
)
from anigifs.gap.kernels import gaussian_kernel
from anigifs.gap.pairs import PairMean
from tests.gap.made import pool, samples

Kernel = Callable[[np.ndarray, np.ndarray], np.ndarray]


def two(
    n: int = 9, m: int = 7, dimensions: int = 5, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, dimensions)), 0.5 + 2 * rng.normal(size=(m, dimensions))


def by_loops(x_ND: np.ndarray, y_MD: np.ndarray, kernel: Kernel) -> float:
    """Equation 3 of Gretton et al. (2012), sum by sum."""
    n, m = len(x_ND), len(y_MD)
    xx = sum(kernel(x_ND, x_ND)[i, j] for i in range(n) for j in range(n) if i != j)
    yy = sum(kernel(y_MD, y_MD)[i, j] for i in range(m) for j in range(m) if i != j)
    xy = sum(kernel(x_ND, y_MD)[i, j] for i in range(n) for j in range(m))
    return float(xx / (n * (n - 1)) + yy / (m * (m - 1)) - 2 * xy / (n * m))


def test_kid_is_the_unbiased_discrepancy_under_its_polynomial_kernel() -> None:
    x_ND, y_MD = two()

    def kernel(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return np.asarray(sklearn_polynomial(a, b, degree=3, gamma=1 / a.shape[1], coef0=1))

    assert kid(x_ND, y_MD) == pytest.approx(by_loops(x_ND, y_MD, kernel))


def test_mmd_takes_the_median_distance_as_its_bandwidth() -> None:
    x_ND, y_MD = two()
    bandwidth = np.median(pdist(np.concatenate([x_ND, y_MD])))

    def kernel(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return np.asarray(sklearn_rbf(a, b, gamma=1 / (2 * bandwidth**2)))

    assert mmd(x_ND, y_MD) == pytest.approx(by_loops(x_ND, y_MD, kernel))


def test_coral_is_the_distance_of_the_covariances() -> None:
    x_ND, y_MD = two()
    difference = np.cov(x_ND, rowvar=False) - np.cov(y_MD, rowvar=False)
    assert coral(x_ND, y_MD) == pytest.approx((difference**2).sum() / (4 * 5**2))


def test_mmd_of_shifted_normals_is_what_the_integral_says() -> None:
    rng = np.random.default_rng(0)
    x_ND, y_MD = rng.normal(size=(2, 1500, 2))
    bandwidth, shift = 1.5, np.array([0.8, 0.0])
    spread = bandwidth**2 + 2  # of the difference of two clips, after the kernel
    whole = bandwidth**2 / spread  # in two dimensions
    truth = 2 * whole * (1 - np.exp(-(shift @ shift) / (2 * spread)))
    assert mmd(x_ND, y_MD + shift, bandwidth) == pytest.approx(truth, rel=0.25)
    assert abs(mmd(x_ND, y_MD, bandwidth)) < 0.02 * truth


def test_unbiased_distances_of_one_distribution_are_around_zero() -> None:
    found = [
        (kid(*pair), mmd(*pair)) for pair in np.random.default_rng(0).normal(size=(200, 2, 12, 3))
    ]
    for values in np.array(found).T:
        assert abs(values.mean()) < 3 * values.std() / np.sqrt(len(values))
        assert (values < 0).any()


@settings(max_examples=25)
@given(seed=st.integers(0, 2**32 - 1), n=st.integers(3, 8), m=st.integers(3, 8))
def test_distances_are_symmetric_and_take_clips_in_any_order(seed: int, n: int, m: int) -> None:
    x_ND, y_MD = two(n, m, seed=seed)
    order = np.random.default_rng(seed).permutation(n)
    for distance in (kid, mmd, coral):
        value = distance(x_ND, y_MD)
        assert distance(y_MD, x_ND) == pytest.approx(value, rel=1e-9, abs=1e-12)
        assert distance(x_ND[order], y_MD) == pytest.approx(value, rel=1e-9, abs=1e-12)


@settings(max_examples=25)
@given(seed=st.integers(0, 2**32 - 1), offset=st.floats(-50, 50), factor=st.floats(0.1, 10))
def test_moving_everything_changes_neither_mmd_nor_coral(
    seed: int, offset: float, factor: float
) -> None:
    x_ND, y_MD = two(seed=seed)
    assert mmd(x_ND + offset, y_MD + offset) == pytest.approx(mmd(x_ND, y_MD), abs=1e-9)
    assert coral(x_ND + offset, y_MD - offset) == pytest.approx(coral(x_ND, y_MD), rel=1e-6)
    # The bandwidth scales with the data; covariances do with its square.
    assert mmd(factor * x_ND, factor * y_MD) == pytest.approx(mmd(x_ND, y_MD), abs=1e-9)
    assert coral(factor * x_ND, factor * y_MD) == pytest.approx(factor**4 * coral(x_ND, y_MD))


def test_equal_clips_have_a_kernel_of_one() -> None:
    same_ND = np.full((4, 3), 7.0)
    assert gaussian_kernel(same_ND).tolist() == np.ones((4, 4)).tolist()
    assert mmd(same_ND, same_ND) == 0


def test_renders_of_one_instance_do_not_pull_the_sides_together() -> None:
    """Compared with each other, they make no difference at all look like less than none."""
    paired = pool(12, paired=True)
    naive, apart = [], []
    for seed in range(100):
        features_ND = samples(paired, 0.0, 3, seed)
        kernel_NN = gaussian_kernel(features_ND, 2.0)
        a_1N, b_1N = paired.a_1N, paired.b_1N
        naive.append(kernel_distance(kernel_NN, np.arange(24))(a_1N, b_1N)[0])
        apart.append(kernel_distance(kernel_NN, paired.group_N)(a_1N, b_1N)[0])
    error = np.std(apart) / 10
    assert abs(np.mean(apart)) < 3 * error
    assert np.mean(naive) < -5 * error


def test_classes_of_other_shares_are_compared_within() -> None:
    """One side has more of one class, and is the same within each."""
    of = pool(60, paired=False, classes=2)
    keep_N = ~((of.label_N == "class 0") & of.is_b_N & (of.group_N % 10 < 8))
    of = of.take(keep_N, of.is_b_N)
    features_ND = samples(of, 0.0, 3, seed=1, shared=0.0)
    features_ND[of.label_N == "class 0"] += 3
    kernel_NN = gaussian_kernel(features_ND)
    whole = kernel_distance(kernel_NN, of.group_N)(of.a_1N, of.b_1N)[0]
    inside = within_classes(kernel_NN, of.group_N, of.label_N, ["class 0", "class 1"])
    assert whole > 0.05
    assert abs(inside(of.a_1N, of.b_1N)[0]) < 0.2 * whole


def test_the_distance_between_classes_is_the_mean_over_their_pairs() -> None:
    of = pool(12, paired=True, classes=3)
    features_ND = samples(of, 5.0, 3, seed=0)
    kernel_NN = gaussian_kernel(features_ND)
    distance = kernel_distance(kernel_NN, of.group_N)
    own = {label: of.a_1N * (of.label_N == label) for label in sorted(set(of.label_N.tolist()))}
    pairs = [("class 0", "class 1"), ("class 0", "class 2"), ("class 1", "class 2")]
    wanted = np.mean([distance(own[one], own[other])[0] for one, other in pairs])
    mean = PairMean(kernel_NN, of.group_N)
    assert between_classes(mean, of.a_1N, of.label_N) == pytest.approx(wanted)
    assert between_classes(mean, of.a_1N, np.full(24, "")) is None
    assert between_classes(mean, of.a_1N, np.full(24, "one")) is None
