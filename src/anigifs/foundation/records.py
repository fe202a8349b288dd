"""Append-only records: one JSON object a line, never lost once appended."""

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from anigifs.foundation.errors import AnigifsError


def append_record(path: Path | str, record: Mapping[str, Any]) -> None:
    """Append ``record`` as one line and sync it to disk before returning.

    A torn last line, left by a kill in the middle of an append, is closed off first, so that it
    cannot swallow the new record.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps(record, ensure_ascii=False, allow_nan=False, sort_keys=True) + "\n"
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o666)
    try:
        if _ends_torn(descriptor):
            line = "\n" + line
        os.write(descriptor, line.encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


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
    for number, line in enumerate(path.read_bytes().split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except ValueError:
            continue  # torn by a kill; append_record closed it off
        if not isinstance(record, dict):
            raise AnigifsError(f"{path}, line {number}: not a record, which is a JSON object")
        yield record


def _ends_torn(descriptor: int) -> bool:
    size = os.fstat(descriptor).st_size
    return size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
