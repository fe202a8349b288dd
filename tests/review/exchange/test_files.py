"""What a review writes to files, and reads from them."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from anigifs.curate.votes import Vote, read_votes
from anigifs.foundation import UsageError
from anigifs.review.exchange.files import export, read
from anigifs.review.review import Review
from anigifs.review.store.log import standing_votes
from anigifs.review.work.assignment import lease
from anigifs.review.work.voting import cast, undo
from tests.curate.voting.voted import sha
from tests.review.made import NOW, Reviews, Votes, person


@pytest.fixture
def judged(lite: Reviews, votes: Votes) -> Review:
    """A review with a known answer and five votes, of which one was taken back."""
    review = lite.make("abcd", gold="d")
    for number, (name, said) in enumerate((("ann", "yoga"), ("bob", "gif"))):
        account = person(review, name)
        for card in lease(review, account, 2, NOW):
            ballot = votes.ballot(card.item, said, comment="=1+1")
            cast(review, account, ballot, NOW + number)
    ann = person(review, "ann")
    undo(review, ann, votes.id(), NOW + 9)
    return review


@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".parquet", ".json"])
@pytest.mark.parametrize("raw", [True, False])
def test_what_is_written_is_what_counts(
    judged: Review, tmp_path: Path, ending: str, raw: bool
) -> None:
    count, paths = export(judged, tmp_path / f"votes{ending}", raw=raw)
    found = read(paths[0])
    wanted = standing_votes(judged, raw=raw)
    assert sorted(map(repr, found)) == sorted(map(repr, wanted))
    assert count == len(wanted) == (5 if raw else 4)
    if ending == ".json":
        assert [path.name for path in paths] == ["votes.json", "votes.xml"]
    else:
        assert found == wanted == read_votes(paths[0])


def test_votes_up_to_a_number_are_those_of_then(judged: Review, tmp_path: Path) -> None:
    export(judged, tmp_path / "then.csv", until_seq=1)
    found = read(tmp_path / "then.csv")
    assert [one.annotator for one in found] == ["ann", "gold"]


def test_label_studio_is_told_of_every_item(judged: Review, tmp_path: Path) -> None:
    export(judged, tmp_path / "votes.json")
    tasks = json.loads((tmp_path / "votes.json").read_text())
    assert {task["data"]["item"] for task in tasks} == {sha(name) for name in "abcd"}
    for task in tasks:
        name = task["data"]["item"]
        place = f"store/objects/{name[:2]}/{name[2:4]}/{name}.gif"
        assert task["data"]["image"] == f"/data/local-files/?d={place}"
        assert judged.file_of(name, "gif") == Path(judged.settings.collection) / place
        assert task["data"]["label"] == "yoga"
    view = ElementTree.parse(tmp_path / "votes.xml").getroot()
    labels = [one.get("value") for one in view.findall("Choices[@name='label']/Choice")]
    assert labels == ["squat", "yoga"]


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("v.json", "{", "v.json: not JSON"),
        ("v.json", "[" * 100_000, "v.json: not JSON"),
        ("v.json", "{}", "v.json: no list of tasks"),
        ("v.json", '[{"annotations": [1], "data": {}}]', "v.json: task 1: no sha256"),
        ("v.txt", "", "v.txt: its name must end in .csv, .jsonl, .parquet, .json"),
        ("v.csv", "item\n", "v.csv, line 1: no column"),
    ],
)
def test_what_cannot_be_read_is_one_line(tmp_path: Path, name: str, text: str, fault: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(UsageError) as error:
        read(tmp_path / name)
    assert fault in str(error.value)
    assert len(str(error.value).splitlines()) == 1


def test_nothing_is_written_under_another_ending(judged: Review, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"must end in"):
        export(judged, tmp_path / "votes.xlsx")
    with pytest.raises(UsageError, match=r"none.json: no such file of votes"):
        read(tmp_path / "none.json")
    assert not list(tmp_path.glob("votes*"))
    assert Vote(item=sha("a"), annotator="a", verdict="skip") not in standing_votes(judged)
