"""Check an index against its files: a step that can be stopped at any moment and taken up again."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from anigifs.foundation import UsageError
from anigifs.foundation.work import Executor, Local, Work
from anigifs.index.journal import open_journal, read_journal
from anigifs.index.look import LEVELS, Level, Look, look, stamp_of
from anigifs.index.names import NOT_UTF8
from anigifs.index.row import STATES, Row, State, clip_id
from anigifs.index.table import Index

Watch = Callable[[Iterator[Look], int], Iterable[Look]]


@dataclass(frozen=True)
class Account:
    """What a check found.

    Attributes:
        rows: Rows of the index.
        states: Rows by state, every state named.
        files: Files that the rows lie in.
        looked_at: Files that were looked at now; the others had not changed.
        changed: Rows whose file is no longer the one that they named by its hash.
        duplicates: Rows that are the same clip as another row: the same bytes and times.
        errors: Rows in error by reason, the most frequent first; numbers are written ``N``.
        warnings: Files that can be used but have something amiss, by reason.
    """

    rows: int
    states: dict[State, int]
    files: int
    looked_at: int
    changed: int
    duplicates: int
    errors: dict[str, int]
    warnings: dict[str, int]


def check(
    index: Index,
    level: Level = "probe",
    *,
    journal: Path | str,
    executor: Executor = Local(),
    watch: Watch | None = None,
) -> tuple[Index, Account]:
    """Look at every file of an index and return the index with what was found.

    A row becomes ``probed`` or ``decoded``, with its file's hash, size, frames and duration and
    its final ``clip_id``; or ``error``, with one line that says why. Every answer is in the
    journal at once: killed at any moment, only the files in flight are lost, and the next check
    goes on from there. A file is not looked at again while its size and its time of change are
    those in the journal, unless it was only probed and ``decode`` is asked for; one that could
    not be opened always is. Delete the journal to look at all files anew.

    Args:
        index: The rows; those without a path stay as they are.
        level: ``probe`` walks over the container, ``decode`` decodes every frame as well.
        journal: Where answers are kept, one JSON object a line; see ``journal_of``.
        executor: Looks at the files; processes of this machine by default.
        watch: Given the looks as they come and the number of files; for a progress bar.

    Raises:
        UsageError: There is no such level.
    """
    if level not in LEVELS:
        raise UsageError(f"a check of level {level!r}: there are {LEVELS}")
    journalled = read_journal(Path(journal))
    looks, pending = {}, []
    for path in _files(index):
        one = journalled.get(path)
        if one is not None and _still_holds(one, index.root, level):
            looks[path] = one
        else:
            pending.append(path)
    do = partial(_look, index.root.absolute(), level)
    with open_journal(Path(journal)) as note:
        looking = executor.run(Work("index check", do, partial(_failed, level)), pending)
        for one in watch(looking, len(pending)) if watch else looking:
            note(one)
            looks[one.path] = one
    checked = Index.from_rows(
        (_updated(row, looks) for row in index.rows()), index.taxonomy, index.root
    )
    return checked, _account(index, checked, looks, len(pending))


def reason(text: str) -> str:
    """Return what errors of one kind have in common: their text with each number as ``N``.

    Example:
        >>> reason("frame 3 of 1,024 is damaged; only those before it were used")
        'frame N of N is damaged; only those before it were used'
    """
    return re.sub(r"(?<![\w-])\d[\d,]*(\.\d+)?\b", "N", text)


def _files(index: Index) -> Iterable[str]:
    """Return the files that rows lie in, each once, but those whose true name is not stored."""
    paths, errors = (index.table[name].to_pylist() for name in ("path", "error"))
    named = zip(paths, errors, strict=True)
    return dict.fromkeys(path for path, error in named if path is not None and error != NOT_UTF8)


def _still_holds(one: Look, root: Path, level: Level) -> bool:
    if one.stamp is None or not (one.level in (level, "decode") or one.error):
        return False
    try:
        return stamp_of(root / one.path) == one.stamp
    except (OSError, ValueError):
        return False


def _look(root: Path, level: Level, path: str) -> Look:
    return look(root, path, level)


def _failed(level: Level, path: str, reason: str) -> Look:
    return Look(path, level, error=reason)


def _updated(row: Row, looks: dict[str, Look]) -> Row:
    """Return a row with what was found of its file."""
    if row.path is None or row.error == NOT_UTF8:
        return row
    found = looks[row.path]
    error = found.error or _beyond(row, found)
    known = Look(found.path, found.level) if error else found
    sha256 = found.sha256 or row.sha256
    return replace(
        row,
        clip_id=clip_id(sha256, row.start_ms, row.end_ms) if sha256 else row.clip_id,
        sha256=sha256,
        width=known.width,
        height=known.height,
        frames=known.frames,
        duration_ms=known.duration_ms,
        state="error" if error else "decoded" if found.level == "decode" else "probed",
        error=error,
    )


def _beyond(row: Row, found: Look) -> str | None:
    if found.duration_ms is None or row.start_ms == 0 or row.start_ms < found.duration_ms:
        return None
    return f"the clip begins at {row.start_ms} ms, but its file ends at {found.duration_ms} ms"


def _account(before: Index, after: Index, looks: dict[str, Look], looked_at: int) -> Account:
    columns = {name: after.table[name].to_pylist() for name in ("state", "error", "clip_id")}
    states = Counter(columns["state"])
    errors = Counter(reason(text) for text in columns["error"] if text is not None)
    warnings = Counter(reason(text) for one in looks.values() for text in one.warnings)
    hashes = zip(before.table["sha256"].to_pylist(), after.table["sha256"].to_pylist(), strict=True)
    return Account(
        rows=len(after),
        states={state: states[state] for state in STATES},
        files=len(looks),
        looked_at=looked_at,
        changed=sum(old is not None and old != new for old, new in hashes),
        duplicates=len(after) - len(set(columns["clip_id"])),
        errors=dict(errors.most_common()),
        warnings=dict(warnings.most_common()),
    )
