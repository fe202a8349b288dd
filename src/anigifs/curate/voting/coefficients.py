"""Coefficients of agreement on nominal answers, of many samples of the same items at once.

Each coefficient follows from sums over items. So a :class:`Tally` holds the sums of each family
of items, and a sample, drawn with or without replacement, is a sum of its rows.

With r(i) answers on item i, of which r(i, k) are k:

- *raw*: the share of pairs of answers on one item that are alike.
- *Fleiss' kappa* (Fleiss, 1971, doi 10.1037/h0031619): for items with one number of answers.
- *Krippendorff's alpha* (Krippendorff, *Computing Krippendorff's Alpha-Reliability*, 2011): takes
  any number of answers from two on.
- *Gwet's AC1* (Gwet, 2008, doi 10.1348/000711006X126600; with missing answers: *Handbook of
  Inter-Rater Reliability*, 4th edition, 2014): the share of an item's pairs that are alike, as a
  mean over items with two answers or more; chance follows from the share of each answer, as a mean
  over items with at least one. Unlike the others it does not fall where nearly all answers are the
  same.
- *Cohen's kappa* (Cohen, 1960, doi 10.1177/001316446002000104): for two people, each with their
  own habits.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy import sparse

from anigifs.curate.voting.answers import Answers

#: Of all people together, and of two.
ALL = ("raw", "fleiss", "alpha", "ac1")
PAIR = ("raw", "cohen", "ac1")
NO_PAIR = "no item has two answers"
ONE_ANSWER = "all gave the same answer, so that chance alone would agree as well"
_SCALARS = 8  # the sums of an item that are no counts of single answers


@dataclass(frozen=True)
class Tally:
    """Sums of families of items, in strata (such as classes) that are looked at by themselves.

    Attributes:
        names: Of the coefficients.
        sums_GM: Of each family in each stratum; sparse, stratum by stratum. First come single sums,
            then blocks with a column for each answer.
        stratum_G: In which stratum each row is, 0..S-1.
        coefficients: Given the sums of samples ``(..., M)``, returns their coefficients
            ``(..., C)``, NaN where one is not defined.
        items_S: With two answers or more.
        pairs_S: Of answers on the same item.
        kinds_S: Different answers in each stratum, numbered from 0 in each; the blocks have as
            many columns as the most of these.
        blocks: How many there are.
    """

    names: tuple[str, ...]
    sums_GM: sparse.csr_array
    stratum_G: np.ndarray
    coefficients: Callable[[np.ndarray], np.ndarray]
    items_S: np.ndarray
    pairs_S: np.ndarray
    kinds_S: np.ndarray
    blocks: int

    def columns(self, kinds: int) -> np.ndarray:
        """Return the columns of sums that are needed for strata of no more different answers."""
        width = int(self.kinds_S.max(initial=0))
        singles = self.sums_GM.shape[1] - self.blocks * width
        starts_B = singles + width * np.arange(self.blocks)
        return np.concatenate([np.arange(singles), (starts_B[:, None] + np.arange(kinds)).ravel()])

    @property
    def values_SC(self) -> np.ndarray:
        """The coefficients of each stratum; NaN where one is not defined."""
        sums_SM = _summed(self.sums_GM, self.stratum_G, len(self.items_S))
        return self.coefficients(sums_SM.toarray())

    def values(self, stratum: int = 0) -> dict[str, float | None]:
        """Return the coefficients of one stratum; None where one is not defined."""
        return {
            name: None if np.isnan(value) else float(value)
            for name, value in zip(self.names, self.values_SC[stratum], strict=True)
        }


@dataclass(frozen=True)
class FleissItems:
    """On which items Fleiss' kappa is computed.

    Attributes:
        answers_S: The number of answers that they have, in each stratum: the most frequent one
            from two on, of equals the greatest; 0 where no item has two.
        items_S: How many have it.
    """

    answers_S: np.ndarray
    items_S: np.ndarray


def tally(answers: Answers, stratum_U: np.ndarray | None = None) -> tuple[Tally, FleissItems]:
    """Return the sums for raw agreement, Fleiss' kappa, Krippendorff's alpha and Gwet's AC1.

    Args:
        answers: To one question.
        stratum_U: In which stratum each item is, 0..S-1, each with at least one; by default all
            are in one.

    Example:
        >>> from anigifs.curate.voting.answers import answers_of
        >>> values = tally(answers_of(["aa", "ab", "bb", "b"]))[0].values()
        >>> {name: round(value, 3) for name, value in values.items()}
        {'raw': 0.667, 'fleiss': 0.333, 'alpha': 0.444, 'ac1': 0.373}
    """
    units = len(answers.group_U)
    stratum_U = np.zeros(units, int) if stratum_U is None else stratum_U
    strata = int(stratum_U.max(initial=0)) + 1
    value_N, kinds_S = _within(stratum_U[answers.unit_N], answers.value_N, strata)
    counts_UK = _counts(answers.unit_N, value_N, (units, int(kinds_S.max())))
    answers_U = np.bincount(answers.unit_N, minlength=units)
    pairs_U = answers_U * (answers_U - 1) / 2
    alike_U = (counts_UK.power(2) - counts_UK).sum(axis=1) / 2
    two_U = answers_U > 1
    share_U = np.divide(alike_U, pairs_U, out=np.zeros(units), where=two_U)
    # Weighed so that each answer weighs the same, whatever the number of answers on its item.
    differ_U = np.divide(2 * (pairs_U - alike_U), answers_U - 1, out=np.zeros(units), where=two_U)
    fleiss = _most_frequent(answers_U, stratum_U, strata)
    fleiss_U = two_U & (answers_U == fleiss.answers_S[stratum_U])
    scalars = (pairs_U, alike_U, differ_U, two_U, share_U, answers_U > 0, fleiss_U,
               fleiss_U * share_U)  # fmt: skip
    weights = (two_U, 1 / np.maximum(answers_U, 1), fleiss_U)
    blocks = [sparse.diags_array(weight_U.astype(float)) @ counts_UK for weight_U in weights]
    sums_UM = sparse.hstack([sparse.csr_array(np.stack(scalars, axis=1).astype(float)), *blocks])
    sums_GM, stratum_G = _by_family(sums_UM.tocsr(), stratum_U, answers.group_U)
    coefficients = partial(_of_all, possible=answers.possible)
    items_S = np.bincount(stratum_U, two_U, strata).astype(int)
    pairs_S = np.bincount(stratum_U, pairs_U, strata).astype(int)
    sums = Tally(ALL, sums_GM, stratum_G, coefficients, items_S, pairs_S, kinds_S, len(blocks))
    return sums, fleiss


def pair_tally(
    first_U: np.ndarray,
    second_U: np.ndarray,
    group_U: np.ndarray,
    possible: int,
    stratum_U: np.ndarray | None = None,
) -> Tally:
    """Return the sums for raw agreement, Cohen's kappa and AC1 of two people.

    Args:
        first_U: What one of them answered, on each item that both judged.
        second_U: What the other did.
        group_U: The family of each item.
        possible: How many different answers may be given.
        stratum_U: Which two people they are, 0..S-1, where there are more than two.

    Example:
        >>> first, second = np.array([0, 0, 0, 1, 1]), np.array([0, 0, 1, 1, 1])
        >>> values = pair_tally(first, second, np.arange(5), possible=2).values()
        >>> {name: round(value, 3) for name, value in values.items()}
        {'raw': 0.8, 'cohen': 0.615, 'ac1': 0.6}
    """
    units = len(first_U)
    stratum_U = np.zeros(units, int) if stratum_U is None else stratum_U
    strata = int(stratum_U.max(initial=0)) + 1
    both_N = np.concatenate([first_U, second_U])
    said_N, kinds_S = _within(np.tile(stratum_U, 2), both_N, strata)
    shape = (units, int(kinds_S.max()))
    counts = [_counts(np.arange(units), one_U, shape) for one_U in np.split(said_N, 2)]
    scalars_U2 = np.stack([np.ones(units), first_U == second_U], axis=1)
    sums_UM = sparse.hstack([sparse.csr_array(scalars_U2), *counts])
    sums_GM, stratum_G = _by_family(sums_UM.tocsr(), stratum_U, group_U)
    coefficients = partial(_of_pair, possible=possible)
    items_S = np.bincount(stratum_U, minlength=strata)
    return Tally(PAIR, sums_GM, stratum_G, coefficients, items_S, items_S, kinds_S, len(counts))


def _within(
    stratum_N: np.ndarray, value_N: np.ndarray, strata: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return answers numbered anew in each stratum, and how many different ones each has."""
    kinds = int(value_N.max(initial=-1)) + 1
    found, place_N = np.unique(stratum_N * kinds + value_N, return_inverse=True)
    stratum_X = found // max(1, kinds)
    number_X = np.arange(len(found)) - np.searchsorted(stratum_X, stratum_X)
    return number_X[place_N], np.bincount(stratum_X, minlength=strata)


