"""How far a number may be from the truth: t over seeds, the bootstrap over groups of clips."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from anigifs.foundation import UsageError, generator

LEVEL = 0.95
REPLICATES = 10_000
#: Numbers that are drawn at once: they stay in the processor's cache.
BLOCK = 1 << 20
#: A count drawn from a multinomial takes about as long as this many draws of single groups.
MULTINOMIAL_COST = 16
#: Of shares; a smaller deviation is one of rounding.
NO_SPREAD = 1e-12

Names = Sequence[str] | Sequence[int] | np.ndarray


@dataclass(frozen=True)
class SeedInterval:
    """A mean over runs that differ in their seed only.

    Attributes:
        n: Runs.
        mean: Their mean.
        std: Sample standard deviation (``ddof=1``); None for one run.
        low: Lower end of the t interval of the mean; None for one run, and where all are equal:
            runs that agree by chance say nothing of how far others may be.
        high: Upper end.
    """

    n: int
    mean: float
    std: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Estimate:
    """A mean over clips, with its interval.

    Attributes:
        value: The mean.
        low: Lower end of the interval; None where resampling says nothing: fewer than two groups,
            or nothing that varies between them.
        high: Upper end.
        n: Clips.
        groups: Independent groups of clips.
    """

    value: float
    low: float | None
    high: float | None
    n: int
    groups: int


def t_interval(values: Sequence[float], level: float = LEVEL) -> SeedInterval:
    """Return the mean of runs and Student's t interval of it.

    Three runs at 95 % have ``mean +- 4.303 std / sqrt(3)``. The spread of three runs without that
    factor, or a standard error, is no such interval.

    Raises:
        UsageError: No values, or a level outside of 0..1.

    Example:
        >>> three = t_interval([0.70, 0.72, 0.74])
        >>> round(three.mean, 3), round(three.low, 3), round(three.high, 3)
        (0.72, 0.67, 0.77)
    """
    from scipy.special import stdtrit

    _check_level(level)
    if not len(values):
        raise UsageError("an interval over no runs; give at least one value")
    n, mean = len(values), float(np.mean(values))
    if n == 1:
        return SeedInterval(n, mean, None, None, None)
    std = float(np.std(values, ddof=1))
    if std <= NO_SPREAD:
        return SeedInterval(n, mean, std, None, None)
    half = float(stdtrit(n - 1, (1 + level) / 2)) * std / math.sqrt(n)
    return SeedInterval(n, mean, std, mean - half, mean + half)


def bootstrap_interval(
    values: Sequence[float] | np.ndarray,
    groups: Names,
    labels: Names | None = None,
    *,
    level: float = LEVEL,
    replicates: int = REPLICATES,
    seed: int = 0,
) -> Estimate:
    """Return the mean of a value over clips with its bootstrap interval, groups being resampled.

    Whole groups are drawn with replacement, since clips of one source rise and fall together; the
    interval is BCa: corrected for bias and skew (Efron, 1987, doi 10.1080/01621459.1987.10478410).

    Args:
        values: One a clip, such as 1 for a right answer and 0 for a wrong one.
        groups: Each clip's group.
        labels: Each clip's class; with them the mean is taken in each class first, then over the
            classes (those that a replicate holds).
        level: Share of such intervals that hold the truth, 0..1.
        replicates: How often the groups are drawn.
        seed: The same seed gives the same interval.

    Raises:
        UsageError: No clips, or a level outside of 0..1.

    Example:
        >>> interval = bootstrap_interval([1, 1, 0, 1, 0, 0, 1, 1], list("aabbccdd"))
        >>> interval.value, interval.groups, interval.low < 0.625 < interval.high
        (0.625, 4, True)
    """
    _check_level(level)
    values_N = np.asarray(values, dtype=np.float64)
    if not values_N.size:
        raise UsageError("an interval over no clips; give at least one")
    group_N = np.unique(np.asarray(groups), return_inverse=True)[1]
    kinds_PM, copies_P = _kinds(_group_sums(values_N, group_N, labels))
    total_M = copies_P @ kinds_PM
    value, count = float(_mean(total_M[None])[0]), int(copies_P.sum())
    low = high = None
    if count > 1:
        drawn_R = _mean(_resampled(kinds_PM, copies_P, replicates, generator(seed, "bootstrap")))
        without_P = _mean(total_M - kinds_PM)  # the jackknife: a group of each kind left out
        low, high = _bca(value, drawn_R, without_P, copies_P, level)
    return Estimate(value, low, high, len(values_N), count)


def _check_level(level: float) -> None:
    if not 0 < level < 1:
        raise UsageError(f"a level of {level:g}; it is a share between 0 and 1, such as 0.95")


def _group_sums(values_N: np.ndarray, group_N: np.ndarray, labels: Names | None) -> np.ndarray:
    """Return each group's sum of values in each class, and after them its counts of clips."""
    label_N = np.zeros(len(values_N), int)
    if labels is not None:
        label_N = np.unique(np.asarray(labels), return_inverse=True)[1]
    groups, classes = group_N.max() + 1, label_N.max() + 1
    cell_N = group_N * classes + label_N
    size = groups * classes
    sums = np.bincount(cell_N, values_N, size), np.bincount(cell_N, minlength=size)
    return np.hstack([one.reshape(groups, classes) for one in sums])


