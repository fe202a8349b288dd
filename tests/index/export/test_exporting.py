import csv
import json
import os
import tarfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from anigifs.foundation import UsageError
from anigifs.foundation.work import Local
from anigifs.index import Box, Index
from anigifs.index.export import KINDS, ExportAccount, export
from anigifs.index.export.exporting import Kind
from tests.index.export.clips import checked_tree, everything

LEFT_OUT = {
    "in error": 1,
    "listed without a file": 1,
    "not checked yet; run `anigifs index check`": 1,
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    return checked_tree(tmp_path_factory.mktemp("clips"))


def run(index: Index, out: Path, kind: Kind, **options: Any) -> ExportAccount:  # noqa: ANN401
    return export(index, out, kind, executor=Local(1), **options)


def told(folder: Path, split: str) -> dict[str, dict[str, str]]:
    """Return the lines of a split's metadata by the label and the row's group."""
    with (folder / split / "metadata.csv").open(newline="") as file:
        return {line["group"].rpartition("/")[2]: line for line in csv.DictReader(file)}


def test_an_image_folder_has_the_files_as_they_are(index: Index, tmp_path: Path) -> None:
    account = run(index, tmp_path / "out", "imagefolder")
    assert (account.exported, account.made, account.splits) == (5, 5, {"train": 3, "val": 2})
    assert account.left_out == {**LEFT_OUT, "a video, which ImageFolder does not take": 1}
    lines = told(tmp_path / "out", "train")
    assert set(lines) == {"a.gif", "b.gif", "d.gif"}
    line = lines["a.gif"]
    row = next(row for row in index.rows() if row.path == "yoga/a.gif")
    assert line["file_name"] == f"yoga/{row.clip_id}.gif"
    assert (line["label"], line["split"], line["licence"]) == ("yoga", "train", "CC-BY-4.0")
    assert (line["source"], line["frames"]) == ("https://example.org/?a=1,2", "4")
    copy = tmp_path / "out" / "train" / line["file_name"]
    assert copy.read_bytes() == (index.root / "yoga" / "a.gif").read_bytes()
    assert told(tmp_path / "out", "val")["e.webp"]["file_name"].endswith(".webp")


def test_a_video_folder_has_videos_and_their_timing(index: Index, tmp_path: Path) -> None:
    out = tmp_path / "out"
    account = run(index, out, "videofolder")
    assert (account.exported, account.left_out) == (6, LEFT_OUT)
    lines = told(out, "train")
    line = lines["a.gif"]
    assert line["file_name"].endswith(".mp4")
    timing = json.loads((out / "timing" / f"{line['clip_id']}.json").read_text())
    assert timing == {
        "file_name": f"train/{line['file_name']}",
        "frames": 4,
        "delays_ms": [50, 200, 100, 1000],
        "raw_delays_ms": [50, 200, 0, 1000],
        "loops": 0,
    }
    # Videos are copied, and have their own times.
    video = lines["f.mp4"]
    copy = out / "train" / video["file_name"]
    assert copy.read_bytes() == (index.root / "yoga" / "f.mp4").read_bytes()
    assert not (out / "timing" / f"{video['clip_id']}.json").exists()


def test_shards_hold_files_and_what_is_known_of_them(index: Index, tmp_path: Path) -> None:
    account = run(index, tmp_path / "out", "webdataset")
    assert (account.exported, account.files) == (6, 2)
    row = next(row for row in index.rows() if row.path == "yoga/a.gif")
    with tarfile.open(tmp_path / "out" / "train-000000.tar") as tar:
        names = tar.getnames()
        gif, about = (tar.extractfile(f"{row.clip_id}.{ending}") for ending in ("gif", "json"))
        assert gif is not None
        assert about is not None
        assert gif.read() == (index.root / "yoga" / "a.gif").read_bytes()
        known = json.load(about)
        assert {(entry.mtime, entry.uid, entry.gid, entry.mode) for entry in tar} == {
            (0, 0, 0, 0o644)
        }
    # A sample's files stand together, and samples in the order of their keys.
    keys = [name.partition(".")[0] for name in names]
    assert keys == sorted(keys)
    assert keys[::2] == keys[1::2]
    assert {name.rpartition(".")[2] for name in names} == {"gif", "mp4", "json"}
    assert (known["label"], known["group"], known["split"]) == ("yoga", row.group, "train")
    assert (known["sha256"], known["boxes"]) == (row.sha256, [])


def test_shards_are_no_larger_than_asked_for(
    index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("anigifs.index.export.exporting.MEGABYTE", 14_000)
    account = run(index, tmp_path / "out", "webdataset", shard_mb=1)
    tars = sorted((tmp_path / "out").glob("*.tar"))
    assert [tar.name for tar in tars][:2] == ["train-000000.tar", "train-000001.tar"]
    assert account.files == len(tars) > 2
    samples = 0
    for tar in tars:
        with tarfile.open(tar) as opened:
            names = opened.getnames()
        samples += len(names) // 2
        # A tar ends with nothing, up to a multiple of 10,240 bytes.
        assert tar.stat().st_size <= 14_000 + 10_240 or len(names) == 2
    assert samples == 6


def test_each_clip_alone_where_shards_are_small(
    index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("anigifs.index.export.exporting.MEGABYTE", 1)
    account = run(index, tmp_path / "out", "webdataset", shard_mb=1)
    names = sorted(path.name for path in (tmp_path / "out").glob("*.tar"))
    assert account.files == 6
    assert names == [
        *(f"train-{number:06d}.tar" for number in range(4)),
        "val-000000.tar",
        "val-000001.tar",
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_index_gives_the_same_bytes(index: Index, tmp_path: Path, kind: Kind) -> None:
    rows = list(index.rows())
    run(index, tmp_path / "one", kind)
    run(Index.from_rows(reversed(rows), root=index.root), tmp_path / "two", kind)
    assert everything(tmp_path / "one") == everything(tmp_path / "two")


class KilledError(Exception):
    """Stands for a kill in the middle."""


def after(count: int) -> Callable[[Iterator[Any], int], Iterable[Any]]:
    def watch(done: Iterator[Any], total: int) -> Iterable[Any]:
        for number, one in enumerate(done):
            if number == count:
                raise KilledError
            yield one

    return watch


@pytest.mark.parametrize("kind", KINDS)
def test_a_stopped_export_goes_on(
    index: Index, tmp_path: Path, kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("anigifs.index.export.exporting.MEGABYTE", 14_000)
    options: dict[str, Any] = {"shard_mb": 1} if kind == "webdataset" else {}
    whole = run(index, tmp_path / "whole", kind, **options)
    out = tmp_path / "out"
    with pytest.raises(KilledError):
        run(index, out, kind, **options, watch=after(2))
    leftover = out / ".a.gif.xyz.part"
    leftover.write_bytes(b"half")
    account = run(index, out, kind, **options)
    # Two were handed over, and one more was done when the kill came.
    assert (account.made, account.exported) == (whole.made - 3, whole.exported)
    assert everything(out) == everything(tmp_path / "whole")
    again = run(index, out, kind, **options)
    assert (again.made, again.left_out) == (0, whole.left_out)
    assert everything(out) == everything(tmp_path / "whole")


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_was_damaged_is_made_anew(index: Index, tmp_path: Path, kind: Kind) -> None:
    out = tmp_path / "out"
    run(index, out, kind)
    before = everything(out)
    pattern = {"imagefolder": "*.gif", "videofolder": "*.json", "webdataset": "*.tar"}[kind]
    victim = next(path for path in sorted(out.rglob(pattern)) if path.name != "export.json")
    victim.write_bytes(b"x")
    assert run(index, out, kind).made == 1
    assert everything(out) == before


@pytest.mark.parametrize("kind", KINDS)
def test_files_that_changed_or_went_are_left_out(tmp_path: Path, kind: Kind) -> None:
    index = checked_tree(tmp_path / "clips")
    (index.root / "yoga" / "a.gif").unlink()
    other = (index.root / "golf driving" / "c.gif").read_bytes()
    (index.root / "yoga" / "b.gif").write_bytes(other)
    (index.root / "yoga" / "f.mp4").write_text("no video")
    account = run(index, tmp_path / "out", kind)
    changed = "its file is not the one that was indexed; check the index anew"
    assert account.left_out == {**LEFT_OUT, "its file cannot be opened": 1, changed: 2}
    assert account.exported == 3
    rows = {row.path: row.clip_id for row in index.rows()}
    names = " ".join(everything(tmp_path / "out"))
    assert rows["yoga/b.gif"] not in names


def test_rows_that_say_why_are_left_out(index: Index, tmp_path: Path) -> None:
    rows = [row for row in index.rows() if row.state == "decoded"]
    part = replace(rows[0], clip_id="part", start_ms=50)
    whole = replace(rows[1], clip_id="whole", end_ms=rows[1].duration_ms)
    torn = replace(rows[2], clip_id="torn", split="")
    some = Index.from_rows([rows[0], part, whole, rows[0], torn], root=index.root)
    account = run(some, tmp_path / "out", "imagefolder")
    assert account.exported == 2
    assert account.left_out == {
        "a part of its file; make a GIF of it by `anigifs gifify`": 1,
        "the same clip as another row": 1,
        "of no split, where others are of one; choose with --split": 1,
    }


def test_without_splits_there_is_one_folder(index: Index, tmp_path: Path) -> None:
    rows = [replace(row, split="") for row in index.rows()]
    out = tmp_path / "out"
    account = run(Index.from_rows(rows, root=index.root), out, "imagefolder")
    assert account.splits == {"data": 5}
    assert '  - split: train\n    path: "data/**"\n' in (out / "README.md").read_text()


def test_labels_of_any_kind_are_folders(index: Index, tmp_path: Path) -> None:
    labels = ["bend/bow (at the waist)", "..", "new\nline", "a: *?[x]", "跳"]
    rows = [row for row in index.rows() if row.state == "decoded"][:5]
    rows = [replace(row, label=label) for row, label in zip(rows, labels, strict=True)]
    out = tmp_path / "out"
    account = run(Index.from_rows(rows, root=index.root), out, "videofolder")
    assert account.exported == 5
    lines = [line for split in account.splits for line in told(out, split).values()]
    assert {line["label"] for line in lines} == set(labels)
    folders = {line["label"]: line["file_name"].rpartition("/")[0] for line in lines}
    assert folders["bend/bow (at the waist)"] == "bend_bow (at the waist)"
    assert (folders[".."], folders["跳"]) == ("_", "跳")
    for split in account.splits:
        for line in told(out, split).values():
            assert (out / split / line["file_name"]).is_file()


def test_labels_that_would_have_one_folder_are_refused(index: Index, tmp_path: Path) -> None:
    rows = [row for row in index.rows() if row.state == "decoded"][:2]
    rows = [replace(row, label=label) for row, label in zip(rows, ["jump?", "jump!"], strict=True)]
    two = Index.from_rows(rows, root=index.root)
    with pytest.raises(UsageError, match=r"the labels 'jump!' and 'jump\?' would have one folder"):
        run(two, tmp_path / "folders", "imagefolder")
    assert run(two, tmp_path / "shards", "webdataset").exported == 2  # which have no folders


def test_what_csv_cannot_hold_is_said(index: Index, tmp_path: Path) -> None:
    rows = [row for row in index.rows() if row.state == "decoded"]
    styled = [replace(row, style="flat" if row.split == "val" else "") for row in rows]
    some = Index.from_rows(styled, root=index.root)
    account = run(some, tmp_path / "csv", "imagefolder")
    assert account.not_told == ("style",)
    assert "style" not in told(tmp_path / "csv", "val")["c.gif"]
    account = run(some, tmp_path / "parquet", "imagefolder", metadata="parquet")
    assert account.not_told == ()
    read = pq.read_table(tmp_path / "parquet" / "val" / "metadata.parquet")
    assert set(read["style"].to_pylist()) == {"flat"}
    # Nobody has a style: nothing is lost.
    assert run(index, tmp_path / "none", "imagefolder").not_told == ()


@pytest.mark.parametrize("label", ["None", "12"])
def test_labels_that_csv_would_lose_are_refused(index: Index, tmp_path: Path, label: str) -> None:
    rows = [replace(row, label=label) for row in index.rows()]
    some = Index.from_rows(rows, root=index.root)
    with pytest.raises(UsageError, match="export with --metadata parquet"):
        run(some, tmp_path / "csv", "imagefolder")
    assert run(some, tmp_path / "parquet", "imagefolder", metadata="parquet").exported == 5


def test_boxes_are_told(index: Index, tmp_path: Path) -> None:
    box = Box(50, 0.1, 0.2, 0.5, 0.75, "bow", "1")
    rows = [replace(row, boxes=(box,)) for row in index.rows()]
    some = Index.from_rows(rows, root=index.root)
    run(some, tmp_path / "csv", "imagefolder")
    known = json.loads(told(tmp_path / "csv", "train")["a.gif"]["boxes"])
    assert known == [
        {"t_ms": 50, "x1": 0.1, "y1": 0.2, "x2": 0.5, "y2": 0.75, "action": "bow", "person": "1"}
    ]
    run(some, tmp_path / "parquet", "imagefolder", metadata="parquet")
    table = pq.read_table(tmp_path / "parquet" / "train" / "metadata.parquet")
    assert table["boxes"].to_pylist() == [known] * 3


def test_a_folder_that_is_not_its_own_is_refused(index: Index, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.tex").write_text("x")
    with pytest.raises(
        UsageError, match="holds files, but no dataset export; choose another folder"
    ):
        run(index, tmp_path / "full", "imagefolder")
    assert everything(tmp_path / "full") == {"thesis.tex": b"x"}
    out = tmp_path / "out"
    run(index, out, "imagefolder")
    with pytest.raises(UsageError, match="as imagefolder -> webdataset"):
        run(index, out, "webdataset")
    with pytest.raises(UsageError, match="a dataset export that differs in index"):
        run(index.filter(split="val"), out, "imagefolder")


def test_nothing_to_export_is_said(index: Index, tmp_path: Path) -> None:
    listed = index.filter(state=["listed", "error"])
    said = "no row can be exported: 1 in error; 1 listed without a file; 1 not checked yet"
    with pytest.raises(UsageError, match=said):
        run(listed, tmp_path / "out", "imagefolder")
    assert not (tmp_path / "out").exists()
    with pytest.raises(UsageError, match="shards of 0 MB: at least 1"):
        run(index, tmp_path / "out", "webdataset", shard_mb=0)


def test_more_processes_make_the_same(index: Index, tmp_path: Path) -> None:
    run(index, tmp_path / "one", "videofolder")
    export(index, tmp_path / "two", "videofolder", executor=Local(2))
    assert everything(tmp_path / "one") == everything(tmp_path / "two")


def test_files_have_the_usual_mode(index: Index, tmp_path: Path) -> None:
    run(index, tmp_path / "out", "imagefolder")
    umask = os.umask(0)
    os.umask(umask)
    modes = {p.stat().st_mode & 0o777 for p in (tmp_path / "out").rglob("*") if p.is_file()}
    assert modes == {0o666 & ~umask}


def test_a_gif_that_is_cut_has_as_many_frames_as_are_told(tmp_path: Path) -> None:
    index = checked_tree(tmp_path / "clips")
    row = next(row for row in index.rows() if row.path == "yoga/a.gif")
    some = Index.from_rows([replace(row, frames=9, duration_ms=999)], root=index.root)
    run(some, tmp_path / "out", "videofolder")
    line = told(tmp_path / "out", "train")["a.gif"]
    assert (line["frames"], line["duration_ms"]) == ("4", str(np.sum([50, 200, 100, 1000])))