def _counts(unit_N: np.ndarray, value_N: np.ndarray, shape: tuple[int, int]) -> sparse.csr_array:
    """Return how often each answer was given on each item."""
    return sparse.coo_array((np.ones(len(unit_N)), (unit_N, value_N)), shape).tocsr()


def _most_frequent(answers_U: np.ndarray, stratum_U: np.ndarray, strata: int) -> FleissItems:
    sizes = int(answers_U.max(initial=0)) + 1
    items_SA = np.bincount(stratum_U * sizes + answers_U, minlength=strata * sizes)
    items_SA = items_SA.reshape(strata, sizes)
    items_SA[:, :2] = 0
    answers_S = sizes - 1 - items_SA[:, ::-1].argmax(axis=1)  # of equals the greatest
    items_S = items_SA.max(axis=1)
    return FleissItems(np.where(items_S > 0, answers_S, 0), items_S)


def _by_family(
    sums_UM: sparse.csr_array, stratum_U: np.ndarray, group_U: np.ndarray
) -> tuple[sparse.csr_array, np.ndarray]:
    """Return the sums of each family in each stratum, and in which stratum each is."""
    groups = int(group_U.max(initial=0)) + 1
    found, row_U = np.unique(stratum_U * groups + group_U, return_inverse=True)
    sums_GM = _summed(sums_UM, row_U, len(found))
    sums_GM.eliminate_zeros()
    sums_GM.sort_indices()  # so that equal rows are held in equal bytes
    return sums_GM, found // groups


