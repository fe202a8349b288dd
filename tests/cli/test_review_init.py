import importlib.util
import json
import shutil
from contextlib import closing
from pathlib import Path

import pytest

from anigifs.cli.review_init import ReviewInit, read_definitions
from anigifs.curate.votes import Vote, write_votes
from anigifs.curate.voting.items import read_items
from anigifs.curate.voting.order import queue
from anigifs.foundation import UsageError
from anigifs.review.review import open_review
from anigifs.review.settings import read_settings
from tests.curate.made import make_collection


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_collection(tmp_path_factory.mktemp("cli") / "found").folder


def test_what_was_made_is_told(
    tmp_path: Path, collection: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "review"
    assert ReviewInit(collection, out).run() == 0
    told = capsys.readouterr()
    count = len(queue(read_items(collection)))
    assert f"{out}: {count} items of" in told.out
    assert f"anigifs review accounts add {out} NAME --role annotator" in told.out
    assert told.err == ""


def test_json_is_an_envelope(
    tmp_path: Path, collection: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, *_ = queue(read_items(collection))
    foreign = Vote(item=64 * "0", annotator="-", verdict="reject", criterion="gif")
    known = Vote(item=first.cluster, annotator="-", verdict="accept", label=first.labels[0])
    write_votes(tmp_path / "gold.csv", [foreign, known])
    gold = tmp_path / "gold.csv"
    assert ReviewInit(collection, tmp_path / "review", gold=gold, json=True).run() == 0
    told = capsys.readouterr()
    envelope = json.loads(told.out)
    assert envelope["summary"]["gold"] == envelope["summary"]["foreign"] == 1
    assert envelope["summary"]["out"] == str(tmp_path / "review")
    assert len(envelope["warnings"]) == 1
    assert "1 gold votes are on files that are in no item" in told.err


def test_options_are_settings_and_stay_so(tmp_path: Path, collection: Path) -> None:
    out = tmp_path / "review"
    ReviewInit(collection, out, name="GIFs", overlap=4, lease_min=5, seed=7).run()
    ReviewInit(collection, out).run()
    found = read_settings(out)
    assert (found.name, found.overlap, found.most, found.lease_min, found.seed) == (
        "GIFs",
        4,
        4,
        5,
        7,
    )
    with pytest.raises(UsageError, match="differs in overlap 4 -> 3"):
        ReviewInit(collection, out, overlap=3).run()


def test_the_name_is_that_of_the_collection(tmp_path: Path, collection: Path) -> None:
    ReviewInit(collection, tmp_path / "review").run()
    assert read_settings(tmp_path / "review").name == "found"


def test_classes_come_from_a_file(tmp_path: Path, collection: Path) -> None:
    path = tmp_path / "classes.csv"
    path.write_text('label,definition\nzorbing,"in a ball, downhill"\n\nyoga,\n', "utf-8-sig")
    assert read_definitions(path) == {"zorbing": "in a ball, downhill", "yoga": ""}
    ReviewInit(collection, tmp_path / "review", classes=path).run()
    with closing(open_review(tmp_path / "review")) as review:
        assert review.definitions == {"zorbing": "in a ball, downhill"}
        assert {"zorbing", "yoga"} <= set(review.labels)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: the columns are label and definition"),
        ("class,definition\n", "line 1: the columns are"),
        ("label,definition\nyoga\n", "line 2: 1 cells under 2 columns"),
        ("label,definition\nyoga,a\nyoga,b\n", "line 3: 'yoga' stands there twice"),
        ('label,definition\nyoga,"a\n', "not CSV in UTF-8"),
        ("label,definition\n\xff,a\n", "not CSV in UTF-8"),
    ],
)
def test_a_file_of_classes_makes_sense(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "classes.csv"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(UsageError, match=message):
        read_definitions(path)


def test_what_is_missing_is_one_line(
    tmp_path: Path, collection: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "review"
    for init, message in (
        (ReviewInit(tmp_path / "nowhere", out), "anigifs duplicates"),
        (ReviewInit(collection, out, gold=tmp_path / "none.csv"), "no such file of votes"),
        (ReviewInit(collection, out, classes=tmp_path / "none.csv"), "no such file of classes"),
        (ReviewInit(collection, out, overlap=0), "overlap is 0"),
    ):
        with pytest.raises(UsageError, match=message):
            init.run()
    assert not out.exists()
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"anigifs\[review\]"):
        ReviewInit(collection, out).run()


def test_a_url_with_a_password_leaves_no_folder(tmp_path: Path, collection: Path) -> None:
    init = ReviewInit(collection, tmp_path / "review", database="postgresql://ann:secret@db/a")
    with pytest.raises(UsageError, match="holds a password"):
        init.run()
    assert not (tmp_path / "review").exists()


def test_a_collection_that_grew_is_followed(
    tmp_path: Path, collection: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copied = Path(shutil.copytree(collection, tmp_path / "found"))
    ReviewInit(copied, tmp_path / "review").run()
    ReviewInit(copied, tmp_path / "review").run()
    assert "; 0 new, 0 withdrawn, 0 back again" in capsys.readouterr().out
