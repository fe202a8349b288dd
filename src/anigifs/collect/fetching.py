"""Fetches what was found, until every file is stored or refused for good.

One thread, the caller's, claims files, commits what became of them and tells of it; the others
fetch. A kill at any moment loses at most what was being fetched, which is then fetched again.
"""

import math
import queue
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from anigifs.collect.frontier import Frontier, MediaRow
from anigifs.collect.items import Fetched
from anigifs.foundation import OutputError
from anigifs.foundation.clock import steady_time

#: Files that are with the fetching threads for each of them, so that none is idle.
QUEUED = 2
#: Attempts that are committed together at most, if so many are known at once.
BATCH = 256
#: Errors of ours without an outcome between them after which fetching is given up.
GIVEN_UP_AFTER = 10
#: Seconds that the threads are given to end when fetching is interrupted.
GRACE_S = 2.0
_LEAST_WAIT_S = 0.001


class HostPace(Protocol):
    """Says when a host may be asked."""

    def wait_time(self, host: str) -> float:
        """Return the seconds until it may be asked; 0 or less is now."""


class NoPace:
    """Every host may be asked at any time."""

    def wait_time(self, host: str) -> float:
        """Return 0."""
        return 0.0


@dataclass
class FetchedAll:
    """What a call of :func:`fetch_all` did.

    Attributes:
        stored: Attempts that brought a file.
        refused: Attempts that will not be made again.
        failed: Attempts that failed; the last ones of those files make them ``exhausted``.
        waiting: Files that still wait, as they are to be left alone for longer than there is
            patience.
    """

    stored: int = 0
    refused: int = 0
    failed: int = 0
    waiting: int = 0


def unwatched(row: MediaRow, fetched: Fetched) -> None:
    """Show nothing."""


def fetch_all(
    frontier: Frontier,
    fetch: Callable[[str], Fetched],
    threads: int = 16,
    pace: HostPace = NoPace(),  # noqa: B008 - has no state
    *,
    per_host: int = 2,
    patience_s: float = 600.0,
    watch: Callable[[MediaRow, Fetched], None] = unwatched,
    clock: Callable[[], float] = steady_time,
    sleep: Callable[[float], object] = time.sleep,
) -> FetchedAll:
    """Fetch every file that waits, and those that failed again until they have no tries left.

    Args:
        frontier: Holds the files, and takes what becomes of them.
        fetch: Fetches an address and never raises for what the web does. An error of ours is
            raised when all other files are done; one after the other ends it sooner, and a disk
            that takes no more at once.
        threads: That fetch.
        pace: A host that may not be asked yet is passed over for another.
        per_host: Files of one host that are with the threads at a time.
        patience_s: Files that are to be left alone for longer are left for another time.
        watch: Is told of each attempt once it is committed.
        clock: Seconds since 1970.
        sleep: Waits so many seconds where nothing is to be done.

    Raises:
        AnigifsError: The frontier cannot be written.
    """
    crew = _Crew(fetch, threads)
    work = _Fetching(frontier, crew, QUEUED * threads, pace, per_host, patience_s, watch, clock)
    try:
        crew.start()
        work.run(sleep)
    except KeyboardInterrupt:
        crew.clear()
        work.take_known()
        raise
    finally:
        crew.end()
        work.release()
    work.done.waiting = frontier.counts()["waiting"]
    if work.errors:
        raise work.errors[0]
    return work.done


class _Crew:
    """Threads that fetch; they know nothing of the frontier."""

    def __init__(self, fetch: Callable[[str], Fetched], threads: int) -> None:
        self._fetch = fetch
        self.todo: queue.SimpleQueue[MediaRow | None] = queue.SimpleQueue()
        self.done: queue.SimpleQueue[tuple[MediaRow, Fetched | BaseException]]
        self.done = queue.SimpleQueue()
        # An interrupt does not wait for a slow server: what is not committed is fetched again.
        self._threads = [
            threading.Thread(target=self._work, name=f"fetch {number}", daemon=True)
            for number in range(threads)
        ]

    def start(self) -> None:
        """Let the threads begin."""
        for thread in self._threads:
            thread.start()

    def clear(self) -> None:
        """Take back what no thread has begun."""
        while not self.todo.empty():
            try:
                self.todo.get_nowait()
            except queue.Empty:
                return

    def end(self) -> None:
        """Let the threads end, those that are busy too if they do so soon."""
        self.clear()
        for _ in self._threads:
            self.todo.put(None)
        until = time.monotonic() + GRACE_S
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(max(0.0, until - time.monotonic()))

    def _work(self) -> None:
        while (row := self.todo.get()) is not None:
            try:
                self.done.put((row, self._fetch(row.url)))
            except BaseException as error:  # raised again by the caller's thread
                error.add_note(f"while fetching {row.url}")
                self.done.put((row, error))


