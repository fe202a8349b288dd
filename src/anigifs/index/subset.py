"""Parts of an index: some classes, the most frequent ones, or so many clips of each."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

import numpy as np

from anigifs.foundation import UsageError, generator
from anigifs.index.row import STATES, Row
from anigifs.index.table import Index

USABLE = tuple(state for state in STATES if state != "error")


@dataclass(frozen=True)
class ClassDraw:
    """How many clips of a class are in a subset.

    Attributes:
        label: The class.
        available: Rows of it that could be drawn: those not in error.
        distinct: Different clips drawn, by their ``clip_id``.
        total: Rows drawn; above ``distinct`` where clips are repeated.
    """

    label: str
    available: int
    distinct: int
    total: int


def distinct(rows: Iterable[Row], where: object) -> tuple[Row, ...]:
    """Return each clip once: files of the same bytes are one clip, and count once in a test.

    Raises:
        UsageError: One clip has two labels.
    """
    found: dict[str, Row] = {}
    for row in rows:
        first = found.setdefault(row.clip_id, row)
        if first.label != row.label:
            raise UsageError(
                f"{where}: {first.path} and {row.path} are the same clip, labelled {first.label!r} "
                f"and {row.label!r}; remove one"
            )
    return tuple(found.values())


def of_classes(index: Index, names: Collection[str]) -> Index:
    """Return the rows of these classes.

    Raises:
        UsageError: The index has no row of one of them.
    """
    if missing := sorted(set(names) - index.labels):
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise UsageError(f"the index has no clip of class {missing[0]!r}{more}; leave it out")
    return index.filter(label=names)


def most_frequent(index: Index, count: int) -> Index:
    """Return the rows of the ``count`` classes with the most usable rows (the paper shows 40).

    Rows in error do not count; of classes with equally many, those first by name are taken.

    Raises:
        UsageError: There are not as many classes.
    """
    ranked = by_frequency(index.filter(state=USABLE))
    if not 1 <= count <= len(ranked):
        raise UsageError(f"the {count} most frequent classes: the index has {len(ranked)}")
    return index.filter(label=[label for label, _ in ranked[:count]])


def by_frequency(index: Index) -> list[tuple[str, int]]:
    """Return the classes with their number of rows, the most frequent first, ties by name."""
    counts = Counter(index.table["label"].to_pylist())
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def per_class(
    index: Index, count: int, seed: int = 0, *, replacement: bool = False
) -> tuple[Index, list[ClassDraw]]:
    """Draw ``count`` usable rows of every class (the paper has 2,000 of each of 12).

    A class is shuffled by seed and the first are taken, so what a smaller count draws is in what a
    larger one draws, and no class depends on which others there are. A class that has fewer gives
    all; with replacement, what is missing is then drawn from it with replacement, so that it has
    ``count`` rows as well. A clip drawn again is a row that stands there again, under the same
    ``clip_id``: whoever reads the subset sees it as often as it was drawn.

    Args:
        index: Rows in error are left out.
        count: Rows of each class.
        seed: Of the draw.
        replacement: Whether clips may be repeated to make up ``count``.

    Returns:
        The subset, in the order of the index, and how many were drawn of each class, by name.

    Raises:
        UsageError: ``count`` is below 1.
    """
    if count < 1:
        raise UsageError(f"{count} clips of each class: at least 1")
    usable = index.filter(state=USABLE)
    ids = np.array(usable.table["clip_id"].to_pylist(), object)
    labels = np.array(usable.table["label"].to_pylist(), object)
    by_label: dict[str, list[int]] = {}
    for place in np.lexsort((labels, ids)):  # by clip, whatever the order of the rows
        by_label.setdefault(labels[place], []).append(int(place))
    drawn, draws = [], []
    for label in sorted(by_label):
        own = np.array(by_label[label])
        taken = _draw(own, count, generator(seed, "subset", label), replacement)
        drawn.append(taken)
        draws.append(ClassDraw(label, len(own), len(set(ids[taken])), len(taken)))
    places = np.sort(np.concatenate(drawn)) if drawn else np.empty(0, np.int64)
    return replace(usable, table=usable.table.take(places)), draws


def _draw(
    places: np.ndarray, count: int, rng: np.random.Generator, replacement: bool
) -> np.ndarray:
    taken = rng.permutation(places)[:count]
    if replacement and len(taken) < count:
        again = rng.choice(places, count - len(taken))
        taken = np.concatenate([taken, again])
    return taken
