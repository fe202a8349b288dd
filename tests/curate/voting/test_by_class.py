"""Each class by itself."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anigifs.curate.voting.agreement import Draws, reliability
from anigifs.curate.voting.answers import QUESTIONS, cast_of
from anigifs.curate.voting.by_class import classes_of, more_for, wilson
from anigifs.curate.voting.decisions import decide
from anigifs.curate.voting.unlisted import items_of_votes
from tests.curate.voting.voted import item_of, vote

ITEMS = [
    item_of("a", labels=("yoga",)),
    item_of("b", labels=("golf",)),
    item_of("c", labels=("golf",)),
    item_of("d", labels=("golf",)),
    item_of("e", labels=("squat",)),
]
VOTES = [
    vote("a", "ann", "accept", label="golf"),
    vote("a", "bob", "accept"),
    vote("b", "ann", "accept", label="golf"),
    vote("b", "bob", "accept", label="golf"),
    vote("c", "ann", "gif"),
    vote("c", "bob", "gif"),
]


def test_an_item_is_of_the_class_under_which_it_was_found() -> None:
    cast = cast_of(ITEMS, VOTES)
    found = {one.label: one for one in classes_of(cast, ITEMS, decide(ITEMS, VOTES))}
    assert list(found) == ["golf", "squat", "yoga"]
    golf, squat, yoga = found.values()
    assert (golf.items, golf.decided, golf.accepted, golf.share) == (3, 2, 1, 0.5)
    assert (golf.low, golf.high) == pytest.approx(wilson(1, 2))
    assert golf.questions["verdict"] == reliability(["aa", "rr"])
    assert list(golf.questions) == list(QUESTIONS)
    # Nobody came to the others of c.
    assert [one.items for one in golf.questions.values()] == [2, 2, 2, 1, 1]
    assert (yoga.items, yoga.decided, yoga.share) == (1, 0, None)
    assert yoga.questions["verdict"].raw == 1.0
    assert yoga.questions["outcome"].raw == 0.0
    assert (squat.items, squat.more, squat.questions) == (1, 1, {})


def test_without_a_collection_most_votes_name_the_class() -> None:
    votes = [
        vote("a", "ann", "accept", label="golf"),
        vote("a", "bob", "action", label="yoga"),
        vote("a", "cat", "accept", label="yoga"),
        vote("b", "ann", "gif"),
    ]
    items = items_of_votes(votes)
    found = classes_of(cast_of(items, votes), items, decide(items, votes))
    assert [(one.label, one.items, one.decided) for one in found] == [("", 1, 1), ("yoga", 1, 0)]


def test_what_a_program_rejected_is_not_to_be_judged() -> None:
    gone = replace(ITEMS[4], files=(replace(ITEMS[4].shown, reason="still"),))
    items = [*ITEMS[:4], gone]
    found = classes_of(cast_of(items, VOTES), items, decide(items, VOTES))
    assert [one.label for one in found] == ["golf", "yoga"]


def test_intervals_are_made_class_by_class() -> None:
    items = [item_of(f"{n}", labels=("golf" if n < 20 else "yoga",)) for n in range(40)]
    votes = [
        vote(f"{n}", person, "gif" if person == "bob" and n % 4 == 0 and n < 20 else "accept")
        for n in range(40)
        for person in ("ann", "bob")
    ]
    golf, yoga = classes_of(cast_of(items, votes), items, decide(items, votes), Draws(300),
                            ("verdict",))  # fmt: skip
    low, high = golf.questions["verdict"].intervals["raw"]
    assert 0.4 < low < 0.75 < high < 1
    assert "every draw" in yoga.questions["verdict"].why["raw"]


@given(st.integers(0, 60), st.integers(1, 60))
def test_so_many_more_make_the_interval_narrow(accepted: int, decided: int) -> None:
    """And one less does not; the share is taken to stay as it is."""
    share = min(accepted, decided) / decided
    more = more_for(share, decided)

    def half(count: int) -> float:
        low, high = wilson(share * count, count)
        return (high - low) / 2

    assert half(decided + more) <= 0.1 + 1e-9
    if more:
        assert half(decided + more - 1) > 0.1


def test_wilsons_interval_as_published() -> None:
    """Newcombe (1998), Table I, the score method: 81 of 263, and 0 of 20."""
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert np.all(np.diff([wilson(one, 7)[0] for one in range(8)]) > 0)
