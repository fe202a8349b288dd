"""A clock that jumps: nothing waits for longer than it should, and nothing is looked at in vain."""

import itertools
import json
import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from anigifs.collect.fetching import fetch_all
from anigifs.collect.frontier import Frontier
from anigifs.collect.frontier.retries import LONGEST_WAIT_S, Retries
from anigifs.collect.items import Fetched, Hit, Page, Query
from anigifs.collect.reasons import WebFailedError
from anigifs.collect.searching import search_all
from anigifs.foundation.clock import steady_time
from anigifs.review.people.throttle import Throttle, Throttled
from tests.collect.frontier.fakes import Scripted, page_of
from tests.faults.running import run
from tests.faults.world import COMMANDS, Scene

YEAR_S = 365 * 86_400.0
QUERY = Query("commons", "yoga", "animated", "animated yoga")


@pytest.fixture
def jumping(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock of the day that is put forward and back by a year at every look."""
    true, years = time.time, itertools.cycle([YEAR_S, -YEAR_S])
    monkeypatch.setattr(time, "time", lambda: true() + next(years))


def frontier_of(path: Path, files: int, **options: float) -> None:
    with Frontier(path, clock=lambda: options.get("now", 0.0)) as frontier:
        frontier.add_queries([QUERY])
        hits = tuple(Hit(media_url=f"https://media.example/{n}.gif") for n in range(files))
        frontier.commit_page(1, Page(hits, None, ""), first_rank=1)


@pytest.mark.usefixtures("jumping")
def test_the_time_of_a_process_goes_on_evenly() -> None:
    looks = [steady_time() for _ in range(100)]
    assert looks == sorted(looks)
    assert looks[-1] - looks[0] < 60


@pytest.mark.usefixtures("jumping")
def test_files_that_failed_are_fetched_again_in_time(tmp_path: Path) -> None:
    frontier_of(tmp_path / "f", 3)
    tries: dict[str, int] = {}

    def fetch(url: str) -> Fetched:
        tries[url] = tries.get(url, 0) + 1
        if tries[url] < 3:
            return Fetched(outcome="failed", reason="timeout")
        return Fetched(outcome="stored", sha256=f"{len(tries):064}", kind="gif")

    with Frontier(tmp_path / "f", Retries((0.02, 0.03))) as frontier:
        done = fetch_all(frontier, fetch, threads=2)
    assert (done.stored, done.failed, done.waiting) == (3, 6, 0)


def test_what_was_put_off_before_the_clock_was_put_back_is_due_within_a_day(
    tmp_path: Path,
) -> None:
    frontier_of(tmp_path / "f", 1, now=YEAR_S)
    with Frontier(tmp_path / "f", clock=lambda: YEAR_S) as frontier:
        (row,) = frontier.claim(1, now=YEAR_S)
        frontier.commit_attempt(row.media_id, Fetched(outcome="failed", reason="timeout"), YEAR_S)
        frontier.add_queries([Query("commons", "golf", "animated", "animated golf")])
        frontier.fail_query(2, "timeout", "", again_at=YEAR_S + 30)
    with Frontier(tmp_path / "f", clock=lambda: 1_000.0) as frontier:
        assert frontier.next_due(1_000.0) == 1_000.0 + LONGEST_WAIT_S
        assert frontier.standing(2).again_at == 1_000.0 + LONGEST_WAIT_S
    # What is due sooner stays as it is.
    with Frontier(tmp_path / "f", clock=lambda: 50_000.0) as frontier:
        assert frontier.next_due(50_000.0) == 1_000.0 + LONGEST_WAIT_S


@pytest.mark.usefixtures("jumping")
def test_a_search_that_failed_is_made_again_in_time(tmp_path: Path) -> None:
    asked = []

    def answer(text: str, cursor: str | None) -> Page:
        asked.append(text)
        if len(asked) < 3:
            raise WebFailedError("timeout")
        return page_of("https://media.example/a.gif")

    with Frontier(tmp_path / "f") as frontier:
        frontier.add_queries([replace(QUERY, provider="fake")])
        done = search_all(frontier, {"fake": Scripted(answer)}, retries=Retries((0.02, 0.03)))
    assert (done.pages, done.failures, done.put_off) == (1, 2, {})


def test_who_failed_to_log_in_waits_a_minute_at_most_whatever_the_clock_does() -> None:
    throttle, now_ms = Throttle(), 1_800_000_000_000
    for number in range(30):
        throttle.begin("ann", "192.0.2.1", now_ms + 61_000 * number)
    back_ms = now_ms - round(1_000 * YEAR_S)
    with pytest.raises(Throttled) as caught:
        throttle.begin("ann", "192.0.2.1", back_ms)
    assert caught.value.retry_s == 60
    throttle.begin("ann", "192.0.2.1", now_ms + round(1_000 * YEAR_S))


@pytest.mark.parametrize("years", [-30, 30])
def test_files_of_another_time_are_looked_at_once(scene: Scene, years: int) -> None:
    arguments = [*COMMANDS["index check"](scene), "--json"]
    files = sorted((scene.out / "clips").rglob("*.gif"))
    (scene.out / "clips" / "checks.jsonl").unlink()
    then = time.time() + years * YEAR_S
    for file in files:
        os.utime(file, (then, then))
    looked_at = []
    for _ in range(2):
        looked_at.append(json.loads(run(arguments).out)["summary"]["looked_at"])
    os.utime(files[0], (then - 1, then - 1))
    looked_at.append(json.loads(run(arguments).out)["summary"]["looked_at"])
    assert looked_at == [len(files), 0, 1]


def test_copies_are_found_among_files_of_the_future(scene: Scene) -> None:
    """Which of file and fingerprint is younger cannot be told, so these are looked at anew."""
    arguments = COMMANDS["duplicates index"](scene)
    straight = run(arguments).out
    then = time.time() + YEAR_S
    for file in (scene.out / "clips").rglob("*.gif"):
        os.utime(file, (then, then))
    assert run(arguments).out == run(arguments).out == straight
