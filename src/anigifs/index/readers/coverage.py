"""How much of a dataset is there: of what is listed, what was found, and is as it should be."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import pyarrow as pa

from anigifs.foundation import UsageError
from anigifs.index.columns import values_of
from anigifs.index.readers.clip_names import clip_of_path
from anigifs.index.table import Index

#: How far a file's length may be from the listed one. Cutting at a frame and sound that runs on
#: take tenths of a second; a clip whose video ends early lacks more.
TOLERANCE_MS = 500


@dataclass(frozen=True)
class Share:
    """How much of a split, a class or everything is there.

    Attributes:
        name: Of the split or class.
        listed: Rows.
        found: Rows with a file.
        failed: Rows in error, with or without a file.
    """

    name: str
    listed: int
    found: int
    failed: int


@dataclass(frozen=True)
class Coverage:
    """How much of what is listed is there, and whether it is as it should be.

    Attributes:
        whole: Of all rows.
        splits: By split, in the order of the index.
        classes: By class, by name.
        used: SHA-256 of the sources of the rows that have a file and are not in error, each once:
            two copies of a dataset that hold the same clips have the same, whatever their bytes.
        measured: Rows whose file has a known length that can be compared with what is listed.
        shorter: Those whose file is shorter than that by more than the tolerance.
        longer: Those whose file is longer.
        outside: Rows with a box at an instant that their file does not reach.
        first_fault: The path of the first row of these three.
    """

    whole: Share
    splits: tuple[Share, ...]
    classes: tuple[Share, ...]
    used: str
    measured: int
    shorter: int
    longer: int
    outside: int
    first_fault: str


class _Facts(NamedTuple):
    """The columns of a row that lengths are compared by."""

    path: str | None
    domain: str
    end_ms: int | None
    duration_ms: int | None
    boxes: list[dict[str, Any]]


def coverage(index: Index, tolerance_ms: int = TOLERANCE_MS) -> Coverage:
    """Count what is there of an index, and compare lengths once it has been checked.

    A file of the domain ``video`` that is named as Kinetics names a clip should last as long as its
    name says; another one at least until its clip ends; and every file until its last box.

    Args:
        index: Rows with and without files.
        tolerance_ms: How far a length may be off.

    Raises:
        UsageError: The tolerance is below 0.
    """
    faults = _faults(index, tolerance_ms)
    kinds = [fault for fault in faults if fault]
    paths = index.table["path"].to_pylist()
    first = next((str(path) for path, fault in zip(paths, faults, strict=True) if fault), "")
    splits, labels = (index.table[name].to_pylist() for name in ("split", "label"))
    found = [path is not None for path in paths]
    failed = [state == "error" for state in index.table["state"].to_pylist()]
    return Coverage(
        whole=Share("", len(index), sum(found), sum(failed)),
        splits=tuple(_shares(splits, found, failed)),
        classes=tuple(sorted(_shares(labels, found, failed), key=lambda share: share.name)),
        used=_used(index, found, failed),
        measured=sum(fault is not None for fault in faults),
        shorter=kinds.count("shorter"),
        longer=kinds.count("longer"),
        outside=kinds.count("outside"),
        first_fault=first,
    )


def as_listed(index: Index, tolerance_ms: int = TOLERANCE_MS) -> Index:
    """Return the rows with a file that are not in error or known to be of another length.

    Raises:
        UsageError: The tolerance is below 0.
    """
    faults = _faults(index, tolerance_ms)
    paths, states = (index.table[name].to_pylist() for name in ("path", "state"))
    kept = [
        path is not None and state != "error" and not fault
        for path, state, fault in zip(paths, states, faults, strict=True)
    ]
    return replace(index, table=index.table.filter(pa.array(kept, pa.bool_())))


def _faults(index: Index, tolerance_ms: int) -> list[str | None]:
    """Return what is wrong with each row's length: "" is nothing; None if none is known."""
    if tolerance_ms < 0:
        raise UsageError(f"a tolerance of {tolerance_ms} ms: at least 0")
    columns = index.table.select(list(_Facts._fields))
    return [_fault(_Facts(*values), tolerance_ms) for values in values_of(columns)]


def _fault(row: _Facts, tolerance_ms: int) -> str | None:
    if row.path is None or row.duration_ms is None:
        return None
    if any(box["t_ms"] >= row.duration_ms for box in row.boxes):
        return "outside"
    clip = clip_of_path(row.path) if row.domain == "video" else None
    if clip is not None:
        off_ms = row.duration_ms - clip.length_ms
        return "" if abs(off_ms) <= tolerance_ms else "longer" if off_ms > 0 else "shorter"
    if row.end_ms is not None:
        return "shorter" if row.duration_ms < row.end_ms - tolerance_ms else ""
    return "" if row.boxes else None


def _shares(names: list[str], found: list[bool], failed: list[bool]) -> Iterator[Share]:
    counts: dict[str, list[int]] = {}
    for name, is_found, is_failed in zip(names, found, failed, strict=True):
        count = counts.setdefault(name, [0, 0, 0])
        count[0] += 1
        count[1] += is_found
        count[2] += is_failed
    for name, (rows, there, wrong) in counts.items():
        yield Share(name, rows, there, wrong)


def _used(index: Index, found: Iterable[bool], failed: Iterable[bool]) -> str:
    sources = index.table["source"].to_pylist()
    return hash_of_sources(
        source
        for source, is_found, is_failed in zip(sources, found, failed, strict=True)
        if is_found and not is_failed
    )


def hash_of_sources(sources: Iterable[str]) -> str:
    """Return the SHA-256 of some clips' sources, each once, whatever their order.

    Example:
        >>> hash_of_sources(["b", "a", "b"]) == hash_of_sources(["a", "b"])
        True
    """
    return hashlib.sha256("\n".join(sorted(set(sources))).encode()).hexdigest()
