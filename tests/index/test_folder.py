import os
from pathlib import Path

import pytest

from anigifs.foundation import UsageError
from anigifs.index import clip_id, from_folder
from tests.index.trees import ODD, column


def tree(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")


def test_each_file_of_a_class_folder_is_a_row(tmp_path: Path) -> None:
    tree(tmp_path, "yoga/b.gif", "yoga/deep/a.gif", "golf/c.mp4", "loose.gif", ".git/x")
    tree(tmp_path, "yoga/.hidden", "yoga/.cache/x")
    (tmp_path / "empty").mkdir()
    index = from_folder(tmp_path, domain="gif", style="flat", split="test", licence="l", source="s")
    assert column(index, "path") == ["golf/c.mp4", "yoga/b.gif", "yoga/deep/a.gif"]
    assert column(index, "label") == ["golf", "yoga", "yoga"]
    first = next(index.rows())
    assert first.clip_id == clip_id("golf/c.mp4")
    assert (first.group, first.state, first.error) == ("golf/c.mp4", "listed", None)
    texts = (first.domain, first.style, first.split, first.licence, first.source)
    assert texts == ("gif", "flat", "test", "l", "s")
    assert (index.taxonomy, index.root) == ("custom", tmp_path)


def test_odd_names_are_kept_as_they_are(tmp_path: Path) -> None:
    tree(tmp_path, *(f"{name}/{name}" for name in ODD))
    index = from_folder(tmp_path)
    assert sorted(map(str, column(index, "path"))) == sorted(f"{name}/{name}" for name in ODD)
    assert set(column(index, "label")) == set(ODD)
    assert set(column(index, "state")) == {"listed"}


def test_names_that_are_not_utf8_are_rows_in_error(tmp_path: Path) -> None:
    tree(tmp_path, "yoga/a.gif", os.fsdecode(b"yoga/na\xefve.gif"), os.fsdecode(b"na\xef/b.gif"))
    index = from_folder(tmp_path)
    index.write(tmp_path / "index.parquet")
    found = {row.path: (row.label, row.state, row.error) for row in index.rows()}
    said = "its name is not valid UTF-8; rename it and list it anew"
    assert found == {
        "yoga/a.gif": ("yoga", "listed", None),
        "yoga/na\\xefve.gif": ("yoga", "error", said),
        "na\\xef/b.gif": ("na\\xef", "error", said),
    }


def test_links_that_lead_nowhere_count_and_pipes_do_not(tmp_path: Path) -> None:
    tree(tmp_path, "yoga/a.gif")
    (tmp_path / "yoga/b.gif").symlink_to("nowhere")
    (tmp_path / "yoga/c.gif").symlink_to("a.gif")
    os.mkfifo(tmp_path / "yoga/d.gif")
    assert column(from_folder(tmp_path), "path") == ["yoga/a.gif", "yoga/b.gif", "yoga/c.gif"]


def test_labels_are_found_however_they_are_spelt(tmp_path: Path) -> None:
    tree(tmp_path, "Arm_Wrestling/a.gif", "making jewellery/b.gif")
    index = from_folder(tmp_path, taxonomy="kinetics-600")
    assert column(index, "label") == ["arm wrestling", "making jewelry"]
    assert index.taxonomy == "kinetics-600"
    own = tmp_path / "lists" / "mine.txt"
    tree(tmp_path / "lists", ".hidden")
    own.write_text("arm wrestling\nmaking jewelry\n")
    (tmp_path / "lists").rename(tmp_path / ".lists")
    assert from_folder(tmp_path, taxonomy=tmp_path / ".lists/mine.txt").taxonomy == "mine"


def test_what_cannot_be_listed_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not a folder"):
        from_folder(tmp_path / "missing")
    tree(tmp_path, "loose.gif")
    with pytest.raises(UsageError, match="no class folders with files"):
        from_folder(tmp_path)
    tree(tmp_path, "yoda/a.gif")
    with pytest.raises(UsageError, match=r"yoda: kinetics-600: no class 'yoda'.*'yoga'"):
        from_folder(tmp_path, taxonomy="kinetics-600")
    with pytest.raises(UsageError, match="no class list"):
        from_folder(tmp_path, taxonomy="kinetics-601")
