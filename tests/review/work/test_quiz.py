from dataclasses import replace

import pytest

from anigifs.foundation import UsageError
from anigifs.review.review import Review
from anigifs.review.work.assignment import lease
from anigifs.review.work.progress import share_of
from anigifs.review.work.quiz import Group, answer, count_answers, quiz_next, quiz_result
from anigifs.review.work.shapes import Receipt, Refused
from anigifs.review.work.voting import cast
from tests.curate.voting.voted import item_of, sha
from tests.review.made import NOW, Reviews, Votes, person

YOGA, SQUAT = "abcdefg", "mno"


@pytest.fixture
def review(reviews: Reviews, votes: Votes) -> Review:
    """A review in which ann accepted all but one."""
    items = [item_of(name) for name in YOGA]
    items += [item_of(name, labels=("squat",)) for name in (*SQUAT, "x")]
    made = reviews.make(items, overlap=1, most=1, quiz_a_class=4)
    ann = person(made, "ann")
    for card in lease(made, ann, 100, NOW):
        said = "gif" if card.item == sha("x") else card.label
        cast(made, ann, votes.ballot(card.item, said), NOW)
    return made


def taken(review: Review, votes: Votes, name: str, label: str) -> list[str]:
    """Let a person give one answer to everything; return what they were asked."""
    one, asked = person(review, name), []
    while card := quiz_next(review, one, NOW):
        assert (card.label, card.labels) == ("", ())
        asked.append(card.item)
        answer(review, one, votes.id(), card.item, label, 1000, NOW)
        assert count_answers(review, one) == len(asked)
    return asked


def test_of_each_class_as_many_are_asked_and_of_all_the_same(review: Review, votes: Votes) -> None:
    first, second = (taken(review, votes, name, "yoga") for name in ("bob", "cat"))
    assert sorted(first) == sorted(second)
    assert first != second  # each in an order of their own
    assert sum(item in {sha(name) for name in YOGA} for item in first) == 4
    assert {item for item in first if item in {sha(name) for name in SQUAT}} == {
        sha(name) for name in SQUAT
    }


def test_who_judged_an_item_is_not_asked(review: Review, votes: Votes) -> None:
    assert taken(review, votes, "ann", "yoga") == []


def test_the_result_is_the_share_that_is_right(review: Review, votes: Votes) -> None:
    taken(review, votes, "bob", "yoga")
    taken(review, votes, "cat", "squat")
    found = quiz_result(review)
    assert found.answers == 14
    assert found.top1 == share_of(7, 14)
    assert found.classes == (Group("squat", 6, 3), Group("yoga", 8, 4))
    assert found.people == (Group("bob", 7, 4), Group("cat", 7, 3))


def test_the_result_goes_by_what_is_decided_now(review: Review, votes: Votes) -> None:
    asked = taken(review, votes, "bob", "yoga")
    squats = [item for item in asked if item in {sha(name) for name in SQUAT}]
    ada = person(review, "ada")
    cast(review, ada, replace(votes.ballot("m", "yoga"), item=squats[0]), NOW + 1)
    cast(review, ada, replace(votes.ballot("m", "gif"), item=squats[1]), NOW + 2)
    found = quiz_result(review)
    assert found.classes == (Group("squat", 1, 0), Group("yoga", 5, 5))
    assert found.people == (Group("bob", 6, 5),)


def test_without_answers_there_is_no_result(reviews: Reviews) -> None:
    found = quiz_result(reviews.make())
    assert (found.answers, found.top1, found.classes, found.people) == (0, None, (), ())


def test_the_same_answer_again_changes_nothing(review: Review, votes: Votes) -> None:
    bob, same = person(review, "bob"), votes.id()
    first = answer(review, bob, same, sha("a"), "yoga", 1000, NOW)
    assert answer(review, bob, same, sha("a"), "yoga", 9, NOW + 1) == Receipt(first.seq, True)
    for item, label in ((sha("a"), "squat"), (sha("b"), "yoga")):
        with pytest.raises(Refused, match="stands for another answer"):
            answer(review, bob, same, item, label, 1000, NOW)
    with pytest.raises(Refused, match="stands for another answer"):
        answer(review, person(review, "cat"), same, sha("a"), "yoga", 1000, NOW)
    assert quiz_result(review).answers == 1


def test_what_cannot_be_answered_is_refused(review: Review, votes: Votes) -> None:
    bob = person(review, "bob")
    answer(review, bob, votes.id(), sha("a"), "yoga", 1000, NOW)
    for name, item, message in (
        ("bob", sha("a"), "you have judged it, or answered"),
        ("ann", sha("a"), "you have judged it, or answered"),
        ("bob", sha("x"), "not in the quiz"),
        ("bob", 64 * "0", "not in the quiz"),
        ("ada", sha("a"), "the quiz is for annotators"),
    ):
        with pytest.raises(Refused, match=message):
            answer(review, person(review, name), votes.id(), item, "yoga", 1000, NOW)
    with pytest.raises(UsageError, match="no class of this review"):
        answer(review, bob, votes.id(), sha("b"), "zorbing", 1000, NOW)
    with pytest.raises(UsageError, match="took_ms"):
        answer(review, bob, votes.id(), sha("b"), "yoga", -1, NOW)
    with pytest.raises(UsageError, match="give a UUID"):
        answer(review, bob, "1", sha("b"), "yoga", 1, NOW)
