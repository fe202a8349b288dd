import hashlib
import json
import os
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from anigifs.foundation import UsageError
from anigifs.foundation.work import Local
from anigifs.media.gif_folder import GifJob, GifOutcome, gif_names, make_gifs
from anigifs.media.gifify import GifRecipe, gifify
from tests.media.numbered import numbers_of, write_numbered


@pytest.fixture
def jobs(tmp_path: Path) -> list[GifJob]:
    """Two videos, and a part of one of them."""
    a = write_numbered(tmp_path / "videos" / "a.mp4", 50)
    b = write_numbered(tmp_path / "videos" / "b.mp4", 25)
    return [GifJob(a, "x/a.gif"), GifJob(b, "y/b.gif"), GifJob(a, "x/part.gif", 500, 1000)]


def make(
    jobs: list[GifJob], folder: Path, recipe: GifRecipe | None = None, workers: int = 1
) -> list[GifOutcome]:
    return make_gifs(jobs, folder, recipe, executor=Local(workers))


def lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "manifest.jsonl").read_text().splitlines()]


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_each_gif_is_made_and_noted(tmp_path: Path, jobs: list[GifJob]) -> None:
    out = tmp_path / "out"
    outcomes = make(jobs, out)
    assert [(one.job, one.made, one.error) for one in outcomes] == [(j, True, None) for j in jobs]
    assert numbers_of(out / "x/part.gif") == [12, 18]
    records = lines(out)
    assert [record["gif"] for record in records] == ["x/a.gif", "y/b.gif", "x/part.gif"]
    for record in records:
        assert record["gif_sha256"] == sha256(out / record["gif"])
        assert record["source_sha256"] == sha256(out / record["source"])
        assert GifRecipe(**record["recipe"]) == GifRecipe()
        assert set(record["versions"]) == {"av", "pillow"}
    assert records[2]["taken_ms"] == [480.0, 720.0]
    assert (records[2]["start_ms"], records[2]["end_ms"]) == (500, 1000)
    assert records[0]["duration_ms"] == 500


def test_processes_make_the_same_gifs(tmp_path: Path, jobs: list[GifJob]) -> None:
    outcomes = make(jobs, tmp_path / "out", workers=2)
    assert [one.made for one in outcomes] == [True] * 3
    for job in jobs:
        gifify(job.source, tmp_path / "a.gif", None, job.start_ms, job.end_ms)
        assert sha256(tmp_path / "out" / job.gif) == sha256(tmp_path / "a.gif")


def test_relative_paths_are_found_by_processes_and_told_as_they_were_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_numbered(tmp_path / "videos" / "a.mp4", 25)
    (tmp_path / "videos" / "b.mp4").write_text("no video")
    monkeypatch.chdir(tmp_path)
    jobs = [GifJob(Path("videos") / f"{name}.mp4", f"{name}.gif") for name in "ab"]
    for workers in (1, 2):
        made, bad = make(jobs, Path(f"out{workers}"), workers=workers)
        assert (made.job, made.made, bad.job) == (jobs[0], True, jobs[1])
        assert str(bad.error).startswith("videos/b.mp4: a text file")


def test_only_what_no_longer_holds_is_made_again(tmp_path: Path, jobs: list[GifJob]) -> None:
    out = tmp_path / "out"
    make(jobs, out)
    before = {job.gif: (out / job.gif).stat().st_mtime_ns for job in jobs}
    assert [one.made for one in make(jobs, out)] == [False] * 3
    assert {job.gif: (out / job.gif).stat().st_mtime_ns for job in jobs} == before
    assert len(lines(out)) == 3

    (out / "x/a.gif").write_bytes(b"GIF89a, but damaged")
    (out / "x/part.gif").unlink()
    assert [one.made for one in make(jobs, out)] == [True, False, True]
    write_numbered(jobs[1].source, 30)
    assert [one.made for one in make(jobs, out)] == [False, True, False]
    other_part = [replace(jobs[2], end_ms=1200)]
    assert [one.made for one in make(other_part, out)] == [True]
    recipe = GifRecipe(colours=9)
    assert [one.made for one in make(jobs, out, recipe)] == [True] * 3
    assert lines(out)[-1]["recipe"] == asdict(recipe)
    assert [one.made for one in make(jobs, out)] == [True] * 3


