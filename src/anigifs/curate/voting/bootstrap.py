"""How far a coefficient of agreement may be from that of all such items: BCa intervals.

Families of items are drawn with replacement: copies of one picture are judged alike. Coefficients
are at most 1 and skewed near it, where plain percentiles cover too little; so the interval is
corrected for bias and skew (Efron, 1987, doi 10.1080/01621459.1987.10478410). It tells how far
chance in the choice of *items* reaches: other people may agree better or worse.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from scipy import sparse

from anigifs.curate.voting.coefficients import NO_PAIR, ONE_ANSWER, Tally

LEVEL = 0.95
REPLICATES = 1_000
#: Of fewer families, draws say next to nothing of others.
LEAST_FAMILIES = 10
#: An interval is given if no more than this share of draws leaves the coefficient undefined.
MOST_UNDEFINED = 0.05
#: Numbers that are held at once.
_BLOCK = 1 << 22
#: A count drawn from a multinomial takes about as long as this many draws of single families.
_MULTINOMIAL_COST = 10


@dataclass(frozen=True)
class Measured:
    """The coefficients of one stratum.

    Attributes:
        values: By name; None where one is not defined.
        intervals: By name, where there is one.
        why: Why there is no value, or no interval where one was asked for, by name.
    """

    values: dict[str, float | None]
    intervals: dict[str, tuple[float, float]] = field(default_factory=dict)
    why: dict[str, str] = field(default_factory=dict)


def measured(
    tally: Tally,
    rng: np.random.Generator | None = None,
    replicates: int = REPLICATES,
    level: float = LEVEL,
) -> list[Measured]:
    """Return the coefficients of each stratum, with BCa intervals.

    Args:
        tally: The sums of families.
        rng: Draws families, each stratum's by themselves; None makes no intervals.
        replicates: How often all are drawn.
        level: Share of such intervals that hold the truth, 0..1.

    Example:
        >>> from anigifs.curate.voting.answers import answers_of
        >>> from anigifs.curate.voting.coefficients import tally
        >>> sums, _ = tally(answers_of(["aa", "ab", "bb"] * 20))
        >>> (found,) = measured(sums, np.random.default_rng(0))
        >>> low, high = found.intervals["raw"]
        >>> 0.5 < low < found.values["raw"] < high < 0.8
        True
    """
    values_SC = tally.values_SC
    found = [
        _valued(tally.names, values_C.tolist(), int(pairs))
        for values_C, pairs in zip(values_SC, tally.pairs_S, strict=True)
    ]
    if rng is not None and tally.sums_GM.shape[0]:
        for part in _parts(tally, replicates):
            drawn_RSC, kept_PC = part.drawn(rng, replicates), part.without_each()
            ends_SC2, why_SC = _bca(values_SC[part.strata], drawn_RSC, kept_PC, part, level)
            for stratum, ends_C2, why_C in zip(part.strata, ends_SC2, why_SC, strict=True):
                _put(found[stratum], tally.names, ends_C2, why_C)
    return found


@dataclass(frozen=True)
class _Part:
    """Some strata: their kinds of families, and how many families are of each kind.

    Families with the same sums are alike, so it is enough to draw how many there are of a kind.
    """

    tally: Tally
    strata: np.ndarray
    kinds_PM: sparse.csr_array
    stratum_P: np.ndarray
    copies_P: np.ndarray

    @property
    def place_P(self) -> np.ndarray:
        """Of each kind's stratum among :attr:`strata`."""
        return np.searchsorted(self.strata, self.stratum_P)

    @property
    def groups_S(self) -> np.ndarray:
        """How many families each stratum has."""
        return np.bincount(self.place_P, self.copies_P, len(self.strata)).astype(int)

    def drawn(self, rng: np.random.Generator, replicates: int) -> np.ndarray:
        """Return the coefficients of draws of all families with replacement."""
        bounds = np.searchsorted(self.place_P, np.arange(len(self.strata) + 1))
        few = self.kinds_PM.shape[0] * self.kinds_PM.shape[1] <= _BLOCK
        rows_PM = self.kinds_PM.toarray() if few else self.kinds_PM
        sums_SRM = np.stack(
            [
                _resampled(rows_PM[start:end], self.copies_P[start:end], replicates, rng)
                for start, end in pairwise(bounds.tolist())
            ]
        )
        return self.tally.coefficients(sums_SRM).swapaxes(0, 1)

    def without_each(self) -> np.ndarray:
        """Return the coefficients of a stratum without one family of each kind: the jackknife."""
        whole_PM = sparse.diags_array(self.copies_P.astype(float)) @ self.kinds_PM
        to_SP = sparse.csr_array(
            (np.ones(len(self.copies_P)), (self.place_P, np.arange(len(self.copies_P)))),
            shape=(len(self.strata), len(self.copies_P)),
        )
        total_SM = (to_SP @ whole_PM).toarray()
        step = max(1, _BLOCK // self.kinds_PM.shape[1])
        return np.concatenate(
            [
                self.tally.coefficients(
                    total_SM[self.place_P[start : start + step]]
                    - self.kinds_PM[start : start + step].toarray()
                )
                for start in range(0, len(self.copies_P), step)
            ]
        )


def _valued(names: tuple[str, ...], values: list[float], pairs: int) -> Measured:
    known = {
        name: None if np.isnan(value) else value for name, value in zip(names, values, strict=True)
    }
    why = ONE_ANSWER if pairs else NO_PAIR
    return Measured(known, why={name: why for name, value in known.items() if value is None})


def _put(found: Measured, names: tuple[str, ...], ends_C2: np.ndarray, why_C: list[str]) -> None:
    for name, (low, high), why in zip(names, ends_C2.tolist(), why_C, strict=True):
        if found.values[name] is None:
            continue
        if why:
            found.why[name] = why
        else:
            found.intervals[name] = (low, high)


def _parts(tally: Tally, replicates: int) -> Iterator[_Part]:
    """Yield strata together that have about as many different answers, as many as can be held."""
    kinds_PM, stratum_P, copies_P = _kinds(tally.sums_GM, tally.stratum_G)
    bits_S = np.ceil(np.log2(np.maximum(tally.kinds_S, 1))).astype(int)
    for bits in np.unique(bits_S):
        alike = np.flatnonzero(bits_S == bits)
        columns = tally.columns(int(tally.kinds_S[alike].max()))
        step = max(1, _BLOCK // (replicates * len(columns)))
        for start in range(0, len(alike), step):
            strata = alike[start : start + step]
            rows = np.flatnonzero(np.isin(stratum_P, strata))
            yield _Part(tally, strata, kinds_PM[rows][:, columns], stratum_P[rows], copies_P[rows])


def _kinds(
    sums_GM: sparse.csr_array, stratum_G: np.ndarray
) -> tuple[sparse.csr_array, np.ndarray, np.ndarray]:
    """Return the different rows of each stratum, their strata, and how many families have each."""
    first: dict[tuple[int, bytes, bytes], int] = {}
    kind_G = np.empty(len(stratum_G), int)
    rows: list[int] = []
    bounds = pairwise(sums_GM.indptr.tolist())
    for row, (stratum, (start, end)) in enumerate(zip(stratum_G.tolist(), bounds, strict=True)):
        key = (
            stratum,
            sums_GM.indices[start:end].tobytes(),
            sums_GM.data[start:end].tobytes(),
        )
        kind_G[row] = first.setdefault(key, len(rows))
        if kind_G[row] == len(rows):
            rows.append(row)
    return sums_GM[rows], stratum_G[rows], np.bincount(kind_G, minlength=len(rows))


def _resampled(
    kinds_PM: np.ndarray | sparse.csr_array,
    copies_P: np.ndarray,
    replicates: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """Return the sums of ``replicates`` draws of all families of one stratum with replacement."""
    groups, kinds = int(copies_P.sum()), len(copies_P)
    one_by_one = groups < _MULTINOMIAL_COST * kinds
    kind_G = np.repeat(np.arange(kinds), copies_P)
    step = max(1, _BLOCK // groups)
    blocks = []
    for start in range(0, replicates, step):
        rows = min(step, replicates - start)
        if one_by_one:
            drawn_RG = kind_G[rng.integers(0, groups, (rows, groups), dtype=np.int32)]
            drawn_RG += np.arange(rows)[:, None] * kinds
            counts_RP = np.bincount(drawn_RG.ravel(), minlength=rows * kinds).reshape(rows, kinds)
        else:
            counts_RP = rng.multinomial(groups, copies_P / groups, rows)
        blocks.append((kinds_PM.T @ np.ascontiguousarray(counts_RP.T, dtype=float)).T)
    return np.concatenate(blocks)


def _bca(
    values_SC: np.ndarray,
    drawn_RSC: np.ndarray,
    without_PC: np.ndarray,
    part: _Part,
    level: float,
) -> tuple[np.ndarray, list[list[str]]]:
    """Return the ends of the intervals, and why there is none where there is none."""
    from scipy.special import ndtr, ndtri

    drawn_RSC = np.sort(drawn_RSC, axis=0)  # what is not defined comes last
    defined_SC = (~np.isnan(drawn_RSC)).sum(axis=0)
    count_SC = np.maximum(defined_SC, 1)
    with np.errstate(invalid="ignore"):
        below_SC = ((drawn_RSC < values_SC).sum(0) + (drawn_RSC <= values_SC).sum(0)) / 2
    # A value beyond every draw would push the interval to infinity.
    bias_SC = ndtri(np.clip(below_SC / count_SC, 1 / (count_SC + 1), count_SC / (count_SC + 1)))
    skew_SC = _skew(without_PC, part)
    ends = []
    for tail in ((1 - level) / 2, (1 + level) / 2):
        z_SC = bias_SC + ndtri(tail)
        ends.append(_quantile(drawn_RSC, count_SC, ndtr(bias_SC + z_SC / (1 - skew_SC * z_SC))))
    return np.stack(ends, axis=-1), _reasons(drawn_RSC, defined_SC, part.groups_S)


def _skew(without_PC: np.ndarray, part: _Part) -> np.ndarray:
    """Return the acceleration of each coefficient of each stratum; 0 where it is not known."""
    strata, place_P = len(part.strata), part.place_P
    there_PC = ~np.isnan(without_PC)
    left_PC = np.where(there_PC, without_PC, 0.0)
    weight_PC = there_PC * part.copies_P[:, None]

    def summed(rows_PC: np.ndarray) -> np.ndarray:
        return np.stack([np.bincount(place_P, row_P, strata) for row_P in rows_PC.T], axis=1)

    mean_SC = summed(weight_PC * left_PC) / np.maximum(summed(weight_PC), 1)
    away_PC = mean_SC[place_P] - left_PC
    spread_SC = summed(weight_PC * away_PC**2) ** 1.5
    cubes_SC = summed(weight_PC * away_PC**3)
    out_SC = np.zeros_like(spread_SC)
    return np.asarray(np.divide(cubes_SC, 6 * spread_SC, out=out_SC, where=spread_SC > 0))


def _quantile(drawn_RSC: np.ndarray, count_SC: np.ndarray, share_SC: np.ndarray) -> np.ndarray:
    """Return quantiles of the first ``count`` sorted draws, linear between two of them."""
    place_SC = share_SC * (count_SC - 1)
    lower_SC = np.floor(place_SC).astype(int)
    upper_SC = np.minimum(lower_SC + 1, count_SC - 1)
    ends_2SC = np.take_along_axis(drawn_RSC, np.stack([lower_SC, upper_SC]), axis=0)
    return np.asarray(ends_2SC[0] + (place_SC - lower_SC) * (ends_2SC[1] - ends_2SC[0]))


def _reasons(
    drawn_RSC: np.ndarray, defined_SC: np.ndarray, groups_S: np.ndarray
) -> list[list[str]]:
    """Return why draws give no interval; empty where they give one."""
    draws = len(drawn_RSC)
    last_SC = np.take_along_axis(drawn_RSC, np.maximum(defined_SC - 1, 0)[None], axis=0)[0]
    spread_SC = np.nan_to_num(last_SC - drawn_RSC[0])

    def reason(groups: int, defined: int, spread: float) -> str:
        if groups < LEAST_FAMILIES:
            return f"there are fewer than {LEAST_FAMILIES} families of items"
        if defined < (1 - MOST_UNDEFINED) * draws:
            return f"it is not defined in {100 * (1 - defined / draws):.0f} % of the draws of items"
        return "" if spread > 1e-12 else "every draw of items gives the same value"

    return [
        [reason(groups, *one) for one in zip(defined_C, spread_C, strict=True)]
        for groups, defined_C, spread_C in zip(
            groups_S.tolist(), defined_SC.tolist(), spread_SC.tolist(), strict=True
        )
    ]
