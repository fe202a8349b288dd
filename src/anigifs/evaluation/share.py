"""The share of a way that was gone: from one model to a ceiling, by a third.

Both ends of the way are measured, too, so its interval comes from drawing everything anew together:
training seeds, and groups of clips.
"""

import math
from collections.abc import Sequence

import numpy as np

from anigifs.evaluation.intervals import BLOCK, LEVEL, REPLICATES, Estimate, Names
from anigifs.foundation import UsageError, generator

Nowhere = tuple[None, None]


def share_of_way(
    own_SN: np.ndarray | Sequence[Sequence[float]],
    first_SN: np.ndarray | Sequence[Sequence[float]],
    ceiling_SN: np.ndarray | Sequence[Sequence[float]],
    groups: Names,
    *,
    level: float = LEVEL,
    replicates: int = REPLICATES,
    seed: int = 0,
) -> Estimate:
    """Return (own - first) / (ceiling - first) of means over clips, and its bootstrap interval.

    Each draw takes seeds with replacement, the same for all three, and groups of clips with
    replacement, the same for all seeds. The interval is by percentiles: of few seeds the bootstrap
    makes too little, by a factor of about sqrt((S - 1) / S), so that it is no test.

    Args:
        own_SN: A value for each seed and clip, such as 1 for a right answer and 0 for a wrong one.
        first_SN: Of the model at which the way begins, on the same clips with the same seeds.
        ceiling_SN: Of the model at which it ends.
        groups: Each clip's group.
        level: Of the interval, 0..1.
        replicates: Draws.
        seed: The same seed gives the same interval.

    Returns:
        The share; its interval is None with one group, or where so many draws have no way, or one
        that leads back, that an end is nowhere.

    Raises:
        UsageError: There are no clips, the three differ in shape, or there is no way at all.

    Example:
        >>> own, first, ceiling = [[1, 1, 0, 0]], [[1, 0, 0, 0]], [[1, 1, 1, 0]]
        >>> share_of_way(own, first, ceiling, list("abcd")).value
        0.5
    """
    values_KSN = [np.asarray(one, dtype=np.float64) for one in (own_SN, first_SN, ceiling_SN)]
    shapes = {one.shape for one in values_KSN}
    if len(shapes) > 1 or not values_KSN[0].size or values_KSN[0].ndim != 2:
        raise UsageError(f"a share of a way needs equal clips and seeds, not {sorted(shapes)}")
    group_N = np.unique(np.asarray(groups), return_inverse=True)[1]
    sums_KSG = np.stack([_sums(one, group_N) for one in values_KSN])
    counts_G = np.bincount(group_N).astype(np.float64)
    total = sums_KSG.sum(axis=(1, 2))
    if total[2] == total[1]:
        raise UsageError("a share of no way: the ceiling is where it begins")
    value = float((total[0] - total[1]) / (total[2] - total[1]))
    low: float | None = None
    high: float | None = None
    if len(counts_G) > 1:
        drawn_RK = _drawn(sums_KSG, counts_G, replicates, generator(seed, "share of way"))
        low, high = _ends(drawn_RK, np.sign(total[2] - total[1]), level)
    return Estimate(value, low, high, values_KSN[0].shape[1], len(counts_G))


def _ends(drawn_RK: np.ndarray, direction: float, level: float) -> tuple[float, float] | Nowhere:
    """Return the interval's ends; a draw without a way says that the share may be anything."""
    gone_R, way_R = ((drawn_RK[:, k] - drawn_RK[:, 1]) * direction for k in (0, 2))
    beyond_R = np.copysign(np.inf, gone_R)
    share_R = np.divide(gone_R, way_R, out=beyond_R, where=way_R > 0)
    tails = [(1 - level) / 2, (1 + level) / 2]
    low, high = np.quantile(share_R, tails, method="inverted_cdf")
    return (float(low), float(high)) if np.isfinite([low, high]).all() else (None, None)


def _sums(values_SN: np.ndarray, group_N: np.ndarray) -> np.ndarray:
    return np.stack([np.bincount(group_N, one_N) for one_N in values_SN])


def _drawn(
    sums_KSG: np.ndarray, counts_G: np.ndarray, replicates: int, rng: np.random.Generator
) -> np.ndarray:
    """Return the means of the three in each draw of seeds and groups."""
    seeds, groups = sums_KSG.shape[1:]
    seeds_RS = rng.multinomial(seeds, np.full(seeds, 1 / seeds), replicates).astype(np.float64)
    blocks = []
    for some_BS in np.array_split(seeds_RS, math.ceil(replicates * groups / BLOCK)):
        groups_BG = rng.multinomial(groups, np.full(groups, 1 / groups), len(some_BS))
        clips_B = groups_BG @ counts_G * seeds
        means = [((some_BS @ sums_SG) * groups_BG).sum(axis=1) / clips_B for sums_SG in sums_KSG]
        blocks.append(np.stack(means, axis=1))
    return np.concatenate(blocks)
