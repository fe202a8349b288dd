"""A collection that is killed again and again ends as one that is not, and repeats nothing."""

import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from anigifs.collect.fetching import QUEUED
from anigifs.collect.frontier import Candidate, Reader
from tests.collect.frontier.child import THREADS, calls, collect


def kill_at(folder: Path, words: tuple[float, ...], progress: float, more_s: float) -> None:
    """Collect in another process, and kill it a moment after it is so far."""
    command = [sys.executable, "-m", "tests.collect.frontier.child", str(folder)]
    with subprocess.Popen([*command, *map(str, words)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"begun\n"
        while progress_of(folder) < progress:
            assert process.poll() is None
            time.sleep(0.002)
        time.sleep(more_s)
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL


def progress_of(folder: Path) -> int:
    """Return the pages and the calls so far."""
    return Reader(folder / "frontier.sqlite").counts()["pages"] + len(calls(folder))


def candidates(folder: Path) -> list[Candidate]:
    return list(Reader(folder / "frontier.sqlite").candidates())


def by_url(folder: Path) -> dict[str, Candidate]:
    return {one.found.url: one for one in candidates(folder)}


def found(folder: Path) -> Iterator[tuple[object, ...]]:
    """Yield what is to be the same, hit by hit: where it was found, and the fate of its file."""
    for one in candidates(folder):
        what = one.found
        sha256 = one.attempt.sha256 if one.attempt else ""
        yield what.query, what.page, what.rank, what.hit, what.url, sha256, one.state, one.reason


def check_kills(path: Path, kills: int, asked: int, files: int) -> None:
    whole, folder, rng = path / "whole", path / "killed", random.Random(kills)
    whole.mkdir()
    folder.mkdir()
    collect(whole, asked, files)
    wanted = list(found(whole))

    ended: dict[str, tuple[int, Candidate]] = {}
    lost: Counter[str] = Counter()
    in_search = 0
    for number in range(kills):
        share = 0.9 * (number + rng.random()) / kills
        words = (asked, files, 0.01)
        kill_at(folder, words, share * progress_of(whole), rng.uniform(0, 0.01))
        count, now = Counter(calls(folder)), by_url(folder)
        in_search += not count
        for url, (before, fate) in ended.items():
            assert count[url] == before, "what has its end is not fetched again"
            assert now[url].attempt == fate.attempt
        ended |= {url: (count[url], one) for url, one in now.items() if one.state != "waiting"}
        uncommitted = Counter({url: n - now[url].tries for url, n in count.items()})
        assert min(uncommitted.values(), default=0) >= 0
        newly_lost = uncommitted - lost
        assert max(newly_lost.values(), default=0) <= 1
        assert newly_lost.total() <= QUEUED * THREADS
        lost = uncommitted
    assert in_search > 0
    assert ended, "some kills come while files are fetched"

    collect(folder, asked, files)
    assert list(found(folder)) == wanted
    count, now = Counter(calls(folder)), by_url(folder)
    assert {url: count[url] for url in ended} == {url: before for url, (before, _) in ended.items()}
    # All calls but those that a kill cut off have been committed, once each.
    assert {url: count[url] - lost[url] for url in count} == {
        url: one.tries for url, one in now.items()
    }


def test_a_few_kills_change_nothing(tmp_path: Path) -> None:
    check_kills(tmp_path, kills=3, asked=12, files=60)


@pytest.mark.slow
def test_fifty_kills_change_nothing(tmp_path: Path) -> None:
    check_kills(tmp_path, kills=50, asked=60, files=900)
