"""A small web that is the same for whoever asks, whenever."""

import hashlib
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from anigifs.collect.frontier import Frontier, Retries
from anigifs.collect.items import Capabilities, Fetched, Hit, Page, Query
from anigifs.collect.reasons import WebFailedError, WebRefusedError

if TYPE_CHECKING:
    from _typeshed import TraceFunction

AT_ONCE = Retries(waits_s=(0.0, 0.0))
FAST = Capabilities(
    title="fake",
    finds_gifs_only=True,
    states_licences=False,
    page_size=5,
    deepest=None,
    requests_a_minute=float("inf"),
)


class Time:
    """A clock that only sleeping moves."""

    def __init__(self, now: float = 1_000.0) -> None:
        self.now, self._guard = now, threading.Lock()

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        with self._guard:
            self.now += seconds


class Scripted:
    """A provider that answers as a function says, and notes what it was asked and when."""

    def __init__(
        self,
        answer: Callable[[str, str | None], Page],
        clock: Callable[[], float] = lambda: 0.0,
        capabilities: Capabilities = FAST,
        name: str = "fake",
    ) -> None:
        self.name, self.capabilities = name, capabilities
        self._answer, self._clock = answer, clock
        self.asked: list[tuple[str, str | None]] = []
        self.times: list[float] = []

    def search(self, text: str, cursor: str | None) -> Page:
        self.asked.append((text, cursor))
        self.times.append(self._clock())
        return self._answer(text, cursor)


class Web:
    """A provider whose answers, and files whose fates, follow from their names.

    Some queries are refused, some always fail, and hits of different queries are the same file in
    another spelling.
    """

    capabilities = FAST

    def __init__(self, name: str, files: int, pause: Callable[[], None] = lambda: None) -> None:
        self.name, self._files, self._pause = name, files, pause

    def search(self, text: str, cursor: str | None) -> Page:
        self._pause()
        number, page = digest(f"{self.name} {text}"), int(cursor or 0)
        if number % 13 == 0:
            raise WebRefusedError("forbidden", "not for you")
        if number % 11 == 0 and page == 1:
            raise WebFailedError("timeout")
        hits = tuple(self._hit(f"{text} {page} {place}") for place in range(5))
        last = page == number % 4
        return Page(hits, None if last else str(page + 1), f"{number}-{page}")

    def _hit(self, seed: str) -> Hit:
        number = digest(f"{self.name} {seed}") % self._files
        scheme, end = (("https", ""), ("HTTPS", "#top"))[digest(seed) % 2]
        return Hit(media_url=f"{scheme}://host{number % 9}.example/{number}.gif{end}", title=seed)


def fate(url: str, earlier: int) -> Fetched:
    """Return what becomes of an address that has been asked so often before."""
    number = digest(url)
    kind = number % 10
    if kind < 6 or (kind == 9 and earlier):
        return stored(f"content {number % 97}")
    if kind == 6:
        return Fetched(outcome="refused", reason="not-media", status=200, kind="html")
    if kind == 7:
        return Fetched(outcome="refused", reason="gone", status=404)
    return Fetched(outcome="failed", reason="timeout", detail="no answer")


def stored(content: str) -> Fetched:
    return Fetched(
        outcome="stored",
        status=200,
        bytes=len(content),
        sha256=hashlib.sha256(content.encode()).hexdigest(),
        kind="gif",
        media={"width": 8, "height": 6, "frames": 3, "duration_ms": 300, "complete": True},
    )


def digest(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6])


def queries(count: int, *providers: str) -> list[Query]:
    return [
        Query(provider, f"class {number // 2}", ("animated", "cartoon")[number % 2], f"q{number}")
        for provider in providers
        for number in range(count)
    ]


def page_of(*urls: str, cursor: str | None = None) -> Page:
    return Page(tuple(Hit(media_url=url) for url in urls), cursor, "")


def filled(path: Path, urls: Sequence[str], retries: Retries = AT_ONCE) -> Frontier:
    """Return a frontier with files that wait."""
    frontier = Frontier(path, retries, clock=lambda: 0.0)
    frontier.add_queries([Query("fake", "yoga", "animated", "yoga")])
    frontier.commit_page(1, page_of(*urls), first_rank=1)
    return frontier


@contextmanager
def interrupted_at(step: int) -> Iterator[None]:
    """Raise KeyboardInterrupt in this thread, at the so-manieth line or call of what is tested."""
    before, left = sys.gettrace(), step

    def trace(frame: FrameType, event: str, arg: object) -> "TraceFunction | None":
        nonlocal left
        if "anigifs/collect" not in frame.f_code.co_filename:
            return None
        left -= 1
        if left == 0:
            sys.settrace(before)
            raise KeyboardInterrupt
        return trace

    sys.settrace(trace)
    try:
        yield
    finally:
        sys.settrace(before)


def fates(frontier: Frontier) -> set[tuple[str, str, str, str]]:
    """Return the address, sha256, state and reason of each file."""
    return {
        (one.found.url, one.attempt.sha256 if one.attempt else "", one.state, one.reason)
        for one in frontier.candidates()
    }
