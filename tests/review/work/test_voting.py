from dataclasses import replace

import pytest
from sqlalchemy import func, select

from anigifs.foundation import UsageError
from anigifs.review.review import Review
from anigifs.review.store.engine import reading
from anigifs.review.store.log import standing_votes
from anigifs.review.store.schema import events
from anigifs.review.work import counting
from anigifs.review.work.assignment import lease
from anigifs.review.work.shapes import Ballot, Progress, Receipt, Refused, Undone
from anigifs.review.work.voting import cast, cast_and_lease, progress_of, undo
from tests.curate.voting.voted import sha
from tests.review.made import MINUTE, NOW, Reviews, Votes, person, row_of, running


def logged(review: Review) -> int:
    """Return how long the log is."""
    with reading(review.engine) as connection:
        return connection.execute(select(func.count()).select_from(events)).scalar_one()


def vote(review: Review, votes: Votes, name: str, item: str, said: str = "yoga") -> Receipt:
    """Let a person be given all there is, and vote on one item."""
    lease(review, person(review, name), 100, NOW)
    return cast(review, person(review, name), votes.ballot(item, said), NOW)


def test_two_who_agree_decide(reviews: Reviews, votes: Votes) -> None:
    review = reviews.make()
    vote(review, votes, "ann", "a")
    row = row_of(review, "a")
    assert (row.state, row.cast, row.leased) == ("open", 1, 0)
    vote(review, votes, "bob", "a")
    row = row_of(review, "a")
    assert (row.state, row.cast, row.outcome, row.outcome_label) == ("decided", 2, "accept", "yoga")


def test_a_third_settles_it(reviews: Reviews, votes: Votes) -> None:
    review = reviews.make()
    for name, said in (("ann", "yoga"), ("bob", "gif"), ("cat", "animated")):
        vote(review, votes, name, "a", said)
    row = row_of(review, "a")
    assert (row.state, row.needed, row.outcome) == ("decided", 3, "reject")


def test_the_same_ballot_again_is_the_same_vote(reviews: Reviews, votes: Votes) -> None:
    review = reviews.make()
    ann = person(review, "ann")
    lease(review, ann, 1, NOW)
    ballot = votes.ballot("a", comment="sure")
    first = cast(review, ann, ballot, NOW)
    again = cast(review, ann, replace(ballot, took_ms=9), NOW + 1)
    turn = cast_and_lease(review, ann, ballot, 1, NOW + 2)
    assert first == Receipt(first.seq, repeated=False)
    assert again == turn.receipt == Receipt(first.seq, repeated=True)
    assert turn.progress.votes == 1
    assert logged(review) == 1


def test_the_same_ballot_after_an_undo_does_not_come_back(reviews: Reviews, votes: Votes) -> None:
    review = reviews.make()
    ann = person(review, "ann")
    lease(review, ann, 1, NOW)
    ballot = votes.ballot("a")
    receipt = cast(review, ann, ballot, NOW)
    undo(review, ann, votes.id(), NOW)
    assert cast(review, ann, ballot, NOW) == Receipt(receipt.seq, repeated=True)
    assert standing_votes(review) == []


def test_an_id_stands_for_one_vote(reviews: Reviews, votes: Votes) -> None:
    review = reviews.make()
    ann = person(review, "ann")
    lease(review, ann, 2, NOW)
    ballot = votes.ballot("a")
    cast(review, ann, ballot, NOW)
    for other in (
        Ballot(ballot.id, ballot.item, "skip"),
        replace(ballot, label="squat"),
        replace(ballot, comment="no"),
        replace(ballot, style="pixel"),
        replace(ballot, escalate=True),
        replace(ballot, item=sha("b")),
    ):
        with pytest.raises(Refused, match="stands for another vote"):
            cast(review, ann, other, NOW)


def test_an_id_stands_for_one_person(reviews: Reviews, votes: Votes) -> None:
    review = reviews.make()
    ann, bob = person(review, "ann"), person(review, "bob")
    for one in (ann, bob):
        lease(review, one, 1, NOW)
    ballot = votes.ballot("a")
    cast(review, ann, ballot, NOW)
    with pytest.raises(Refused, match="stands for another vote"):
        cast(review, bob, ballot, NOW)
    undoing = votes.id()
    undo(review, ann, undoing, NOW)
    for wrong in (ballot.id, undoing):
        with pytest.raises(Refused, match="stands for something else"):
            undo(review, bob, wrong, NOW)
    with pytest.raises(Refused, match="stands for another vote"):
        cast(review, ann, replace(ballot, id=undoing), NOW)


