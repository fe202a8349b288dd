"""A study's table as words: one sheet of its rows, and one of what they are compared with."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from anigifs.studies.cells import Cell
from anigifs.studies.paper.study import NOTHING, Said
from anigifs.studies.paper.table import Compared, Line, PaperTable
from anigifs.studies.sections import (
    ORACLE,
    Words,
    difference_words,
    gap_note,
    interval_note,
    origin_note,
    p_notes,
    past_notes,
    percent,
    row_title,
    share_words,
)

Column = tuple[str, Callable[[Line], Words]]
PAPER_NOTE = (
    "The paper: its own figures on its own data, which nobody can download. Letters stand where no "
    "reachable copy gives a number and its text fixes a difference alone."
)

NO_PAPER_NOTE = "The paper speaks of this setting and gives no figures of it."
ADAPTED_NOTE = (
    "Sees the target, unlabelled: trained with training clips of the target as well, whose labels "
    "it was not told. That is another setting than one in which the target is not seen at all, and "
    "the figures of both do not compete."
)


@dataclass(frozen=True)
class Sheet:
    """Words in rows and columns.

    Attributes:
        heads: Of the columns.
        texts: How many columns from the left are text; the others are numbers.
        rows: Cells.
    """

    heads: tuple[str, ...]
    texts: int
    rows: tuple[tuple[Words, ...], ...]


def row_sheet(table: PaperTable) -> Sheet:
    """Return the rows of a study; a column that would say nothing is left out."""
    texts: list[Column] = [
        ("row", lambda line: Words(line.row.number)),
        ("trained on", lambda line: Words(row_title(line.row.train, line.oracle))),
        ("tested on", lambda line: Words(line.row.test)),
    ]
    if any(line.adapted for line in table.lines):
        texts.append(("sees the target", lambda line: Words(seen_of_target(line))))
    numbers: list[Column] = [
        ("top-1, %", _of_cell(lambda cell: share_words(cell.top1))),
        ("top-5, %", _of_cell(lambda cell: share_words(cell.top5))),
        ("mean-class, %", _of_cell(lambda cell: share_words(cell.mean_class))),
        ("top-1 among the data's classes, %", _restricted_top1),
        ("top-5 among the data's classes, %", _restricted_top5),
        ("clips", _clips),
        ("classes known", _classes),
        ("seeds", _of_cell(lambda cell: Words(str(len(cell.seeds))))),
        ("the paper: top-1", lambda line: Words(line.row.paper.top1)),
        ("top-5", lambda line: Words(line.row.paper.top5)),
    ]
    if balanced(table):
        numbers = [one for one in numbers if not one[0].startswith("mean-class")]
    shown = [
        (head, words) for head, words in numbers if any(words(line).main for line in table.lines)
    ]
    columns = [*texts, *shown]
    rows = tuple(tuple(words(line) for _, words in columns) for line in table.lines)
    return Sheet(tuple(head for head, _ in columns), len(texts), rows)


def seen_of_target(line: Line) -> str:
    """Return what the model of a row has seen of the target's training clips."""
    if line.oracle:
        return "yes, with labels"
    return "yes, unlabelled" if line.adapted else "no"


def comparison_sheet(table: PaperTable) -> Sheet:
    """Return the comparisons of a study that can be made."""
    heads = ("rows", "what the difference is", "top-1, points", "top-5, points", "the paper")
    return Sheet(heads, 2, tuple(_compared(one) for one in table.compared if one.there))


def balanced(table: PaperTable) -> bool:
    """Return whether mean-class accuracy is top-1 in every row."""
    cells = [line.cell for line in table.lines if line.cell is not None]
    return all(abs(cell.top1.value - cell.mean_class.value) < 1e-9 for cell in cells)


def notes_of(table: PaperTable) -> list[str]:
    """Return sentences that say what the numbers are and what they depend on."""
    cells = [line.cell for line in table.lines if line.cell is not None]
    found = [f"Clips: those tested. {interval_note(table.level, table.replicates, cells)}"]
    if differences := [one.top1 for one in table.compared if one.top1 is not None]:
        found += p_notes(differences, "all rows that one row is subtracted from")
    if gaps := [one.gap for one in table.compared if one.gap is not None]:
        found.append(gap_note(gaps))
    if balanced(table):
        found.append("Mean-class accuracy is top-1 accuracy here: classes are equally frequent.")
    if any(line.oracle for line in table.lines):
        found.append(f"{ORACLE}: has seen training clips of the target; a ceiling, not a method.")
    if any(line.adapted for line in table.lines):
        found.append(ADAPTED_NOTE)
    by_run: dict[str, list[Cell]] = {}
    for line in table.lines:
        if line.cell is not None:
            by_run.setdefault(line.row.run, []).append(line.cell)
    paper = [line.row.paper for line in table.lines]
    by_paper = PAPER_NOTE if any(one != NOTHING for one in paper) else NO_PAPER_NOTE
    return [*found, by_paper, *past_notes(cells), origin_note(cells, by_run)]


def _of_cell(words: Callable[[Cell], Words]) -> Callable[[Line], Words]:
    return lambda line: Words() if line.cell is None else words(line.cell)


def _restricted_top1(line: Line) -> Words:
    return Words("" if line.restricted is None else percent(line.restricted.top1))


def _restricted_top5(line: Line) -> Words:
    found = line.restricted
    return Words("" if found is None or found.top5 is None else percent(found.top5))


def _clips(line: Line) -> Words:
    """Return how many clips were tested, of how many that the index lists where that is more."""
    if line.cell is None:
        return Words()
    some = line.listed is not None and line.listed != line.cell.n
    return Words(f"{line.cell.n} of {line.listed}" if some else str(line.cell.n))


def _classes(line: Line) -> Words:
    known, there = line.known
    return Words("" if known == there else f"{known} of {there}")


def _compared(one: Compared) -> tuple[Words, ...]:
    rows = Words(f"{one.comparison.number} - {one.comparison.other}")
    if one.gap is not None:
        top1, top5 = share_words(one.gap.share, signed=True), Words()
    else:
        top1, top5 = difference_words(one.top1), difference_words(one.top5)
    return rows, Words(one.comparison.what), top1, top5, Words(_said(one.comparison.paper))


def _said(paper: Said) -> str:
    return " / ".join(one for one in (paper.top1, paper.top5) if one)


def plain(cells: Iterable[Words], nothing: str) -> list[str]:
    """Return cells as text, with a mark where there is nothing."""
    return [str(cell) or nothing for cell in cells]
