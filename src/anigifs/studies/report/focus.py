"""Which model, and which two sets of clips, classes and clips are shown of."""

from collections.abc import Sequence
from dataclasses import dataclass

from anigifs.foundation import UsageError
from anigifs.studies.outcomes import Outcome
from anigifs.studies.paper.runs import VIDEO
from anigifs.studies.paper.study import runs_of
from anigifs.studies.paper.table import PaperTable
from anigifs.studies.report.models import Named, models_of


@dataclass(frozen=True)
class Focus:
    """What is looked at closely.

    Attributes:
        model: The one whose fall is shown class by class.
        source: The set of clips of what it learnt from.
        target: The set that the studies are about; the source again where there is no other yet.
    """

    model: Named
    source: Named
    target: Named

    @property
    def sets(self) -> tuple[Named, ...]:
        """The source and the target, each once."""
        return tuple(dict.fromkeys((self.source, self.target)))


def focus_of(tables: Sequence[PaperTable], outcomes: Sequence[Outcome]) -> Focus:
    """Return the model of the videos, on their own test and on the last other that a row shows.

    Where that model has not taken both tests, it is the first that has; where none has, the first
    that was tested at all, on one set.

    Raises:
        UsageError: Nothing has been tested.
    """
    if not outcomes or not tables:
        raise UsageError("a report of nothing; run the study first")
    sets = {one.set: Named(one.set, one.set_title) for one in outcomes}
    models = {one.key: one for one in models_of(tables)}
    tested = {(one.model, one.set) for one in outcomes}
    shown = _shown(tables)
    runs = runs_of([table.study for table in tables])
    for run in sorted(runs, key=lambda run: run.name != VIDEO):
        source = (run.tests or ("",))[0]
        target = next((key for key in shown if key != source), source)
        if {(run.name, source), (run.name, target)} <= tested and not run.oracle:
            return Focus(models[run.name], sets[source], sets[target])
    one = outcomes[0]
    model = models.get(one.model, Named(one.model, one.model_title))
    return Focus(model, sets[one.set], sets[one.set])


def _shown(tables: Sequence[PaperTable]) -> list[str]:
    """Return the keys of the sets that rows are tested on, of those that have been, last first."""
    lines = [line for table in tables for line in table.lines if line.cell is not None]
    return [line.row.set for line in reversed(lines)]
