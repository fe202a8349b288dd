"""Work cut into shards: some items in, a result for each of them and statistics out.

A shard is named by its content, so that logs of different days speak of the same thing, and it may
be done again anywhere: that changes nothing.
"""

import pickle
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import islice
from typing import Any, Generic, NoReturn

from anigifs.foundation.work.content import content_name
from anigifs.foundation.work.pool import Lost, Pool, with_second_chance
from anigifs.foundation.work.work import Item, Result


@dataclass(frozen=True)
class Shard(Generic[Item]):
    """Some items of a stage.

    Attributes:
        stage: The stage's name.
        items: In order.
    """

    stage: str
    items: tuple[Item, ...]

    @cached_property
    def name(self) -> str:
        """A short hash of the stage and the items."""
        return content_name(self.stage, self.items)

    def singles(self) -> "Iterator[Shard[Item]]":
        """Yield a shard for each item."""
        return shards_of(self.stage, self.items, 1)


def shards_of(stage: str, items: Iterable[Item], size: int) -> Iterator[Shard[Item]]:
    """Cut items into shards, each when it is asked for.

    Args:
        stage: What is done to them.
        items: In order; no more are taken than the shards so far hold.
        size: Items of a shard; the last may have fewer.

    Example:
        >>> [shard.items for shard in shards_of("index check", "abcde", 2)]
        [('a', 'b'), ('c', 'd'), ('e',)]
    """
    waiting = iter(items)
    while some := tuple(islice(waiting, size)):
        yield Shard(stage, some)


@dataclass(frozen=True)
class Statistics:
    """What a shard took.

    Attributes:
        items: How many it has.
        given_up: How many of them were given up.
        ended: Processes that ended at an item, or were ended because it took too long.
        seconds: From its beginning to its end.
        node: Which machine did it.
    """

    items: int
    given_up: int
    ended: int
    seconds: float
    node: str


@dataclass(frozen=True)
class ShardResult(Generic[Item, Result]):
    """What became of a shard.

    Attributes:
        name: The shard's.
        results: One an item, in their order: its result, or that it was given up.
        statistics: What it took.
    """

    name: str
    results: tuple[Result | Lost[Item], ...]
    statistics: Statistics


def pool_for(do: bytes, item_seconds: float | None) -> Pool[tuple[int, Item], tuple[int, Result]]:
    """Return one process for the items of shards.

    Args:
        do: The pickle of what is done to an item. It is taken out in that process alone, before
            any item's time counts, since what it imports may be large.
        item_seconds: How long one item may take; None is any time.
    """
    return Pool(_Packed(do), 1, item_seconds)


def do_shard(
    shard: Shard[Item], pool: Pool[tuple[int, Item], tuple[int, Result]], node: str
) -> ShardResult[Item, Result]:
    """Do the items of a shard in one process, which may do other shards before and after.

    Raises:
        AnigifsError: As :meth:`Pool.run` does.
        Exception: What ``do`` raised.
    """
    begun, ended = time.monotonic(), pool.ended
    results: dict[int, Result | Lost[Item]] = {}
    given_up = 0
    for done in with_second_chance(nullcontext(pool), nullcontext(pool), enumerate(shard.items)):
        if isinstance(done, Lost):
            place, item = done.item
            results[place] = Lost(item, done.reason)
            given_up += 1
        else:
            place, results[place] = done
    seconds = round(time.monotonic() - begun, 3)
    return ShardResult(
        shard.name,
        tuple(results[place] for place in range(len(shard.items))),
        Statistics(len(shard.items), given_up, pool.ended - ended, seconds, node),
    )


@dataclass(frozen=True)
class _Packed:
    """Becomes what was pickled when it is unpickled itself."""

    do: bytes

    def __call__(self, placed: tuple[int, Any]) -> tuple[int, Any]:
        """Do what was pickled to an item, whose place goes along."""
        return _taken_out(self.do)(placed)

    def __reduce__(self) -> tuple[Callable[[bytes], Callable[..., tuple[int, Any]]], tuple[bytes]]:
        return _taken_out, (self.do,)


def _taken_out(do: bytes) -> Callable[..., tuple[int, Any]]:
    """Return what was pickled by the same program, or what raises why it cannot be had here."""
    try:
        return partial(_do_at, pickle.loads(do))  # noqa: S301
    except Exception as error:  # as where a module is not installed
        return partial(_raise, error)


def _do_at(do: Callable[[Any], Any], placed: tuple[int, Any]) -> tuple[int, Any]:
    place, item = placed
    return place, do(item)


def _raise(error: Exception, placed: tuple[int, Any]) -> NoReturn:
    raise error
