"""A table's sheets as a page shows them: a number and a name at the side, and cells."""

from dataclasses import dataclass

from anigifs.studies.paper.sheets import Sheet
from anigifs.studies.sections import Words

PAPER = "the paper"


@dataclass(frozen=True)
class Column:
    """Head of a column, and the class of its cells: ``text``, ``paper`` or none."""

    head: str
    kind: str


@dataclass(frozen=True)
class Grid:
    """A sheet whose first two columns are its side.

    Attributes:
        corner: What stands above the side.
        columns: The others.
        rows: The number of a row, its name, and a cell for each column.
    """

    corner: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, str, tuple[Words, ...]], ...]


def grid_of(sheet: Sheet) -> Grid:
    """Return a sheet with its first two columns as one, so that both stay in sight."""
    columns, of_paper = [], False
    for place, head in enumerate(sheet.heads[2:], start=2):
        of_paper = of_paper or head.startswith(PAPER)
        kind = "text" if place < sheet.texts else "paper" if of_paper else ""
        columns.append(Column(_head(head, of_paper), kind))
    rows = tuple((str(row[0]), str(row[1]), row[2:]) for row in sheet.rows)
    return Grid(sheet.heads[1], tuple(columns), rows)


def _head(head: str, of_paper: bool) -> str:
    """Return a head that says whose number it is without the one before it."""
    return head if not of_paper or head.startswith(PAPER) else f"{PAPER}: {head}"
