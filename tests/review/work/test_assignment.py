from collections import Counter

import pytest
from sqlalchemy import update

from anigifs.review.review import Review
from anigifs.review.store.engine import writing
from anigifs.review.store.schema import accounts
from anigifs.review.work import walking
from anigifs.review.work.assignment import lease
from anigifs.review.work.shapes import Card, Refused
from anigifs.review.work.voting import cast, cast_and_lease, undo
from tests.curate.voting.voted import item_of, sha
from tests.review.made import MINUTE, NOW, Reviews, Votes, person, row_of, running


def names(cards: list[Card]) -> str:
    """Return the short names of cards."""
    known = {sha(name): name for name in "abcdefghijklmnopqrstuvwxyz"}
    return "".join(known[card.item] for card in cards)


def given(review: Review, name: str, count: int, now_ms: int = NOW) -> str:
    """Return the short names of what a person is given."""
    return names(lease(review, person(review, name), count, now_ms))


def test_a_card_shows_what_is_asked(reviews: Reviews) -> None:
    review = reviews.make([item_of("a", labels=("squat", "yoga"))])
    (card,) = lease(review, person(review, "ann"), 5, NOW)
    assert card == Card(sha("a"), "gif", "squat", ("squat", "yoga"))


def test_what_was_given_is_given_again_in_the_same_order(reviews: Reviews) -> None:
    review = reviews.make()
    assert given(review, "ann", 2) == "ab"
    assert given(review, "ann", 2, NOW + MINUTE) == "ab"
    assert given(review, "ann", 4, NOW + MINUTE) == "abcd"
    assert given(review, "ann", 1, NOW + MINUTE) == "a"
    assert given(review, "ann", 4, NOW + MINUTE) == "abcd"  # nothing was taken away


def test_no_more_people_have_an_item_than_are_needed(reviews: Reviews) -> None:
    review = reviews.make("abcd")
    assert [given(review, name, 3) for name in ("ann", "bob", "cat")] == ["abc", "abc", "d"]
    assert row_of(review, "a").leased == 2


def test_what_is_judged_makes_room_for_the_next(reviews: Reviews, votes: Votes) -> None:
    review = reviews.make()
    ann = person(review, "ann")
    assert given(review, "ann", 2) == "ab"
    turn = cast_and_lease(review, ann, votes.ballot("a"), 2, NOW)
    assert names(turn.items) == "bc"
    assert len(running(review)) == 3  # one more than is wanted, so that none is looked for next
    turn = cast_and_lease(review, ann, votes.ballot("b"), 2, NOW)
    assert names(turn.items) == "cd"


def test_a_lease_runs_out(reviews: Reviews) -> None:
    review = reviews.make("a", overlap=1, lease_min=30)
    assert given(review, "ann", 1) == "a"
    assert given(review, "bob", 1, NOW + 30 * MINUTE - 1) == ""
    assert given(review, "bob", 1, NOW + 30 * MINUTE) == "a"
    assert running(review) == [(sha("a"), person(review, "bob").id)]
    assert given(review, "ann", 1, NOW + 30 * MINUTE) == ""


def test_who_comes_back_late_gets_the_same_if_nobody_else_has_it(reviews: Reviews) -> None:
    review = reviews.make(overlap=1, most=1)
    assert given(review, "ann", 2) == "ab"
    assert given(review, "bob", 1, NOW + 31 * MINUTE) == "a"
    assert given(review, "ann", 2, NOW + 31 * MINUTE) == "bc"


def test_a_clock_that_is_put_back_holds_nothing_up(reviews: Reviews) -> None:
    review = reviews.make("a", overlap=1, lease_min=30)
    day = 24 * 60 * MINUTE
    assert given(review, "ann", 1, NOW + day) == "a"
    assert given(review, "bob", 1, NOW) == ""  # from now on it runs for no more than 30 minutes
    assert given(review, "bob", 1, NOW + 30 * MINUTE) == "a"


def test_a_clock_that_is_put_back_does_not_wake_a_lease(reviews: Reviews) -> None:
    review = reviews.make("a", overlap=1)
    assert given(review, "ann", 1) == "a"
    assert given(review, "bob", 1, NOW + 31 * MINUTE) == "a"
    assert given(review, "ann", 1, NOW) == ""
    assert len(running(review)) == 1


def test_nobody_is_given_an_item_again(reviews: Reviews, votes: Votes) -> None:
    review = reviews.make("abc")
    ann = person(review, "ann")
    lease(review, ann, 3, NOW)
    cast(review, ann, votes.ballot("a", "skip"), NOW)
    cast(review, ann, votes.ballot("b", "gif"), NOW)
    assert given(review, "ann", 3, NOW + 31 * MINUTE) == "c"


