import os
import signal
import threading
import time
import tracemalloc
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from anigifs.collect import fetching
from anigifs.collect.fetching import FetchedAll, fetch_all
from anigifs.collect.frontier import Frontier, MediaRow, Reader, Retries
from anigifs.collect.items import Fetched
from tests.collect.frontier.fakes import (
    AT_ONCE,
    Time,
    fate,
    fates,
    filled,
    interrupted_at,
    stored,
)

URLS = [f"http://h{number % 7}/{number}" for number in range(60)]
GONE = Fetched(outcome="refused", reason="gone", status=404)
FAILED = Fetched(outcome="failed", reason="timeout")


class Fetch:
    """Fetches as a function says; notes what was asked for, and how much at a time."""

    def __init__(self, answer: Callable[[str], Fetched], pause_s: float = 0.0) -> None:
        self._answer, self._pause_s, self._guard = answer, pause_s, threading.Lock()
        self.urls: list[str] = []
        self._now: Counter[str] = Counter()
        self.most: Counter[str] = Counter()

    def __call__(self, url: str) -> Fetched:
        host = url.split("/")[2]
        with self._guard:
            self.urls.append(url)
            for key in (host, "all"):
                self._now[key] += 1
                self.most[key] = max(self.most[key], self._now[key])
        try:
            time.sleep(self._pause_s)
            return self._answer(url)
        finally:
            with self._guard:
                self._now.subtract((host, "all"))


def test_every_file_comes_to_its_end(tmp_path: Path) -> None:
    asked: Counter[str] = Counter()

    def answer(url: str) -> Fetched:
        asked[url] += 1
        return fate(url, asked[url] - 1)

    ends = {}
    for url in URLS:
        tries = [fate(url, earlier) for earlier in range(3)]
        end = next((one for one in tries if one.outcome != "failed"), None)
        exhausted = (url, "", "refused", "exhausted")
        ends[url] = (url, end.sha256, end.outcome, end.reason) if end else exhausted
    with filled(tmp_path / "f", URLS) as frontier:
        told: list[tuple[MediaRow, Fetched]] = []
        done = fetch_all(frontier, answer, 8, watch=lambda *one: told.append(one))
        assert fates(frontier) == set(ends.values())
        outcomes = Counter(fetched.outcome for _, fetched in told)
        assert done == FetchedAll(outcomes["stored"], outcomes["refused"], outcomes["failed"], 0)
        assert len(told) == asked.total() == frontier.counts()["attempts"]
        assert 3 in asked.values()
        assert 2 in asked.values()
        assert fetch_all(frontier, answer, 8) == FetchedAll()


def test_work_is_spread_over_threads_and_hosts(tmp_path: Path) -> None:
    urls = [*(f"http://big/{number}" for number in range(40)), *URLS]
    fetch = Fetch(lambda url: stored(url), pause_s=0.002)
    with filled(tmp_path / "f", urls) as frontier:
        fetch_all(frontier, fetch, 6, per_host=2)
    assert sorted(fetch.urls) == sorted(urls)
    assert fetch.most["all"] == 6
    assert max(n for host, n in fetch.most.items() if host != "all") <= 2
    assert {url.split("/")[2] for url in fetch.urls[:16]} == {"big", *(f"h{n}" for n in range(7))}


def test_what_is_told_has_been_committed(tmp_path: Path) -> None:
    with filled(tmp_path / "f", URLS) as frontier:
        reader, told, committed = Reader(frontier.path), [], []

        def watch(row: MediaRow, fetched: Fetched) -> None:
            told.append(row.url)
            committed.append({one.found.url for one in reader.candidates() if one.tries})

        fetch_all(frontier, lambda url: GONE, 4, watch=watch)
    assert len(told) == len(URLS)
    assert all(set(told[: n + 1]) <= seen for n, seen in enumerate(committed))


def test_failures_are_tried_again_with_growing_waits(tmp_path: Path) -> None:
    clock, times = Time(), []

    def answer(url: str) -> Fetched:
        times.append(clock())
        return FAILED

    with filled(tmp_path / "f", ["http://a/1"], Retries((30.0, 300.0))) as frontier:
        fetch_all(frontier, answer, 2, clock=clock, sleep=clock.sleep)
        assert fates(frontier) == {("http://a/1", "", "refused", "exhausted")}
    assert times == pytest.approx([1000, 1030, 1330], abs=0.1)


def test_a_server_that_asks_for_rest_gets_it(tmp_path: Path) -> None:
    clock, times = Time(), []
    answers = [Fetched(outcome="failed", reason="rate-limited", retry_after=s) for s in (99, 7200)]

    def answer(url: str) -> Fetched:
        times.append(clock())
        return answers.pop(0) if answers else stored(url)

    with filled(tmp_path / "f", ["http://a/1"], Retries((30.0, 300.0))) as frontier:
        done = fetch_all(frontier, answer, 2, clock=clock, sleep=clock.sleep)
        assert done == FetchedAll(failed=2, waiting=1)  # two hours are for another time
        clock.sleep(7100)
        assert fetch_all(frontier, answer, 2, clock=clock, sleep=clock.sleep).stored == 1
    assert times == pytest.approx([1000, 1099, 1099 + 7200], abs=0.1)


class Paced:
    """Leaves some hosts alone until a time."""

    def __init__(self, clock: Time, until: dict[str, float]) -> None:
        self._clock, self._until = clock, until

    def wait_time(self, host: str) -> float:
        return self._until.get(host, 0.0) - self._clock()


