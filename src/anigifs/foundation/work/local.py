"""Work in processes of this machine, one a core."""

import math
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import chain, islice

from anigifs.foundation.errors import UsageError
from anigifs.foundation.work.pool import Lost, Pool, with_second_chance
from anigifs.foundation.work.work import Item, Result, Work, check_item_seconds
from anigifs.foundation.workers import usable_cores


@dataclass(frozen=True)
class Local:
    """Does work in processes of this machine.

    A process that ends (not: raises) or takes too long is replaced. The item that it was at is
    tried again when all others are done, with nobody beside it that could be to blame; if that goes
    the same way, it is given up.

    Processes are spawned, so a script needs its ``if __name__ == "__main__"``.

    Args:
        workers: How many; None is one for each usable core. 1 is this process itself where there is
            no time limit: an item may then end it.
        item_seconds: How long one item may take; None is any time.

    Raises:
        UsageError: ``workers`` or ``item_seconds`` is not positive.

    Example:
        >>> work = Work("halving", lambda item: item / 2, lambda item, reason: None)
        >>> list(Local(workers=1).run(work, [2, 4]))
        [1.0, 2.0]
    """

    workers: int | None = None
    item_seconds: float | None = None

    def __post_init__(self) -> None:
        if self.workers is not None and self.workers < 1:
            raise UsageError(f"{self.workers} workers: at least 1")
        check_item_seconds(self.item_seconds)

    def run(self, work: Work[Item, Result], items: Iterable[Item]) -> Iterator[Result]:
        """Yield the result of every item; see :class:`~anigifs.foundation.work.Executor`."""
        waiting = iter(items)
        first = list(islice(waiting, 2))
        count = self.workers or usable_cores()
        # Starting processes takes longer than most items do.
        limited = self.item_seconds is not None and self.item_seconds < math.inf
        if not limited and (count == 1 or len(first) < 2):
            return map(work.do, chain(first, waiting))
        return self._in_processes(work, chain(first, waiting), count)

    def _in_processes(
        self, work: Work[Item, Result], items: Iterator[Item], count: int
    ) -> Iterator[Result]:
        many: Pool[Item, Result] = Pool(work.do, count, self.item_seconds)
        one: Pool[Item, Result] = Pool(work.do, 1, self.item_seconds)
        results = with_second_chance(many, one, items)
        with closing(results):
            for done in results:
                yield work.failed(done.item, done.reason) if isinstance(done, Lost) else done
