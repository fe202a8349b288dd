import csv
from dataclasses import replace
from pathlib import Path

import pytest

from anigifs.index import Index
from tests.cli.conftest import Run
from tests.index.export.clips import checked_tree


@pytest.fixture
def index(tmp_path: Path) -> Path:
    path = tmp_path / "clips" / "index.parquet"
    checked_tree(tmp_path / "clips").write(path)
    return path


def test_clips_are_exported(run: Run, index: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    exporting = ["index", "export", index, "--as", "imagefolder", "--out", out]
    ran = run(*exporting, "--json")
    assert ran.code == 0
    assert ran.json["results"] == [{"split": "train", "clips": 3}, {"split": "val", "clips": 2}]
    summary = ran.json["summary"]
    assert (summary["exported"], summary["rows"], summary["made"]) == (5, 9, 5)
    assert summary["index"] == Index.read(index).identity
    assert summary["left_out"]["in error"] == 1
    with (out / "train" / "metadata.csv").open(newline="") as file:
        assert all((out / "train" / row["file_name"]).is_file() for row in csv.DictReader(file))
    ran = run(*exporting)
    lines = ran.out.splitlines()
    assert lines[0] == f"{out}: 5 of 9 clips as imagefolder; 5 files, 0 made now"
    assert lines[1:4] == ["        3  train", "        2  val", "left out:"]
    assert "        1  in error" in lines
    assert run(*exporting, "--strict").code == 2


@pytest.mark.parametrize("kind", ["videofolder", "webdataset"])
def test_parts_are_exported(run: Run, index: Path, tmp_path: Path, kind: str) -> None:
    out = tmp_path / "out"
    options = ["--as", kind, "--out", out, "--workers", 1, "--shard-mb", 1]
    ran = run("index", "export", index, *options, "--split", "val", "--domain", "animated-gif")
    assert ran.code == 0
    assert "2 of 2 clips" in ran.out
    assert run("index", "export", index, *options, "--split", "val", "--strict").code == 0
    ran = run("index", "export", index, *options, "--split", "moon")
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert "no row can be exported: the index is empty" in ran.err


def test_what_cannot_be_is_refused(run: Run, index: Path, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a.txt").write_text("x")
    ran = run("index", "export", index, "--as", "webdataset", "--out", tmp_path / "full")
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert "holds files, but no dataset export" in ran.err
    for option in ("--workers", "--shard-mb"):
        out = tmp_path / "out"
        ran = run("index", "export", index, "--as", "webdataset", "--out", out, option, 0)
        assert (ran.code, ran.err.count("\n")) == (2, 1)


def test_columns_that_csv_cannot_hold_are_said(run: Run, index: Path, tmp_path: Path) -> None:
    whole = Index.read(index)
    rows = (replace(row, style="flat" if row.split == "val" else "") for row in whole.rows())
    Index.from_rows(rows, root=whole.root).write(index)
    exporting = ["index", "export", index, "--as", "imagefolder", "--out"]
    assert "metadata.csv cannot hold style" in run(*exporting, tmp_path / "csv").err
    ran = run(*exporting, tmp_path / "parquet", "--metadata", "parquet")
    assert (ran.code, ran.err) == (0, "")
