from anigifs.review.store.filling import balanced
from tests.curate.voting.voted import item_of, sha


def test_no_class_waits_for_another() -> None:
    queued = [item_of(name, labels=("yoga",)) for name in "abc"]
    queued += [item_of("d", labels=("squat", "yoga")), item_of("e", labels=("squat",))]
    order = [item.cluster for item in balanced(queued)]
    assert order == [sha(name) for name in "adbec"]
