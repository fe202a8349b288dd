"""Processes that are given items, and that may end or hang at any of them.

Each has a line of its own to this process, so it is always known at which item it was.
"""

import multiprocessing
import signal
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Generic, Self, cast

from anigifs.foundation.errors import AnigifsError
from anigifs.foundation.work.child import GRACE_SECONDS, Done, Raised, Ready, serve
from anigifs.foundation.work.work import MOST_DEATHS, Item, Result

#: Items at a process: the one that it does, and the next, so that it need not wait for one.
GIVEN = 2
#: Nobody waits longer without a look around: an interrupt that is not a signal waits for that.
LOOK_SECONDS = 1.0


@dataclass(frozen=True)
class Lost(Generic[Item]):
    """An item whose process ended or took too long.

    Attributes:
        item: The item.
        reason: What happened, in words.
    """

    item: Item
    reason: str


class Pool(Generic[Item, Result]):
    """Processes that do one thing, and are replaced where they end.

    Args:
        do: What they do to an item.
        count: The most processes; no more are started than there are items for.
        item_seconds: How long one item may take; None is any time.

    Attributes:
        ended: How many processes ended at an item, or were ended because it took too long.
    """

    def __init__(
        self, do: Callable[[Item], Result], count: int, item_seconds: float | None
    ) -> None:
        self._do = do
        self._count = count
        self._item_seconds = item_seconds
        self._workers: list[_Worker[Item]] = []
        self.ended = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End all processes; one that is busy leaves no half of a file behind."""
        for worker in self._workers:
            worker.line.close()  # all at once, so that they end side by side
        for worker in self._workers:
            worker.end()
        self._workers.clear()

    def run(self, items: Iterator[Item]) -> Iterator[Result | Lost[Item]]:
        """Yield what became of each item, as it is known.

        Raises:
            AnigifsError: A process ended before it was given anything.
            Exception: What ``do`` raised.
        """
        while True:
            self._give(items)
            busy = {worker.line: worker for worker in self._workers if worker.given}
            if not busy:
                return
            for line in wait(list(busy), self._patience(busy.values())):
                yield from self._heard(busy.pop(cast(Connection, line)))
            for worker in busy.values():
                # It may have answered while its neighbours' results were being looked at.
                if self._left(worker) <= 0 and not worker.line.poll():
                    yield from self._lose(worker, f"it took longer than {self._item_seconds:g} s")

    def _give(self, items: Iterator[Item]) -> None:
        """Give items out, first to those who have least."""
        for depth in range(GIVEN):
            for worker in self._workers:
                if len(worker.given) == depth and not worker.give_next(items):
                    return
            while depth == 0 and len(self._workers) < self._count:
                worker = _Worker.started(self._do)
                self._workers.append(worker)
                if not worker.give_next(items):
                    return

    def _heard(self, worker: "_Worker[Item]") -> Iterator[Result | Lost[Item]]:
        """Take one message of a process, or learn that it has ended."""
        try:
            message = worker.line.recv()
        except (EOFError, ConnectionError):
            yield from self._lose(worker, worker.how_it_ended())
            return
        worker.since = time.monotonic()
        match message:
            case Ready():
                worker.ready = True
            case Raised(error):
                raise error
            case Done(result):
                worker.given.popleft()
                yield result

    def _lose(self, worker: "_Worker[Item]", reason: str) -> Iterator[Lost[Item]]:
        """Put a process away; what it had not begun is given to others."""
        worker.end()
        self._workers.remove(worker)
        if not worker.ready:
            raise AnigifsError(
                f"a process could not start ({reason}); is memory short, or does a script lack "
                'its `if __name__ == "__main__"`?'
            )
        self.ended += 1
        item, *untouched = worker.given
        if untouched:
            heir = _Worker.started(self._do)
            self._workers.append(heir)
            for one in untouched:
                heir.give(one)
        yield Lost(item, reason)

    def _left(self, worker: "_Worker[Item]") -> float:
        """Return how many seconds a process still has for its item."""
        if self._item_seconds is None or not worker.ready:
            return float("inf")
        return worker.since + self._item_seconds - time.monotonic()

    def _patience(self, workers: "Iterable[_Worker[Item]]") -> float:
        return max(0.0, min(LOOK_SECONDS, *map(self._left, workers)))


def with_second_chance(
    many: AbstractContextManager[Pool[Item, Result]],
    one: AbstractContextManager[Pool[Item, Result]],
    items: Iterator[Item],
) -> Generator[Result | Lost[Item], None, None]:
    """Yield the result of each item; what is lost twice is given up.

    Args:
        many: Does all items, and is left before any is tried again.
        one: Tries those again that were lost, one after the other, with nothing beside them that
            could be to blame.
        items: Taken as they are needed.
    """
    suspects: deque[Lost[Item]] = deque()
    with many as pool:
        for done in pool.run(items):
            if isinstance(done, Lost):
                suspects.append(done)
            else:
                yield done
    with one as pool:
        for suspect in suspects:
            [done] = pool.run(iter([suspect.item]))
            if isinstance(done, Lost):
                done = Lost(done.item, f"{done.reason}, {MOST_DEATHS} times; it was given up")
            yield done


@dataclass
class _Worker(Generic[Item]):
    """A process, its line, and the items that it has not answered yet.

    Attributes:
        process: The process.
        line: Items go there and answers come back.
        given: Its items; it is at the first.
        ready: Whether it has started; only then does time count.
        since: When it began its item, as far as this process knows; the true moment was not later.
    """

    process: BaseProcess
    line: Connection
    given: deque[Item] = field(default_factory=deque)
    ready: bool = False
    since: float = 0.0

    @classmethod
    def started(cls, do: Callable[[Item], object]) -> Self:
        context = multiprocessing.get_context("spawn")
        line, far_end = context.Pipe()
        process = context.Process(target=serve, args=(do, far_end))
        process.start()
        far_end.close()  # or its end could not be heard here
        return cls(process, line)

    def give_next(self, items: Iterator[Item]) -> bool:
        """Give the next item, if there is one; say whether there was."""
        for item in items:
            self.give(item)
            return True
        return False

    def give(self, item: Item) -> None:
        if not self.given:
            self.since = time.monotonic()
        self.given.append(item)
        # Where it has ended, that is heard when its answer is waited for.
        with suppress(BrokenPipeError, ConnectionResetError):
            self.line.send(item)

    def how_it_ended(self) -> str:
        """Wait for its end, and say what that was."""
        self.process.join()
        code = self.process.exitcode or 0
        if code == -signal.SIGKILL:
            return "its process was killed (is memory short?)"
        if code < 0:
            return f"its process ended by {signal.Signals(-code).name}"
        return f"its process ended with code {code}"

    def end(self) -> None:
        """Make sure that it has ended."""
        self.line.close()
        self.process.join(GRACE_SECONDS)
        if self.process.exitcode is None:
            self.process.kill()
            self.process.join()
        self.process.close()
