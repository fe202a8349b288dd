"""Groups that a published split tears apart."""

from collections.abc import Iterable

from anigifs.index.row import Row


def groups_in_two_splits(rows: Iterable[Row]) -> dict[str, int]:
    """Return how many groups of each domain have clips in more than one split.

    Example:
        >>> rows = [Row(clip_id=n, label="run", domain="d", group="a", split=n) for n in "xy"]
        >>> groups_in_two_splits(rows), groups_in_two_splits(rows[:1])
        ({'d': 1}, {})
    """
    seen: dict[tuple[str, str], set[str]] = {}
    for row in rows:
        seen.setdefault((row.domain, row.group), set()).add(row.split)
    counts: dict[str, int] = {}
    for (domain, _), splits in seen.items():
        if len(splits) > 1:
            counts[domain] = counts.get(domain, 0) + 1
    return counts
