"""Makes a release whole again: bytes that it carries are copied, the others are fetched.

What becomes of an item is on the disk before it is told, so that the whole can be stopped at any
moment, by ``kill -9``, too, and goes on from there.
"""

from collections.abc import Callable
from pathlib import Path

from anigifs.collect.collecting import Tell, Wishes
from anigifs.curate.rebuilding.comparing import ELSEWHERE
from anigifs.curate.rebuilding.making import Making
from anigifs.curate.rebuilding.opened import open_release
from anigifs.curate.rebuilding.rebuilt import Rebuilt
from anigifs.curate.release.released import ReleasedItem
from anigifs.foundation.claim import claim
from anigifs.foundation.lock import NAME, Lock
from anigifs.foundation.work import Executor

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
    executor: Executor = ELSEWHERE,
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
        executor: Looks at files of other bytes; processes of this machine by default.

    Raises:
        UsageError: There is no release, or ``out`` holds something else, or another process
            works on it.
    """
    release = open_release(folder)
    about = {"name": release.name, "release": release.version, "identity": release.identity}
    claim(out, SETTINGS, "rebuilt release", {"version": 1, **about})
    with Lock(out / NAME, f"{out}: another process is rebuilding into it"):
        making = Making(release, out, allow_similar, warn, tell)
        making.begin([item for item in release.items if removed(item) is None], again)
        making.ask(wishes, executor)
        return making.end()