def test_a_host_that_may_not_be_asked_is_passed_over(tmp_path: Path) -> None:
    clock = Time()
    fetch = Fetch(lambda url: GONE)
    pace = Paced(clock, {"h0": 1060, "h1": 1e9})
    with filled(tmp_path / "f", URLS) as frontier:
        done = fetch_all(frontier, fetch, 4, pace, clock=clock, sleep=clock.sleep)
        first = [url for url in URLS if url[:9] not in ("http://h0", "http://h1")]
        assert sorted(fetch.urls[: len(first)]) == sorted(first)
        rest = fetch.urls[len(first) :]
        assert sorted(rest) == sorted(url for url in URLS if url.startswith("http://h0"))
        assert done.waiting == len(URLS) - len(fetch.urls) == 9
    assert clock() >= 1060


@pytest.mark.usefixtures("interrupts")
def test_an_interrupt_leaves_a_sound_frontier(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It does not wait for slow servers, and what was committed is not fetched again."""
    monkeypatch.setattr(fetching, "GRACE_S", 0.05)
    come = threading.Event()

    def answer(url: str) -> Fetched:
        if url == URLS[20]:
            os.kill(os.getpid(), signal.SIGINT)
        if url in URLS[20:]:
            come.wait(30)
        return stored(url)

    fetch = Fetch(answer)
    told: list[str] = []
    before = set(threading.enumerate())

    def interrupted() -> None:
        fetch_all(frontier, fetch, 4, watch=lambda row, fetched: told.append(row.url))

    with filled(tmp_path / "f", URLS) as frontier, pytest.raises(KeyboardInterrupt):
        interrupted()
    come.set()
    for thread in set(threading.enumerate()) - before:
        thread.join()
    again = Fetch(lambda url: stored(url))
    with Frontier(tmp_path / "f", AT_ONCE) as frontier:
        committed = {one.found.url for one in frontier.candidates() if one.tries}
        assert set(told) <= committed
        fetch_all(frontier, again, 4)
        assert set(again.urls) == set(URLS) - committed
        assert frontier.counts()["stored"] == len(URLS)


def test_an_interrupt_at_any_instant_is_gone_on_from(tmp_path: Path) -> None:
    urls, ended = URLS[:12], 0
    for step in range(1, 1_500, 61):
        with filled(tmp_path / str(step), urls) as frontier:
            first = Fetch(lambda url: stored(url))
            try:
                with interrupted_at(step):
                    fetch_all(frontier, first, 2)
                ended += 1
            except KeyboardInterrupt:
                pass
            committed = {one.found.url for one in frontier.candidates() if one.tries}
            assert committed <= set(first.urls)
            again = Fetch(lambda url: stored(url))
            fetch_all(frontier, again, 2)
            assert sorted(again.urls) == sorted(set(urls) - committed)
            assert frontier.counts()["attempts"] == frontier.counts()["stored"] == len(urls)
    assert ended < step // 61, "some are interrupted"


def test_what_is_known_at_an_interrupt_is_committed(tmp_path: Path) -> None:
    told, come = threading.Event(), threading.Event()

    def answer(url: str) -> Fetched:
        if url == "http://a/2":
            told.wait(30)
            come.set()
        return GONE

    def watch(row: MediaRow, fetched: Fetched) -> None:
        told.set()
        come.wait(30)
        time.sleep(0.05)  # for the other thread to hand over what it has
        raise KeyboardInterrupt

    with filled(tmp_path / "f", ["http://a/1", "http://a/2"]) as frontier:
        with pytest.raises(KeyboardInterrupt):
            fetch_all(frontier, answer, 2, watch=watch)
        assert frontier.counts()["refused"] == 2


def test_an_error_of_ours_is_raised_when_the_others_are_done(tmp_path: Path) -> None:
    def answer(url: str) -> Fetched:
        if url == URLS[7]:
            raise ZeroDivisionError
        return stored(url)

    with filled(tmp_path / "f", URLS) as frontier:
        fetch = Fetch(answer)
        with pytest.raises(ZeroDivisionError) as raised:
            fetch_all(frontier, fetch, 4)
        assert raised.value.__notes__ == [f"while fetching {URLS[7]}"]
        assert sorted(fetch.urls) == sorted(URLS)
        assert frontier.counts()["stored"] == len(URLS) - 1
        assert [row.url for row in frontier.claim(9, 0.0)] == [URLS[7]]


def test_errors_of_ours_one_after_the_other_end_it(tmp_path: Path) -> None:
    def answer(url: str) -> Fetched:
        raise OSError("the disk is full")

    with filled(tmp_path / "f", [f"http://h{n}/" for n in range(300)]) as frontier:
        fetch = Fetch(answer)
        with pytest.raises(OSError, match="disk is full"):
            fetch_all(frontier, fetch, 2)
        assert fetching.GIVEN_UP_AFTER <= len(fetch.urls) < 30
        assert frontier.counts()["waiting"] == 300


def test_memory_does_not_grow_with_the_number_of_files(tmp_path: Path) -> None:
    peaks = []
    for count in (300, 1_500):
        urls = [f"http://h{number % 40}/{number}" for number in range(count)]
        with filled(tmp_path / str(count), urls) as frontier:
            del urls
            tracemalloc.start()
            fetch_all(frontier, lambda url: GONE, 4)
            read = sum(one.state == "refused" for one in frontier.candidates())
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
            assert read == count
    # To hold 100 bytes of each file would be more.
    assert peaks[1] < peaks[0] + 100 * 1_200
