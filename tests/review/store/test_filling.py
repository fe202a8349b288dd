from anigifs.review.store.engine import writing
from anigifs.review.store.filling import balanced, fill, under_known_names
from anigifs.review.work.adjudication import disputes
from anigifs.review.work.assignment import lease
from anigifs.review.work.voting import cast
from tests.curate.voting.voted import item_of, sha
from tests.review.made import NOW, Reviews, Votes, person, row_of


def test_no_class_waits_for_another() -> None:
    queued = [item_of(name, labels=("yoga",)) for name in "abc"]
    queued += [item_of("d", labels=("squat", "yoga")), item_of("e", labels=("squat",))]
    order = [item.cluster for item in balanced(queued)]
    assert order == [sha(name) for name in "adbec"]


def test_an_item_keeps_its_name_when_another_file_comes_to_stand_for_it(
    reviews: Reviews, votes: Votes
) -> None:
    review = reviews.make("ab")
    ann = person(review, "ann")
    lease(review, ann, 2, NOW)
    cast(review, ann, votes.ballot("a", "skip", escalate=True), NOW)
    found = [item_of("z", "a"), item_of("b"), item_of("c", "d")]
    with writing(review.engine) as connection:
        queued = under_known_names(connection, found)
        filled = fill(connection, review.settings, queued)
    assert (filled.added, filled.withdrawn, filled.returned) == (1, 0, 0)
    assert [item.cluster for item in queued] == [sha(name) for name in "abc"]
    assert [file.sha256 for file in queued[0].files] == [sha("a"), sha("z")]
    (dispute,) = disputes(review, person(review, "ada"), 10)
    assert (dispute.card.item, dispute.why) == (sha("a"), "escalated")
    assert row_of(review, "a").state == "disputed"
    assert sha("z") not in {card.item for card in lease(review, person(review, "bob"), 9, NOW)}
