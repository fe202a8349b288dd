"""Sides take turns, and a row is what came of it."""

import json
from collections.abc import Iterator

import pytest

from benchmarks.rows import LIMIT, OURS, Row, Task, Work, turns
from tests.benchmarks.made import ABSENT, ALL, MISSED, REACHED, SLOW


class Clock:
    """A clock that each piece of work moves by what it is said to take."""

    def __init__(self) -> None:
        self.now, self.calls = 0.0, list[str]()

    def work(self, name: str, *seconds: float) -> Work:
        taken: Iterator[float] = iter(seconds)

        def side() -> None:
            self.calls.append(name)
            self.now += next(taken)

        return side

    def __call__(self) -> float:
        return self.now


def test_sides_alternate_and_the_first_round_is_thrown_away() -> None:
    clock = Clock()
    sides = {"a": clock.work("a", 9.0, 1.0, 2.0), "b": clock.work("b", 9.0, 4.0, 6.0)}
    assert turns(sides, 2, clock) == {"a": [1.0, 2.0], "b": [4.0, 6.0]}
    assert clock.calls == ["a", "b"] * 3


def test_a_row_has_the_ratio_of_each_round_and_the_share_of_the_limit() -> None:
    clock = Clock()
    sides = {
        OURS: clock.work("ours", 0.0, 1.0, 2.0, 4.0),
        LIMIT: clock.work("limit", 0.0, 0.5, 0.5, 1.0),
        "peer": clock.work("peer", 0.0, 4.0, 4.0, 4.0),
    }
    task = Task("work", "much", count=2, targets={"peer": 2.5}, limit="light", note="said")
    row, gone = task.rows(sides, 3, clock, {"other": "not installed"})
    assert (row.peer, row.ratios, row.ratio) == ("peer", (4.0, 2.0, 1.0), 2.0)
    assert (row.ours, row.theirs) == (1.0, 2.0)  # medians, of one of two pieces
    assert (row.limit_share, row.note, row.missed) == (0.25, "said", True)
    assert (gone.peer, gone.ratios, gone.note, gone.missed) == ("other", (), "not installed", False)


@pytest.mark.parametrize("row", ALL, ids=lambda row: f"{row.shape}, {row.peer}")
def test_a_row_survives_json(row: Row) -> None:
    assert Row.from_plain(json.loads(json.dumps(row.plain()))) == row


def test_a_target_is_missed_below_it_by_ratio_or_by_rate_and_only_if_tried() -> None:
    assert [row.missed for row in (REACHED, MISSED, SLOW, ABSENT)] == [False, True, True, False]
