"""The study as aligned text, Markdown and CSV."""

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from anigifs.foundation import write_text
from anigifs.studies.cells import Cell, share_of
from anigifs.studies.models.falls import Deeper
from anigifs.studies.models.table import ModelsTable, title_of
from anigifs.studies.render_table import to_csv as table_csv
from anigifs.studies.render_table import to_markdown as table_markdown
from anigifs.studies.render_table import to_text as table_text
from anigifs.studies.sections import share_words
from anigifs.studies.typesetting import csv_share, escape_markdown

NAME = "table-models"
FALLS = "falls.csv"
FALL_NOTE = (
    "A fall is read with the accuracy that it begins at: what is near chance on the source cannot "
    "fall far."
)
FALL_COLUMNS = (
    *("answers", "set", "model", "reference", "deeper", "deeper_low", "deeper_high"),
    *("shared_groups", "groups"),
)


def write_forms(table: ModelsTable, folder: Path) -> None:
    """Write ``table-models.txt``, ``.md`` and ``.csv``, and ``falls.csv``."""
    write_text(folder / f"{NAME}.txt", f"{to_text(table)}\n")
    write_text(folder / f"{NAME}.md", to_markdown(table))
    write_text(folder / f"{NAME}.csv", _csv(rows_of(table)))
    write_text(folder / FALLS, _csv(falls_of(table), FALL_COLUMNS))


def to_text(table: ModelsTable) -> str:
    """Return all of it as lines of text, without a line end after the last."""
    parts = [table_text(one) for one in table.readings.values()]
    parts += [_block(title, lines) for title, lines in _blocks(table)]
    return "\n\n".join(parts)


def to_markdown(table: ModelsTable) -> str:
    """Return all of it as Markdown."""
    parts = [table_markdown(one) for one in table.readings.values()]
    for title, lines in _blocks(table):
        items = [f"- {escape_markdown(line)}" for line in lines]
        parts.append("\n".join([f"**{escape_markdown(title)}**", "", *items, ""]))
    return "\n".join(parts)


def rows_of(table: ModelsTable) -> list[dict[str, Any]]:
    """Return a row for each reading, model and set: the columns of a table, and what was asked."""
    models = {one.key: one for one in table.models}
    rows = []
    for answers, one in table.readings.items():
        for line in csv.DictReader(table_csv(one).splitlines()):
            model = models[line["model"]]
            rows.append(
                {
                    "answers": answers,
                    **line,
                    "architecture": model.record.architecture,
                    "classes_compared": len(table.classes),
                    "classes_known": len(model.known),
                    "classes_of_data": model.classes_there,
                    "classes_of_model": len(model.record.classes),
                }
            )
    return rows


def falls_of(table: ModelsTable) -> list[dict[str, Any]]:
    """Return a row for each difference of two falls; shares of 0..1, not rounded."""
    return [
        {
            "answers": one.answers,
            "set": one.of_set,
            "model": one.model,
            "reference": one.reference,
            **csv_share("deeper", one.gap.share),
            "shared_groups": one.gap.shared,
            "groups": one.gap.groups,
        }
        for one in table.deeper
    ]


def _csv(rows: Iterable[dict[str, Any]], columns: Iterable[str] | None = None) -> str:
    rows = list(rows)
    buffer = io.StringIO()
    names = list(columns) if columns is not None else list(rows[0])
    writer = csv.DictWriter(buffer, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue()


def _block(title: str, lines: Iterable[str]) -> str:
    return "\n".join([title, *(f"  {line}" for line in lines)])


def _blocks(table: ModelsTable) -> Iterator[tuple[str, list[str]]]:
    """Yield what stands below the tables: a title, and lines."""
    for answers in table.readings:
        if falls := [one for one in table.deeper if one.answers == answers]:
            title = title_of(answers, len(table.classes), table.models[0].classes_there)
            head = f"Fall minus that of {falls[0].reference}, points ({title})"
            yield head, [_fall(one) for one in falls]
    yield "Models", [f"{one.key}: {one.words}" for one in table.models]
    if table.own:
        yield "On all classes of the data that a model knows", list(_own(table))
    yield "Notes", [FALL_NOTE, *table.notes]


def _fall(one: Deeper) -> str:
    return f"{one.model}, {one.set_title}: {share_words(one.gap.share, signed=True)}"


def _own(table: ModelsTable) -> Iterator[str]:
    for key, one in table.own.items():
        for column, cell in zip(one.columns, one.rows[0].cells, strict=True):
            if cell is not None:
                yield f"{key}, {column.title}: {_numbers(cell)}"


def _numbers(cell: Cell) -> str:
    parts = [f"n={cell.n}", f"top-1 {share_words(cell.top1)}"]
    if cell.top5 is not None:
        parts.append(f"top-5 {share_words(cell.top5)}")
    if cell.gap is not None:
        parts.append(f"gap {share_words(share_of(cell.gap), signed=True)}")
    return ", ".join(parts)
