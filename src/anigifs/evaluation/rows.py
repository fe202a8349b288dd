"""Rows of a table that somebody else wrote - CSV, JSON lines or Parquet - by its first bytes."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from anigifs.foundation import UsageError

PARQUET = b"PAR1"
Row = dict[str, Any]


def starts_with(path: Path | str) -> bytes:
    """Return the first four bytes of a file.

    Raises:
        UsageError: It cannot be read.
    """
    try:
        with Path(path).open("rb") as file:
            return file.read(4)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})") from None


def numbered_rows(path: Path) -> Iterator[tuple[str, Row]]:
    """Yield each row of a file with the words for where it stands, such as ``line 7``.

    Raises:
        UsageError: The file is none of the three kinds, or a line of it is not sound.
    """
    if starts_with(path) == PARQUET:
        yield from _parquet_rows(path)
        return
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{path}: neither Parquet nor UTF-8 text") from None
    first = text.lstrip()[:1]
    if first == "[":
        raise UsageError(f"{path}: a JSON array; write one object a line instead")
    yield from (_json_rows(path, text) if first == "{" else _csv_rows(path, text))


def _parquet_rows(path: Path) -> Iterator[tuple[str, Row]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with path.open("rb") as file:
            table = pq.read_table(file)
    except (OSError, pa.ArrowException) as error:
        raise UsageError(f"{path}: cannot be read as Parquet ({error})") from None
    number = 0
    for batch in table.to_batches(max_chunksize=1024):
        for row in batch.to_pylist():
            number += 1
            yield f"row {number}", row


def _json_rows(path: Path, text: str) -> Iterator[tuple[str, Row]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            row = None
        if not isinstance(row, dict):
            raise UsageError(f"{path}, line {number}: not a JSON object")
        yield f"line {number}", row


def _csv_rows(path: Path, text: str) -> Iterator[tuple[str, Row]]:
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    while True:
        try:
            row = next(reader, None)
        except csv.Error as error:
            line = reader.reader.line_num
            raise UsageError(f"{path}, line {line}: not CSV ({error})") from None
        if row is None:
            return
        if None in row or None in row.values():
            raise UsageError(f"{path}, line {reader.line_num}: not as many cells as the header")
        yield f"line {reader.line_num}", dict(row)
