"""Coefficients of agreement, against published examples, closed forms and other implementations."""

from collections.abc import Sequence
from math import comb

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import aggregate_raters, fleiss_kappa

from anigifs.curate.voting.answers import answers_of
from anigifs.curate.voting.coefficients import pair_tally, tally

Units = Sequence[Sequence[int | None]]


def observers(*said: str) -> list[list[str | None]]:
    """Return the answers item by item of what each observer said; a dot is no answer."""
    return [[None if one == "." else one for one in unit] for unit in zip(*said, strict=True)]


#: Four raters and five categories, of the units of which four miss an answer: Gwet, *Handbook of
#: Inter-Rater Reliability* (4th edition, 2014), where AC1 is 0.775, with chance agreement 0.190.
GWET_FOUR = observers("123321412...", "1233224125.3", ".3332342251.", "12332441251.")
#: Five observers and four categories, same book; agreement 0.616 and by chance 0.236.
GWET_FIVE = observers(
    "112.001122.0131", "11300 0.2110231".replace(" ", "0"), "203000222100221",
    ".13....0.10022.", "2..0001.2....31",
)  # fmt: skip
#: Two abstractors and three kinds of pregnancy, same book; counts of pairs of answers.
GWET_TABLE = np.array([[13, 0, 0], [0, 20, 7], [0, 4, 56]])
#: Six psychiatrists, thirty patients, five diagnoses: Fleiss (1971), Table 1, where kappa is 0.430.
FLEISS = [
    [0, 0, 0, 6, 0], [0, 3, 0, 0, 3], [0, 1, 4, 0, 1], [0, 0, 0, 0, 6], [0, 3, 0, 3, 0],
    [2, 0, 4, 0, 0], [0, 0, 4, 0, 2], [2, 0, 3, 1, 0], [2, 0, 0, 4, 0], [0, 0, 0, 0, 6],
    [1, 0, 0, 5, 0], [1, 1, 0, 4, 0], [0, 3, 3, 0, 0], [1, 0, 0, 5, 0], [0, 2, 0, 3, 1],
    [0, 0, 5, 0, 1], [3, 0, 0, 1, 2], [5, 1, 0, 0, 0], [0, 2, 0, 4, 0], [1, 0, 2, 0, 3],
    [0, 0, 0, 0, 6], [0, 1, 0, 5, 0], [0, 2, 0, 1, 3], [2, 0, 0, 4, 0], [1, 0, 0, 4, 1],
    [0, 5, 0, 1, 0], [4, 0, 0, 0, 2], [0, 2, 0, 4, 0], [1, 0, 5, 0, 0], [0, 0, 0, 0, 6],
]  # fmt: skip


def values(units: Sequence[Sequence[object]], possible: int = 2) -> dict[str, float | None]:
    return tally(answers_of(units, possible))[0].values()


def two(first: Sequence[int], second: Sequence[int], possible: int) -> dict[str, float | None]:
    one, other = np.array(first), np.array(second)
    return pair_tally(one, other, np.arange(len(one)), possible).values()


def test_ac1_is_what_its_author_published() -> None:
    assert values(GWET_FOUR, 5)["ac1"] == pytest.approx(0.775, abs=5e-4)
    assert values(GWET_FIVE, 4)["ac1"] == pytest.approx((0.616 - 0.236) / (1 - 0.236), abs=1e-3)


def test_ac1_and_kappa_of_a_published_table() -> None:
    """Agreement is 0.89; kappa 0.796 and AC1 0.849 in the book."""
    first, second = np.repeat(np.indices((3, 3)).reshape(2, -1), GWET_TABLE.ravel(), axis=1)
    found = two(first, second, 3)
    assert found["raw"] == pytest.approx(0.89)
    assert found["cohen"] == pytest.approx(0.796, abs=5e-4)
    assert found["ac1"] == pytest.approx(0.849, abs=5e-4)


def test_fleiss_kappa_is_what_its_author_published() -> None:
    units = [np.repeat(np.arange(5), counts).tolist() for counts in FLEISS]
    assert values(units, 5)["fleiss"] == pytest.approx(0.430, abs=5e-4)


@settings(max_examples=40)
@given(*[st.integers(0, 60)] * 4)
def test_ac1_of_two_people_in_closed_form(both: int, one: int, other: int, none: int) -> None:
    """Chance is 2 q (1 - q), where q is the mean share of who says yes (Gwet, 2008)."""
    count = both + one + other + none
    assume(count)
    first = [1] * (both + one) + [0] * (other + none)
    second = [1] * both + [0] * one + [1] * other + [0] * none
    q = (2 * both + one + other) / (2 * count)
    chance = 2 * q * (1 - q)
    wanted = pytest.approx(((both + none) / count - chance) / (1 - chance))
    assert two(first, second, 2)["ac1"] == wanted
    assert values(list(zip(first, second, strict=True)))["ac1"] == wanted