def _mean(sums_XM: np.ndarray) -> np.ndarray:
    """Return, row by row, the mean over the classes that have clips of the means in them."""
    sums_XC, counts_XC = np.hsplit(sums_XM, 2)
    there_XC = counts_XC > 0
    means_XC = np.divide(sums_XC, counts_XC, out=np.zeros_like(sums_XC), where=there_XC)
    return np.asarray(means_XC.sum(axis=1) / there_XC.sum(axis=1))


def _kinds(sums_GM: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the different rows, and how many groups have each."""
    rows_GM = np.ascontiguousarray(sums_GM)
    # Compared as bytes: np.unique(axis=0) compares number by number, and takes ten times longer.
    bytes_G = rows_GM.view(np.dtype((np.void, rows_GM[0].nbytes))).ravel()
    _, first_P, copies_P = np.unique(bytes_G, return_index=True, return_counts=True)
    return rows_GM[first_P], copies_P


def _resampled(
    kinds_PM: np.ndarray, copies_P: np.ndarray, replicates: int, rng: np.random.Generator
) -> np.ndarray:
    """Return the column sums of ``replicates`` draws of all G groups with replacement.

    scipy.stats.bootstrap gives the same interval for pairs of sums and counts (a test holds us to
    it), but leaves groups out for its jackknife one by one, and mean-class would take it minutes.
    Groups with the same sums are alike, so it is enough to draw how many of each kind there are:
    for right and wrong answers there are few kinds. Where most groups are a kind of their own they
    are drawn one by one.
    """
    groups, columns = int(copies_P.sum()), kinds_PM.shape[1]
    kinds = len(kinds_PM)
    one_by_one = groups * columns < MULTINOMIAL_COST * kinds
    step = max(1, BLOCK // (groups if one_by_one else kinds))
    drawn_RM = np.empty((replicates, columns))
    for start in range(0, replicates, step):
        rows = min(step, replicates - start)
        if one_by_one:
            index_RG = rng.integers(0, groups, (rows, groups), dtype=np.int32)
            block_RM = _sums_at(np.repeat(kinds_PM, copies_P, axis=0), index_RG)
        else:
            counts_RP = rng.multinomial(groups, copies_P / groups, rows)
            block_RM = counts_RP.astype(np.float64) @ kinds_PM
        drawn_RM[start : start + rows] = block_RM
    return drawn_RM


def _sums_at(sums_GM: np.ndarray, index_RG: np.ndarray) -> np.ndarray:
    """Return the column sums of the groups in each row of ``index_RG``."""
    groups = index_RG.shape[1]
    return np.stack(
        [
            # Counts are often all alike, and need no drawing.
            sums_G[index_RG].sum(axis=1)
            if np.ptp(sums_G)
            else np.full(len(index_RG), groups * sums_G[0])
            for sums_G in sums_GM.T
        ],
        axis=1,
    )


def _bca(
    value: float, drawn_R: np.ndarray, without_P: np.ndarray, copies_P: np.ndarray, level: float
) -> tuple[float, float] | tuple[None, None]:
    from scipy.special import ndtr, ndtri

    if np.ptp(drawn_R) <= 1e-12 * np.abs(drawn_R).max():
        return None, None
    below = (np.mean(drawn_R < value) + np.mean(drawn_R <= value)) / 2
    # A value beyond every replicate would push the interval to infinity.
    bias = ndtri(np.clip(below, 1 / len(drawn_R), 1 - 1 / len(drawn_R)))
    away_P = np.average(without_P, weights=copies_P) - without_P
    spread = (copies_P @ away_P**2) ** 1.5
    skew = (copies_P @ away_P**3) / (6 * spread) if spread else 0.0
    z = bias + ndtri(np.array([(1 - level) / 2, (1 + level) / 2]))
    low, high = np.quantile(drawn_R, ndtr(bias + z / (1 - skew * z)))
    return float(low), float(high)
