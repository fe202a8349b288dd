"""Curves that movements follow; a phase counts cycles, so 0.25 and 3.25 are the same moment."""

from collections.abc import Sequence

import numpy as np


def swell(phase_T: np.ndarray) -> np.ndarray:
    """Return a smooth way from 0 to 1, at half a cycle, and back."""
    return (1 - np.cos(2 * np.pi * phase_T)) / 2


def swing(phase_T: np.ndarray) -> np.ndarray:
    """Return a smooth way from 0 to 1 to -1 and back to 0."""
    return np.sin(2 * np.pi * phase_T)


def keyed(phase_T: np.ndarray, moments: Sequence[float], values: Sequence[float]) -> np.ndarray:
    """Return values that are taken at moments of the cycle, with a soft start and stop at each.

    Args:
        phase_T: Cycles; whole ones are forgotten.
        moments: In 0..1, rising; the value at 0 is that of the last moment before it.
        values: One a moment.

    Example:
        >>> keyed(np.array([0.0, 0.25, 1.5]), [0, 0.5, 1], [0, 1, 0]).round(2).tolist()
        [0.0, 0.5, 1.0]
    """
    moment_T = phase_T % 1.0
    place_T = np.clip(np.searchsorted(moments, moment_T, side="right") - 1, 0, len(moments) - 2)
    start, end = np.asarray(moments, float)[place_T], np.asarray(moments, float)[place_T + 1]
    share_T = np.clip((moment_T - start) / np.maximum(end - start, 1e-9), 0, 1)
    soft_T = share_T * share_T * (3 - 2 * share_T)
    one, other = np.asarray(values, float)[place_T], np.asarray(values, float)[place_T + 1]
    return np.asarray(one + (other - one) * soft_T)


def keyed_places(
    phase_T: np.ndarray, moments: Sequence[float], places: Sequence[Sequence[float]]
) -> np.ndarray:
    """Return the same for places, ``(T, 3)``."""
    columns = [keyed(phase_T, moments, column) for column in zip(*places, strict=True)]
    return np.stack(columns, axis=1)
