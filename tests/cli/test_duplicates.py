"""``anigifs duplicates`` on indexes; of a collection it is tried in tests/curate/copies."""

import csv
from pathlib import Path

import numpy as np
import pytest

from anigifs.index import Index, Row
from anigifs.media import write_gif
from tests.cli.conftest import Run
from tests.curate.drawn import moving


@pytest.fixture
def index(tmp_path: Path) -> Path:
    write_gif(tmp_path / "a.gif", moving(0), 80)
    write_gif(tmp_path / "b.gif", moving(0)[::-1, :, ::-1], 80)
    write_gif(tmp_path / "c.gif", moving(1), 80)
    (tmp_path / "d.gif").write_bytes(b"GIF89a")
    rows = [
        Row(clip_id=name, path=f"{name}.gif", label="run", group=name, split=split)
        for name, split in zip("abcd", ("train", "test", "test", "test"), strict=True)
    ]
    path = tmp_path / "index.parquet"
    Index.from_rows(rows, root=tmp_path).write(path)
    return path


def test_a_copy_in_another_split_is_told_and_written(index: Path, run: Run, tmp_path: Path) -> None:
    ran = run("duplicates", str(index), "--leaks", str(tmp_path / "leaks.csv"), "--workers", "1")
    assert ran.code == 0
    assert "3 clips; 1 pairs show the same" in ran.out
    assert "1 pairs cross a split" in ran.out
    assert f"warning: {index}: 1 clips could not be looked at" in ran.err
    with (tmp_path / "leaks.csv").open() as file:
        (leak,) = csv.DictReader(file)
    assert (leak["crosses"], leak["one"], leak["other"], leak["how"]) == (
        "split", "a", "b", "mirrored",
    )  # fmt: skip
    assert leak["what"] == "train | test"


def test_strict_makes_a_leak_an_error(index: Path, run: Run) -> None:
    assert run("duplicates", str(index), "--workers", "1", "--strict").code == 2


def test_groups_are_written_that_keep_copies_together(
    index: Path, run: Run, tmp_path: Path
) -> None:
    out = tmp_path / "grouped.parquet"
    assert run("duplicates", str(index), "--workers", "1", "--out", str(out)).code == 0
    groups = {row.clip_id: row.group for row in Index.read(out).rows()}
    assert groups["a"] == groups["b"] != groups["c"]


def test_what_is_in_another_index_too_is_named(index: Path, run: Run, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    write_gif(other / "x.gif", moving(1)[::2], 80)
    row = Row(clip_id="x", path="x.gif", label="run", group="x", split="train", domain="video-gif")
    Index.from_rows([row], root=other).write(other / "index.parquet")
    against = ("--against", str(other / "index.parquet"))
    ran = run("duplicates", str(index), "--workers", "1", *against, "--json")
    (leak,) = [one for one in ran.json["results"] if one["crosses"] == "index"]
    assert (leak["one"], leak["other"], leak["what"]) == ("c", "x", "train video-gif run")


def test_what_could_not_be_compared_in_another_index_is_told(
    index: Path, run: Run, tmp_path: Path
) -> None:
    other = tmp_path / "other" / "index.parquet"
    other.parent.mkdir()
    write_gif(other.parent / "grey.gif", np.full((3, 32, 32, 3), 128, np.uint8), 80)
    rows = [
        Row(clip_id=name, path=path, label="run", group=name)
        for name, path in (("x", "none.gif"), ("y", None), ("z", "grey.gif"))
    ]
    Index.from_rows(rows, root=other.parent).write(other)
    ran = run("duplicates", str(index), "--workers", "1", "--against", str(other), "--json")
    told = [line.removeprefix(f"{other}: ") for line in ran.json["warnings"][1:]]
    assert told[0].startswith("1 clips could not be looked at; the first: ")
    assert "none.gif" in told[0]
    assert told[1:] == [
        "1 clips have no file or are in error, and are not compared",
        "1 clips have too little in them to be compared by what they show",
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["{}/nothing.parquet"], "no such index"),
        (["{}", "--out", "x.parquet"], "--out is for an index"),
        (["{}"], "anigifs screen"),
        (["{}/index.parquet", "--workers", "0"], "at least 1"),
        (["{}/index.parquet", "--against", "{}/nothing.parquet"], "no such index"),
    ],
)
def test_errors_are_one_line(
    index: Path, run: Run, tmp_path: Path, arguments: list[str], said: str
) -> None:
    ran = run("duplicates", *(one.format(tmp_path) for one in arguments))
    assert ran.code == 2
    assert said in ran.err.splitlines()[-1]
