"""Which clips of an index are looked at, scored, perturbed and shown: all by seeded lots."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from anigifs.evaluation import cover
from anigifs.foundation import UsageError, generator
from anigifs.index import CUSTOM, Index, Row, distinct
from anigifs.studies.explain.looking import Viewer, Wanted
from anigifs.studies.explain.measuring import Finding

Item = TypeVar("Item")


@dataclass(frozen=True)
class Clips:
    """Which clips of an index.

    Attributes:
        index: Its path.
        domains: Rows of these domains only; none named takes all.
        split: Rows of this split only; None takes all.
        styles: Rows of these styles only; none named takes all.
        limit: The most clips of each domain; None takes all.
        curves: How many clips of each domain are perturbed.
        pictures: How many clips of each domain are shown.
        seed: Of every lot.
        store: Where prepared clips are kept.
    """

    index: Path
    domains: tuple[str, ...]
    split: str | None
    styles: tuple[str, ...]
    limit: int | None
    curves: int
    pictures: int
    seed: int
    store: Path

    @property
    def wanted(self) -> dict[str, Any]:
        """What the rows' columns must hold."""
        wanted = {
            "state": "decoded", "domain": self.domains, "split": self.split, "style": self.styles
        }  # fmt: skip
        return {name: value for name, value in wanted.items() if value}


def rows_of(clips: Clips, index: Index) -> list[Row]:
    """Return the rows to look at.

    Raises:
        UsageError: There are none.
    """
    rows = distinct(index.filter(**clips.wanted).rows(), clips.index)
    if not rows:
        asked = ", ".join(f"{name} {value!r}" for name, value in clips.wanted.items())
        raise UsageError(f"{clips.index}: no rows of {asked}")
    return drawn(
        rows, lambda row: row.domain, clips.limit, generator(clips.seed, "explain", "rows")
    )


def acquainted(viewers: Sequence[Viewer], rows: Sequence[Row], taxonomy: str) -> list[Viewer]:
    """Return the viewers with their places of the rows' labels, as far as they know them.

    Args:
        viewers: The models.
        rows: Whose labels they are asked about.
        taxonomy: Of the labels: the index's.
    """
    labels = sorted({row.label for row in rows})
    found = []
    for viewer in viewers:
        weights = viewer.weights
        known = cover(
            labels,
            weights.classes,
            weights.taxonomy,
            None if taxonomy == CUSTOM else taxonomy,
            weights.untrained,
        )
        spelt = known.name_of.items()
        places = {label: known.index_of[name] for label, name in spelt if name in known.index_of}
        found.append(replace(viewer, place_of=places))
    return found


def unknown_labels(viewers: Sequence[Viewer], rows: Sequence[Row]) -> list[str]:
    """Return the labels that one of the models, or all, do not know."""
    known = set.intersection(*(set(viewer.place_of) for viewer in viewers))
    return sorted({row.label for row in rows} - known)


def explainable(rows: Sequence[Row], wanted: Wanted, unknown: Sequence[str]) -> list[Row]:
    """Return the rows for which the class to explain is one that all models know.

    Raises:
        UsageError: There are none.
    """
    if wanted.name is not None or wanted.of == "answer":
        return list(rows)
    kept = [row for row in rows if row.label not in unknown]
    if not kept:
        raise UsageError("the models know none of the labels; explain their answers instead")
    return kept


def drawn(
    items: Sequence[Item], domain: Callable[[Item], str], most: int | None, rng: np.random.Generator
) -> list[Item]:
    """Return at most so many items of each domain, drawn by lot, in the order that they had.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> drawn(["a1", "a2", "a3", "b1"], lambda name: name[0], 1, rng)
        ['a3', 'b1']
    """
    if most is None:
        return list(items)
    taken: Counter[str] = Counter()
    kept: list[int] = []
    for place in rng.permutation(len(items)).tolist():
        taken[domain(items[place])] += 1
        if taken[domain(items[place])] <= most:
            kept.append(place)
    return [items[place] for place in sorted(kept)]


def half_wrong(found: Sequence[Finding], count: int, rng: np.random.Generator) -> list[Finding]:
    """Return so many findings by lot, half of them of wrong answers, if there are so many."""
    lots = [found[place] for place in rng.permutation(len(found))]
    right = [one for one in lots if one.right]
    wrong = [one for one in lots if not one.right]
    wrongs = min(len(wrong), max(count // 2, count - len(right)))
    return [*right[: count - wrongs], *wrong[:wrongs]]
