"""Processes that are really killed, and a disk that really refuses."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from anigifs.clips import ClipSource, PreparedClips, PrepareRule, prepare
from anigifs.clips.preparing import Outcome, prepare_one
from anigifs.clips.shards import ShardWriter
from anigifs.foundation import read_records
from anigifs.foundation.work import Local
from tests.clips.made import contents, write_sources

RULE = PrepareRule(size=64)
SCRIPT = """
import resource, sys
from pathlib import Path
from anigifs.clips import ClipSource, PrepareRule, prepare
from anigifs.foundation import AnigifsError
from anigifs.foundation.work import Local

def main():
    folder, out, workers, limit = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    if limit:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    paths = sorted(folder.iterdir())
    sources = [ClipSource(f"clip-{n:03d}", path) for n, path in enumerate(paths)]
    try:
        prepare(sources, PrepareRule(size=64), out, executor=Local(workers))
    except AnigifsError as error:
        sys.exit(f"anigifs: {error}")

if __name__ == "__main__":
    main()
"""


def start(files: Path, out: Path, workers: int, limit: int = 0) -> subprocess.Popen[str]:
    script = files.parent / "script.py"
    script.write_text(SCRIPT)
    command = [sys.executable, str(script), str(files), str(out), str(workers), str(limit)]
    return subprocess.Popen(command, start_new_session=True, stderr=subprocess.PIPE, text=True)


def noted(out: Path) -> int:
    return sum(1 for path in out.rglob("*.jsonl") for _ in read_records(path))


def wait_until_noted(out: Path, count: int, process: subprocess.Popen[str]) -> None:
    while noted(out) < count and process.poll() is None:
        time.sleep(0.005)


def group_is_gone(group: int) -> bool:
    for _ in range(1000):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.01)
    return False


def test_a_run_that_was_killed_goes_on_where_it_stopped(tmp_path: Path) -> None:
    sources = write_sources(tmp_path / "files", 60, frames=20, side=64)
    names = [source.clip_id for source in sources]
    out = tmp_path / "out"
    for workers, count in ((1, 3), (2, 15)):
        process = start(tmp_path / "files", out, workers)
        wait_until_noted(out, count, process)
        process.kill()  # the main process alone: its workers must not outlive it
        assert process.wait() == -signal.SIGKILL
        process.communicate()
        assert group_is_gone(process.pid)
        ready = len(PreparedClips(out, RULE))
        assert count <= ready < len(names)
    report = prepare(sources, RULE, out, executor=Local(1))
    assert report.plan.ready == ready
    assert report.errors == {}
    prepare(sources, RULE, tmp_path / "other", executor=Local(1))
    one, other = PreparedClips(out, RULE), PreparedClips(tmp_path / "other", RULE)
    assert contents(one, names) == contents(other, names)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_disk_that_refuses_is_one_line_and_keeps_what_is_done(
    tmp_path: Path, workers: int
) -> None:
    sources = write_sources(tmp_path / "files", 12, frames=20, side=64)
    out = tmp_path / "out"
    # No file may grow beyond 300 kB: a shard takes a few clips of 83 or 247 kB.
    process = start(tmp_path / "files", out, workers, limit=300_000)
    _, said = process.communicate()
    assert process.returncode == 1
    assert said.startswith("anigifs: ")
    assert said.count("\n") == 1
    assert "cannot write (File too large); make room and start again" in said
    ready = len(PreparedClips(out, RULE))
    assert 0 < ready < 12
    report = prepare(sources, RULE, out, executor=Local(1))
    assert (report.plan.ready, report.prepared, report.errors) == (ready, 12 - ready, {})


def test_a_clip_that_crashes_its_worker_is_an_error_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources = write_sources(tmp_path / "files", 4)
    monkeypatch.setattr("anigifs.clips.preparing.prepare_one", crash_on_the_second)
    report = prepare(sources, RULE, tmp_path / "out", executor=Local(2))
    assert report.prepared == 3
    reason = "its process ended with code 1, 2 times; it was given up"
    assert report.errors["clip-001"].endswith(f"001.gif: {reason}")
    assert PreparedClips(tmp_path / "out", RULE).errors == report.errors


def crash_on_the_second(source: ClipSource, rule: PrepareRule, writer: ShardWriter) -> Outcome:
    if source.clip_id == "clip-001":
        os._exit(1)
    return prepare_one(source, rule, writer)
