"""Means over pairs of clips, no two of them of one group.

Clips of one group - one source video, one motion rendered in two styles - are alike whatever else
holds. Left in, such pairs bias every measure that compares clips with one another; left out, what
remains is a U-statistic of independent clips, and of groups of one clip the usual unbiased
estimate. Weights choose the clips, so that samples, halves and leave-one-out are all one product.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Pool:
    """The clips of two sides, in one order.

    Attributes:
        is_b_N: Which are of the second side.
        group_N: Their groups, as whole numbers from 0.
        label_N: Their classes; "" where that is not known.
    """

    is_b_N: np.ndarray
    group_N: np.ndarray
    label_N: np.ndarray

    @property
    def a_1N(self) -> np.ndarray:
        """Weights that choose the first side."""
        return (~self.is_b_N[None]).astype(np.float64)

    @property
    def b_1N(self) -> np.ndarray:
        """Weights that choose the second side."""
        return self.is_b_N[None].astype(np.float64)

    @property
    def groups(self) -> int:
        """How many groups there are."""
        return int(self.group_N.max()) + 1

    def take(self, chosen_N: np.ndarray, is_b_N: np.ndarray) -> "Pool":
        """Return some of the clips, on other sides; groups are numbered anew."""
        group_N = np.unique(self.group_N[chosen_N], return_inverse=True)[1]
        return Pool(is_b_N[chosen_N], group_N, self.label_N[chosen_N])


class PairMean:
    """The mean of a value over pairs of clips of different groups.

    Args:
        values_NN: Of each pair.
        group_N: Of each clip.

    Example:
        >>> mean = PairMean(np.arange(9.0).reshape(3, 3), np.array([0, 0, 1]))
        >>> ones_1N = np.ones((1, 3))
        >>> mean(ones_1N, ones_1N)  # of the pairs 0-2, 1-2, 2-0 and 2-1
        array([5.])
    """

    def __init__(self, values_NN: np.ndarray, group_N: np.ndarray) -> None:
        self._apart_NN = (group_N[:, None] != group_N[None]).astype(np.float64)
        self._values_NN = values_NN * self._apart_NN

    def __call__(self, a_RN: np.ndarray, b_RN: np.ndarray) -> np.ndarray:
        """Return ``(R,)`` means: row by row, of pairs of a clip that ``a`` and one that ``b`` has.

        A row without such pairs has no mean, and is not a number.
        """
        total_R = ((a_RN @ self._values_NN) * b_RN).sum(axis=1)
        return _ratio(total_R, ((a_RN @ self._apart_NN) * b_RN).sum(axis=1))

    def table(self, a_RN: np.ndarray, b_SN: np.ndarray) -> np.ndarray:
        """Return the means ``(R, S)`` of every row of ``a`` with every row of ``b``."""
        return _ratio(a_RN @ self._values_NN @ b_SN.T, a_RN @ self._apart_NN @ b_SN.T)


def _ratio(total: np.ndarray, count: np.ndarray) -> np.ndarray:
    mean: np.ndarray = np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0)
    return mean