class _Fetching:
    """Hands out files and takes in outcomes, in the caller's thread."""

    def __init__(
        self,
        frontier: Frontier,
        crew: _Crew,
        most: int,
        pace: HostPace,
        per_host: int,
        patience_s: float,
        watch: Callable[[MediaRow, Fetched], None],
        clock: Callable[[], float],
    ) -> None:
        self._frontier, self._crew, self._most, self._pace = frontier, crew, most, pace
        self._per_host, self._patience_s = per_host, patience_s
        self._watch, self._clock = watch, clock
        self._flying: dict[int, MediaRow] = {}
        self._of_host: Counter[str] = Counter()
        self._errors_in_a_row = 0
        self._pace_wait = math.inf
        self._disk_refuses = False
        self.errors: list[BaseException] = []
        self.done = FetchedAll()

    def run(self, sleep: Callable[[float], object]) -> None:
        while self._errors_in_a_row < GIVEN_UP_AFTER and not self._disk_refuses:
            self._hand_out()
            wait = self._wait()
            if self._flying:
                self._take_in(wait)
            elif wait > self._patience_s:
                return
            else:
                sleep(wait)
        self.take_known()

    def take_known(self) -> None:
        """Commit what the threads have told of so far."""
        self._commit(self._known())

    def release(self) -> None:
        """Give back what is not committed."""
        self._frontier.release()

    def _hand_out(self) -> None:
        self._pace_wait = math.inf
        free = self._most - len(self._flying)
        rows = self._frontier.claim(free, self._clock(), self._room) if free > 0 else []
        for row in rows:
            self._flying[row.media_id] = row
            self._of_host[row.host] += 1
            self._crew.todo.put(row)

    def _room(self, host: str) -> int:
        wait = self._pace.wait_time(host)
        if wait > 0:
            self._pace_wait = min(self._pace_wait, wait)
            return 0
        return self._per_host - self._of_host[host]

    def _wait(self) -> float:
        """Return the seconds until there may be something new to hand out."""
        now = self._clock()
        due = self._frontier.next_due(now)
        wait = min(self._pace_wait, math.inf if due is None else due - now)
        return max(wait, _LEAST_WAIT_S)

    def _take_in(self, wait: float) -> None:
        """Commit what became of files, as soon as something is known, and tell of it."""
        # With all hands full there is nothing to hand out, however long it takes.
        full = len(self._flying) >= self._most
        try:
            first = self._crew.done.get(timeout=None if full or wait == math.inf else wait)
        except queue.Empty:
            return
        self._commit([first, *self._known()])

    def _known(self) -> list[tuple[MediaRow, Fetched | BaseException]]:
        known: list[tuple[MediaRow, Fetched | BaseException]] = []
        while len(known) < BATCH - 1:
            try:
                known.append(self._crew.done.get_nowait())
            except queue.Empty:
                break
        return known

    def _commit(self, known: list[tuple[MediaRow, Fetched | BaseException]]) -> None:
        outcomes = [(row, one) for row, one in known if isinstance(one, Fetched)]
        self._frontier.commit_attempts(
            [(row.media_id, one) for row, one in outcomes], self._clock()
        )
        for row, outcome in known:
            self._land(row, outcome)
        for row, fetched in outcomes:
            self._watch(row, fetched)

    def _land(self, row: MediaRow, outcome: Fetched | BaseException) -> None:
        del self._flying[row.media_id]
        self._of_host[row.host] -= 1
        if not self._of_host[row.host]:
            del self._of_host[row.host]
        if isinstance(outcome, Fetched):
            self._errors_in_a_row = 0
            setattr(self.done, outcome.outcome, getattr(self.done, outcome.outcome) + 1)
        else:
            self._errors_in_a_row += 1
            self.errors.append(outcome)  # the file stays claimed, so that this call can end
            self._disk_refuses |= isinstance(outcome, OutputError)
