import csv
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from anigifs.cli import index as index_commands
from anigifs.index import Index, split
from tests.cli.conftest import Run
from tests.index.trees import write_clip


@pytest.fixture
def clips(tmp_path: Path) -> Path:
    """A folder of 12 sound GIFs of 3 classes, a text and a cut-off GIF."""
    root = tmp_path / "clips"
    sizes = {"yoga": 6, "Arm_Wrestling": 4, "watching tv": 2}
    for label, size in sizes.items():
        for number in range(size):
            write_clip(root / label / f"a {number}.gif", frames=5 + number, seed=number + size)
    (root / "yoga" / "text\n.gif").write_text("not a GIF at all")
    cut = root / "yoga" / "a 5.gif"
    cut.write_bytes(cut.read_bytes()[:-900])
    return root


@pytest.fixture
def index(run: Run, clips: Path) -> Path:
    """The checked index of the folder."""
    path = clips / "index.parquet"
    assert run("index", "folder", clips, "--taxonomy", "kinetics-600", "--domain", "gif").code == 0
    assert run("index", "check", path, "--check", "decode", "--workers", 1).code == 0
    return path


def by_label(results: list[dict[str, Any]], value: str) -> dict[str, int]:
    return {result["label"]: result[value] for result in results}


def test_a_folder_is_listed(run: Run, clips: Path, tmp_path: Path) -> None:
    out = tmp_path / "lists" / "a.parquet"
    ran = run("index", "folder", clips, "--out", out, "--taxonomy", "kinetics-600", "--json")
    assert ran.code == 0
    assert by_label(ran.json["results"], "rows") == {
        "yoga": 7, "arm wrestling": 4, "watching tv": 2,
    }  # fmt: skip
    listed = Index.read(out)
    summary = ran.json["summary"]
    assert (summary["rows"], summary["states"]) == (13, {"listed": 13})
    assert (summary["identity"], summary["taxonomy"]) == (listed.identity, "kinetics-600")
    assert all(row.path and (out.parent / row.path).is_file() for row in listed.rows())
    people = run("index", "folder", clips)
    assert people.out == f"{clips / 'index.parquet'}: 13 clips of 3 classes\n"


def test_names_that_are_not_utf8_are_counted(run: Run, clips: Path) -> None:
    (clips / "yoga" / os.fsdecode(b"na\xefve.gif")).write_bytes(b"x")
    assert "1 in error: its name is not valid UTF-8" in run("index", "folder", clips).out


def test_a_table_is_listed(run: Run, clips: Path) -> None:
    with (clips / "clips.csv").open("w", newline="") as file:
        rows = [("path", "label", "split"), ("yoga/a 0.gif", "Yoga", "test"), ("b.gif", "yoga", "")]
        csv.writer(file).writerows(rows)
    ran = run("index", "table", clips / "clips.csv", "--taxonomy", "kinetics-600", "--json")
    assert (ran.code, ran.json["summary"]["rows"]) == (0, 2)
    assert [row.split for row in Index.read(clips / "clips.parquet").rows()] == ["test", ""]
    (clips / "bad.csv").write_text("path,label\na.gif,yoda\n")
    ran = run("index", "table", clips / "bad.csv", "--taxonomy", "kinetics-600", "--json")
    assert ran.code == 2
    assert "bad.csv, line 2: kinetics-600: no class 'yoda'" in ran.json["error"]
    assert ran.err.count("\n") == 1


def test_a_check_says_what_is_wrong_and_goes_on(run: Run, clips: Path) -> None:
    run("index", "folder", clips)
    check = ["index", "check", clips / "index.parquet", "--workers", 2]
    ran = run(*check, "--json")
    error = "a text file, not an animation or a video"
    assert ran.code == 0
    wrong = [{"path": "yoga/text\n.gif", "label": "yoga", "error": error}]
    assert ran.json["results"] == wrong
    summary = ran.json["summary"]
    assert summary["states"] == {"listed": 0, "probed": 12, "decoded": 0, "error": 1}
    assert (summary["errors"], summary["looked_at"], summary["files"]) == ({error: 1}, 13, 13)
    assert summary["identity"] == Index.read(clips / "index.parquet").identity
    ran = run(*check, "--strict")
    assert ran.code == 2
    assert "files: 13; looked at now: 0" in ran.out
    assert f"        1  {error}\n" in ran.out
    assert "        1  truncated: N whole frames were used\n" in ran.out
    (clips / "yoga" / "text\n.gif").unlink()
    write_clip(clips / "yoga" / "text\n.gif", seed=99)
    assert run(*check, "--strict").code == 0


