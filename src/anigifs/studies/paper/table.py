"""From the tests of a study to its table: a pure function of their predictions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from anigifs.evaluation.accuracy import Score, score
from anigifs.evaluation.intervals import LEVEL, REPLICATES
from anigifs.foundation import UsageError
from anigifs.studies.cells import Cell, Difference, Gap
from anigifs.studies.outcomes import Outcome
from anigifs.studies.paper.study import Comparison, Study, StudyRow
from anigifs.studies.sweep.plan import Run
from anigifs.studies.tabulation import Options, Seeds, cell_of, corrected, difference_of, gap_of


@dataclass(frozen=True)
class Restricted:
    """Accuracy where a model may answer with the classes of the data alone, the mean over seeds."""

    top1: float
    top5: float | None


@dataclass(frozen=True)
class Line:
    """A row with its numbers.

    Attributes:
        row: What it is.
        oracle: Whether the model has seen training clips of the target.
        cell: Its numbers; None where the run has not been tested yet.
        restricted: None where the data have the classes of the model.
        listed: Clips of the set that the index lists, whether they can be read or not; None where
            that was not recorded.
        known: Classes of the set that the model can answer, and all of them.
        adapted: Whether the model has seen training clips of the target without their labels.
    """

    row: StudyRow
    oracle: bool
    cell: Cell | None = None
    restricted: Restricted | None = None
    listed: int | None = None
    known: tuple[int, int] = (0, 0)
    adapted: bool = False


@dataclass(frozen=True)
class Compared:
    """A comparison with its numbers.

    Attributes:
        comparison: What is compared.
        top1: The difference on the same clips; None where the rows are of two sets.
        top5: The same in top-5.
        gap: The difference between two sets.
    """

    comparison: Comparison
    top1: Difference | None = None
    top5: Difference | None = None
    gap: Gap | None = None

    @property
    def there(self) -> bool:
        """Whether both rows have been tested with a common seed."""
        return self.top1 is not None or self.gap is not None


@dataclass(frozen=True)
class PaperTable:
    """A study's table.

    Attributes:
        study: What is shown.
        scale: How large it was, in words.
        lines: The rows.
        compared: The comparisons between them.
        level: Of the intervals, 0..1.
        replicates: Draws of the bootstrap and of the permutation test.
    """

    study: Study
    scale: str
    lines: tuple[Line, ...]
    compared: tuple[Compared, ...]
    level: float
    replicates: int


def tabulate_study(
    study: Study,
    outcomes: Iterable[Outcome],
    scale: str,
    *,
    level: float = LEVEL,
    replicates: int = REPLICATES,
    seed: int = 0,
) -> PaperTable:
    """Return the table of a study; rows that have not been tested yet are empty.

    Args:
        study: Which rows and comparisons.
        outcomes: Tests; those of other runs and sets are left out.
        scale: How large the study is, in words.
        level: Of the intervals, 0..1.
        replicates: Draws of the bootstrap and of the permutation test.
        seed: The same seed gives the same numbers.

    Raises:
        UsageError: None of the rows has been tested.
    """
    options: Options = {"level": level, "replicates": replicates, "seed": seed}
    grid: dict[tuple[str, str], dict[int, Outcome]] = {}
    for one in outcomes:
        grid.setdefault((one.model, one.set), {})[one.seed] = one
    own = {row.number: grid.get((row.run, row.set), {}) for row in study.rows}
    if not any(own.values()):
        raise UsageError(f"{study.name}: none of its rows has been tested; run it first")
    runs = {run.name: run for run in study.runs}
    lines = tuple(_line(row, runs[row.run], own[row.number], options) for row in study.rows)
    return PaperTable(study, scale, lines, _compared(study, own, options), level, replicates)


def _line(row: StudyRow, run: Run, own: Seeds, options: Options) -> Line:
    if not own:
        return Line(row, run.oracle, adapted=run.adapted)
    first = next(iter(own.values()))
    labels, classes = set(first.predictions.labels), set(first.predictions.classes)
    listed = first.record.get("listed")
    return Line(
        row=row,
        oracle=run.oracle,
        adapted=run.adapted,
        cell=cell_of(own, None, options),
        restricted=None if labels == classes else _restricted(own.values()),
        listed=None if listed is None else int(listed),
        known=(len(labels & classes), len(labels)),
    )


def _restricted(tests: Iterable[Outcome]) -> Restricted | None:
    scores = [one for test in tests if (one := _among_its_own(test)) is not None]
    top1 = [one.top1 for one in scores if one.top1 is not None]
    top5 = [one.top5 for one in scores if one.top5 is not None]
    if not top1:
        return None
    return Restricted(_mean(top1), _mean(top5) if len(top5) == len(top1) else None)


def _among_its_own(test: Outcome) -> Score | None:
    said = test.predictions
    data = set(said.labels)
    index_of = {name: place for place, name in enumerate(said.classes) if name in data}
    return score(said.logits_NK, said.labels, index_of, classes="data") if index_of else None


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _compared(study: Study, own: Mapping[str, Seeds], options: Options) -> tuple[Compared, ...]:
    """Return the comparisons; those with one row are corrected for one another."""
    found = [_one(study, comparison, own, options) for comparison in study.comparisons]
    for other in dict.fromkeys(one.comparison.other for one in found):
        family = [place for place, one in enumerate(found) if one.comparison.other == other]
        numbers = [other, *(found[place].comparison.number for place in family)]
        several = any(len(own[number]) > 1 for number in numbers)
        top1 = corrected([found[place].top1 for place in family], several=several)
        top5 = corrected([found[place].top5 for place in family], several=several)
        for place, one, five in zip(family, top1, top5, strict=True):
            found[place] = replace(found[place], top1=one, top5=five)
    return tuple(found)


def _one(
    study: Study, comparison: Comparison, own: Mapping[str, Seeds], options: Options
) -> Compared:
    one, other = own[comparison.number], own[comparison.other]
    if not one or not other:
        return Compared(comparison)
    if study.row(comparison.number).set != study.row(comparison.other).set:
        return Compared(comparison, gap=gap_of(one, other, options))
    top1, top5 = (difference_of(one, other, options, name) for name in ("top1", "top5"))
    return Compared(comparison, top1, top5)
