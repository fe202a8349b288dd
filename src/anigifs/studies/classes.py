"""A model's answers class by class: how often right on two sets, and what is taken for what."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from anigifs.evaluation.metrics import Confused, confusion, most_confused, per_class
from anigifs.studies.outcomes import Outcome


@dataclass(frozen=True)
class ClassRow:
    """One class.

    Attributes:
        label: Its name.
        source: Share of its clips of the source that were answered rightly, 0..1, the mean over
            seeds; None where there are none.
        target: The same of the target.
    """

    label: str
    source: float | None
    target: float | None

    @property
    def fall(self) -> float | None:
        """From the source to the target; None where one of them has no such clips."""
        if self.source is None or self.target is None:
            return None
        return self.source - self.target


def by_class(
    outcomes: Iterable[Outcome], model: str, source: str, target: str
) -> tuple[ClassRow, ...]:
    """Return a model's accuracy on each class of two sets, the deepest fall first.

    Classes that one of the sets lacks come last.
    """
    found: dict[tuple[str, str], list[float]] = {}
    for one in outcomes:
        if one.model == model and one.set in (source, target):
            for label, share in per_class(one.ranking).items():
                found.setdefault((label, one.set), []).append(share)
    means = {key: sum(shares) / len(shares) for key, shares in found.items()}
    labels = sorted({label for label, _ in found})
    rows = [ClassRow(one, means.get((one, source)), means.get((one, target))) for one in labels]
    return tuple(sorted(rows, key=lambda row: (row.fall is None, -(row.fall or 0), row.label)))


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
