import importlib.util
import json
from pathlib import Path

import pytest
import tyro

from anigifs.cli.review_exchange import ReviewExport, ReviewLoad
from anigifs.curate.votes import read_votes, write_votes
from anigifs.foundation import UsageError
from anigifs.review.review import Review
from anigifs.review.store.log import standing_votes
from tests.curate.voting.voted import vote
from tests.review.made import Reviews

Capture = pytest.CaptureFixture[str]
CAST = [
    vote("a", "dan", "accept", at="2026-01-01T00:00:00.000Z"),
    vote("a", "eve", "gif", at="2026-01-01T00:00:01.000Z"),
]


@pytest.fixture
def review(tmp_path: Path) -> Review:
    made = Reviews(tmp_path, "sqlite")
    review = made.make("ab", gold="b")
    made.close()
    return review


def run(command: type[ReviewExport] | type[ReviewLoad], *arguments: object) -> int:
    words = [str(one) for one in arguments]
    config = (tyro.conf.OmitArgPrefixes, tyro.conf.FlagCreatePairsOff)
    return tyro.cli(command, args=words, config=config).run()


def test_votes_go_in_and_out_again(review: Review, tmp_path: Path, capsys: Capture) -> None:
    write_votes(tmp_path / "in.csv", CAST)
    assert run(ReviewLoad, review.folder, tmp_path / "in.csv") == 0
    assert capsys.readouterr().out == (
        f"{review.folder}: 2 votes added, of 2 people; 0 were there already\n"
    )
    out = tmp_path / "out.json"
    assert run(ReviewExport, review.folder, out) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{out}: 3 votes", f"{tmp_path / 'out.xml'}: the labelling interface"
    ]  # fmt: skip
    assert run(ReviewLoad, review.folder, out) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{review.folder}: 0 votes added, of 2 people; 2 were there already",
        "1 known answers passed over; `anigifs review init` takes them with --gold",
    ]
    older = [vote("a", "dan", "gif", at="2025-01-01")]
    write_votes(tmp_path / "older.csv", older)
    assert run(ReviewLoad, review.folder, tmp_path / "older.csv", "--json") == 0
    told = json.loads(capsys.readouterr().out)["summary"]
    assert (told["added"], told["older"], told["people"]) == (0, 1, ["dan"])
    assert standing_votes(review)[:2] == CAST


def test_a_state_of_before_and_everything_are_told_too(
    review: Review, tmp_path: Path, capsys: Capture
) -> None:
    changed = [*CAST, vote("a", "eve", "accept", at="2026-01-02T00:00:00.000Z")]
    write_votes(tmp_path / "in.jsonl", changed)
    run(ReviewLoad, review.folder, tmp_path / "in.jsonl")
    run(ReviewExport, review.folder, tmp_path / "raw.parquet", "--raw")
    assert read_votes(tmp_path / "raw.parquet") == changed
    run(ReviewExport, review.folder, tmp_path / "then.csv", "--until", 2)
    assert read_votes(tmp_path / "then.csv")[:2] == CAST
    capsys.readouterr()
    run(ReviewExport, review.folder, tmp_path / "now.csv", "--json")
    told = json.loads(capsys.readouterr().out)["summary"]
    assert told == {"votes": 3, "files": [str(tmp_path / "now.csv")]}


def test_what_is_wrong_is_one_line(
    review: Review, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "v.json").write_text('[{"data": {}, "annotations": [1]}]')
    write_votes(tmp_path / "v.csv", [vote("x", "dan", "accept")])
    for command, arguments, fault in (
        (ReviewLoad, [review.folder, tmp_path / "v.json"], r"v.json: task 1: no sha256"),
        (ReviewLoad, [review.folder, tmp_path / "v.csv"], r"v.csv: vote 1: \w+ is no item"),
        (ReviewLoad, [review.folder, tmp_path / "none.csv"], r"no such file of votes"),
        (ReviewLoad, [tmp_path, tmp_path / "v.csv"], r"no review"),
        (ReviewExport, [review.folder, tmp_path / "v.txt"], r"its name must end in"),
        (ReviewExport, [review.folder, tmp_path / "v.csv", "--until", "-1"], r"--until -1"),
        (ReviewExport, [review.folder, tmp_path / "v.csv", "--until", 2**63], r"--until 9223372"),
    ):
        with pytest.raises(UsageError, match=fault) as error:
            run(command, *arguments)
        assert len(str(error.value).splitlines()) == 1
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"pip install 'anigifs\[review\]'"):
        run(ReviewExport, review.folder, tmp_path / "v.csv")
