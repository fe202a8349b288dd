"""The videos that weights have learnt from before, where a list of them is known.

``<home>/pretraining/<name>.txt`` holds the YouTube ids of a dataset's training clips, one a line.
No such list is shipped: whoever has the dataset's annotations adds them.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from anigifs.foundation import UsageError, home, write_text
from anigifs.index.labels import Labels
from anigifs.index.readers.clip_names import YOUTUBE_ID
from anigifs.index.readers.kinetics_csv import read_kinetics_csv
from anigifs.taxonomy import CLASS_LISTS


def add_seen(name: str, lists: Iterable[Path]) -> int:
    """Keep the ids of a dataset's training videos, beside those kept before, and return the count.

    Args:
        name: Of the class list that weights state, such as ``kinetics-400``.
        lists: Kinetics' CSV files, or text files with a YouTube id a line.

    Raises:
        UsageError: There is no such class list, or a line is no sense.
    """
    if name not in CLASS_LISTS:
        raise UsageError(f"no class list {name!r}; the lists are {', '.join(CLASS_LISTS)}")
    ids = set(seen_videos(name) or ())
    for path in lists:
        ids.update(_ids(path))
    write_text(_path(name), "".join(f"{one}\n" for one in sorted(ids)))
    return len(ids)


def seen_videos(name: str) -> frozenset[str] | None:
    """Return the ids of a dataset's training videos; None where no list of them was added."""
    path = _path(name)
    if not path.is_file():
        return None
    now = path.stat()  # a list that is written anew is another file
    return _read(path, (now.st_ino, now.st_mtime_ns, now.st_size))


@lru_cache(maxsize=4)
def _read(path: Path, state: tuple[int, ...]) -> frozenset[str]:
    """Read a list once for as long as it stays as it is: a table asks for it at every test."""
    return frozenset(path.read_text().split())


def _ids(path: Path) -> Iterator[str]:
    if path.suffix.lower() == ".csv":
        yield from (listing.name.video for listing in read_kinetics_csv(path, Labels(None)))
        return
    if not path.is_file():
        raise UsageError(f"{path}: no such list")
    for number, line in enumerate(path.read_text(errors="replace").splitlines(), start=1):
        if not YOUTUBE_ID.fullmatch(line.strip()):
            raise UsageError(
                f"{path}, line {number}: {line[:40]!a} is no YouTube id, which has 11 letters, "
                "digits, - and _"
            )
        yield line.strip()


def _path(name: str) -> Path:
    return home() / "pretraining" / f"{name}.txt"
