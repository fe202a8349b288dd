from pathlib import Path

import pytest

from anigifs.collect.frontier import Frontier
from anigifs.collect.items import Fetched, Hit, Page, Query
from anigifs.collect.yields import Yield, yields
from anigifs.foundation import UsageError

QUERIES = [
    Query("commons", "yoga", "animated", "animated yoga"),
    Query("commons", "yoga", "cartoon", "cartoon yoga"),
    Query("commons", "golf", "animated", "animated golf"),
]
#: What each query finds: two share a file, and one finds nothing.
FOUND = ["abc", "ad", ""]
FATES = {
    "a": Fetched(outcome="stored", sha256="0" * 64),
    "b": Fetched(outcome="refused", reason="gone"),
    "c": Fetched(outcome="refused", reason="not-media"),
}


@pytest.fixture
def frontier(tmp_path: Path) -> Frontier:
    made = Frontier(tmp_path / "frontier.sqlite")
    made.add_queries(QUERIES)
    for number, names in enumerate(FOUND, start=1):
        hits = tuple(Hit(media_url=f"https://media.example/{name}") for name in names)
        made.commit_page(number, Page(hits, None, ""), first_rank=1)
    for row in made.claim(9, now=0.0):
        if (fate := FATES.get(row.url[-1])) is not None:
            made.commit_attempt(row.media_id, fate, now=0.0)
    return made


def test_each_group_counts_its_hits_and_its_files(frontier: Frontier) -> None:
    with frontier:
        found = {tuple(one.group.values()): one for one in yields(frontier)}
    assert list(found) == [
        ("golf", "animated", "commons"),
        ("yoga", "animated", "commons"),
        ("yoga", "cartoon", "commons"),
    ]
    first = found["yoga", "animated", "commons"]
    assert (first.hits, first.media, first.stored, first.waiting) == (3, 3, 1, 0)
    assert first.refused == {"gone": 1, "not-media": 1}
    assert first.share == pytest.approx(1 / 3)
    second = found["yoga", "cartoon", "commons"]
    assert (second.hits, second.media, second.stored, second.waiting) == (2, 2, 1, 1)
    assert found["golf", "animated", "commons"].share is None


def test_a_file_that_two_words_find_is_one_file_of_its_class(frontier: Frontier) -> None:
    with frontier:
        golf, yoga = yields(frontier, ["label"])
        (everything,) = yields(frontier, [])
    assert golf == Yield({"label": "golf"}, 0, 0, 0, 0, {})
    assert (yoga.hits, yoga.media, yoga.stored, yoga.waiting) == (5, 4, 1, 1)
    assert (everything.group, everything.media) == ({}, 4)


def test_other_groups_there_are_none(frontier: Frontier) -> None:
    with frontier, pytest.raises(UsageError, match="title"):
        yields(frontier, ["title"])
