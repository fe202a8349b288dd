"""Agreement, against published examples and other implementations."""

from dataclasses import replace
from random import Random

import krippendorff
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from statsmodels.stats.inter_rater import aggregate_raters, fleiss_kappa

from anigifs.curate.votes import CRITERIA, Vote
from anigifs.curate.voting.agreement import Draws, Reliability, agreement, reliability
from anigifs.curate.voting.coefficients import NO_PAIR, ONE_ANSWER
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


def units_of(observers: tuple[str, ...]) -> list[list[str | None]]:
    return [
        [None if answer == "." else answer for answer in unit]
        for unit in zip(*observers, strict=True)
    ]


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
    found = reliability(units)
    assert (found.items, found.pairs, found.fleiss_items, found.fleiss_answers) == (0, 0, 0, 0)
    assert (found.raw, found.alpha, found.ac1, found.fleiss) == (None, None, None, None)
    assert found.why == dict.fromkeys(("raw", "alpha", "ac1", "fleiss"), NO_PAIR)


def test_only_ac1_is_known_where_all_answers_are_the_same() -> None:
    found = reliability(["aa", "aaa"])
    assert (found.items, found.pairs, found.raw, found.ac1) == (2, 4, 1.0, 1.0)
    assert (found.alpha, found.fleiss) == (None, None)
    assert found.why == {"alpha": ONE_ANSWER, "fleiss": ONE_ANSWER}


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
    found = reliability(units).alpha
    assume(found is not None)
    theirs = krippendorff.alpha(
        np.array(units, float).T, value_domain=[0, 1, 2, 3], level_of_measurement="nominal"
    )
    assert found == pytest.approx(theirs)


@settings(max_examples=30)
@given(ratings, st.integers(0, 2**32))
def test_order_does_not_matter(units: list[list[int]], seed: int) -> None:
    random = Random(seed)
    shuffled = [random.sample(unit, len(unit)) for unit in units]
    random.shuffle(shuffled)
    for name in ("raw", "alpha", "ac1", "fleiss"):
        known, again = (getattr(reliability(one), name) for one in (units, shuffled))
        assert again == (None if known is None else pytest.approx(known, abs=1e-12))


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


def coefficients(found: Reliability) -> tuple[object, ...]:
    return found.items, found.pairs, found.raw, found.alpha, found.ac1, found.fleiss


def test_votes_that_do_not_count_are_no_part_of_it() -> None:
    found = agreement(ITEMS, VOTES)
    assert found.annotators == 3
    assert found.judged == {1: 1, 2: 1, 3: 1}
    assert found.compared == 2
    assert coefficients(found.verdict) == coefficients(reliability(["aa", "rr", "r"]))
    assert found.verdict.people == 2
    assert coefficients(found.outcome) == coefficients(reliability(["yg", "rr", "r"], possible=3))
    assert list(found.questions) == ["verdict", "outcome", *CRITERIA]


def test_a_criterion_is_answered_by_those_who_came_to_it() -> None:
    found = agreement(ITEMS, VOTES).criteria
    assert list(found) == list(CRITERIA)
    assert coefficients(found["gif"]) == coefficients(reliability(["yy", "yy", "n"]))
    assert coefficients(found["animated"]) == coefficients(reliability(["yy", "yn"]))
    assert coefficients(found["action"]) == coefficients(reliability(["yy", "n"]))


def test_of_no_votes_nothing_is_known() -> None:
    found = agreement(ITEMS, list[Vote](), Draws(replicates=20))
    assert (found.annotators, found.judged, found.verdict.alpha) == (0, {}, None)
    assert found.verdict.intervals == {}


def judged(rng: np.random.Generator, items: int, adaptively: bool) -> list[Vote]:
    """Two of five people judge each item and err in a fifth; a third does where they differ."""
    votes = []
    for number in range(items):
        truth = rng.random() < 0.7
        said = truth ^ (rng.random(3) < 0.2)
        people = rng.permutation(5)[:3]
        count = 3 if not adaptively or said[0] != said[1] else 2
        votes += [
            vote(f"{number}", f"person {person}", "accept" if yes else "action", at=f"200{n}-01-01")
            for n, (person, yes) in enumerate(zip(people[:count], said[:count], strict=True))
        ]
    return votes


def test_a_third_vote_where_two_differ_leaves_agreement_as_it_is() -> None:
    """By chance the shares of pairs that are alike differ by 0.015; by such votes, by 0.1."""
    items = [item_of(f"{number}") for number in range(1000)]
    fixed, adaptive = (
        agreement(items, judged(np.random.default_rng(0), 1000, adaptively))
        for adaptively in (False, True)
    )
    assert (fixed.compared, adaptive.compared) == (3, 2)
    for found in (fixed, adaptive):
        assert found.verdict.raw == pytest.approx(0.8**2 + 0.2**2, abs=0.04)
        assert found.verdict.fleiss is not None
    assert adaptive.verdict.ac1 == pytest.approx(fixed.verdict.ac1, abs=0.05)
    assert adaptive.verdict.alpha == pytest.approx(fixed.verdict.alpha, abs=0.05)


def test_the_first_votes_are_those_that_were_cast_first() -> None:
    votes = [
        vote("a", "ann", "accept", at="2026-01-03"),
        vote("a", "bob", "gif", at="2026-01-01"),
        vote("a", "cat", "gif", at="2026-01-02"),
        vote("b", "ann", "accept", at="2026-01-01"),
        vote("b", "bob", "accept", at="2026-01-01"),
    ]
    found = agreement([item_of("a"), item_of("b")], votes)
    assert (found.compared, found.verdict.raw) == (2, 1.0)


def test_families_are_what_varies_in_intervals() -> None:
    """A hundred items of ten families tell no more than ten items."""
    names = [f"{number}" for number in range(100)]
    items = [item_of(name) for name in names]
    votes = [
        vote(name, person, "gif" if name in names[:50] and person == "bob" else "accept")
        for name in names
        for person in ("ann", "bob")
    ]
    alone = agreement(items, votes, Draws(200)).verdict
    together = agreement(
        [replace(item, family=items[n - n % 10].cluster) for n, item in enumerate(items)],
        votes,
        Draws(200),
    ).verdict
    assert alone.raw == together.raw == 0.5
    widths = [high - low for low, high in (alone.intervals["raw"], together.intervals["raw"])]
    assert widths[1] / widths[0] == pytest.approx(10**0.5, rel=0.15)


def test_the_same_seed_gives_the_same_intervals() -> None:
    items = [item_of(f"{number}") for number in range(60)]
    votes = judged(np.random.default_rng(1), 60, adaptively=True)
    once, again, other = (agreement(items, votes, Draws(100, seed)) for seed in (0, 0, 1))
    assert once == again
    assert once.verdict.intervals != other.verdict.intervals
    assert {**once.verdict.intervals}.keys() == {"raw", "fleiss", "alpha", "ac1"}
    assert replace(once.verdict, intervals={}) == replace(other.verdict, intervals={})
