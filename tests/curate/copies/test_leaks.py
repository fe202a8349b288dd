"""Clips that are the same in two indexes, two splits or under two classes."""

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar, cast

import numpy as np
import pytest

from anigifs.curate.copies import index_prints
from anigifs.curate.copies.clusters import Pair, alike
from anigifs.curate.copies.index_prints import prints_of
from anigifs.curate.copies.leaks import kept_together, leaks_within, shared
from anigifs.curate.copies.matching import Match, compare
from anigifs.curate.seeing.fingerprints import Fingerprint, read_fingerprints_file
from anigifs.curate.seeing.frames import Frames, look_at
from anigifs.foundation.work import Local, Work
from anigifs.index import Index, Row, split
from anigifs.media import write_gif, write_mp4
from tests.curate.drawn import moving

Item = TypeVar("Item")
Result = TypeVar("Result")

#: In frames; a video shows the clip of a second scene after its first second.
FPS = 12.0


def index_of(folder: Path, rows: Sequence[Row]) -> Path:
    Index.from_rows(rows, root=folder).write(folder / "index.parquet")
    return folder / "index.parquet"


@pytest.fixture
def clips(tmp_path: Path) -> Path:
    """An index with a copy in another split, a window of a video, and a file that is broken."""
    scenes = {seed: moving(seed) for seed in range(3)}
    write_gif(tmp_path / "a.gif", scenes[0], 80)
    write_gif(tmp_path / "b.gif", scenes[0][::-1, :, ::-1], 80)
    write_mp4(tmp_path / "c.mp4", np.concatenate([scenes[1], scenes[2]]), FPS)
    (tmp_path / "d.gif").write_bytes(b"GIF89a")
    return index_of(
        tmp_path,
        [
            Row(clip_id="a", path="a.gif", label="run", group="a", split="train"),
            Row(clip_id="b", path="b.gif", label="hop", group="b", split="test"),
            Row(clip_id="c", path="c.mp4", label="run", group="c", end_ms=1000, split="train"),
            Row(clip_id="d", path="d.gif", label="run", group="d"),
            Row(clip_id="e", label="run", group="e"),
        ],
    )


