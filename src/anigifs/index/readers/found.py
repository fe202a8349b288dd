"""How many rows have a file."""

from typing import NamedTuple

from anigifs.index.table import Index


class Found(NamedTuple):
    """Rows, and those of them that have a file.

    Attributes:
        listed: Rows.
        found: Rows with a file.
    """

    listed: int
    found: int


def found_by(index: Index, *columns: str) -> dict[tuple[str, ...], Found]:
    """Count rows and files by the values of some columns of text, in the order of the index.

    Example:
        >>> from anigifs.index.row import Row
        >>> rows = [Row(clip_id="1", label="run", group="a", path="a.gif")]
        >>> rows.append(Row(clip_id="2", label="run", group="b"))
        >>> found_by(Index.from_rows(rows), "label")
        {('run',): Found(listed=2, found=1)}
    """
    counts: dict[tuple[str, ...], Found] = {}
    texts = zip(*(index.table[name].to_pylist() for name in columns), strict=True)
    for key, path in zip(texts, index.table["path"].to_pylist(), strict=True):
        before = counts.get(key, Found(0, 0))
        counts[key] = Found(before.listed + 1, before.found + (path is not None))
    return counts