def test_after_a_kill_what_was_noted_is_kept(tmp_path: Path, jobs: list[GifJob]) -> None:
    """The manifest ends in the middle of a line: that GIF is made again, and noted whole."""
    out = tmp_path / "out"
    make(jobs, out)
    manifest = out / "manifest.jsonl"
    manifest.write_bytes(manifest.read_bytes()[:-40])
    assert [one.made for one in make(jobs, out)] == [False, False, True]
    assert [one.made for one in make(jobs, out)] == [False] * 3


def test_a_bad_video_is_one_line_and_the_others_go_on(tmp_path: Path, jobs: list[GifJob]) -> None:
    (tmp_path / "text.mp4").write_text("no video")
    bad = [
        GifJob(tmp_path / "nowhere.mp4", "1.gif"),
        GifJob(tmp_path / "text.mp4", "2.gif"),
        GifJob(tmp_path / "videos", "3.gif"),
        replace(jobs[0], gif="4.gif", sha256="0" * 64),
        replace(jobs[0], gif="5.gif", start_ms=9000),
        GifJob(Path(os.fsdecode(bytes(tmp_path) + b"/na\xefve.mp4")), "6.gif"),
    ]
    write_numbered(tmp_path / "plain.mp4", 9).rename(bad[-1].source)
    outcomes = make([*bad, *jobs], tmp_path / "out")
    errors = [
        "nowhere.mp4: no such file",
        "text.mp4: a text file, not an animation or a video",
        "videos: a folder, not a file",
        "a.mp4: not the file that was indexed; check the index anew",
        "a.mp4: nothing shows from 9000 ms to its end; the file lasts 2000 ms",
        "ve.mp4: its name is not valid UTF-8; rename it",
    ]
    for outcome, error in zip(outcomes, errors, strict=False):
        assert outcome.record is None
        assert str(outcome.error).endswith(error)
    assert [one.made for one in outcomes] == [False] * 6 + [True] * 3
    assert len(lines(tmp_path / "out")) == 3


def test_no_file_is_written_over_another(tmp_path: Path, jobs: list[GifJob]) -> None:
    with pytest.raises(UsageError, match=r"a\.gif: 2 videos would become it"):
        make([jobs[0], replace(jobs[1], gif="x/a.gif")], tmp_path / "out")
    with pytest.raises(UsageError, match=r"a\.mp4: it would be written over"):
        make([replace(jobs[1], gif="a.mp4"), jobs[0]], tmp_path / "videos")
    assert not (tmp_path / "out").exists()


def test_names_of_gifs_are_apart_where_they_can_be() -> None:
    clips = [("a.mp4", 0, None), ("a.avi", 0, None), ("b/a.mp4", 0, 500), ("/c/../a", 7, None)]
    assert gif_names(clips) == ["a.mp4.gif", "a.avi.gif", "b/a_0_500.gif", "c/a_7_end.gif"]


def test_a_gif_that_was_there_before_is_left_alone(tmp_path: Path, jobs: list[GifJob]) -> None:
    out = tmp_path / "out"
    (out / "x").mkdir(parents=True)
    (out / "x/a.gif").write_bytes(b"GIF89a, somebody's own")
    outcomes = make(jobs, out)
    assert "was not made here" in (outcomes[0].error or "")
    assert [one.made for one in outcomes] == [False, True, True]
    assert (out / "x/a.gif").read_bytes() == b"GIF89a, somebody's own"


def test_a_gif_whose_line_a_kill_prevented_is_taken_over(
    tmp_path: Path, jobs: list[GifJob]
) -> None:
    out = tmp_path / "out"
    make(jobs, out)
    (out / "manifest.jsonl").unlink()
    assert [one.error for one in make(jobs, out)] == [None] * 3
    assert len(lines(out)) == 3
