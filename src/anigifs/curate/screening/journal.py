"""What screening has found out so far, on disk as soon as it is known."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, astuple
from pathlib import Path
from typing import Any, Protocol

from anigifs.curate.screening.looking import Look
from anigifs.curate.screening.measures import Statistics
from anigifs.curate.screening.screened import Screened
from anigifs.curate.seeing.fingerprints import FINGERPRINT_VERSION, Fingerprint, from_hashes
from anigifs.foundation import read_records
from anigifs.foundation.lock import Lock, lock_beside
from anigifs.foundation.records import appending

#: The journal's name in a collection's folder.
JOURNAL = "screened.jsonl"
#: Raised by one whenever another look at the same file may find something else.
LOOKS_VERSION = 1
_VERSIONS = [LOOKS_VERSION, FINGERPRINT_VERSION]


class Note(Protocol):
    """Writes a look down."""

    def __call__(self, look: Look) -> None:
        """Write it down."""


def read_journal(path: Path) -> dict[str, Look]:
    """Return the last look at each file, by its sha256; lines of other versions do not count."""
    looks = {}
    for record in read_records(path):
        if record.get("versions") == _VERSIONS and "screened" in record:
            one = _look_of(record)
            looks[one.screened.sha256] = one
    return looks


@contextmanager
def open_journal(path: Path) -> Iterator[Note]:
    """Yield what appends a look to the journal, which no other process may do meanwhile.

    Each is with the system when it has been written, so a kill of this program loses none; they
    are synced to the disk at the end, as a sync for each would take longer than the look.

    Raises:
        UsageError: Another process screens the collection.
        OutputError: There is no room for the journal, or it may not be written.
    """
    taken = f"{path.parent}: another process is screening it"
    with Lock(lock_beside(path), taken), appending(path) as append:

        def note(look: Look) -> None:
            append(_record_of(look))

        yield note


def _record_of(look: Look) -> dict[str, Any]:
    one = look.fingerprint
    fingerprint = one and {
        "hashes": base64.b64encode(one.hashes_NB.tobytes()).decode(),
        "quality": one.quality_N.tolist(),
        "whole": one.whole,
    }
    return {
        "versions": _VERSIONS,
        "screened": asdict(look.screened),
        "statistics": look.statistics and astuple(look.statistics),
        "fingerprint": fingerprint,
        "final": look.final,
    }


def _look_of(record: dict[str, Any]) -> Look:
    said, statistics, one = (record[key] for key in ("screened", "statistics", "fingerprint"))
    return Look(
        Screened(**{**said, "warnings": tuple(said["warnings"])}),
        statistics and Statistics(*statistics),
        one and _fingerprint_of(**one),
        record["final"],
    )


def _fingerprint_of(hashes: str, quality: list[int], whole: int) -> Fingerprint:
    return from_hashes([base64.b64decode(hashes)], quality, whole)
