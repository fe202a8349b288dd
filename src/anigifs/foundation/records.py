"""Append-only records: one JSON object a line, never lost once appended."""

import fcntl
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from anigifs.foundation.errors import AnigifsError
from anigifs.foundation.files import refusals_said, write_all

Append = Callable[[Mapping[str, Any]], None]


def append_record(path: Path | str, record: Mapping[str, Any]) -> None:
    """Append ``record`` as one line and sync it to disk before returning.

    A torn last line, left by a kill in the middle of an append, is closed off first, so that it
    cannot swallow the new record. Several processes may append to one file.

    Raises:
        OutputError: There is no room, or it may not be written; what was there stays as it was.
    """
    line = _line_of(record)
    path = Path(path)
    with _opened(path) as descriptor, refusals_said(path):
        _append(descriptor, line)
        os.fsync(descriptor)


@contextmanager
def appending(path: Path | str) -> Iterator[Append]:
    """Yield what appends records to a file; they are synced to the disk together, at the end.

    Each is with the system once it has been appended, so a kill of this program loses none; a sync
    for each would take longer than most work on an item.

    Raises:
        OutputError: There is no room, or it may not be written; what was there stays as it was.
    """
    path = Path(path)
    with _opened(path) as descriptor:

        def append(record: Mapping[str, Any]) -> None:
            line = _line_of(record)
            with refusals_said(path):
                _append(descriptor, line)

        try:
            yield append
        finally:
            os.fsync(descriptor)


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    with refusals_said(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o666)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _append(descriptor: int, line: bytes) -> None:
    """Append a line whole or not at all, while others wait."""
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    size = os.fstat(descriptor).st_size
    try:
        write_all(descriptor, b"\n" + line if _ends_torn(descriptor, size) else line)
    except OSError:
        os.ftruncate(descriptor, size)
        raise
    finally:
        fcntl.flock(descriptor, fcntl.LOCK_UN)


def _line_of(record: Mapping[str, Any]) -> bytes:
    line = json.dumps(record, ensure_ascii=False, allow_nan=False, sort_keys=True)
    # Of a name that is not UTF-8 this makes what JSON reads as the same name again.
    return f"{line}\n".encode("utf-8", "backslashreplace")


def read_records(path: Path | str) -> Iterator[dict[str, Any]]:
    r"""Yield the records of a file, oldest first; a missing file holds none.

    A line that is not whole JSON is skipped where a kill can have left it (the line is the last,
    or was closed off by a later append); anything else that is not an object is an error.

    Raises:
        AnigifsError: A whole line holds something other than a JSON object.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "records.jsonl"
        >>> append_record(path, {"top1": 0.5})
        >>> list(read_records(path))
        [{'top1': 0.5}]
    """
    path = Path(path)
    if not path.exists():
        return
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                record = json.loads(line)
            except ValueError:
                continue  # torn by a kill; append_record closed it off
            if not isinstance(record, dict):
                raise AnigifsError(f"{path}, line {number}: not a record, which is a JSON object")
            yield record


def _ends_torn(descriptor: int, size: int) -> bool:
    return size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