def test_ac1_stays_where_kappa_collapses() -> None:
    """Two people agree on 118 of 125 items, of which nearly all are of one kind."""
    first, second = [1] * 118 + [1] * 5 + [0] * 2, [1] * 118 + [0] * 5 + [1] * 2
    found = two(first, second, 2)
    assert found["raw"] == pytest.approx(118 / 125)
    assert found["cohen"] == pytest.approx(cohen_kappa_score(first, second))
    assert -0.03 < (found["cohen"] or 0) < 0
    assert 0.93 < (found["ac1"] or 0) < 0.95


answers = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=30)


@settings(max_examples=40)
@given(answers)
def test_cohens_kappa_is_that_of_another_package(pairs: list[tuple[int, int]]) -> None:
    first, second = zip(*pairs, strict=True)
    assume(len({*first, *second}) > 1)
    found = two(first, second, 4)
    assert found["cohen"] == pytest.approx(cohen_kappa_score(first, second), abs=1e-9)
    assert found["raw"] == pytest.approx(np.mean(np.array(first) == second))


def test_cohens_kappa_is_not_known_where_both_always_say_the_same() -> None:
    assert two([1, 1], [1, 1], 2) == {"raw": 1.0, "cohen": None, "ac1": 1.0}
    assert two([1, 1], [0, 0], 2)["cohen"] == 0.0


tables = st.lists(st.lists(st.integers(0, 2), min_size=4, max_size=4), min_size=2, max_size=12)


@settings(max_examples=40)
@given(tables, st.lists(st.lists(st.integers(0, 2), min_size=2, max_size=3), max_size=1))
def test_fleiss_kappa_is_that_of_another_package(
    units: list[list[int]], fewer: list[list[int]]
) -> None:
    """It takes the items with the most frequent number of answers."""
    assume(len(np.unique(units)) > 1)
    sums, on = tally(answers_of([*units, *fewer]))
    assert (on.answers_S[0], on.items_S[0]) == (4, len(units))
    theirs = fleiss_kappa(aggregate_raters(np.array(units), 3)[0])
    assert sums.values()["fleiss"] == pytest.approx(theirs, abs=1e-9)


def test_of_two_frequent_numbers_of_answers_the_greater_counts() -> None:
    _, on = tally(answers_of(["aa", "ab", "aaa", "abb", "b"]))
    assert (on.answers_S[0], on.items_S[0]) == (3, 2)


missing = st.lists(
    st.lists(st.integers(0, 3) | st.none(), min_size=4, max_size=4), min_size=1, max_size=12
)


@settings(max_examples=40)
@given(missing)
def test_raw_agreement_and_ac1_by_counting(units: Units) -> None:
    """Gwet's formulas, item by item."""
    there = [[one for one in unit if one is not None] for unit in units]
    there = [unit for unit in there if unit]
    two_or_more = [unit for unit in there if len(unit) > 1]
    found = values(units, 4)
    if not two_or_more:
        assert (found["raw"], found["ac1"]) == (None, None)
        return
    alike = [sum(comb(unit.count(one), 2) for one in set(unit)) for unit in two_or_more]
    pairs = [comb(len(unit), 2) for unit in two_or_more]
    assert found["raw"] == pytest.approx(sum(alike) / sum(pairs))
    pi = [np.mean([unit.count(one) / len(unit) for unit in there]) for one in range(4)]
    chance = sum(one * (1 - one) for one in pi) / 3
    agreement = np.mean(np.array(alike) / pairs)
    assert found["ac1"] == pytest.approx((agreement - chance) / (1 - chance))


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 2), missing), min_size=1, max_size=3))
def test_strata_are_looked_at_by_themselves(parts: list[tuple[int, Units]]) -> None:
    """Each with other answers, some of which all have in common."""
    told = [
        (stratum, [None if one is None else one + shift for one in unit])
        for stratum, (shift, units) in enumerate(parts)
        for unit in units
        if any(one is not None for one in unit)
    ]
    assume({stratum for stratum, _ in told} == set(range(len(parts))))
    sums, fleiss = tally(
        answers_of([unit for _, unit in told], possible=9), np.array([one for one, _ in told])
    )
    for stratum, (_, units) in enumerate(parts):
        alone, alone_fleiss = tally(answers_of(units, possible=9))
        assert sums.values(stratum) == pytest.approx(alone.values(), abs=1e-9)
        assert sums.pairs_S[stratum] == alone.pairs_S[0]
        assert fleiss.items_S[stratum] == alone_fleiss.items_S[0]
