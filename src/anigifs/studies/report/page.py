"""The page itself: everything that stands on it, put into a template."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from anigifs.foundation import write_text
from anigifs.studies.classes import by_class, confusions
from anigifs.studies.outcomes import RECORDS, Outcome
from anigifs.studies.paper.sheets import comparison_sheet, notes_of, row_sheet
from anigifs.studies.paper.table import PaperTable
from anigifs.studies.report.answer import answer_of, cautions
from anigifs.studies.report.figure import draw_rows
from anigifs.studies.report.focus import focus_of
from anigifs.studies.report.gallery import gallery_of
from anigifs.studies.report.grids import grid_of
from anigifs.studies.report.looks import Apart, Looks
from anigifs.studies.report.made import costs_of, facts_of
from anigifs.studies.report.models import models_of
from anigifs.studies.report.pictures import Pair, embedded, svg_uri
from anigifs.studies.report.template import rendered
from anigifs.studies.samples import Sample

NAME = "report.html"
FORMS = ("txt", "md", "tex", "csv")


@dataclass(frozen=True)
class Report:
    """What a page is made of.

    Attributes:
        tables: From :func:`anigifs.studies.paper.table.tabulate_study`, one at least.
        outcomes: The tests that they were made of.
        records: Of the jobs that trained, as a sweep leaves them; they tell the cost.
        samples: From :func:`anigifs.studies.samples.choose_samples`.
        apart: The gap taken apart.
        looks: Where models look.
        hardware: What it ran on, in words.
        settings: All else that made the numbers, such as the command, by its name.
        files: Names of files beside the page that it links to.
    """

    tables: Sequence[PaperTable]
    outcomes: Sequence[Outcome]
    records: Sequence[Mapping[str, Any]] = ()
    samples: Sequence[Sample] = ()
    apart: Apart | None = None
    looks: Looks | None = None
    hardware: str = ""
    settings: Mapping[str, object] = field(default_factory=dict)
    files: Sequence[str] = ()


def write_report(folder: Path | str, report: Report) -> Path:
    """Write ``report.html``, and return its path.

    It links to the tables' files and the records that lie in the same folder, and embeds all else.

    Args:
        folder: Of the studies.
        report: What it is made of.

    Raises:
        UsageError: Nothing has been tested, or a picture is none.
    """
    folder = Path(folder)
    names = [f"{table.study.table}.{ending}" for table in report.tables for ending in FORMS]
    there = tuple(name for name in [*names, RECORDS] if (folder / name).exists())
    write_text(folder / NAME, render_report(replace(report, files=there)))
    return folder / NAME


def render_report(report: Report) -> str:
    """Return the page: a function of its material, and of nothing else.

    Raises:
        UsageError: Nothing has been tested, or a picture is none.
    """
    parts = (_first, _tables, _apart, _clips, _classes, _made)
    return rendered({name: value for part in parts for name, value in part(report).items()})


def _first(report: Report) -> dict[str, Any]:
    chance = _chance(report.outcomes)
    tables = report.tables
    names = " and ".join(table.study.title.partition(":")[0] for table in tables)
    scales = ", ".join(dict.fromkeys(table.scale for table in tables))
    return {
        "title": f"{names} ({scales})",
        "answers": [(table.study.question, answer_of(table)) for table in tables],
        "cautions": cautions(tables),
        "level": f"{100 * tables[0].level:g}",
        "figure": draw_rows(tables, chance),
        "chance": chance,
        "oracles": any(line.oracle and line.cell for table in tables for line in table.lines),
        "adapted": any(line.adapted and line.cell for table in tables for line in table.lines),
    }


def _tables(report: Report) -> dict[str, Any]:
    return {
        "tables": [
            {
                "name": table.study.table,
                "title": table.study.title,
                "rows": grid_of(row_sheet(table)),
                "compared": grid_of(comparison_sheet(table)),
                "notes": notes_of(table),
                "files": [name for name in report.files if Path(name).stem == table.study.table],
            }
            for table in report.tables
        ]
    }


def _apart(report: Report) -> dict[str, Any]:
    apart = report.apart
    return {"apart": apart and {"uri": svg_uri(apart.svg), "sentences": apart.sentences}}


def _classes(report: Report) -> dict[str, Any]:
    focus = focus_of(report.tables, report.outcomes)
    model, target = focus.model.key, focus.target.key
    return {
        "focus": focus,
        "classes": by_class(report.outcomes, model, focus.source.key, target),
        "counts": [(one.title, _a_class(report.outcomes, one.key)) for one in focus.sets],
        "confusions": confusions(report.outcomes, model, target),
    }


def _a_class(outcomes: Sequence[Outcome], of_set: str) -> str:
    """Return how many clips of a class a set has, in words."""
    test = next(one for one in outcomes if one.set == of_set)
    counts = Counter(test.predictions.labels).values()
    return str(min(counts)) if len(set(counts)) == 1 else f"{min(counts)} to {max(counts)}"


def _clips(report: Report) -> dict[str, Any]:
    """Return what is shown of clips: stills of all, and what moves as far as there is room."""
    focus, looks = focus_of(report.tables, report.outcomes), report.looks
    pairs: list[Pair] = [(one.still, one.moving) for one in (looks.pictures if looks else ())]
    count = len(pairs)
    uris = embedded([*pairs, *((one.still, one.moving) for one in report.samples)])
    models = models_of(report.tables)
    return {
        "looks": looks,
        "looked": list(zip(looks.pictures if looks else (), uris[:count], strict=True)),
        "gallery": gallery_of(report.samples, uris[count:], focus.sets[::-1], models),
    }


def _made(report: Report) -> dict[str, Any]:
    tests = sorted(report.outcomes, key=lambda one: (one.model, one.set, one.seed))
    facts = facts_of(report.outcomes, report.records, report.hardware, report.settings)
    return {
        "facts": [(name, words) for name, words in facts if words],
        "costs": costs_of(report.records, models_of(report.tables)),
        "tests": [_test(one) for one in tests],
        "files": report.files,
    }


def _test(one: Outcome) -> dict[str, Any]:
    return {
        "model": one.model,
        "set": one.set,
        "seed": one.seed,
        "n": len(one.predictions),
        "weights": str(one.record.get("weights_hash") or ""),
        "predictions": one.predictions.sha256,
    }


def _chance(outcomes: Sequence[Outcome]) -> float | None:
    """Return the top-1 of blind guessing, where all models have as many classes."""
    counts = {len(one.predictions.classes) for one in outcomes}
    return 1 / counts.pop() if len(counts) == 1 else None
