"""Asks the addresses of many items side by side, each item's in turn, until one has its bytes.

One thread, the caller's, says who is asked and hears what came; the others fetch. Hosts take turns,
and no host is with more threads than it may be asked at a time, so that a slow one holds up nobody
but itself.
"""

import heapq
import itertools
import math
import queue
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from multiprocessing.pool import ThreadPool

from anigifs.collect.collecting import Wishes
from anigifs.collect.download import Downloader
from anigifs.collect.fetching import HostPace
from anigifs.collect.frontier import host_of
from anigifs.collect.items import Fetched
from anigifs.collect.store import Store
from anigifs.collect.web import Pace, Robots, Web
from anigifs.curate.rebuilding.comparing import Answer, Outcome, answer_of
from anigifs.curate.release.released import ReleasedItem

Heard = Callable[[Outcome], None]


@dataclass
class Question:
    """An item that is looked for.

    Attributes:
        item: What it is.
        answers: What is known of its addresses already; those are not asked.
    """

    item: ReleasedItem
    answers: dict[str, Answer] = field(default_factory=dict)
    unasked: deque[str] = field(init=False)
    failures: Counter[str] = field(init=False, default_factory=Counter)
    due: dict[str, float] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        urls = dict.fromkeys(self.item.urls)
        self.unasked = deque(url for url in urls if url not in self.answers)

    @property
    def outcome(self) -> Outcome:
        """What is known so far, in the order of the addresses."""
        urls = dict.fromkeys(self.item.urls)
        answers = (self.answers[url] for url in urls if url in self.answers)
        return Outcome(self.item.clip_id, tuple(answers))


def ask_web(questions: Iterable[Question], store: Store, wishes: Wishes, heard: Heard) -> None:
    """Ask the web, within limits and with the manners of collecting; files go into a store.

    Args:
        questions: The items.
        store: Takes the files.
        wishes: Limits, threads, and when what failed is tried again.
        heard: Is told, in this thread, of each item that is done with.
    """
    limits = wishes.limits
    with Web(limits) as web:
        pace = Pace(limits.per_host, limits.gap_s)
        downloader = Downloader(web, Robots(web, limits.agent), pace, store)
        ask_all(questions, downloader.fetch, pace, wishes, heard)


def ask_all(
    questions: Iterable[Question],
    fetch: Callable[[str], Fetched],
    pace: HostPace,
    wishes: Wishes,
    heard: Heard,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Ask the addresses of each item in turn until one has its bytes.

    What failed is asked again when its time has come, once the others have been asked; what is to
    be left alone for longer than there is patience is not.

    Args:
        questions: The items.
        fetch: Fetches an address and never raises for what the web does; an error of ours ends
            everything.
        pace: Says when a host may be asked.
        wishes: How many threads, how many of them for a host, and how long things are waited for.
        heard: Is told, in this thread, of each item that is done with.
        clock: Seconds of any beginning.
    """
    # Its threads are daemons: an interrupt does not wait for a slow server.
    with ThreadPool(wishes.threads) as pool:
        asking = _Asking(pool, fetch, pace, wishes, heard, clock)
        for question in questions:
            asking.go_on(question)
        asking.run()


_Step = tuple[Question, str]


class _Asking:
    """Hands out addresses, and takes in what they gave."""

    def __init__(
        self,
        pool: ThreadPool,
        fetch: Callable[[str], Fetched],
        pace: HostPace,
        wishes: Wishes,
        heard: Heard,
        clock: Callable[[], float],
    ) -> None:
        self._pool, self._fetch, self._pace, self._wishes = pool, fetch, pace, wishes
        self._heard, self._clock = heard, clock
        self._ready: OrderedDict[str, deque[_Step]] = OrderedDict()  # the next host comes first
        self._later: list[tuple[float, int, _Step]] = []
        self._numbers = itertools.count()
        self._flying: Counter[str] = Counter()
        self._done: queue.SimpleQueue[tuple[_Step, Fetched | BaseException]] = queue.SimpleQueue()

    def run(self) -> None:
        """Ask until every item is done with."""
        while self._ready or self._later or self._flying:
            self._wake()
            self._take_in(self._hand_out())

    def go_on(self, question: Question) -> None:
        """Find what is to be asked next for an item, or be done with it."""
        exact = any(one.fate == "exact" for one in question.answers.values())
        if question.unasked and not exact:
            self._queue((question, question.unasked.popleft()))
        elif question.due and not exact:
            url = min(question.due, key=lambda url: question.due[url])
            due = question.due.pop(url)
            heapq.heappush(self._later, (due, next(self._numbers), (question, url)))
        else:
            self._heard(question.outcome)

    def _queue(self, step: _Step) -> None:
        self._ready.setdefault(host_of(step[1]), deque()).append(step)

    def _wake(self) -> None:
        """Queue what is to be tried again now."""
        while self._later and self._later[0][0] <= self._clock():
            self._queue(heapq.heappop(self._later)[2])

    def _hand_out(self) -> float:
        """Give the threads work, one address of each host at a time.

        Returns:
            The seconds until there may be more, unless something is heard before.
        """
        wait = self._later[0][0] - self._clock() if self._later else math.inf
        turns = deque(self._ready)
        while turns and self._flying.total() < self._wishes.threads:
            host = turns.popleft()
            alone_s = self._pace.wait_time(host)
            if alone_s > self._wishes.patience_s:
                self._put_off(host, alone_s)
                wait = 0.0  # the items go on elsewhere
            elif alone_s > 0:
                wait = min(wait, alone_s)
            elif self._flying[host] < self._wishes.limits.per_host:
                self._give(host)
                if host in self._ready:
                    turns.append(host)
        return wait

    def _give(self, host: str) -> None:
        step = self._ready[host].popleft()
        if self._ready[host]:
            self._ready.move_to_end(host)
        else:
            del self._ready[host]
        self._flying[host] += 1

        def tell(said: Fetched | BaseException) -> None:
            self._done.put((step, said))

        self._pool.apply_async(self._fetch, (step[1],), callback=tell, error_callback=tell)

    def _put_off(self, host: str, alone_s: float) -> None:
        """Do not ask a host that wants to be left alone for longer than is waited for."""
        detail = f"{host} wants to be left alone"
        for step in self._ready.pop(host):
            self._land(step, _left_alone(detail, alone_s))

    def _take_in(self, wait: float) -> None:
        """Hear what is known, as soon as something is."""
        try:
            step, said = self._done.get(timeout=None if wait == math.inf else max(0.0, wait))
        except queue.Empty:
            return
        self._flying -= Counter([host_of(step[1])])
        if isinstance(said, BaseException):
            raise said
        self._land(step, said)

    def _land(self, step: _Step, fetched: Fetched) -> None:
        question, url = step
        answer = question.answers[url] = answer_of(question.item, url, fetched)
        if answer.fate == "failed":
            question.failures[url] += 1
            failures, retry_after = question.failures[url], fetched.retry_after
            wait = self._wishes.retries.wait(failures, retry_after)
            if wait is not None and wait <= self._wishes.patience_s:
                question.due[url] = self._clock() + wait
        self.go_on(question)


def _left_alone(detail: str, seconds: float) -> Fetched:
    return Fetched(outcome="failed", reason="rate-limited", detail=detail, retry_after=seconds)
