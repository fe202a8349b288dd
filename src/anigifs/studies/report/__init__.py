"""One page that shows studies to a person: it asks nothing of a network, and works from a file.

:func:`write_report` writes it. What stands on it is made here and there: ``answer`` says what the
tables answer, ``figure`` draws them, ``focus`` chooses what classes and clips are shown of,
``gallery`` and ``looks`` show clips, ``made`` tells what ran; ``page`` puts it together.
"""

from anigifs.studies.report.focus import Focus, focus_of
from anigifs.studies.report.looks import Apart, Look, Looks, TwoByTwo, read_looks
from anigifs.studies.report.page import NAME, Report, render_report, write_report

__all__ = [
    "NAME",
    "Apart",
    "Focus",
    "Look",
    "Looks",
    "Report",
    "TwoByTwo",
    "focus_of",
    "read_looks",
    "render_report",
    "write_report",
]
