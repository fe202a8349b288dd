"""The models of the studies, under titles that tell them apart."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from anigifs.studies.paper.study import runs_of
from anigifs.studies.paper.table import PaperTable
from anigifs.studies.sections import row_title


@dataclass(frozen=True)
class Named:
    """A key, and what a reader is told instead."""

    key: str
    title: str


def models_of(tables: Sequence[PaperTable]) -> tuple[Named, ...]:
    """Return the models that the studies train, in their order.

    Two that are called the same, such as a method in either study, are called what their rows are.
    """
    runs = runs_of([table.study for table in tables])
    rows = {row.run: row.train for table in tables for row in table.study.rows}
    times = Counter(run.title for run in runs)
    return tuple(
        Named(
            run.name,
            row_title(
                run.title if times[run.title] == 1 else rows.get(run.name, run.name),
                run.oracle,
                run.adapted,
            ),
        )
        for run in runs
    )
