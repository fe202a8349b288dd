"""What two sets of rows share and should not."""

from collections.abc import Iterable

from anigifs.index.row import Row


def in_both(what: str, one: Iterable[Row], other: Iterable[Row]) -> set[object]:
    """Return the values of a column that rows of both sets have; an empty one is no value.

    Args:
        what: The column, such as ``clip_id`` or ``group``.
        one: Rows.
        other: Rows.

    Example:
        >>> first, second = (Row(clip_id=name, label="run", group="") for name in "ab")
        >>> in_both("label", [first], [second]), in_both("clip_id", [first], [second])
        ({'run'}, set())
    """
    values = ({getattr(row, what) for row in rows} for rows in (one, other))
    return set.intersection(*values) - {None, ""}