def test_a_vote_that_cannot_be_taken_leaves_nothing(reviews: Reviews, votes: Votes) -> None:
    review = reviews.make()
    ann = person(review, "ann")
    lease(review, ann, 1, NOW)
    cast(review, ann, votes.ballot("a"), NOW)
    for ballot, message in (
        (votes.ballot("a", "gif"), "you have voted on it"),
        (votes.ballot("b"), "was not given to you"),
        (votes.ballot(64 * "0"), "no item of this review"),
    ):
        with pytest.raises(Refused, match=message):
            cast(review, ann, ballot, NOW)
    with pytest.raises(UsageError, match="no class of this review"):
        cast(review, ann, votes.ballot("a", "zorbing"), NOW)
    assert logged(review) == 1
    assert row_of(review, "a").cast == 1


def test_nobody_else_has_a_vote(reviews: Reviews, votes: Votes) -> None:
    review = reviews.make()
    with pytest.raises(Refused, match="an administrator does not judge"):
        cast(review, person(review, "root"), votes.ballot("a"), NOW)
    with pytest.raises(Refused, match="not in dispute"):
        cast(review, person(review, "ada"), votes.ballot("a"), NOW)
    for name in ("root", "ada"):
        with pytest.raises(Refused, match="only annotators undo"):
            undo(review, person(review, name), votes.id(), NOW)


def test_a_vote_after_the_lease_ran_out_counts(reviews: Reviews, votes: Votes) -> None:
    review = reviews.make("a", overlap=1)
    ann, bob = person(review, "ann"), person(review, "bob")
    late = NOW + 60 * MINUTE
    lease(review, ann, 1, NOW)
    assert lease(review, bob, 1, late)  # who has it now
    cast(review, ann, votes.ballot("a"), late)
    assert row_of(review, "a").state == "decided"
    assert running(review) == []
    cast(review, bob, votes.ballot("a"), late)  # who was looking at it
    assert row_of(review, "a").cast == 2
    assert len(standing_votes(review)) == 2


def test_a_vote_on_what_was_withdrawn_is_kept(reviews: Reviews, votes: Votes) -> None:
    from sqlalchemy import update

    from anigifs.review.store.engine import writing
    from anigifs.review.store.schema import items

    review = reviews.make("a", overlap=1)
    ann = person(review, "ann")
    lease(review, ann, 1, NOW)
    with writing(review.engine) as connection:
        connection.execute(update(items).values(state="withdrawn"))
    cast(review, ann, votes.ballot("a"), NOW)
    assert row_of(review, "a").state == "withdrawn"
    assert len(standing_votes(review)) == 1


def test_undo_gives_back_the_last_vote_that_stands(reviews: Reviews, votes: Votes) -> None:
    review = reviews.make()
    ann = person(review, "ann")
    cards = lease(review, ann, 2, NOW)
    ballots = [votes.ballot(card.item, "gif", comment="why not", took_ms=5) for card in cards]
    for ballot in ballots:
        cast(review, ann, ballot, NOW)
    first, second = votes.id(), votes.id()
    assert undo(review, ann, first, NOW) == Undone(cards[1], ballots[1])
    assert undo(review, ann, second, NOW) == Undone(cards[0], ballots[0])
    assert undo(review, ann, votes.id(), NOW) is None
    assert undo(review, ann, first, NOW) == Undone(cards[1], ballots[1])  # the same again
    assert [row_of(review, name).cast for name in "ab"] == [0, 0]
    assert logged(review) == 4


def test_undo_opens_what_was_decided(reviews: Reviews, votes: Votes) -> None:
    review = reviews.make()
    for name in ("ann", "bob"):
        vote(review, votes, name, "a")
    undo(review, person(review, "bob"), votes.id(), NOW)
    row = row_of(review, "a")
    assert (row.state, row.cast, row.leased, row.outcome) == ("open", 1, 1, "")


def test_undo_takes_an_escalation_back(reviews: Reviews, votes: Votes) -> None:
    review = reviews.make()
    ann = person(review, "ann")
    lease(review, ann, 1, NOW)
    cast(review, ann, votes.ballot("a", "skip", escalate=True), NOW)
    assert row_of(review, "a").hidden
    undo(review, ann, votes.id(), NOW)
    row = row_of(review, "a")
    assert (row.state, row.hidden) == ("open", False)


