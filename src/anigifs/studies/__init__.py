"""Whole studies in one command, and what is made of their records: tables, figures, a report.

A study leaves a line in ``records.jsonl`` and a file of predictions for every test. All that is
shown is made of these: :func:`read_outcomes` reads and checks them, :func:`tabulate` makes the
numbers, :func:`to_text` and its sisters the tables, :func:`write_report` the page. None of that
needs torch, and names are handed out lazily, so that the command line stays light.
"""

from typing import TYPE_CHECKING

from anigifs.foundation.lazy import lazily

if TYPE_CHECKING:
    from anigifs.studies.cells import Table
    from anigifs.studies.outcomes import Outcome, read_outcomes
    from anigifs.studies.render_table import to_csv, to_latex, to_markdown, to_text
    from anigifs.studies.report import Report, write_report
    from anigifs.studies.samples import Sample, choose_samples
    from anigifs.studies.strips import strip
    from anigifs.studies.tabulation import tabulate

__all__ = [
    "Outcome",
    "Report",
    "Sample",
    "Table",
    "choose_samples",
    "read_outcomes",
    "strip",
    "tabulate",
    "to_csv",
    "to_latex",
    "to_markdown",
    "to_text",
    "write_report",
]

_HOMES = {
    "Outcome": "outcomes",
    "Report": "report",
    "Sample": "samples",
    "Table": "cells",
    "choose_samples": "samples",
    "read_outcomes": "outcomes",
    "strip": "strips",
    "tabulate": "tabulation",
    "to_csv": "render_table",
    "to_latex": "render_table",
    "to_markdown": "render_table",
    "to_text": "render_table",
    "write_report": "report",
}

__getattr__ = lazily(__name__, _HOMES)


def __dir__() -> list[str]:
    return __all__
