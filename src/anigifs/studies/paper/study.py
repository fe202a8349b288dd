"""What a study is: runs and tests, the rows of its table, and what they are compared with."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from anigifs.studies.sweep.plan import Run
from anigifs.studies.testing import ClipSet


@dataclass(frozen=True)
class Said:
    """What the paper gives for a number, in its words; empty where it gives nothing.

    Its tables cannot be read in any copy that is reachable, and its text fixes a few numbers and
    some differences: so most are said by letters, such as ``a + 8.75``.
    """

    top1: str = ""
    top5: str = ""


NOTHING = Said()


@dataclass(frozen=True)
class StudyRow:
    """A row of a study's table: one run on one set of clips.

    Attributes:
        number: What text calls the row, the paper's own number where it has the row.
        train: What the model learnt from, and how.
        test: What it is tested on.
        run: The run's name.
        set: The key of the set of clips.
        paper: What the paper says of it.
    """

    number: str
    train: str
    test: str
    run: str
    set: str
    paper: Said = NOTHING


@dataclass(frozen=True)
class Comparison:
    """One row minus another.

    Attributes:
        number: The row.
        other: What is subtracted. On another set of clips the difference is a gap.
        what: What the difference tells.
        paper: What the paper says of it.
    """

    number: str
    other: str
    what: str
    paper: Said = NOTHING


@dataclass(frozen=True)
class Study:
    """A study of the paper.

    Attributes:
        name: Such as ``study1``.
        table: What its files are called, such as ``table2``.
        title: What the table shows.
        question: What it is asked for, in a sentence.
        runs: What is trained, each after what it starts from.
        tests: The sets of clips.
        rows: Of the table.
        comparisons: Between its rows.
        boxes: Whether a run learns from boxes of people.
    """

    name: str
    table: str
    title: str
    question: str
    runs: tuple[Run, ...]
    tests: tuple[ClipSet, ...]
    rows: tuple[StudyRow, ...]
    comparisons: tuple[Comparison, ...]
    boxes: bool = False

    def row(self, number: str) -> StudyRow:
        """Return the row that has a number."""
        return next(one for one in self.rows if one.number == number)


def runs_of(studies: Sequence[Study]) -> tuple[Run, ...]:
    """Return the runs of several studies; one that both have takes the tests of both."""
    found: dict[str, Run] = {}
    for run in (run for study in studies for run in study.runs):
        first = found.setdefault(run.name, run)
        tests = dict.fromkeys([*(first.tests or ()), *(run.tests or ())])
        found[run.name] = replace(first, tests=tuple(tests))
    return tuple(found.values())


def tests_of(studies: Sequence[Study]) -> tuple[ClipSet, ...]:
    """Return the sets of clips of several studies."""
    return tuple({one.key: one for study in studies for one in study.tests}.values())
