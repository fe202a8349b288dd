"""The fingerprints of an index's clips, which are made once and kept beside it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from anigifs.curate.seeing.fingerprints import (
    Fingerprint,
    fingerprint_of,
    read_fingerprints_file,
    write_fingerprints,
)
from anigifs.curate.seeing.frames import look_at
from anigifs.foundation import MediaError
from anigifs.foundation.workers import in_processes, usable_cores
from anigifs.index import USABLE, Index, Row

#: So many are made before they are written down: a kill loses no more.
SAVE_EVERY = 1_000


@dataclass(frozen=True)
class IndexPrints:
    """What the clips of an index show.

    Attributes:
        index: The index.
        prints: Of each clip that could be looked at, by clip id.
        failed: Why others could not, by clip id.
    """

    index: Index
    prints: dict[str, Fingerprint]
    failed: dict[str, str]


@dataclass(frozen=True)
class _Made:
    clip_id: str
    print: Fingerprint | None = None
    error: str = ""


def prints_of(
    path: Path | str,
    workers: int | None = None,
    tell: Callable[[float], None] = lambda share: None,
) -> IndexPrints:
    """Return the fingerprints of an index's clips; those that were made before are read.

    Args:
        path: Of the index; ``<name>.fingerprints.parquet`` beside it keeps them. A clip is known by
            its id, so that an index should have been checked: the ids of others do not change
            with their files.
        workers: Processes; all usable cores by default.
        tell: Shown how far it is, 0..1.

    Raises:
        UsageError: It cannot be read.
    """
    path = Path(path)
    index = Index.read(path)
    cache = path.with_name(f"{path.name}.fingerprints.parquet")
    known = read_fingerprints_file(cache) if cache.is_file() else {}
    rows = {row.clip_id: row for row in index.filter(state=USABLE).rows() if row.path}
    missing = [row for clip_id, row in rows.items() if clip_id not in known]
    failed: dict[str, str] = {}
    for done, made in enumerate(_make_all(index.root, missing, workers or usable_cores()), 1):
        if made.print is None:
            failed[made.clip_id] = made.error
        else:
            known[made.clip_id] = made.print
        if done % SAVE_EVERY == 0:
            write_fingerprints(cache, known.items())
        tell(done / len(missing))
    if missing:
        write_fingerprints(cache, known.items())
    return IndexPrints(index, {name: known[name] for name in rows if name in known}, failed)


def _make_all(root: Path, rows: list[Row], workers: int) -> Iterator[_Made]:
    make = partial(_make, root)
    if workers == 1 or len(rows) < 2:
        return map(make, rows)
    return in_processes(make, rows, min(workers, len(rows)), _crashed)


def _make(root: Path, row: Row) -> _Made:
    try:
        seen = look_at(root / str(row.path), row.start_ms, row.end_ms)
    except (MediaError, OSError) as error:
        return _Made(row.clip_id, error=str(error))
    return _Made(row.clip_id, fingerprint_of(*seen.solid))


def _crashed(row: Row) -> _Made:
    return _Made(row.clip_id, error=f"{row.path}: ends the process that decodes it")
