"""What was found out so far, on disk as soon as it is known."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

from anigifs.foundation import read_records
from anigifs.foundation.lock import Lock, lock_beside
from anigifs.foundation.records import appending
from anigifs.index.look import Look

#: Raised by one when readers change so that an old answer may no longer hold.
LOOKS_VERSION = 1


class Note(Protocol):
    """Writes a look down."""

    def __call__(self, look: Look) -> None:
        """Write it down."""


def journal_of(index: Path) -> Path:
    """Return where the journal of an index file lies: beside it.

    Example:
        >>> journal_of(Path("clips/index.parquet")).name
        'index.parquet.checks.jsonl'
    """
    return index.with_name(f"{index.name}.checks.jsonl")


def read_journal(journal: Path) -> dict[str, Look]:
    """Return the last look at each file, by its path; lines of another version do not count."""
    looks = {}
    for record in read_records(journal):
        if record.pop("version", None) == LOOKS_VERSION:
            with suppress(KeyError, TypeError, ValueError):  # then it is none, and is made again
                one = Look.from_record(record)
                looks[one.path] = one
    return looks


@contextmanager
def open_journal(journal: Path) -> Iterator[Note]:
    """Yield what appends a look to the journal, which no other process may do meanwhile.

    Each is with the system when it has been written, so a kill of this program loses none; they
    are synced to the disk at the end, as a sync for each would take longer than the look.

    Raises:
        UsageError: Another process checks the index.
        OutputError: There is no room for the journal, or it may not be written.
    """
    taken = f"{journal}: another process is checking this index"
    with Lock(lock_beside(journal), taken), appending(journal) as append:

        def note(look: Look) -> None:
            append({"version": LOOKS_VERSION, **look.record()})

        yield note
