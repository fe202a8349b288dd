import statistics

from hypothesis import given
from hypothesis import strategies as st

from anigifs.index import Spread, stats
from tests.index.trees import index_of, row


@given(st.lists(st.none() | st.integers(1, 9999), max_size=9))
def test_spreads_are_those_of_the_known_values(values: list[int | None]) -> None:
    index = index_of(*(row(f"{n}", duration_ms=value) for n, value in enumerate(values)))
    known = [value for value in values if value is not None]
    expected = Spread(0, None, None, None)
    if known:
        expected = Spread(len(known), min(known), statistics.median(known), max(known))
    assert stats(index).spreads["duration_ms"] == expected


def test_rows_are_counted_by_what_they_are() -> None:
    rows = [
        row("a", "yoga", domain="gif", style="flat", split="test", group="g"),
        row("b", "golf", domain="gif", state="decoded", frames=9, width=40, height=30),
        row("c", "golf", group="g"),
        row("c", "golf", group="g"),
        row("d", "ski", state="error", error="x"),
    ]
    found = stats(index_of(*rows))
    assert (found.rows, found.clips, found.groups) == (5, 4, 3)
    assert list(found.classes.items()) == [("golf", 3), ("yoga", 1)]
    assert found.counts == {
        "domain": {"": 3, "gif": 2},
        "style": {"": 4, "flat": 1},
        "split": {"": 4, "test": 1},
        "state": {"decoded": 1, "error": 1, "listed": 3},
    }
    assert found.spreads["width"] == Spread(1, 40, 40.0, 40)
