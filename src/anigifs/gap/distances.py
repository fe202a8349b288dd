"""Distances between two samples of feature vectors, as functions of weights that choose them."""

from collections.abc import Callable, Collection

import numpy as np

from anigifs.gap.kernels import gaussian_kernel, polynomial_kernel
from anigifs.gap.pairs import PairMean

#: From the weights of two samples, ``(R, N)`` each, to R distances.
WeightedDistance = Callable[[np.ndarray, np.ndarray], np.ndarray]


def kid(x_ND: np.ndarray, y_MD: np.ndarray) -> float:
    """Return the kernel distance of Binkowski et al. (2018), unbiased; "KID" on any features.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> near, far = rng.normal(size=(2, 200, 8)) + np.array([[[0.0]], [[1.0]]])
        >>> kid(near, far) > 1 > 0.2 > abs(kid(near[:100], near[100:]))
        True
    """
    return _of_samples(x_ND, y_MD, polynomial_kernel)


def mmd(x_ND: np.ndarray, y_MD: np.ndarray, bandwidth: float | None = None) -> float:
    """Return the squared maximum mean discrepancy under a Gaussian kernel, unbiased, 0..2.

    It is equation 3 of Gretton et al. (2012, JMLR 13:723-773), and may be a little below 0.

    Args:
        x_ND: One sample.
        y_MD: Another.
        bandwidth: Of the kernel; None is the median distance in both samples together.
    """
    return _of_samples(x_ND, y_MD, lambda features_ND: gaussian_kernel(features_ND, bandwidth))


def coral(x_ND: np.ndarray, y_MD: np.ndarray) -> float:
    """Return ``|C_x - C_y|^2 / 4 D^2`` of the covariances (Sun & Saenko, 2016), as it stands.

    Of two samples of one distribution it is above 0, and far so with fewer clips than dimensions:
    :func:`anigifs.gap.resampling.jackknife` takes that off.
    """
    distance = Coral(np.concatenate([x_ND, y_MD]))
    return float(distance(*_chosen(len(x_ND), len(y_MD)))[0])


def kernel_distance(kernel_NN: np.ndarray, group_N: np.ndarray) -> WeightedDistance:
    """Return the squared discrepancy under a kernel, over pairs of clips of different groups."""
    return discrepancy(PairMean(kernel_NN, group_N))


def discrepancy(mean: PairMean) -> WeightedDistance:
    """Return what two samples differ by: the means within them, less twice the mean across."""
    return lambda a_RN, b_RN: mean(a_RN, a_RN) + mean(b_RN, b_RN) - 2 * mean(a_RN, b_RN)


def within_classes(
    kernel_NN: np.ndarray,
    group_N: np.ndarray,
    label_N: np.ndarray,
    shared: Collection[str],
) -> WeightedDistance:
    """Return the mean over classes of the discrepancy between clips of one class.

    What it leaves out is that one side may have more clips of a class than the other.

    Args:
        kernel_NN: Of every two clips.
        group_N: Their groups.
        label_N: Their classes.
        shared: The classes to take.
    """
    parts = []
    for label in shared:
        places = np.flatnonzero(label_N == label)
        own = kernel_distance(kernel_NN[np.ix_(places, places)], group_N[places])
        parts.append((places, own))

    def mean(a_RN: np.ndarray, b_RN: np.ndarray) -> np.ndarray:
        found_KR = np.stack([own(a_RN[:, places], b_RN[:, places]) for places, own in parts])
        there_KR = np.isfinite(found_KR)
        total_R = np.where(there_KR, found_KR, 0).sum(axis=0)
        return np.asarray(total_R / np.maximum(there_KR.sum(axis=0), 1))

    return mean


def between_classes(mean: PairMean, chosen_1N: np.ndarray, label_N: np.ndarray) -> float | None:
    """Return the mean discrepancy between two classes of one side; None where it has no two.

    It is a scale that does not depend on how many clips there are.
    """
    labels = sorted(set(label_N[chosen_1N[0] > 0].tolist()) - {""})
    class_KN = np.stack([(label_N == label) * chosen_1N[0] for label in [*labels, ""]])[:-1]
    alike_KK = mean.table(class_KN, class_KN)
    own_K = np.diag(alike_KK)
    found_KK = own_K[:, None] + own_K[None] - 2 * alike_KK
    found = found_KK[np.triu_indices(len(labels), 1)]
    found = found[np.isfinite(found)]
    return float(found.mean()) if len(found) else None


class Coral:
    """CORAL's distance between samples that are chosen by weights of 0 and 1.

    The trace of a product of two covariances is a sum over pairs of clips of squared inner
    products, so that every sample comes out of one matrix of them, whatever the dimensions.

    Args:
        features_ND: All clips.
    """

    def __init__(self, features_ND: np.ndarray) -> None:
        centred_ND = features_ND - features_ND.mean(axis=0)
        self._gram_NN = centred_ND @ centred_ND.T
        self._squared_NN = self._gram_NN**2
        self._four_squares = 4 * features_ND.shape[1] ** 2

    def __call__(self, a_RN: np.ndarray, b_RN: np.ndarray) -> np.ndarray:
        """Return the distances of R pairs of samples."""
        across_R = self._trace(a_RN, b_RN) / self._four_squares
        return np.asarray(self.size(a_RN, a_RN) + self.size(b_RN, b_RN) - 2 * across_R)

    def size(self, a_RN: np.ndarray, _: np.ndarray) -> np.ndarray:
        """Return the distances of R samples from one that does not vary at all."""
        return np.asarray(self._trace(a_RN, a_RN) / self._four_squares)

    def _trace(self, a_RN: np.ndarray, b_RN: np.ndarray) -> np.ndarray:
        a_R, b_R = a_RN.sum(axis=1), b_RN.sum(axis=1)
        # Of each clip its inner product with the mean of one sample, and that of the two means.
        to_a_RN = a_RN @ self._gram_NN / a_R[:, None]
        to_b_RN = b_RN @ self._gram_NN / b_R[:, None]
        means_R = (to_a_RN * b_RN).sum(axis=1) / b_R
        total_R = ((a_RN @ self._squared_NN) * b_RN).sum(axis=1) + a_R * b_R * means_R**2
        total_R -= b_R * (a_RN * to_b_RN**2).sum(axis=1) + a_R * (b_RN * to_a_RN**2).sum(axis=1)
        return np.asarray(total_R / ((a_R - 1) * (b_R - 1)))


def _of_samples(
    x_ND: np.ndarray, y_MD: np.ndarray, kernel: Callable[[np.ndarray], np.ndarray]
) -> float:
    kernel_NN = kernel(np.concatenate([x_ND, y_MD]))
    distance = kernel_distance(kernel_NN, np.arange(len(kernel_NN)))
    return float(distance(*_chosen(len(x_ND), len(y_MD)))[0])


def _chosen(n: int, m: int) -> tuple[np.ndarray, np.ndarray]:
    a_1N = np.concatenate([np.ones(n), np.zeros(m)])[None]
    return a_1N, 1 - a_1N
