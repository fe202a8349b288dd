import os
import pickle
import time
from collections.abc import Callable, Iterator

import pytest

from anigifs.foundation import UsageError
from anigifs.foundation.work.pool import Lost, Pool
from anigifs.foundation.work.shards import Shard, ShardResult, do_shard, pool_for, shards_of
from tests.foundation.work.test_local import ends_at_3, raises_at_3


def hangs_at_3_and_ends_at_5(item: int) -> str:
    if item == 3:
        time.sleep(600)
    return "no" if item != 5 else os._exit(1)


def process(item: int) -> int:
    return os.getpid()


def done(
    do: Callable[[int], object], items: range, seconds: float | None = None
) -> ShardResult[int, object]:
    pool: Pool[tuple[int, int], tuple[int, object]] = pool_for(pickle.dumps(do), seconds)
    with pool:
        return do_shard(Shard("test", tuple(items)), pool, "here")


def test_items_are_cut_as_they_are_asked_for() -> None:
    taken = []

    def items() -> Iterator[int]:
        for item in range(7):
            taken.append(item)
            yield item

    shards = shards_of("test", items(), 3)
    assert next(shards) == Shard("test", (0, 1, 2))
    assert taken == [0, 1, 2]
    assert [shard.items for shard in shards] == [(3, 4, 5), (6,)]
    assert list(shards_of("test", [], 3)) == []


def test_a_shard_is_named_by_its_stage_and_its_items() -> None:
    shard = Shard("test", ("a", "b"))
    assert shard.name == Shard("test", ("a", "b")).name
    others = [Shard("other", ("a", "b")), Shard("test", ("b", "a")), Shard("test", ("a",))]
    assert len({shard.name, *(other.name for other in others)}) == 4
    assert [one.items for one in shard.singles()] == [("a",), ("b",)]


def test_results_are_in_the_items_order_and_what_is_lost_twice_is_given_up() -> None:
    result = done(ends_at_3, range(2, 6))
    reason = "its process ended with code 139, 2 times; it was given up"
    assert result.results == ("2", Lost(3, reason), "4", "5")
    assert result.name == Shard("test", (2, 3, 4, 5)).name
    counts = result.statistics
    assert (counts.items, counts.given_up, counts.ended, counts.node) == (4, 1, 2, "here")
    assert counts.seconds > 0


def test_one_that_hangs_and_one_that_ends_its_process() -> None:
    result = done(hangs_at_3_and_ends_at_5, range(2, 7), 0.5)
    assert [type(one) for one in result.results] == [str, Lost, str, Lost, str]
    assert (result.statistics.given_up, result.statistics.ended) == (2, 4)


def test_one_process_does_one_shard_after_the_other() -> None:
    pool: Pool[tuple[int, int], tuple[int, int]] = pool_for(pickle.dumps(process), None)
    with pool:
        results = [do_shard(shard, pool, "") for shard in shards_of("test", range(5), 2)]
    found = {number for result in results for number in result.results}
    assert len(found) == 1
    assert os.getpid() not in found
    assert [result.statistics.ended for result in results] == [0, 0, 0]


def test_what_is_raised_ends_the_shard() -> None:
    with pytest.raises(UsageError, match="the disk is full"):
        done(raises_at_3, range(5))


def test_what_cannot_be_taken_out_is_told_as_it_is() -> None:
    pool: Pool[tuple[int, int], tuple[int, int]] = pool_for(b"canigifs\nnothing\n.", None)
    with pool, pytest.raises(AttributeError, match="get attribute 'nothing'"):
        do_shard(Shard("test", (1, 2)), pool, "")


class Slow:
    """Takes longer to be taken out than an item may take."""

    def __reduce__(self) -> tuple[Callable[[], Callable[[int], int]], tuple[()]]:
        return _slowly, ()


def _slowly() -> Callable[[int], int]:
    time.sleep(1)
    return process


def test_no_time_counts_before_what_is_done_is_there() -> None:
    pool: Pool[tuple[int, int], tuple[int, int]] = pool_for(pickle.dumps(Slow()), 0.8)
    with pool:
        result = do_shard(Shard("test", (1, 2)), pool, "")
    assert result.statistics.ended == 0
