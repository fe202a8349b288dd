"""What is in an index: counts, frames, sizes and durations."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from anigifs.index.subset import USABLE, by_frequency
from anigifs.index.table import Index

#: What rows are counted by, besides their class.
COUNTED = ("domain", "style", "split", "state")
#: What is measured; all are known of checked files only.
MEASURED = ("frames", "width", "height", "duration_ms")


@dataclass(frozen=True)
class Spread:
    """How a measure is spread over the rows of which it is known.

    Attributes:
        rows: How many these are.
        smallest: The least value; this and the others are None where there are no rows.
        median: Half of the rows have no more.
        largest: The greatest.
    """

    rows: int
    smallest: int | None
    median: float | None
    largest: int | None


@dataclass(frozen=True)
class Stats:
    """What is in an index.

    Attributes:
        rows: All rows.
        clips: Different clips, by their ``clip_id``.
        groups: Different groups.
        classes: Usable rows of each class, those not in error; the most frequent first.
        counts: Rows by domain, style, split and state.
        spreads: Of frames, width, height and duration in milliseconds, over the rows' files.
    """

    rows: int
    clips: int
    groups: int
    classes: dict[str, int]
    counts: dict[str, dict[str, int]]
    spreads: dict[str, Spread]


def stats(index: Index) -> Stats:
    """Count and measure the rows of an index.

    Example:
        >>> from anigifs.index.row import Row
        >>> index = Index.from_rows([Row(clip_id="1", label="yoga", group="a", frames=24)])
        >>> found = stats(index)
        >>> found.classes, found.counts["state"], found.spreads["frames"].median
        ({'yoga': 1}, {'listed': 1}, 24.0)
    """
    table = index.table
    return Stats(
        rows=len(index),
        clips=len(set(table["clip_id"].to_pylist())),
        groups=len(set(table["group"].to_pylist())),
        classes=dict(by_frequency(index.filter(state=USABLE))),
        counts={name: dict(sorted(Counter(table[name].to_pylist()).items())) for name in COUNTED},
        spreads={name: _spread(table[name].drop_null().to_numpy()) for name in MEASURED},
    )


def _spread(values_N: np.ndarray) -> Spread:
    if not len(values_N):
        return Spread(0, None, None, None)
    median = float(np.median(values_N))
    return Spread(len(values_N), int(values_N.min()), median, int(values_N.max()))