def test_a_check_undoes_nothing_that_was_done_meanwhile(
    run: Run, clips: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("index", "folder", clips)
    path = clips / "index.parquet"

    def split_first(looks: object, files: int, what: str) -> object:
        split(Index.read(path), {"train": 1.0}).write(path)
        return looks

    monkeypatch.setattr(index_commands, "with_progress", split_first)
    ran = run("index", "check", path, "--workers", 1)
    assert ran.code == 2
    assert "was changed meanwhile; check it again" in ran.err
    monkeypatch.undo()
    ran = run("index", "check", path)
    assert "looked at now: 0" in ran.out
    assert {row.split for row in Index.read(path).rows()} == {"train"}


def test_a_check_warns_of_twins_and_of_other_bytes(run: Run, clips: Path, index: Path) -> None:
    first, second = clips / "yoga" / "a 0.gif", clips / "yoga" / "a 1.gif"
    second.write_bytes(first.read_bytes())
    ran = run("index", "check", index, "--workers", 1)
    assert "1 clips: the file is no longer the one that the index named" in ran.err
    assert "1 clips are the same as another one" in ran.err


def test_splits_keep_groups_whole(run: Run, index: Path, tmp_path: Path) -> None:
    ran = run("index", "split", index, "--shares", "a=2", "b=1", "--seed", 4, "--json")
    assert ran.code == 0
    found = Counter((row.label, row.split) for row in Index.read(index).rows())
    assert found == {(one["label"], one["split"]): one["rows"] for one in ran.json["results"]}
    assert ran.json["summary"]["splits"] == {"a": found.total() - 4, "b": 4}
    out = tmp_path / "other.parquet"
    assert "train" in run("index", "split", index, "--out", out).out
    assert {row.split for row in Index.read(index).rows()} == {"a", "b"}
    for shares in (["a"], ["=1"], ["a=x"], ["a=0"]):
        assert run("index", "split", index, "--shares", *shares).code == 2


def test_a_subset_reports_both_counts(run: Run, index: Path, tmp_path: Path) -> None:
    out = tmp_path / "subset.parquet"
    subset = ["index", "subset", index, "--out", out]
    ran = run(*subset, "--top", 2, "--per-class", 5, "--replace", "--json")
    assert ran.code == 0
    results = ran.json["results"]
    assert by_label(results, "available") == {"yoga": 6, "arm wrestling": 4}
    assert by_label(results, "distinct") == {"yoga": 5, "arm wrestling": 4}
    assert by_label(results, "total") == {"yoga": 5, "arm wrestling": 5}
    summary = ran.json["summary"]
    assert (summary["rows"], summary["distinct"], summary["errors_left_out"]) == (10, 9, 1)
    assert len(Index.read(out)) == 10
    ran = run(*subset, "--classes", "Arm Wrestling", "watching_tv", "--per-class", 3)
    assert "classes with fewer clips than 3: 1" in ran.err
    assert ran.out.splitlines()[-1].split() == ["all", "6", "5", "5"]
    (tmp_path / "names.txt").write_text("yoga\narm wrestling\n")
    ran = run(*subset, "--classes", tmp_path / "names.txt", "--domain", "gif", "--json")
    assert by_label(ran.json["results"], "total") == {"yoga": 6, "arm wrestling": 4}


def test_a_subset_that_cannot_be_is_refused(run: Run, index: Path, tmp_path: Path) -> None:
    subset = ["index", "subset", index, "--out", tmp_path / "subset.parquet"]
    said = {
        ("--replace",): "add --per-class N",
        ("--split", "moon"): "no usable clip is left",
        ("--classes", "yoda"): "no class 'yoda'",
        ("--classes", "tackling"): "no clip of class 'tackling'",
        ("--top", "9"): "the index has 3",
        ("--per-class", "0"): "at least 1",
    }
    for options, error in said.items():
        ran = run(*subset, *options)
        assert ran.code == 2
        assert error in ran.err
        assert ran.err.count("\n") == 1
    assert not (tmp_path / "subset.parquet").exists()


def test_stats_count_measure_and_draw(run: Run, index: Path, tmp_path: Path) -> None:
    ran = run("index", "stats", index, "--figure", tmp_path / "a.png", "--json")
    assert ran.code == 0
    assert by_label(ran.json["results"], "rows") == {
        "yoga": 6, "arm wrestling": 4, "watching tv": 2,
    }  # fmt: skip
    summary = ran.json["summary"]
    assert summary["counts"]["state"] == {"decoded": 12, "error": 1}
    assert summary["spreads"]["width"] == {"rows": 12, "smallest": 20, "median": 20, "largest": 20}
    with Image.open(tmp_path / "a.png") as image:
        assert image.format == "PNG"
    people = run("index", "stats", index, "--top", 1).out
    assert "state:       decoded 12, error 1\n" in people
    assert people.endswith("3 classes\n        6  yoga\n")


def test_what_is_no_index_is_one_line(run: Run, clips: Path) -> None:
    for command in ("check", "split", "stats"):
        ran = run("index", command, clips / "yoga" / "a 0.gif")
        assert (ran.code, ran.err.count("\n")) == (2, 1)
        assert "a 0.gif: not an index" in ran.err
    for options in (["check", "--workers", 0], ["stats", "--top", 0]):
        assert run("index", *options, clips / "index.parquet").code == 2


def test_indexes_are_joined(run: Run, index: Path, tmp_path: Path) -> None:
    videos, out = tmp_path / "videos.parquet", tmp_path / "joint" / "all.parquet"
    listed = Index.read(index).filter(label="yoga")
    listed.write(videos)
    ran = run("index", "join", index, videos, "--shared-classes", "--out", out, "--json")
    assert ran.code == 0
    assert ran.json["results"] == [
        {"domain": "gif", "split": "", "rows": 2 * len(listed), "classes": 1}
    ]
    joint = Index.read(out)
    assert (ran.json["summary"]["identity"], joint.labels) == (joint.identity, {"yoga"})
    people = run("index", "join", index, videos, "--out", out)
    assert f"{out}: 20 clips of 3 classes" in people.out
    assert "gif              (none)              20 clips of 3 classes" in people.out


def test_indexes_of_different_lists_are_not_joined(run: Run, index: Path, tmp_path: Path) -> None:
    run("index", "folder", index.parent, "--out", tmp_path / "other.parquet")
    ran = run("index", "join", index, tmp_path / "other.parquet", "--out", tmp_path / "a.parquet")
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert "list both with one --taxonomy" in ran.err
