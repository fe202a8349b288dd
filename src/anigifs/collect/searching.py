"""Asks providers until every query is at its end, each in a thread and at a pace of its own.

What a provider answers is committed before anyone is told, so a kill loses at most the answer that
was under way, and the search goes on where it was.
"""

import heapq
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from anigifs.collect.frontier import Frontier, Retries
from anigifs.collect.frontier.retries import honoured
from anigifs.collect.items import Page, Provider, Query
from anigifs.collect.reasons import WebError, WebRefusedError
from anigifs.foundation.clock import steady_time

#: Queries that fail without an answer between them after which a provider is given up for now.
GIVEN_UP_AFTER = 10
#: Pages after which a query is at its end, whatever the provider says: no answer goes on for ever.
MOST_PAGES = 10_000
#: Seconds that a request under way is given to end when the search is interrupted.
GRACE_S = 2.0
_DAY_S = 86_400.0


class Pace(Protocol):
    """Says when a provider may be asked."""

    def wait_time(self) -> float:
        """Return the seconds until it may be asked; 0 or less is now."""

    def asked(self) -> None:
        """Take note that it is being asked."""

    def hold(self, seconds: float) -> None:
        """Leave it alone for so long."""


class Rate:
    """At most so many requests a minute, evenly spread.

    Args:
        requests_a_minute: May be infinite.
        clock: Seconds of any beginning.

    Example:
        >>> rate = Rate(120, clock=lambda: 7.0)
        >>> rate.asked()
        >>> rate.wait_time()
        0.5
    """

    def __init__(
        self, requests_a_minute: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._gap_s, self._clock, self._free_at = 60 / requests_a_minute, clock, clock()

    def wait_time(self) -> float:
        """Return the seconds until the next request."""
        return self._free_at - self._clock()

    def asked(self) -> None:
        """Take note of a request."""
        self._free_at = max(self._free_at, self._clock() + self._gap_s)

    def hold(self, seconds: float) -> None:
        """Allow no request for so long."""
        self._free_at = max(self._free_at, self._clock() + seconds)


def rate_of(provider: Provider) -> Rate:
    """Return the pace that a provider's capabilities ask for."""
    return Rate(provider.capabilities.requests_a_minute)


@dataclass(frozen=True)
class Asked:
    """One request and what came of it, as it has been committed.

    Attributes:
        query: What was asked.
        page: Which page, from 1.
        hits: On the page.
        ended: Whether the query will not be asked again.
        error: Why there is no page; None where there is one.
    """

    query: Query
    page: int
    hits: int
    ended: bool
    error: WebError | None = None


@dataclass
class Searched:
    """What a call of :func:`search_all` did.

    Attributes:
        pages: Committed.
        hits: On them.
        failures: Requests in vain.
        broken: Providers that were given up, and by which error; their other queries stay open.
        put_off: Providers that have open queries but must be left alone for longer than there is
            patience, and why.
    """

    pages: int = 0
    hits: int = 0
    failures: int = 0
    broken: dict[str, Exception] = field(default_factory=dict)
    put_off: dict[str, str] = field(default_factory=dict)


def unwatched(asked: Asked) -> None:
    """Show nothing."""


def search_all(
    frontier: Frontier,
    providers: Mapping[str, Provider],
    pace_of: Callable[[Provider], Pace] = rate_of,
    *,
    retries: Retries = Retries(),  # noqa: B008 - frozen
    deepest: int | None = None,
    patience_s: float = 600.0,
    watch: Callable[[Asked], None] = unwatched,
    clock: Callable[[], float] = steady_time,
    sleep: Callable[[float], object] | None = None,
) -> Searched:
    """Ask providers until each of their queries is at its end or has failed for good.

    A query is at its end where there is no next page, or where it is as deep as the provider or
    ``deepest`` lets it be. A refusal is for good. A failure is tried again later, and the query
    has failed for good as ``exhausted`` after the last try. A provider that fails
    for :data:`GIVEN_UP_AFTER` queries in a row, or in a way of its own, is given up for this time;
    the others go on.

    Args:
        frontier: Holds the queries, and takes what is found.
        providers: By the name that queries have them under.
        pace_of: Returns the pace of a provider.
        retries: How often and how soon a request that failed is made again.
        deepest: Hits after which a query is at its end; None leaves that to the provider.
        patience_s: A provider that must be left alone for longer is left for another time.
        watch: Is told of each request once its outcome is committed; one call at a time.
        clock: Seconds since 1970.
        sleep: Waits so many seconds; None waits in a way that an interrupt ends.

    Raises:
        AnigifsError: The frontier cannot be written.
    """
    common = _Common(frontier, retries, deepest, patience_s, watch, clock, sleep)
    threads = [
        threading.Thread(
            target=common.run,
            args=[_Asker(common, name, provider, pace_of(provider))],
            name=f"search {name}",
            daemon=True,  # an interrupt does not wait for a slow answer
        )
        for name, provider in providers.items()
    ]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    except BaseException:
        common.leave(threads)
        raise
    if common.errors:
        raise common.errors[0]
    return common.done


@dataclass
class _Common:
    """What the threads share."""

    frontier: Frontier
    retries: Retries
    deepest: int | None
    patience_s: float
    watch: Callable[[Asked], None]
    clock: Callable[[], float]
    sleep: Callable[[float], object] | None
    done: Searched = field(default_factory=Searched)
    errors: list[BaseException] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)
    guard: threading.Lock = field(default_factory=threading.Lock)
    left: bool = False

    def run(self, asker: "_Asker") -> None:
        """Let a provider be asked to the end; an error of ours ends all of them."""
        try:
            asker.run()
        except BaseException as error:  # raised again where the threads are waited for
            self.errors.append(error)
            self.stop.set()

    def wait(self, seconds: float) -> None:
        (self.sleep or self.stop.wait)(seconds)

    def leave(self, threads: list[threading.Thread]) -> None:
        """Let requests under way end, for a while; what comes later is not committed."""
        self.stop.set()
        until = time.monotonic() + GRACE_S
        for thread in threads:
            if thread.ident is not None:
                thread.join(max(0.0, until - time.monotonic()))
        with self.guard:
            self.left = True

    def commit_page(self, turn: "_Turn", page: Page) -> None:
        with self.guard:
            if self.left:
                return
            self.frontier.commit_page(turn.query_id, page, first_rank=turn.hits + 1)
            self.done.pages += 1
            self.done.hits += len(page.hits)
            ended = page.next_cursor is None
            self.watch(Asked(turn.query, turn.pages + 1, len(page.hits), ended))

    def commit_failure(
        self, turn: "_Turn", reason: str, detail: str, again_at: float | None, error: WebError
    ) -> None:
        with self.guard:
            if self.left:
                return
            self.frontier.fail_query(turn.query_id, reason, detail, again_at)
            self.done.failures += 1
            self.watch(Asked(turn.query, turn.pages + 1, 0, again_at is None, error))


