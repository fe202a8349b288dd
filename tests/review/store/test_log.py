from datetime import UTC, datetime

import pytest

from anigifs.curate.votes import Vote, check_vote
from anigifs.curate.voting.decisions import decide
from anigifs.review.review import Review
from anigifs.review.store.engine import reading
from anigifs.review.store.log import rebuild, standing_votes, time_of
from anigifs.review.work.assignment import lease
from anigifs.review.work.voting import cast, undo
from tests.curate.voting.voted import item_of, sha
from tests.review.made import NOW, Reviews, Votes, person, row_of


def said(review: Review, raw: bool = False) -> list[tuple[str, str]]:
    """Return who said what."""
    return [
        (vote.annotator, vote.label or vote.criterion or vote.comment or vote.verdict)
        for vote in standing_votes(review, raw=raw)
    ]


def test_times_are_those_of_votes() -> None:
    vote = Vote(item=64 * "0", annotator="ann", verdict="skip", at=time_of(NOW + 5))
    check_vote(vote)
    assert vote.when == datetime(2026, 1, 1, 0, 0, 0, 5000, tzinfo=UTC)


def test_all_that_a_ballot_says_is_in_the_vote(reviews: Reviews, votes: Votes) -> None:
    review = reviews.make("a")
    lease(review, person(review, "ann"), 1, NOW)
    ballot = votes.ballot("a", style="pixel", comment="=1+1 <b>", took_ms=7)
    cast(review, person(review, "ann"), ballot, NOW)
    assert standing_votes(review) == [
        Vote(
            item=sha("a"),
            annotator="ann",
            verdict="accept",
            label="yoga",
            style="pixel",
            at="2026-01-01T00:00:00.000Z",
            comment="=1+1 <b>",
        )
    ]


def test_an_undone_vote_does_not_count(reviews: Reviews, votes: Votes) -> None:
    review = reviews.make("a")
    ann = person(review, "ann")
    lease(review, ann, 1, NOW)
    cast(review, ann, votes.ballot("a"), NOW)
    undo(review, ann, votes.id(), NOW + 1)
    assert said(review) == []
    cast(review, ann, votes.ballot("a", "gif"), NOW + 2)
    assert said(review) == [("ann", "gif")]
    assert said(review, raw=True) == [("ann", "yoga"), ("ann", "undone"), ("ann", "gif")]


def test_raw_votes_decide_the_same_whatever_the_clock_does(reviews: Reviews, votes: Votes) -> None:
    review = reviews.make("a")
    ann = person(review, "ann")
    lease(review, ann, 1, NOW)
    cast(review, ann, votes.ballot("a"), NOW)
    undo(review, ann, votes.id(), NOW - 1_000_000)
    cast(review, ann, votes.ballot("a", "gif"), NOW - 2_000_000)
    raw = standing_votes(review, raw=True)
    assert decide([item_of("a")], raw)[sha("a")].state == "rejected"


def test_any_past_state_can_be_rebuilt(reviews: Reviews, votes: Votes) -> None:
    review = reviews.make("a")
    ann, bob = person(review, "ann"), person(review, "bob")
    for one in (ann, bob):
        lease(review, one, 1, NOW)
    states, seqs = [], [0]
    for one, what in ((ann, "yoga"), (bob, "gif")):
        seqs.append(cast(review, one, votes.ballot("a", what), NOW).seq)
        states.append(row_of(review, "a"))
    undo(review, bob, votes.id(), NOW)
    states.append(row_of(review, "a"))
    seqs.append(seqs[-1] + 1)
    with reading(review.engine) as connection:
        rebuilt = [rebuild(connection, review.settings, seq) for seq in seqs]
    item = states[0].id
    assert [one.items[item].cast for one in rebuilt] == [0, 1, 2, 1]
    assert [one.items[item].needed for one in rebuilt[1:]] == [row.needed for row in states]
    assert [len(one.standing) for one in rebuilt] == [0, 1, 2, 1]
    assert len(standing_votes(review, until_seq=seqs[2])) == 2


def test_what_is_escalated_waits_for_an_adjudicator(reviews: Reviews, votes: Votes) -> None:
    review = reviews.make("a")
    ann, bob, ada = (person(review, name) for name in ("ann", "bob", "ada"))
    for one in (ann, bob):
        lease(review, one, 1, NOW)
    cast(review, ann, votes.ballot("a"), NOW)
    cast(review, bob, votes.ballot("a", escalate=True), NOW)  # two accept it, and yet
    assert said(review) == []
    cast(review, ada, votes.ballot("a", "gif"), NOW)
    assert said(review) == [("ann", "yoga"), ("bob", "yoga"), ("ada", "gif")]


@pytest.mark.parametrize("overruled", [False, True])
def test_gold_answers_are_votes_unless_overruled(
    reviews: Reviews, votes: Votes, overruled: bool
) -> None:
    review = reviews.make("ab", gold="b", gold_every=1)
    ann, ada = person(review, "ann"), person(review, "ada")
    given = {card.item for card in lease(review, ann, 2, NOW)}
    assert sha("b") in given
    if overruled:
        cast(review, ann, votes.ballot("b", "skip", escalate=True), NOW)
        cast(review, ada, votes.ballot("b", "gif"), NOW)
    votes_ = standing_votes(review)
    decided = decide([item_of("b")], votes_)[sha("b")].state
    assert ("gold" in {vote.annotator for vote in votes_}) is not overruled
    assert decided == ("rejected" if overruled else "accepted")
