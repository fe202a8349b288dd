"""A model's answers class by class: how often right on each set, and what is taken for what."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from anigifs.evaluation.metrics import Confused, confusion, most_confused, per_class
from anigifs.studies.outcomes import Outcome


@dataclass(frozen=True)
class ClassRow:
    """One class.

    Attributes:
        label: Its name.
        top1: Share of its clips that were answered rightly, on each set, the mean over seeds; None
            where a set has no such clips.
    """

    label: str
    top1: tuple[float | None, ...]


def by_class(outcomes: Iterable[Outcome], model: str, sets: Sequence[str]) -> tuple[ClassRow, ...]:
    """Return the accuracy of each class on each set, the worst on the last set first."""
    found: dict[tuple[str, str], list[float]] = {}
    for one in outcomes:
        if one.model == model and one.set in sets:
            for label, share in per_class(one.ranking).items():
                found.setdefault((label, one.set), []).append(share)
    labels = sorted({label for label, _ in found})
    means = {key: sum(shares) / len(shares) for key, shares in found.items()}
    rows = [ClassRow(label, tuple(means.get((label, key)) for key in sets)) for label in labels]
    return tuple(sorted(rows, key=lambda row: (row.top1[-1] is None, row.top1[-1] or 0, row.label)))


def confusions(
    outcomes: Iterable[Outcome], model: str, of_set: str, top: int = 10
) -> list[Confused]:
    """Return the commonest confusions of a model on a set, counted over all its seeds."""
    total: dict[str, Counter[str]] = {}
    for one in outcomes:
        if (one.model, one.set) == (model, of_set):
            for label, answers in confusion(one.ranking).items():
                total.setdefault(label, Counter()).update(answers)
    return most_confused(total, top)
