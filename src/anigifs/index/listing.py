"""List the clips that a table names: CSV or JSON lines."""

import csv
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeGuard

from anigifs.foundation import UsageError
from anigifs.index.json_lines import json_objects
from anigifs.index.labels import Labels
from anigifs.index.names import is_utf8, text_of
from anigifs.index.row import Box, Row, clip_id
from anigifs.index.table import Index

NEEDED = ("path", "label")
TEXTS = (*NEEDED, "split", "group", "domain", "style", "licence", "source")
TIMES = ("start_ms", "end_ms")
_BOX_EDGES = ("x1", "y1", "x2", "y2")
_BOX_TEXTS = ("action", "person")
_BOX_NAMES = ("t_ms", *_BOX_EDGES, *_BOX_TEXTS)

#: Where a row stands, for messages, and its cells.
Line = tuple[str, dict[str, Any]]


def from_table(path: Path | str, *, taxonomy: str | Path | None = None) -> Index:
    """List the clips that a CSV file (with a header) or a JSON-lines file names.

    The columns ``path`` and ``label`` are needed; ``split``, ``group``, ``domain``, ``style``,
    ``start_ms``, ``end_ms``, ``licence`` and ``source`` are taken where they stand, and in JSON
    lines ``boxes``: a list of objects with the fields of :class:`Box`. Nothing else is, so that a
    misspelt column is noticed. Without a group, the clips of one file are a group.

    Args:
        path: A ``.csv`` or ``.jsonl`` file in UTF-8; the paths in it are relative to its folder.
        taxonomy: The class list that labels are found in; None takes them as they are.

    Raises:
        UsageError: What is wrong and in which line: a column or a value that is missing, unknown
            or no sense, or a clip that an earlier line has named.
    """
    path = Path(path)
    if not path.is_file():
        raise UsageError(f"{path}: no such table; give a .csv or .jsonl file")
    readers = {".csv": _csv_lines, ".jsonl": _json_lines}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise UsageError(f"{path}: its name must end in .csv or .jsonl, which says what it is")
    labels, root = Labels(taxonomy), path.parent

    def rows() -> Iterator[Row]:
        seen: dict[str, str] = {}
        for where, cells in reader(path):
            row = _row(where, cells, labels, root)
            if (earlier := seen.setdefault(row.clip_id, where)) is not where:
                raise UsageError(f"{where}: the same clip as in {earlier.rpartition(', ')[2]}")
            yield row

    index = Index.from_rows(rows(), labels.taxonomy, root)
    if not len(index):
        raise UsageError(f"{path}: names no clip")
    return index


def _csv_lines(path: Path) -> Iterator[Line]:
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        reader = csv.reader(file, strict=True)
        where = f"{path}, line 1"
        try:
            header = next(reader, [])
            _check_names(where, header)
            while True:
                where = f"{path}, line {reader.line_num + 1}"  # a cell may run over several lines
                cells = next(reader, None)
                if cells is None:
                    return
                if not cells:
                    continue  # an empty line
                if len(cells) != len(header):
                    raise UsageError(f"{where}: {len(cells)} cells under {len(header)} columns")
                yield where, dict(zip(header, cells, strict=True))
        except csv.Error as error:
            raise UsageError(f"{where}: not CSV ({error})") from None


def _json_lines(path: Path) -> Iterator[Line]:
    for where, cells in json_objects(path, "path"):
        _check_names(where, list(cells))
        yield where, cells


def _check_names(where: str, names: list[str]) -> None:
    known = (*TEXTS, *TIMES, "boxes")
    if missing := [name for name in NEEDED if name not in names]:
        raise UsageError(f"{where}: no column {missing[0]!r}; a table needs path and label")
    if unknown := [name for name in names if name not in known]:
        raise UsageError(
            f"{where}: no column may be called {unknown[0]!r}; there are {', '.join(known)}"
        )
    if len(set(names)) < len(names):
        raise UsageError(f"{where}: a column stands there twice; leave one out")


def _row(where: str, cells: Mapping[str, Any], labels: Labels, root: Path) -> Row:
    texts = {name: text_of(where, name, cells.get(name)) for name in TEXTS}
    for name in NEEDED:
        if not texts[name]:
            raise UsageError(f"{where}: {name} is empty")
    path = os.path.normpath(texts["path"])
    if os.path.isabs(path):  # noqa: PTH117 - half a million of them
        path = os.path.relpath(path, os.path.realpath(root))
    start_ms = _milliseconds(where, "start_ms", cells.get("start_ms")) or 0
    end_ms = _milliseconds(where, "end_ms", cells.get("end_ms"))
    label = labels.find(texts["label"], where)
    try:
        return Row(
            clip_id=clip_id(path, start_ms, end_ms),
            path=path,
            start_ms=start_ms,
            end_ms=end_ms,
            label=label,
            domain=texts["domain"],
            style=texts["style"],
            split=texts["split"],
            group=texts["group"] or path,
            boxes=_boxes(cells.get("boxes")),
            licence=texts["licence"],
            source=texts["source"],
        )
    except UsageError as error:  # the clip's window, or a box
        raise UsageError(f"{where}: {error}") from None


def _milliseconds(where: str, name: str, value: object) -> int | None:
    if value is None or value == "":
        return None
    number = int(value) if isinstance(value, str) and _is_number(value) else value
    if not _is_time(number):
        raise UsageError(f"{where}: {name} is {value!r}; give a whole number of milliseconds")
    return number


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


def _is_time(value: object) -> TypeGuard[int]:
    return type(value) is int and 0 <= value < 10**18  # True is an int, but no time


def _boxes(value: object) -> tuple[Box, ...]:
    if value is None:
        return ()
    if not isinstance(value, list):
        raise UsageError("boxes is no list; give a list of objects, in a .jsonl table")
    return tuple(map(_box, value))


def _box(value: object) -> Box:
    if not isinstance(value, dict) or not set(value) <= set(_BOX_NAMES):
        raise UsageError(f"a box is {value!r}; give an object with {', '.join(_BOX_NAMES)}")
    t_ms = value.get("t_ms")
    edges: list[Any] = [value.get(name) for name in _BOX_EDGES]
    texts: list[Any] = [value.get(name, "") for name in _BOX_TEXTS]
    if not _is_time(t_ms) or not all(type(edge) in (int, float) for edge in edges):
        raise UsageError("a box needs t_ms, a whole number, and x1, y1, x2, y2")
    if not all(isinstance(text, str) and is_utf8(text) for text in texts):
        raise UsageError("the action and the person of a box are texts")
    return Box(t_ms, *edges, *texts)
