"""How far one number tells two sides of clips apart, whatever its unit."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from anigifs.foundation import generator
from anigifs.gap.pairs import PairMean, Pool
from anigifs.gap.resampling import Resampling

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True)
class Contrast:
    """One number on two sides.

    Attributes:
        key: Its name in results.
        title: With its unit.
        a: Its 5, 25, 50, 75 and 95 % quantiles on the first side.
        b: On the second.
        auc: Chance that a clip of the second side has more than one of the first, ties counting
            half, 0..1; at 0.5 it tells nothing, at 0 and 1 everything. Cliff's delta is twice
            that, minus 1.
        low: Lower end of its interval; None where no draw of groups changes it.
        high: Upper end.
    """

    key: str
    title: str
    a: tuple[float, ...]
    b: tuple[float, ...]
    auc: float
    low: float | None
    high: float | None

    @property
    def strength(self) -> float:
        """How far it tells the sides apart, 0..1: the size of Cliff's delta."""
        return abs(2 * self.auc - 1)


def auc(
    a: Sequence[float] | np.ndarray, b: Sequence[float] | np.ndarray
) -> float:  # fmt: skip
    """Return P(a < b) + P(a = b) / 2 for independent draws: Mann-Whitney's U over its most.

    Example:
        >>> auc([1, 2, 3], [3, 4])
        0.9166666666666666
    """
    a_N, b_M = np.asarray(a, np.float64), np.asarray(b, np.float64)
    return float(_greater(a_N, b_M).mean())


def contrast(key: str, title: str, values_N: np.ndarray, pool: Pool, how: Resampling) -> Contrast:
    """Compare the two sides by one number.

    Clips are compared across groups only. The interval is the bootstrap's, percentiles over draws
    of whole groups; a group that is drawn twice is not compared with itself either.

    Args:
        key: Name in results.
        title: For people.
        values_N: The number of each clip.
        pool: Which side, and which group, it is of.
        how: Of the interval.
    """
    mean = PairMean(_greater(values_N, values_N), pool.group_N)
    drawn_RN = _draws(pool, how.replicates, generator(how.seed, "gap", key))
    value = float(mean(pool.a_1N, pool.b_1N)[0])
    drawn_R = mean(pool.a_1N * drawn_RN, pool.b_1N * drawn_RN)
    ends = np.nanquantile(drawn_R, [(1 - how.level) / 2, (1 + how.level) / 2]).tolist()
    low, high = (None, None) if np.ptp(drawn_R) < 1e-12 else ends
    a, b = (
        tuple(np.quantile(values_N[side], QUANTILES).tolist())
        for side in (~pool.is_b_N, pool.is_b_N)
    )
    return Contrast(key, title, a, b, value, low, high)


def _draws(pool: Pool, replicates: int, rng: np.random.Generator) -> np.ndarray:
    """Return how often each clip is in ``(R, N)`` draws of all groups with replacement."""
    count = pool.groups
    counts_RG = rng.multinomial(count, np.full(count, 1 / count), replicates)
    return counts_RG[:, pool.group_N].astype(np.float64)


def _greater(a_N: np.ndarray, b_M: np.ndarray) -> np.ndarray:
    """Return for each pair 1 where b is greater, 1/2 where they are equal, else 0."""
    return np.asarray((np.sign(b_M[None] - a_N[:, None]) + 1) / 2)
