"""The fingerprints of an index's clips, which are made once and kept beside it."""

import os
from collections.abc import Callable, Mapping
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
from anigifs.foundation.errors import said_of
from anigifs.foundation.work import Executor, Local, Work
from anigifs.index import USABLE, Index, Row

#: So many more are made before they are written down, or a quarter of those that were, if that is
#: more: a kill loses no more, and what is written in all is a few times what is there in the end.
SAVE_AFTER = 1_000


@dataclass(frozen=True)
class IndexPrints:
    """What the clips of an index show.

    Attributes:
        index: The index.
        prints: Of each clip that could be looked at, by clip id.
        failed: Why others could not, by clip id.
        kept: Whether the fingerprints are beside the index; its folder may not be written to.
    """

    index: Index
    prints: dict[str, Fingerprint]
    failed: dict[str, str]
    kept: bool = True


@dataclass(frozen=True)
class _Made:
    clip_id: str
    print: Fingerprint | None = None
    error: str = ""


def prints_of(
    path: Path | str,
    *,
    executor: Executor = Local(),
    tell: Callable[[float], None] = lambda share: None,
) -> IndexPrints:
    """Return the fingerprints of an index's clips; those that were made before are read.

    A clip whose file has changed since is looked at anew. What was made is kept, also if the work
    is interrupted.

    Args:
        path: Of the index; ``<name>.fingerprints.parquet`` beside it keeps them, by clip id. One
            that came with the index is believed where the clips themselves are not there.
        executor: Makes them; processes of this machine by default. All of its machines must see
            the clips under the same names.
        tell: Shown how far it is, 0..1.

    Raises:
        UsageError: It cannot be read.
    """
    path = Path(path)
    index = Index.read(path)
    cache = path.with_name(f"{path.name}.fingerprints.parquet")
    rows = {row.clip_id: row for row in index.filter(state=USABLE).rows() if row.path}
    known = _known(cache, index.root, rows)
    missing = [row for clip_id, row in rows.items() if clip_id not in known]
    saved = len(known)
    failed: dict[str, str] = {}
    kept = not missing or os.access(path.parent, os.W_OK)
    work = Work("fingerprints", partial(_make, index.root.absolute()), _failed)
    try:
        for done, made in enumerate(executor.run(work, missing), 1):
            if made.print is None:
                failed[made.clip_id] = made.error
            else:
                known[made.clip_id] = made.print
            if kept and len(known) >= saved + max(SAVE_AFTER, saved // 4):
                write_fingerprints(cache, known.items())
                saved = len(known)
            tell(done / len(missing))
    finally:
        if kept and missing:
            write_fingerprints(cache, known.items())
    return IndexPrints(index, {name: known[name] for name in rows if name in known}, failed, kept)


def _known(cache: Path, root: Path, rows: Mapping[str, Row]) -> dict[str, Fingerprint]:
    """Return what was made before, but of files that have changed since."""
    if not cache.is_file():
        return {}
    made_ns, known = _changed_ns(cache), read_fingerprints_file(cache)
    for clip_id, row in rows.items():
        if clip_id in known and _changed_ns(root / str(row.path)) >= made_ns:
            del known[clip_id]
    return known


def _changed_ns(path: Path) -> int:
    """Return when a file was written or put where it is, in ns since 1970; 0 if it is not there.

    The id of a clip that nobody has checked is of its path and tells nothing of what it shows.
    """
    try:
        found = path.stat()
    except OSError:
        return 0
    return max(found.st_mtime_ns, found.st_ctime_ns)


def _make(root: Path, row: Row) -> _Made:
    try:
        seen = look_at(root / str(row.path), row.start_ms, row.end_ms)
        return _Made(row.clip_id, fingerprint_of(*seen.solid))
    except (MediaError, OSError) as error:
        return _Made(row.clip_id, error=str(error))
    except Exception as error:  # one clip must not end the work on all others
        return _Made(row.clip_id, error=f"{row.path}: {said_of(error)}")


def _failed(row: Row, reason: str) -> _Made:
    return _Made(row.clip_id, error=f"{row.path}: {reason}")
