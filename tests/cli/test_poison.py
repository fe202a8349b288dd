"""Files that really end, or keep, the process that opens them."""

import shutil
from pathlib import Path

import pytest

from anigifs.index import Index
from tests.cli.conftest import Run
from tests.index.trees import write_clip
from tests.media.numbered import write_numbered

#: What a Python process that begins with this does when it opens a file of such a name.
POISON = """
import os, signal, sys, time

def act(event, arguments):
    if event == "open" and "killer" in str(arguments[0]):
        os.kill(os.getpid(), signal.SIGKILL)
    if event == "open" and "sleeper" in str(arguments[0]):
        time.sleep(600)

sys.addaudithook(act)
"""
KILLED = "its process was killed (is memory short?), 2 times; it was given up"
SLOW = "it took longer than 3 s, 2 times; it was given up"


@pytest.fixture
def poison(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let processes that begin now be ended and kept by files; this one is not."""
    (tmp_path / "poison").mkdir()
    (tmp_path / "poison" / "sitecustomize.py").write_text(POISON)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "poison"))


@pytest.mark.usefixtures("poison")
def test_a_check_gives_up_what_ends_or_keeps_its_process(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clips = tmp_path / "clips"
    write_clip(clips / "yoga" / "a.gif")
    for name in ("b", "killer", "c", "sleeper", "d"):
        shutil.copy(clips / "yoga" / "a.gif", clips / "yoga" / f"{name}.gif")
    assert run("index", "folder", clips).code == 0
    check = ["index", "check", clips / "index.parquet", "--workers", 2, "--item-seconds", 3]
    ran = run(*check, "--json")
    assert ran.code == 0, ran.err
    errors = {row["path"]: row["error"] for row in ran.json["results"]}
    assert errors == {"yoga/killer.gif": KILLED, "yoga/sleeper.gif": SLOW}
    assert ran.json["summary"]["states"] == {"listed": 0, "probed": 4, "decoded": 0, "error": 2}
    monkeypatch.delenv("PYTHONPATH")
    again = run(*check, "--json", "--strict")
    assert (again.code, again.json["summary"]["looked_at"]) == (0, 2)
    assert {row.state for row in Index.read(clips / "index.parquet").rows()} == {"probed"}


def test_what_is_done_to_checked_clips_gives_up_one_too(
    run: Run, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    clips, index = tmp_path / "clips", tmp_path / "clips" / "index.parquet"
    for number, name in enumerate(("a", "killer", "b")):
        write_clip(clips / "yoga" / f"{name}.gif", seed=number)
    run("index", "folder", clips, "--split", "test")
    assert run("index", "check", index, "--workers", 1, "--strict").code == 0
    request.getfixturevalue("poison")
    ran = run("duplicates", index, "--workers", 2, "--json")
    (warning,) = [line for line in ran.json["warnings"] if "could not be looked at" in line]
    assert warning.endswith(f"1 clips could not be looked at; the first: yoga/killer.gif: {KILLED}")
    export = ["index", "export", index, "--as", "videofolder", "--out", tmp_path / "out"]
    ran = run(*export, "--workers", 2, "--json")
    assert (ran.json["summary"]["exported"], ran.json["summary"]["left_out"]) == (2, {KILLED: 1})


@pytest.mark.usefixtures("poison")
def test_a_video_that_ends_its_process_is_a_line_and_the_others_become_gifs(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    videos, out = tmp_path / "videos", tmp_path / "gifs"
    for name in ("a", "killer", "b"):
        write_numbered(videos / f"{name}.mp4", 25)
    gifify = ["gifify", videos, "--out", out, "--workers", 2]
    ran = run(*gifify)
    assert ran.code == 0
    assert ran.out.splitlines() == [
        f"{videos / 'killer.mp4'}: {KILLED}",
        f"{out}: 2 GIFs made, 0 there already, 1 failed",
    ]
    assert run(*gifify, "--strict").code == 2
    monkeypatch.delenv("PYTHONPATH")
    ran = run(*gifify, "--strict")
    assert ran.out == f"{out}: 1 GIFs made, 2 there already, 0 failed\n"
