"""What chance alone would do to a distance: intervals, tests and halves, in whole groups."""

from dataclasses import dataclass

import numpy as np

from anigifs.gap.distances import WeightedDistance
from anigifs.gap.pairs import Pool

#: Leaving out one of so many blocks of groups is enough; of fewer groups each is a block.
MOST_BLOCKS = 100


@dataclass(frozen=True)
class Resampling:
    """How intervals and tests are made.

    Attributes:
        level: Of intervals, 0..1.
        replicates: Draws of the permutation test and of bootstraps.
        seed: The same seed gives the same numbers.
    """

    level: float = 0.95
    replicates: int = 1000
    seed: int = 0


@dataclass(frozen=True)
class Interval:
    """A value and how far it may be from the truth.

    Attributes:
        value: The estimate.
        corrected: The estimate, less its bias as the jackknife sees it.
        error: Its standard error.
        half: Half the width of the interval, Student's t times the error.
    """

    value: float
    corrected: float
    error: float
    half: float


def jackknife(
    distance: WeightedDistance,
    pool: Pool,
    a_1N: np.ndarray,
    b_1N: np.ndarray,
    *,
    level: float,
    rng: np.random.Generator,
) -> Interval:
    """Return a distance with an interval, from leaving out one block of groups at a time.

    The bootstrap is no help here: a clip that is drawn twice is at no distance from itself, so
    that drawn samples lie further apart than the real ones. Nothing is doubled by leaving out
    (Arvesen, 1969, doi 10.1214/aoms/1177697287, for U-statistics). The bias that it corrects is
    what falls with the number of groups; a discrepancy over pairs has none.

    Args:
        distance: Between two weighted samples.
        pool: Groups of the clips.
        a_1N: Chooses the first sample, by 0 and 1.
        b_1N: Chooses the second.
        level: Of the interval, 0..1.
        rng: Puts groups together in blocks where there are more than 100.
    """
    from scipy.special import stdtrit

    present = np.unique(pool.group_N[(a_1N + b_1N)[0] > 0])
    blocks = min(MOST_BLOCKS, len(present))
    block_G = np.full(pool.groups, -1)
    block_G[rng.permutation(present)] = np.arange(len(present)) % blocks
    kept_BN = block_G[pool.group_N] != np.arange(blocks)[:, None]
    value = float(distance(a_1N, b_1N)[0])
    without_B = distance(a_1N * kept_BN, b_1N * kept_BN)
    corrected = blocks * value - (blocks - 1) * float(without_B.mean())
    error = float(np.sqrt((blocks - 1) * without_B.var()))
    return Interval(value, corrected, error, float(stdtrit(blocks - 1, (1 + level) / 2)) * error)


def swap_test(
    distance: WeightedDistance, pool: Pool, *, replicates: int, rng: np.random.Generator
) -> float:
    """Return how often chance alone makes the sides so far apart: a permutation test of groups.

    If a side says nothing, a group that has clips on both might have had them the other way
    round, and of those on one side any might have been on the other. p is never 0 (Phipson and
    Smyth, 2010, doi 10.2202/1544-6115.1585).
    """
    swapped_RN = _swapped(pool, replicates, rng)
    drawn_R = distance(1.0 - swapped_RN, swapped_RN.astype(np.float64))
    seen = float(distance(pool.a_1N, pool.b_1N)[0])
    least = seen - 1e-9 * abs(seen)
    return float(((drawn_R >= least).sum() + 1) / (replicates + 1))


def _swapped(pool: Pool, replicates: int, rng: np.random.Generator) -> np.ndarray:
    """Return which clips would be of the second side, in each of ``(R, N)`` draws."""
    on_a, on_b = np.zeros(pool.groups, bool), np.zeros(pool.groups, bool)
    on_a[pool.group_N[~pool.is_b_N]] = True
    on_b[pool.group_N[pool.is_b_N]] = True
    turned_RG = rng.random((replicates, pool.groups)) < 0.5
    alone = np.flatnonzero(on_a != on_b)
    second_RX = rng.permuted(np.tile(on_b[alone], (replicates, 1)), axis=1)
    turned_RG[:, alone] = second_RX != on_b[alone]
    return np.asarray(turned_RG[:, pool.group_N] != pool.is_b_N)


def halves(pool: Pool, count: int, rng: np.random.Generator) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return so many times two random halves of each side, in whole groups, as weights."""
    pairs = []
    for side_1N in (pool.a_1N, pool.b_1N):
        present = np.unique(pool.group_N[side_1N[0] > 0])
        for _ in range(count):
            first = rng.permutation(present)[: len(present) // 2]
            in_first_1N = np.isin(pool.group_N, first)[None]
            pairs.append((side_1N * in_first_1N, side_1N * ~in_first_1N))
    return pairs
