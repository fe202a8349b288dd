"""So many clips of each class, split by split."""

from dataclasses import replace

import pyarrow as pa

from anigifs.index.readers.split_names import HELD_BACK
from anigifs.index.subset import ClassDraw, per_class
from anigifs.index.table import Index


def draw_per_split(
    index: Index, count: int, seed: int = 0
) -> tuple[Index, list[tuple[str, ClassDraw]]]:
    """Draw ``count`` usable rows of every class from each split.

    A class that has fewer gives all; what is missing is then drawn from it with replacement, but in
    no split that results are reported on, where a clip would count twice. See ``per_class``.

    Args:
        index: Rows in error are left out.
        count: Rows of each class in each split.
        seed: Of the draw.

    Returns:
        The rows, and how many were drawn of each class of each split.

    Raises:
        UsageError: ``count`` is below 1.
    """
    drawn: list[pa.Table] = []
    draws: list[tuple[str, ClassDraw]] = []
    for split in dict.fromkeys(index.table["split"].to_pylist()):
        rows = index.filter(split=split)
        subset, of_split = per_class(rows, count, seed, replacement=split not in HELD_BACK)
        drawn.append(subset.table)
        draws.extend((split, draw) for draw in of_split)
    table = pa.concat_tables(drawn) if drawn else index.table
    return replace(index, table=table), draws
