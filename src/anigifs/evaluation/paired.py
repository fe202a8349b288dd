"""Whether two runs on the same clips differ by more than chance, and what many tests cost."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from anigifs.evaluation.intervals import BLOCK, REPLICATES, Names
from anigifs.foundation import UsageError, generator


@dataclass(frozen=True)
class PairedTest:
    """Outcome of a paired test.

    Attributes:
        difference: Mean over clips of the first run's value minus the second's.
        p: Two-sided p-value: how often chance alone makes so large a difference.
        n: Clips.
        groups: Groups in which the runs differ; the others say nothing.
        exact: Whether every pattern of signs was counted, rather than drawn at random.
    """

    difference: float
    p: float
    n: int
    groups: int
    exact: bool


def paired_permutation(
    a: Sequence[float] | np.ndarray,
    b: Sequence[float] | np.ndarray,
    groups: Names,
    *,
    permutations: int = REPLICATES,
    seed: int = 0,
) -> PairedTest:
    """Test the mean difference of two runs on the same clips by flipping signs, group by group.

    If the runs do equally well, either might have had the other's results on a whole group. All
    patterns of signs are counted where they are no more than ``permutations``; otherwise that
    many are drawn, the one that was seen counts as one more, and p is never 0 (Phipson and Smyth,
    2010, doi 10.2202/1544-6115.1585). On groups of one clip and right or wrong answers this is
    McNemar's exact test.

    Raises:
        UsageError: The runs have no clips, or not the same number.

    Example:
        >>> paired_permutation([1, 1, 1, 1, 0], [0, 0, 0, 0, 0], list("abcde")).p
        0.125
    """
    a_N, b_N = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if a_N.shape != b_N.shape or not a_N.size:
        raise UsageError(f"a paired test of {a_N.size} and {b_N.size} clips; give the same clips")
    group_N = np.unique(np.asarray(groups), return_inverse=True)[1]
    sums_G = np.bincount(group_N, a_N - b_N)
    sums_D = sums_G[sums_G != 0]
    least = abs(sums_D.sum()) * (1 - 1e-9)  # sums in another order may differ in the last bit
    exact = 2 ** min(len(sums_D), 63) <= permutations
    if exact:
        p = float((np.abs(_all_flips(sums_D)) >= least).mean())
    else:
        drawn_R = _random_flips(sums_D, permutations, generator(seed, "permutation"))
        p = float(((np.abs(drawn_R) >= least).sum() + 1) / (permutations + 1))
    return PairedTest(float((a_N - b_N).mean()), p, len(a_N), len(sums_D), exact)


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p-values corrected for their number (Holm, 1979), in the order given.

    Rejecting those below 0.05 makes a false claim in at most 5 % of such families of tests.

    Example:
        >>> holm([0.01, 0.04, 0.03])
        [0.03, 0.06, 0.06]
    """
    if len(p_values) < 2:
        return [float(p) for p in p_values]
    from statsmodels.stats.multitest import multipletests  # takes seconds to import

    return [float(p) for p in multipletests(p_values, method="holm")[1]]


def _all_flips(sums_D: np.ndarray) -> np.ndarray:
    flipped_RD = np.arange(2 ** len(sums_D))[:, None] >> np.arange(len(sums_D)) & 1
    return np.asarray(sums_D.sum() - 2 * (flipped_RD @ sums_D))


def _random_flips(sums_D: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Return sums with random signs; eight signs come out of each random byte."""
    drawn_R = np.empty(count)
    step = max(1, BLOCK // len(sums_D))
    for start in range(0, count, step):
        rows = min(step, count - start)
        bytes_RX = rng.integers(0, 256, (rows, -(-len(sums_D) // 8)), dtype=np.uint8)
        flipped_RD = np.unpackbits(bytes_RX, axis=1, count=len(sums_D))
        drawn_R[start : start + rows] = sums_D.sum() - 2 * (flipped_RD @ sums_D)
    return drawn_R
