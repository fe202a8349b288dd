"""What is to be done to each item, and the contract of whoever does it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from anigifs.foundation.errors import UsageError

Item = TypeVar("Item")
Result = TypeVar("Result")

#: An item that ends so many processes, or keeps them so often for too long, is not tried again.
MOST_DEATHS = 2


@dataclass(frozen=True)
class Work(Generic[Item, Result]):
    """What is done to each item.

    Attributes:
        name: What it is called, such as ``index check``.
        do: Does it, in whatever process: a function that can be imported, or a ``partial`` of one.
            It may be called twice for one item, since a process may end before it has answered; so
            what it writes must be the same, or as good, the second time. An exception that it
            raises ends the whole work: what may go wrong with one item belongs into its result.
        failed: Says, in this process, what the result is of an item that was given up, from the
            reason in words.
    """

    name: str
    do: Callable[[Item], Result]
    failed: Callable[[Item, str], Result]


class Executor(Protocol):
    """Whoever does work."""

    def run(self, work: Work[Item, Result], items: Iterable[Item]) -> Iterator[Result]:
        """Yield the result of every item as it ends, in any order.

        Closing the iterator ends all that is under way.

        Args:
            work: What is done to each.
            items: Taken as they are needed.
        """


def check_item_seconds(seconds: float | None) -> None:
    """Raise UsageError where an item would have no time; None is any time."""
    if seconds is not None and not seconds > 0:
        raise UsageError(f"{seconds:g} seconds for an item: more than 0")
