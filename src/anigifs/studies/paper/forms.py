"""A study's table as aligned text, Markdown, LaTeX and CSV."""

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from anigifs.foundation import write_text
from anigifs.studies.cells import share_of
from anigifs.studies.paper.sheets import (
    Sheet,
    comparison_sheet,
    notes_of,
    plain,
    row_sheet,
    seen_of_target,
)
from anigifs.studies.paper.table import Compared, Line, PaperTable
from anigifs.studies.typesetting import (
    aligned,
    csv_interval,
    csv_share,
    escape_latex,
    escape_markdown,
    latex_row,
    piped,
    stacked,
)

NOTHING = "-"
#: Of the CSV; numbers are shares of 0..1, not rounded. A line is a row of the table, or the
#: difference of two rows, which has the numbers of both in ``row``.
CSV_COLUMNS = (
    *("kind", "row", "train", "test", "run", "set", "oracle", "n", "listed", "groups", "seeds"),
    *("interval", "top1", "top1_low", "top1_high", "top5", "top5_low", "top5_high"),
    *("mean_class", "mean_class_low", "mean_class_high", "restricted_top1", "restricted_top5"),
    *("classes_known", "classes", "p", "p_holm", "paper_top1", "paper_top5", "level"),
    *("sampler", "geometry", "index_hash", "weights_hash", "commit"),
)


#: The same where a row has seen a target without labels.
SEEN = "sees_target"


def write_forms(table: PaperTable, folder: Path) -> None:
    """Write a study's table in all four forms, such as ``table2.txt``."""
    forms: dict[str, Callable[[PaperTable], str]] = {
        "txt": to_text, "md": to_markdown, "tex": to_latex, "csv": to_csv
    }  # fmt: skip
    for ending, form in forms.items():
        write_text(folder / f"{table.study.table}.{ending}", form(table))


def title_of(table: PaperTable) -> str:
    """Return what stands above a table."""
    return f"{table.study.title} ({table.scale})"


def to_text(table: PaperTable) -> str:
    """Return a table as lines of aligned text."""
    sheets = [row_sheet(table), comparison_sheet(table)]
    parts = [[title_of(table)], *(_text(one) for one in sheets if one.rows), notes_of(table)]
    return "\n\n".join("\n".join(lines) for lines in parts) + "\n"


def _text(sheet: Sheet) -> list[str]:
    cells = [list(sheet.heads), *(plain(row, NOTHING) for row in sheet.rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [aligned(row[0], row[1:], widths[0], widths[1:]) for row in cells]


def to_markdown(table: PaperTable) -> str:
    """Return a table as Markdown with pipes."""
    sheets = [row_sheet(table), comparison_sheet(table)]
    parts = [f"**{escape_markdown(title_of(table))}**"]
    parts += ["\n".join(_markdown(one)) for one in sheets if one.rows]
    return "\n\n".join([*parts, " ".join(map(escape_markdown, notes_of(table)))]) + "\n"


def _markdown(sheet: Sheet) -> Iterator[str]:
    yield piped(escape_markdown(head) for head in sheet.heads)
    numbers = len(sheet.heads) - sheet.texts
    yield piped([*["---"] * sheet.texts, *["---:"] * numbers])
    for row in sheet.rows:
        texts = [escape_markdown(str(cell)) for cell in row[: sheet.texts]]
        yield piped([*texts, *plain(row[sheet.texts :], NOTHING)])


def to_latex(table: PaperTable) -> str:
    """Return two ``tabular`` for the package booktabs, with notes below, ready for a float."""
    sheets = [row_sheet(table), comparison_sheet(table)]
    parts = [f"% {title_of(table)}", *("\n".join(_latex(one)) for one in sheets if one.rows)]
    said = " ".join(map(escape_latex, notes_of(table)))
    return "\n\n".join([*parts, rf"{{\footnotesize {said}\par}}"]) + "\n"


def _latex(sheet: Sheet) -> Iterator[str]:
    numbers = len(sheet.heads) - sheet.texts
    yield rf"\begin{{tabular}}{{{'l' * sheet.texts}{'c' * numbers}}}"
    yield r"\toprule"
    first, *others = map(escape_latex, sheet.heads)
    yield latex_row(first, others)
    yield r"\midrule"
    for row in sheet.rows:
        first, *texts = (escape_latex(str(cell)) for cell in row[: sheet.texts])
        yield latex_row(first, [*texts, *map(stacked, row[sheet.texts :])])
    yield r"\bottomrule"
    yield r"\end{tabular}"


def to_csv(table: PaperTable) -> str:
    """Return a table as CSV: a line a row and a line a comparison; see ``CSV_COLUMNS``."""
    buffer = io.StringIO()
    adapted = any(line.adapted for line in table.lines)
    columns = (*CSV_COLUMNS, *[SEEN] * adapted)
    writer = csv.DictWriter(buffer, columns, lineterminator="\n")
    writer.writeheader()
    for line in table.lines:
        seen = {SEEN: seen_of_target(line)} if adapted else {}
        writer.writerow({**_csv_row(line), "level": table.level, **seen})
    for one in table.compared:
        if one.there:
            writer.writerow({**_csv_comparison(one), "level": table.level})
    return buffer.getvalue()


def _csv_row(line: Line) -> dict[str, Any]:
    row, cell, known = line.row, line.cell, line.known
    said: dict[str, Any] = {
        "kind": "row",
        "row": row.number,
        "train": row.train,
        "test": row.test,
        "run": row.run,
        "set": row.set,
        "oracle": int(line.oracle),
        "paper_top1": row.paper.top1,
        "paper_top5": row.paper.top5,
    }
    if cell is None:
        return said
    return {
        **said,
        "n": cell.n,
        "listed": line.listed,
        "groups": cell.groups,
        "seeds": " ".join(map(str, cell.seeds)),
        "interval": csv_interval(cell.seeds),
        **csv_share("top1", cell.top1),
        **csv_share("top5", cell.top5),
        **csv_share("mean_class", cell.mean_class),
        "restricted_top1": line.restricted and line.restricted.top1,
        "restricted_top5": line.restricted and line.restricted.top5,
        "classes_known": known[0],
        "classes": known[1],
        "sampler": " ".join(cell.origin.samplers),
        "geometry": ", ".join(cell.origin.presets),
        "index_hash": " ".join(cell.origin.index_hashes),
        "weights_hash": " ".join(cell.origin.weights_hashes),
        "commit": " ".join(cell.origin.commits),
    }


def _csv_comparison(one: Compared) -> dict[str, Any]:
    said, measured = one.comparison, one.gap or one.top1
    seeds = () if measured is None else measured.seeds
    return {
        "kind": "difference" if one.gap is None else "gap",
        "row": f"{said.number} - {said.other}",
        "train": said.what,
        "seeds": " ".join(map(str, seeds)),
        "interval": csv_interval(seeds) if seeds else "",
        **csv_share("top1", one.gap.share if one.gap else share_of(one.top1)),
        **csv_share("top5", share_of(one.top5)),
        "p": one.top1 and one.top1.p,
        "p_holm": one.top1 and one.top1.p_holm,
        "paper_top1": said.paper.top1,
        "paper_top5": said.paper.top5,
    }
