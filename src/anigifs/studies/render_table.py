"""A table as aligned text, Markdown, LaTeX and CSV."""

import csv
import io
from collections.abc import Iterable
from typing import Any

from anigifs.studies.cells import Cell, ModelRow, SetColumn, Table, share_of
from anigifs.studies.sections import column_notes, laid_out, notes, sections
from anigifs.studies.typesetting import (
    aligned,
    csv_interval,
    csv_share,
    escape_latex,
    escape_markdown,
    latex_row,
    one_line,
    piped,
    small,
    stacked,
)

NOTHING = "-"
#: The columns of the CSV form; numbers are shares of 0..1, not rounded.
CSV_COLUMNS = (
    *("model", "model_title", "oracle", "set", "set_title", "n", "groups", "seeds", "interval"),
    *("top1", "top1_low", "top1_high", "top5", "top5_low", "top5_high"),
    *("mean_class", "mean_class_low", "mean_class_high"),
    *("difference", "difference_low", "difference_high", "difference_p", "difference_p_holm"),
    *("difference_seeds", "gap", "gap_low", "gap_high", "gap_shared_groups", "gap_groups"),
    *("gap_seeds",),
    *("closed", "closed_low", "closed_high"),
    *("level", "sampler", "geometry", "index_hash", "weights_hash", "commit"),
)


def to_text(table: Table) -> str:
    """Return a table as lines of aligned text, without a line end after the last.

    With fewer models than sets the sets go down the page, so that it fits a terminal.
    """
    grid = laid_out(table)
    rows = [row for _, part in grid.parts for row in part]
    heads = [title for title, _ in grid.heads]
    under = [note for _, note in grid.heads]
    cells = [[str(cell) or NOTHING for cell in row[2]] for row in rows]
    widths = [max(map(len, column)) for column in zip(heads, under, *cells, strict=True)]
    width = 2 + max(len(name) for name, _, _ in rows)
    lines = [one_line(table.title), "", aligned("", heads, width, widths)]
    lines += [aligned("", under, width, widths)] if any(under) else []
    for title, part in grid.parts:
        lines += ["", one_line(title)]
        for name, _, row in part:
            lines.append(aligned(f"  {name}", [str(c) or NOTHING for c in row], width, widths))
    counts = [] if any(under) else [_counts(table)]
    return "\n".join([*lines, "", *counts, *notes(table)])


def _counts(table: Table) -> str:
    found = column_notes(table)
    if len(set(found)) == 1:
        return f"Each set: {found[0]}."
    pairs = zip(table.columns, found, strict=True)
    return "; ".join(f"{one_line(column.title)}: {note}" for column, note in pairs) + "."


def to_markdown(table: Table) -> str:
    """Return a table as Markdown with pipes: its sections follow one another in one table."""
    titles = [
        f"{escape_markdown(column.title)}<br>{note}"
        for column, note in zip(table.columns, column_notes(table), strict=True)
    ]
    lines = [f"**{escape_markdown(table.title)}**", "", piped(["", *titles])]
    lines.append(piped(["---", *["---:"] * len(titles)]))
    for one in sections(table):
        lines.append(piped([f"*{escape_markdown(one.title)}*", *[""] * len(titles)]))
        for name, cells in one.filled:
            words = [str(cell) or NOTHING for cell in cells]
            lines.append(piped([escape_markdown(name), *words]))
    said = " ".join(escape_markdown(note) for note in notes(table))
    return "\n".join([*lines, "", said, ""])


def to_latex(table: Table) -> str:
    """Return a ``tabular`` for the package booktabs, with its notes below, ready for a float.

    Intervals stand below their numbers, so that five sets fit the width of a page.
    """
    spans = len(table.columns) + 1
    lines = [
        f"% {one_line(table.title)}",
        rf"\begin{{tabular}}{{l{'c' * len(table.columns)}}}",
        r"\toprule",
        latex_row("", [escape_latex(column.title) for column in table.columns]),
        latex_row(
            "", [small(f"$n={column.n}$, {column.groups} groups") for column in table.columns]
        ),
    ]
    for one in sections(table):
        lines.append(r"\midrule")
        lines.append(rf"\multicolumn{{{spans}}}{{l}}{{\emph{{{escape_latex(one.title)}}}}} \\")
        lines += [latex_row(escape_latex(name), map(stacked, cells)) for name, cells in one.filled]
    said = " ".join(escape_latex(note) for note in notes(table))
    lines += [r"\bottomrule", r"\end{tabular}", "", rf"{{\footnotesize {said}\par}}", ""]
    return "\n".join(lines)


def to_csv(table: Table) -> str:
    """Return a table as CSV: a line a cell, in which every number is whole; see ``CSV_COLUMNS``."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, CSV_COLUMNS, lineterminator="\n")
    writer.writeheader()
    for row in table.rows:
        for column, cell in zip(table.columns, row.cells, strict=True):
            if cell is not None:
                writer.writerow(_csv_line(table, row, column, cell))
    return buffer.getvalue()


def _csv_line(table: Table, row: ModelRow, column: SetColumn, cell: Cell) -> dict[str, Any]:
    difference, gap, origin = cell.difference, cell.gap, cell.origin
    return {
        "model": row.key,
        "model_title": row.title,
        "oracle": int(row.oracle),
        "set": column.key,
        "set_title": column.title,
        "n": cell.n,
        "groups": cell.groups,
        "seeds": _seeds(cell.seeds),
        "interval": csv_interval(cell.seeds),
        **csv_share("top1", cell.top1),
        **csv_share("top5", cell.top5),
        **csv_share("mean_class", cell.mean_class),
        **csv_share("difference", share_of(difference)),
        "difference_p": difference and difference.p,
        "difference_p_holm": difference and difference.p_holm,
        "difference_seeds": difference and _seeds(difference.seeds),
        **csv_share("gap", share_of(gap)),
        "gap_shared_groups": gap and gap.shared,
        "gap_groups": gap and gap.groups,
        "gap_seeds": gap and _seeds(gap.seeds),
        **csv_share("closed", cell.closed),
        "level": table.level,
        "sampler": " ".join(origin.samplers),
        "geometry": ", ".join(origin.presets),
        "index_hash": " ".join(origin.index_hashes),
        "weights_hash": " ".join(origin.weights_hashes),
        "commit": " ".join(origin.commits),
    }


def _seeds(seeds: Iterable[int]) -> str:
    return " ".join(map(str, seeds))
