from anigifs.review.work.assignment import lease
from anigifs.review.work.examples import examples_of
from anigifs.review.work.voting import cast, undo
from tests.curate.voting.voted import sha
from tests.review.made import NOW, Reviews, Votes, person


def test_examples_are_what_was_accepted_as_the_class(reviews: Reviews, votes: Votes) -> None:
    review = reviews.make("abcdef", overlap=1, gold="f", gold_every=1)
    ann = person(review, "ann")
    lease(review, ann, 10, NOW)
    for item, said in zip("abcdf", ("yoga", "squat", "gif", "yoga", "yoga"), strict=True):
        cast(review, ann, votes.ballot(item, said), NOW)
    assert [card.item for card in examples_of(review, "yoga", 5)] == [sha("a"), sha("d")]
    assert [card.item for card in examples_of(review, "yoga", 1)] == [sha("a")]
    assert [card.item for card in examples_of(review, "squat", 5)] == [sha("b")]
    assert examples_of(review, "zorbing", 5) == []


def test_what_is_undone_is_no_example(reviews: Reviews, votes: Votes) -> None:
    review = reviews.make("ab", overlap=1)
    ann = person(review, "ann")
    lease(review, ann, 1, NOW)
    cast(review, ann, votes.ballot("a"), NOW)
    undo(review, ann, votes.id(), NOW)
    assert examples_of(review, "yoga", 5) == []