@dataclass(order=True)
class _Turn:
    """An open query; those that may be asked at once come first, in the order they were added."""

    again_at: float
    query_id: int
    query: Query = field(compare=False)
    cursor: str | None = field(compare=False)
    pages: int = field(compare=False)
    hits: int = field(compare=False)
    tries: int = field(compare=False)


class _Asker:
    """Asks one provider."""

    def __init__(self, common: _Common, name: str, provider: Provider, pace: Pace) -> None:
        self._common, self._name, self._provider, self._pace = common, name, provider, pace
        self._failed_in_a_row = 0
        self._turns = self._open_turns()
        a_day, now = provider.capabilities.requests_a_day, common.clock()
        self._left_today = (
            None if a_day is None else a_day - common.frontier.asked_since(name, now - _DAY_S)
        )

    def run(self) -> None:
        """Ask until no query is open, or the provider cannot be asked for now."""
        common = self._common
        while self._turns and not common.stop.is_set() and self._name not in common.done.broken:
            wait = max(self._pace.wait_time(), self._turns[0].again_at - common.clock())
            if self._left_today is not None and self._left_today <= 0:
                common.done.put_off[self._name] = "it has been asked as often as it may be in a day"
                return
            if wait > common.patience_s:
                common.done.put_off[self._name] = f"it is to be left alone for {wait:,.0f} s"
                return
            if wait > 0:
                common.wait(wait)
            else:
                self._ask(heapq.heappop(self._turns))

    def _open_turns(self) -> list[_Turn]:
        frontier, turns = self._common.frontier, []
        for query_id, query, cursor in frontier.open_queries([self._name]):
            at = frontier.standing(query_id)
            turns.append(_Turn(at.again_at, query_id, query, cursor, at.pages, at.hits, at.tries))
            if at.reason == "rate-limited":  # said before a kill, and still meant
                self._pace.hold(at.again_at - self._common.clock())
        heapq.heapify(turns)
        return turns

    def _ask(self, turn: _Turn) -> None:
        self._pace.asked()
        if self._left_today is not None:
            self._left_today -= 1
        try:
            page = self._provider.search(turn.query.text, turn.cursor)
        except WebError as error:
            self._take_failure(turn, error)
        except Exception as error:  # a provider's fault is not to stop the others
            self._common.done.broken[self._name] = error
        else:
            self._take_page(turn, page)

    def _take_page(self, turn: _Turn, page: Page) -> None:
        self._failed_in_a_row = 0
        if self._is_last(turn, page):
            page = replace(page, next_cursor=None)
        self._common.commit_page(turn, page)
        if page.next_cursor is not None:
            turn.pages, turn.hits = turn.pages + 1, turn.hits + len(page.hits)
            turn.cursor, turn.again_at, turn.tries = page.next_cursor, 0.0, 0
            heapq.heappush(self._turns, turn)

    def _is_last(self, turn: _Turn, page: Page) -> bool:
        depths = (self._common.deepest, self._provider.capabilities.deepest)
        hits = turn.hits + len(page.hits)
        return (
            any(depth is not None and hits >= depth for depth in depths)
            or page.next_cursor == turn.cursor  # it would answer the same for ever
            or turn.pages + 1 >= MOST_PAGES
        )

    def _take_failure(self, turn: _Turn, error: WebError) -> None:
        common = self._common
        turn.tries += 1
        reason, detail, again_at = error.reason, error.detail, None
        if not isinstance(error, WebRefusedError):
            wait = common.retries.wait(turn.tries, error.retry_after)
            if wait is None:
                reason, detail = "exhausted", f"{reason}: {detail}" if detail else reason
            else:
                again_at = common.clock() + wait
        self._hold(error)
        common.commit_failure(turn, reason, detail, again_at, error)
        if again_at is not None:
            turn.again_at = again_at
            heapq.heappush(self._turns, turn)
        # Only first failures count: what fails again and again comes last, all in a row.
        self._failed_in_a_row += turn.tries == 1
        if self._failed_in_a_row >= GIVEN_UP_AFTER:
            common.done.broken[self._name] = error

    def _hold(self, error: WebError) -> None:
        """Leave the provider alone where it asks for that, with all its queries."""
        if error.retry_after is not None:
            self._pace.hold(honoured(error.retry_after))
        elif error.reason == "rate-limited" and self._common.retries.waits_s:
            self._pace.hold(self._common.retries.waits_s[0])
