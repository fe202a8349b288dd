"""Makes a release whole again: bytes that it carries are copied, the others are fetched.

What becomes of an item is on the disk before it is told, so that the whole can be stopped at any
moment, by ``kill -9``, too, and goes on from there.
"""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from anigifs.collect.collecting import Tell, Wishes
from anigifs.curate.rebuilding.making import Making
from anigifs.curate.rebuilding.opened import open_release
from anigifs.curate.rebuilding.rebuilt import Rebuilt
from anigifs.curate.release.released import ReleasedItem
from anigifs.foundation import UsageError
from anigifs.foundation.claim import claim

SETTINGS = "materialised.json"


def materialise(
    folder: Path,
    out: Path,
    wishes: Wishes,
    *,
    allow_similar: bool = False,
    again: bool = False,
    removed: Callable[[ReleasedItem], object] = lambda item: None,
    warn: Callable[[str], None] = lambda line: None,
    tell: Tell = lambda stage, share: None,
) -> Rebuilt:
    """Rebuild a release in a folder of its own, and tell what became of each of its items.

    ``out`` gets ``clips/``, ``index.parquet`` with the rows that are there, and ``report.json``.
    The index has the release's identity if all files came out exactly. Another call asks for what
    failed, and for nothing else.

    Args:
        folder: Of the release.
        out: Where it is rebuilt.
        wishes: Limits, manners, and how long things are waited for.
        allow_similar: Take files of other bytes that show the same where none has the same bytes.
        again: Ask again for everything that is not there exactly.
        removed: Says of an item, by anything but None, that it must not be made.
        warn: Is told what is amiss with the release itself.
        tell: Shown how far it is.

    Raises:
        UsageError: There is no release, or ``out`` holds something else, or another process
            works on it.
    """
    release = open_release(folder)
    about = {"name": release.name, "release": release.version, "identity": release.identity}
    claim(out, SETTINGS, "rebuilt release", {"version": 1, **about})
    with _locked(out / SETTINGS):
        making = Making(release, out, allow_similar, warn, tell)
        making.begin([item for item in release.items if removed(item) is None], again)
        making.ask(wishes)
        return making.end()


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("rb") as lock:  # it goes with the process, however that ends
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(f"{path.parent}: another process is rebuilding into it") from None
        yield
