import pytest

from anigifs.review.review import Review
from anigifs.review.work.adjudication import count_disputes, disputes, reconsider
from anigifs.review.work.assignment import lease
from anigifs.review.work.shapes import Refused
from anigifs.review.work.voting import cast
from tests.curate.voting.voted import sha
from tests.review.made import NOW, Reviews, Votes, add_person, person, row_of


def differ(review: Review, votes: Votes, item: str) -> None:
    """Let three people say three things of an item."""
    for name, said in (("ann", "yoga"), ("bob", "gif"), ("cat", "squat")):
        one = person(review, name)
        lease(review, one, 100, NOW)
        cast(review, one, votes.ballot(item, said, comment=f"{said}!", style="pixel"), NOW)


def test_an_adjudicator_sees_what_all_said(reviews: Reviews, votes: Votes) -> None:
    review = reviews.make()
    differ(review, votes, "b")
    (dispute,) = disputes(review, person(review, "ada"), 10)
    assert (dispute.card.item, dispute.why) == (sha("b"), "conflict")
    assert [(one.annotator, one.verdict, one.label, one.criterion) for one in dispute.votes] == [
        ("ann", "accept", "yoga", ""),
        ("bob", "reject", "", "gif"),
        ("cat", "accept", "squat", ""),
    ]
    assert {(one.style, one.at_ms, one.role) for one in dispute.votes} == {
        ("pixel", NOW, "annotator")
    }
    assert [one.comment for one in dispute.votes] == ["yoga!", "gif!", "squat!"]


def test_who_escalates_says_why(reviews: Reviews, votes: Votes) -> None:
    review = reviews.make()
    ann = person(review, "ann")
    lease(review, ann, 1, NOW)
    cast(review, ann, votes.ballot("a", "skip", escalate=True, comment="cruel"), NOW)
    (dispute,) = disputes(review, person(review, "ada"), 10)
    assert dispute.why == "escalated"
    assert [(one.comment, one.escalate) for one in dispute.votes] == [("cruel", True)]


def test_an_adjudicator_decides_alone(reviews: Reviews, votes: Votes) -> None:
    review = reviews.make()
    differ(review, votes, "a")
    assert count_disputes(review) == 1
    cast(review, person(review, "ada"), votes.ballot("a", "squat"), NOW)
    assert count_disputes(review) == 0
    row = row_of(review, "a")
    assert (row.state, row.outcome, row.outcome_label) == ("decided", "accept", "squat")


def test_a_skip_takes_no_decision_back(reviews: Reviews, votes: Votes) -> None:
    review = reviews.make()
    differ(review, votes, "a")
    ada, bea = person(review, "ada"), add_person(review, "bea", "adjudicator")
    cast(review, ada, votes.ballot("a", "skip"), NOW)  # not yet
    cast(review, ada, votes.ballot("a", "squat"), NOW + 1)
    with pytest.raises(Refused, match="you have decided it; decide anew"):
        cast(review, ada, votes.ballot("a", "skip"), NOW + 2)
    assert row_of(review, "a").state == "decided"
    cast(review, bea, votes.ballot("a", "gif"), NOW + 3)
    assert row_of(review, "a").state == "disputed"
    with pytest.raises(Refused, match="you have decided it"):
        cast(review, ada, votes.ballot("a", "skip"), NOW + 4)
    assert row_of(review, "a").state == "disputed"


def test_what_is_skipped_comes_last(reviews: Reviews, votes: Votes) -> None:
    review = reviews.make()
    differ(review, votes, "a")
    differ(review, votes, "b")
    ada, bea = person(review, "ada"), add_person(review, "bea", "adjudicator")
    cast(review, ada, votes.ballot("a", "skip"), NOW)
    order = [[one.card.item for one in disputes(review, one, 10)] for one in (ada, bea)]
    assert order == [[sha("b"), sha("a")], [sha("a"), sha("b")]]
    assert len(disputes(review, ada, 1)) == 1
    assert count_disputes(review) == 2
    cast(review, ada, votes.ballot("a", "gif"), NOW)
    assert count_disputes(review) == 1


def test_a_decision_can_be_made_again(reviews: Reviews, votes: Votes) -> None:
    review = reviews.make()
    differ(review, votes, "a")
    ada = person(review, "ada")
    cast(review, ada, votes.ballot("a", "squat"), NOW)
    found = reconsider(review, ada, sha("a"))
    assert found is not None
    assert (found.why, found.votes[-1].role) == ("", "adjudicator")
    cast(review, ada, votes.ballot("a", "gif"), NOW - 1)  # whatever the clock says
    row = row_of(review, "a")
    assert (row.state, row.outcome) == ("decided", "reject")
    again = reconsider(review, ada, sha("a"))
    assert again is not None
    assert len(again.votes) == 4


def test_two_adjudicators_who_differ_leave_it_in_dispute(reviews: Reviews, votes: Votes) -> None:
    review = reviews.make()
    differ(review, votes, "a")
    cast(review, person(review, "ada"), votes.ballot("a", "squat"), NOW)
    cast(review, add_person(review, "bea", "adjudicator"), votes.ballot("a", "gif"), NOW)
    row = row_of(review, "a")
    assert (row.state, row.why) == ("disputed", "conflict")


def test_nobody_judges_blind_as_an_adjudicator(reviews: Reviews, votes: Votes) -> None:
    review = reviews.make()
    ada = person(review, "ada")
    assert reconsider(review, ada, sha("a")) is None
    assert reconsider(review, ada, 64 * "0") is None
    assert disputes(review, ada, 10) == []


def test_an_adjudicator_cannot_escalate(reviews: Reviews, votes: Votes) -> None:
    review = reviews.make()
    differ(review, votes, "a")
    with pytest.raises(Refused, match="cannot escalate"):
        cast(review, person(review, "ada"), votes.ballot("a", escalate=True), NOW)


@pytest.mark.parametrize("name", ["ann", "root"])
def test_nobody_else_sees_what_others_said(reviews: Reviews, votes: Votes, name: str) -> None:
    review = reviews.make()
    differ(review, votes, "a")
    one = person(review, name)
    with pytest.raises(Refused, match="only adjudicators"):
        disputes(review, one, 1)
    with pytest.raises(Refused, match="only adjudicators"):
        reconsider(review, one, sha("a"))
