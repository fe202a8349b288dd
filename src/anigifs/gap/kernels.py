"""Kernels between clips: how alike two feature vectors are."""

import numpy as np


def polynomial_kernel(features_ND: np.ndarray) -> np.ndarray:
    """Return ``(x'y / D + 1)^3`` of every two clips, the kernel of KID (Binkowski et al., 2018).

    Example:
        >>> polynomial_kernel(np.array([[1.0, 1.0], [0.0, 0.0]])).tolist()
        [[8.0, 1.0], [1.0, 1.0]]
    """
    return np.asarray((features_ND @ features_ND.T / features_ND.shape[1] + 1) ** 3)


def gaussian_kernel(features_ND: np.ndarray, bandwidth: float | None = None) -> np.ndarray:
    """Return ``exp(-|x - y|^2 / 2 s^2)`` of every two clips.

    Args:
        features_ND: A row a clip.
        bandwidth: s; None is the median distance of two clips (Gretton et al., 2012, section 8).
    """
    squared_NN = squared_distances(features_ND)
    if bandwidth is None:
        above = np.triu_indices(len(features_ND), 1)
        # Most are equal where the median is nothing: any bandwidth does.
        bandwidth = float(np.median(np.sqrt(squared_NN[above]))) or 1.0
    return np.exp(-squared_NN / (2 * bandwidth**2))


def squared_distances(features_ND: np.ndarray) -> np.ndarray:
    """Return the squared Euclidean distance of every two clips, ``(N, N)``."""
    centred_ND = features_ND - features_ND.mean(axis=0)  # or rounding eats small distances
    squared_N = (centred_ND**2).sum(axis=1)
    squared_NN = squared_N[:, None] + squared_N[None] - 2 * centred_ND @ centred_ND.T
    np.fill_diagonal(squared_NN, 0.0)
    return np.asarray(np.maximum(squared_NN, 0.0))