def test_clips_of_an_index_are_looked_at_once(clips: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = prints_of(clips, executor=Local(1))
    assert sorted(first.prints) == ["a", "b", "c"]
    assert "d.gif" in first.failed["d"]
    looked: list[str] = []
    make = index_prints._make

    def noted(root: Path, row: Row) -> object:
        looked.append(row.clip_id)
        return make(root, row)

    monkeypatch.setattr(index_prints, "_make", noted)
    again = prints_of(clips, executor=Local(1))
    assert looked == ["d"]
    for name, one in first.prints.items():
        assert (again.prints[name].hashes_NB == one.hashes_NB).all()


def test_a_file_that_was_replaced_is_looked_at_anew(clips: Path) -> None:
    before = prints_of(clips, executor=Local(1)).prints
    age = (clips.parent / "a.gif").stat()
    write_gif(clips.parent / "b.gif", moving(7), 80)  # under an id that is of its path alone
    os.utime(clips.parent / "b.gif", ns=(age.st_atime_ns, age.st_mtime_ns))  # as `cp -p` does
    after = prints_of(clips, executor=Local(1)).prints
    assert compare(before["a"], before["b"]).same
    assert not compare(after["a"], after["b"]).same
    (clips.parent / "b.gif").unlink()
    alone = prints_of(clips, executor=Local(1)).prints
    assert (alone["b"].hashes_NB == after["b"].hashes_NB).all()


def test_an_interrupt_loses_nothing_that_was_seen(
    clips: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = index_prints._make

    def stopped(root: Path, row: Row) -> object:
        if row.clip_id == "c":
            raise KeyboardInterrupt
        return make(root, row)

    monkeypatch.setattr(index_prints, "_make", stopped)
    with pytest.raises(KeyboardInterrupt):
        prints_of(clips, executor=Local(1))
    kept = read_fingerprints_file(clips.with_name(f"{clips.name}.fingerprints.parquet"))
    assert sorted(kept) == ["a", "b"]


def test_clips_in_a_folder_that_cannot_be_written_to_are_looked_at(
    clips: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    found = prints_of(clips, executor=Local(1))
    assert (sorted(found.prints), found.kept) == (["a", "b", "c"], False)
    assert not clips.with_name(f"{clips.name}.fingerprints.parquet").exists()


def test_a_clip_that_the_program_fails_on_ends_nothing_else(
    clips: Path, monkeypatch: pytest.MonkeyPatch
) -> None:

    def failing(path: Path, start_ms: int, end_ms: int | None) -> Frames:
        if path.name == "a.gif":
            raise ZeroDivisionError("no frames")
        return look_at(path, start_ms, end_ms)

    monkeypatch.setattr(index_prints, "look_at", failing)
    found = prints_of(clips, executor=Local(1))
    assert sorted(found.prints) == ["b", "c"]
    assert "ZeroDivisionError: no frames" in found.failed["a"]


class AtOnce:
    """An executor that has always looked already."""

    def run(self, work: Work[Item, Result], items: Iterable[Item]) -> Iterator[Result]:
        seen = Fingerprint(np.zeros((0, 32), np.uint8), np.zeros(0, np.uint8), 0)
        for row in items:
            assert isinstance(row, Row)
            yield cast(Result, index_prints._Made(row.clip_id, seen))


def test_what_is_written_in_all_grows_with_the_clips_and_not_with_their_square(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[int] = []

    def count(path: Path, prints: Iterable[tuple[str, Fingerprint]]) -> None:
        written.append(len(list(prints)))

    monkeypatch.setattr(index_prints, "SAVE_AFTER", 10)
    monkeypatch.setattr(index_prints, "write_fingerprints", count)
    names = [f"{number}" for number in range(2000)]
    rows = [Row(clip_id=name, path=name, label="run", group=name) for name in names]
    found = prints_of(index_of(tmp_path, rows), executor=AtOnce())
    assert len(found.prints) == written[-1] == 2000
    lost = np.diff([0, *written])
    assert max(lost) <= 2000 / 4
    assert 2000 < sum(written) < 6 * 2000  # every 10 would be 100 times as many as there are


def test_processes_find_what_one_does(clips: Path) -> None:
    two = prints_of(clips, executor=Local(2))
    clips.with_name(f"{clips.name}.fingerprints.parquet").unlink()
    one = prints_of(clips, executor=Local(1))
    assert sorted(two.prints) == sorted(one.prints)
    assert all((two.prints[x].hashes_NB == one.prints[x].hashes_NB).all() for x in one.prints)


def test_a_copy_in_another_split_and_under_another_class_is_named(clips: Path) -> None:
    mine = prints_of(clips, executor=Local(1))
    leaks = leaks_within(mine.index, list(alike(mine.prints)))
    assert [(leak.one.clip_id, leak.other.clip_id) for leak in leaks] == [("a", "b")]
    assert leaks[0].crosses("split")
    assert leaks[0].crosses("label")
    assert not leaks[0].crosses("domain")


def test_a_window_of_a_video_is_found_in_another_index(clips: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    write_gif(other / "x.gif", moving(1)[:, :, ::-1], 80)
    write_gif(other / "y.gif", moving(2), 80)  # in the file of c, but not in its window
    there = index_of(
        other, [Row(clip_id=name, path=f"{name}.gif", label="run", group=name) for name in "xy"]
    )
    mine, theirs = prints_of(clips, executor=Local(1)), prints_of(there, executor=Local(1))
    pairs = list(shared(mine.prints, theirs.prints))
    assert [(pair.one, pair.other, pair.match.how) for pair in pairs] == [("c", "x", "mirrored")]


def test_groups_keep_together_what_is_alike_and_what_they_did() -> None:
    rows = [
        Row(clip_id=name, label="run", group=group, sha256=name * 64)
        for name, group in zip("abcdef", "ppqrst", strict=True)
    ]
    akin = Match(40.0, 0.0, "same")
    index = kept_together(Index.from_rows(rows), [Pair("b", "c", akin), Pair("d", "f", akin)])
    groups = {row.clip_id: row.group for row in index.rows()}
    assert groups["a"] == groups["b"] == groups["c"]
    assert groups["d"] == groups["f"]
    assert len({groups["a"], groups["d"], groups["e"]}) == 3
    halves = {row.clip_id: row.split for row in split(index, {"one": 1, "two": 1}).rows()}
    assert halves["b"] == halves["c"]
    assert halves["d"] == halves["f"]