def test_what_others_left_is_found_behind(reviews: Reviews, votes: Votes) -> None:
    review = reviews.make("abcdef", people=("ann", "bob", "cat"), overlap=1)
    assert given(review, "ann", 2) == "ab"
    assert given(review, "bob", 2) == "cd"
    bob = person(review, "bob")
    cast(review, bob, votes.ballot("c"), NOW)
    cast(review, bob, votes.ballot("d"), NOW)
    assert given(review, "bob", 2, NOW + 31 * MINUTE) == "ab"


def test_a_third_is_asked_where_two_differ(reviews: Reviews, votes: Votes) -> None:
    review = reviews.make("abcdefghij")
    for name, what in (("ann", "yoga"), ("bob", "gif")):
        lease(review, person(review, name), 1, NOW)
        cast(review, person(review, name), votes.ballot("a", what), NOW)
    assert given(review, "cat", 1) == "a"
    assert given(review, "ann", 1) == "b"


@pytest.mark.parametrize("sweep", [1, 50])
def test_all_is_found_however_short_the_steps_are(
    reviews: Reviews, votes: Votes, monkeypatch: pytest.MonkeyPatch, sweep: int
) -> None:
    monkeypatch.setattr(walking, "SWEEP", sweep)
    review = reviews.make("abcdefghijkl", gold_every=0)
    judged: Counter[str] = Counter()
    for _ in range(12):
        for name in ("ann", "bob", "cat"):
            one = person(review, name)
            for card in lease(review, one, 2, NOW)[:1]:
                cast(review, one, votes.ballot(card.item), NOW)
                judged[card.item] += 1
    assert judged == dict.fromkeys((sha(name) for name in "abcdefghijkl"), 2)


def test_gold_comes_in_each_block_once_and_never_twice(reviews: Reviews, votes: Votes) -> None:
    review = reviews.make("abcdefghijklwxyz", gold="wxyz", gold_every=4, overlap=1)
    ann = person(review, "ann")
    order, gold = [], {sha(name) for name in "wxyz"}
    while cards := lease(review, ann, 3, NOW):
        order.append(cards[0].item)
        cast(review, ann, votes.ballot(cards[0].item), NOW)
    for start in range(0, 16, 4):
        assert sum(item in gold for item in order[start : start + 4]) == 1
    assert len(order) == len(set(order)) == 16


def test_gold_is_for_everybody(reviews: Reviews) -> None:
    people = [f"p{number}" for number in range(6)]
    review = reviews.make("abcdef", people=people, gold="f", gold_every=2, overlap=6, most=6)
    assert all("f" in given(review, name, 4) for name in people)


def test_gold_alone_is_no_work(reviews: Reviews, votes: Votes) -> None:
    review = reviews.make("abcdefgh", gold="bcdefgh", gold_every=4, overlap=1)
    ann, served = person(review, "ann"), 0
    while cards := lease(review, ann, 10, NOW):
        cast(review, ann, votes.ballot(cards[0].item), NOW)
        served += 1
    assert served <= 3  # the one item, and what fell due just before and after it


def test_who_asks_late_keeps_what_nobody_else_was_given(reviews: Reviews) -> None:
    review = reviews.make(overlap=1, most=1)
    assert given(review, "ann", 2) == "ab"
    assert given(review, "ann", 2, NOW + 31 * MINUTE) == "ab"
    assert given(review, "bob", 2, NOW + 60 * MINUTE) == "cd"  # ann's leases run anew


@pytest.mark.parametrize("name", ["ada", "root"])
def test_only_annotators_are_given_anything(reviews: Reviews, name: str) -> None:
    assert given(reviews.make(), name, 5) == ""


def test_what_is_escalated_is_taken_from_the_others(reviews: Reviews, votes: Votes) -> None:
    review = reviews.make("abc")
    for name in ("ann", "bob"):
        lease(review, person(review, name), 2, NOW)
    cast(review, person(review, "ann"), votes.ballot("a", "skip", escalate=True), NOW)
    assert given(review, "bob", 2) == "bc"
    assert row_of(review, "a").leased == 0


def test_an_undone_item_comes_first_again(reviews: Reviews, votes: Votes) -> None:
    review = reviews.make()
    ann = person(review, "ann")
    lease(review, ann, 3, NOW)
    for name in "ab":
        cast(review, ann, votes.ballot(name), NOW)
    for _ in "ba":
        undo(review, ann, votes.id(), NOW)
    assert given(review, "ann", 3) == "abc"


@pytest.mark.parametrize("change", [{"enabled": False}, {"role": "administrator"}])
def test_an_account_that_was_changed_is_refused(
    reviews: Reviews, change: dict[str, object]
) -> None:
    review = reviews.make()
    ann = person(review, "ann")
    with writing(review.engine) as connection:
        connection.execute(update(accounts).where(accounts.c.id == ann.id).values(**change))
    with pytest.raises(Refused, match="log in again"):
        lease(review, ann, 1, NOW)