def test_what_an_adjudicator_decided_cannot_be_undone(reviews: Reviews, votes: Votes) -> None:
    review = reviews.make()
    ann = person(review, "ann")
    lease(review, ann, 1, NOW)
    cast(review, ann, votes.ballot("a", "skip", escalate=True), NOW)
    cast(review, person(review, "ada"), votes.ballot("a"), NOW)
    with pytest.raises(Refused, match="an adjudicator has decided it"):
        undo(review, ann, votes.id(), NOW)
    assert logged(review) == 2


def test_what_was_hidden_by_others_is_not_given_back_but_may_be_voted_on(
    reviews: Reviews, votes: Votes
) -> None:
    review = reviews.make("a")
    vote(review, votes, "ann", "a")
    lease(review, person(review, "bob"), 1, NOW)
    cast(review, person(review, "bob"), votes.ballot("a", "skip", escalate=True), NOW)
    ann = person(review, "ann")
    assert undo(review, ann, votes.id(), NOW) is not None
    assert lease(review, ann, 5, NOW) == []
    cast(review, ann, votes.ballot("a", "gif"), NOW)
    assert row_of(review, "a").cast == 1


def test_progress_counts_what_stands(reviews: Reviews, votes: Votes) -> None:
    review = reviews.make("abcdef", gold="f", gold_every=1)
    ann = person(review, "ann")
    lease(review, ann, 10, NOW)
    yesterday = NOW - 1
    cast(review, ann, votes.ballot("a"), yesterday)
    cast(review, ann, votes.ballot("b", "skip"), NOW)
    cast(review, ann, votes.ballot("c", "gif"), NOW)
    cast(review, ann, votes.ballot("f", "gif"), NOW)
    cast(review, ann, votes.ballot("d"), NOW)
    undo(review, ann, votes.id(), NOW)
    assert progress_of(review, ann, NOW) == Progress(
        votes=3,
        today=2,
        accepted=1,
        rejected=2,
        skipped=1,
        gold_right=0,
        gold_seen=1,
        left=2,
    )
    assert progress_of(review, person(review, "bob"), NOW).left == 5


def test_who_undoes_and_votes_again_does_not_mend_a_known_answer(
    reviews: Reviews, votes: Votes
) -> None:
    review = reviews.make("abc", gold="c", gold_every=1)
    ann = person(review, "ann")
    lease(review, ann, 10, NOW)
    cast(review, ann, votes.ballot("c", "gif"), NOW)
    undo(review, ann, votes.id(), NOW)
    cast(review, ann, votes.ballot("c"), NOW)
    progress = progress_of(review, ann, NOW)
    assert (progress.gold_right, progress.gold_seen) == (0, 1)


def test_what_is_left_does_not_tell_which_item_is_gold(reviews: Reviews, votes: Votes) -> None:
    review = reviews.make("abcd", gold="d", gold_every=1)
    ann = person(review, "ann")
    lease(review, ann, 10, NOW)
    left = [
        cast_and_lease(review, ann, votes.ballot(item), 10, NOW).progress.left for item in "adb"
    ]
    assert left == [2, 1, 0]


@pytest.mark.parametrize("stale_ms", [0, 600_000])
def test_progress_after_a_vote_is_what_counting_gives(
    reviews: Reviews, votes: Votes, monkeypatch: pytest.MonkeyPatch, stale_ms: int
) -> None:
    monkeypatch.setattr(counting, "STALE_MS", stale_ms)
    review = reviews.make("abcdefgh", gold="h", gold_every=3, overlap=1)
    ann, now_ms = person(review, "ann"), NOW - 2 * MINUTE  # over midnight
    cards = lease(review, ann, 3, now_ms)
    for said in ("yoga", "gif", "skip", "yoga", "undo", "squat", "yoga", "cast", "yoga"):
        if said == "undo":
            undo(review, ann, votes.id(), now_ms)
            cards = lease(review, ann, 3, now_ms)
        elif said == "cast":
            cast(review, ann, votes.ballot(cards[0].item), now_ms)
            cards = lease(review, ann, 3, now_ms)
        else:
            ballot = votes.ballot(cards[0].item, said)
            turn = cast_and_lease(review, ann, ballot, 3, now_ms)
            cards = turn.items
            exact = progress_of(review, ann, now_ms)
            assert replace(turn.progress, left=exact.left) == exact
            assert exact.left - 1 <= turn.progress.left <= exact.left  # gold, for a while
        now_ms += MINUTE // 2