def _summed(rows_NM: sparse.csr_array, to_N: np.ndarray, count: int) -> sparse.csr_array:
    """Return the sums of the rows that go to each of ``count`` places."""
    rows = len(to_N)
    places = (to_N, np.arange(rows))
    return sparse.csr_array((np.ones(rows), places), shape=(count, rows)) @ rows_NM


def _of_all(sums_XM: np.ndarray, possible: int) -> np.ndarray:
    pairs, alike, differ, two, share, one, fleiss, fleiss_share = np.moveaxis(
        sums_XM[..., :_SCALARS], -1, 0
    )
    alpha_XK, mean_XK, fleiss_XK = np.split(sums_XM[..., _SCALARS:], 3, axis=-1)
    return np.stack(
        [
            _ratio(alike, pairs),
            _kappa(_ratio(fleiss_share, fleiss), fleiss_XK, fleiss_XK),
            _alpha(differ, alpha_XK),
            _ac1(_ratio(share, two), mean_XK, one, possible),
        ],
        axis=-1,
    )


def _of_pair(sums_XM: np.ndarray, possible: int) -> np.ndarray:
    items, alike = sums_XM[..., 0], sums_XM[..., 1]
    first_XK, second_XK = np.split(sums_XM[..., 2:], 2, axis=-1)
    raw = _ratio(alike, items)
    return np.stack(
        [
            raw,
            _kappa(raw, first_XK, second_XK),
            _ac1(raw, (first_XK + second_XK) / 2, items, possible),
        ],
        axis=-1,
    )


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.asarray(np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0))


def _kappa(observed: np.ndarray, first_XK: np.ndarray, second_XK: np.ndarray) -> np.ndarray:
    """Return (P_o - P_e) / (1 - P_e), where P_e is the sum of the products of shares.

    The sums are counts of answers, so that P_e = 1 is seen without rounding.
    """
    every = first_XK.sum(axis=-1) * second_XK.sum(axis=-1)
    same = (first_XK * second_XK).sum(axis=-1)
    return np.asarray(1 - _ratio(1 - observed, _ratio(every - same, every)))


def _alpha(differ: np.ndarray, counts_XK: np.ndarray) -> np.ndarray:
    """Return 1 - D_o / D_e; the answers of all items are drawn without replacement for D_e."""
    answers = counts_XK.sum(axis=-1)
    differing = answers**2 - (counts_XK**2).sum(axis=-1)
    return np.asarray(1 - _ratio(differ * (answers - 1), differing))


def _ac1(
    observed: np.ndarray, shares_XK: np.ndarray, items: np.ndarray, possible: int
) -> np.ndarray:
    """Return (P_a - P_e) / (1 - P_e), where P_e = sum of pi (1 - pi) / (possible - 1)."""
    pi_XK = shares_XK / np.maximum(items, 1)[..., None]
    chance = (pi_XK * (1 - pi_XK)).sum(axis=-1) / (possible - 1)
    return np.asarray((observed - chance) / (1 - chance))
