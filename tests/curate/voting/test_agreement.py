"""Agreement, against published examples and other implementations."""

from random import Random

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from statsmodels.stats.inter_rater import aggregate_raters, fleiss_kappa

from anigifs.curate.votes import CRITERIA, Vote
from anigifs.curate.voting.agreement import Reliability, agreement, reliability
from tests.curate.voting.voted import item_of, vote

#: Of each observer, an answer an item; a dot where one did not answer.
PUBLISHED = {
    # Krippendorff (2011), sections A to C.
    "two observers, two values": (("0100000010", "1110010000"), 0.095),
    "two observers, many values": (("aabbdcccedda", "babbbccceddd"), 0.692),
    "four observers, missing answers": (
        ("123321412...", "1233224125.3", ".3332342251.", "12332441251."),
        0.743,
    ),
    # The example of the encyclopedias.
    "three observers, missing answers": (
        (".....34121133.3", "1.213343.......", "..21344.21133.4"),
        0.691,
    ),
}


def units_of(observers: tuple[str, ...]) -> list[list[str]]:
    return [[answer for answer in unit if answer != "."] for unit in zip(*observers, strict=True)]


@pytest.mark.parametrize("case", PUBLISHED)
def test_alpha_is_what_was_published(case: str) -> None:
    observers, alpha = PUBLISHED[case]
    found = reliability(units_of(observers)).alpha
    assert found == pytest.approx(alpha, abs=5e-4)


def test_the_counts_of_an_example() -> None:
    """The last item has one answer alone; those of 2, 3 and 4 have 1, 3 and 6 pairs."""
    observers, _ = PUBLISHED["four observers, missing answers"]
    found = reliability(units_of(observers))
    sizes = [3, 4, 4, 4, 4, 4, 4, 4, 4, 3, 2]
    assert found.items == 11
    assert found.pairs == sum(size * (size - 1) // 2 for size in sizes)
    alike = 3 + 3 + 6 + 6 + 6 + 0 + 6 + 3 + 6 + 3 + 1  # counted by hand
    assert found.raw == alike / found.pairs


@pytest.mark.parametrize("units", [[], ["a"], ["a", "b", ""]])
def test_without_a_pair_nothing_is_known(units: list[str]) -> None:
    assert reliability(units) == Reliability(0, 0, None, None)


def test_alpha_is_not_known_where_all_answers_are_the_same() -> None:
    assert reliability(["aa", "aaa"]) == Reliability(2, 4, 1.0, None)


ratings = st.integers(2, 5).flatmap(
    lambda people: st.lists(
        st.lists(st.integers(0, 2), min_size=people, max_size=people), min_size=2, max_size=20
    )
)


@given(ratings)
def test_with_all_answers_it_follows_from_fleiss_kappa(units: list[list[int]]) -> None:
    """Expected disagreement is counted without replacement: by (n - 1) / n less."""
    values = np.array(units)
    assume(len(np.unique(values)) > 1)
    found = reliability(units)
    kappa = fleiss_kappa(aggregate_raters(values, 3)[0])
    assert found.alpha == pytest.approx(1 - (1 - kappa) * (values.size - 1) / values.size)


@given(st.lists(st.lists(st.integers(0, 3) | st.none(), min_size=4, max_size=4), min_size=1))
def test_it_is_what_another_package_computes(units: list[list[int | None]]) -> None:
    krippendorff = pytest.importorskip("krippendorff")
    answers = [[one for one in unit if one is not None] for unit in units]
    found = reliability(answers).alpha
    assume(found is not None)
    theirs = krippendorff.alpha(
        np.array(units, float).T, value_domain=[0, 1, 2, 3], level_of_measurement="nominal"
    )
    assert found == pytest.approx(theirs)


@given(ratings, st.integers(0, 2**32))
def test_order_does_not_matter(units: list[list[int]], seed: int) -> None:
    random = Random(seed)
    shuffled = [random.sample(unit, len(unit)) for unit in units]
    random.shuffle(shuffled)
    assert reliability(shuffled) == reliability(units)


ITEMS = [item_of("a", "a2"), item_of("b"), item_of("c"), item_of("d")]
VOTES = [
    vote("a", "ann", "gif"),
    vote("a", "ann", "accept"),
    vote("a2", "bob", "accept", label="golf"),
    vote("b", "ann", "action"),
    vote("b", "bob", "animated"),
    vote("b", "cat", "accept"),
    vote("b", "eve", "accept", role="adjudicator"),
    vote("c", "ann", "gif"),
    vote("c", "bob", "skip"),
    vote("x", "dan", "accept"),
]


def test_votes_that_do_not_count_are_no_part_of_it() -> None:
    found = agreement(ITEMS, VOTES)
    assert found.annotators == 3
    assert found.judged == {1: 1, 2: 1, 3: 1}
    assert found.verdict == reliability([["accept"] * 2, ["reject", "reject", "accept"]])


def test_a_criterion_is_answered_by_those_who_came_to_it() -> None:
    found = agreement(ITEMS, VOTES).criteria
    assert list(found) == list(CRITERIA)
    assert found["gif"] == Reliability(items=2, pairs=4, raw=1.0, alpha=None)
    assert found["animated"] == reliability([[True, True], [True, False, True]])
    assert found["action"] == reliability([[True, True], [False, True]])


def test_of_no_votes_nothing_is_known() -> None:
    found = agreement(ITEMS, list[Vote]())
    assert (found.annotators, found.judged, found.verdict.alpha) == (0, {}, None)
