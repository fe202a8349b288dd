"""The files of a tree."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path


def visible_files(root: Path) -> Iterator[str]:
    """Yield the files below a folder, relative to it, in the order of names.

    Hidden files and folders, sockets and the like are passed over. Links to folders are followed,
    and no folder is looked into twice. What leads nowhere counts as a file, so that it is accounted
    for: a link to nothing or to itself, and a folder that may not be listed.
    """
    yield from _files(str(root), "", set())


def _files(folder: str, below: str, seen: set[tuple[int, int]]) -> Iterator[str]:
    try:
        status = os.stat(folder)  # noqa: PTH116 - one style within this walk
        with os.scandir(folder) as entries:
            found = [one for one in entries if one.name[0] != "."]
    except OSError:
        yield below.removesuffix("/") or "."
        return
    if (place := (status.st_dev, status.st_ino)) in seen:
        return
    seen.add(place)
    for entry in sorted(found, key=lambda one: one.name):
        path = f"{below}{entry.name}"
        if _is(entry.is_dir):
            yield from _files(entry.path, f"{path}/", seen)
        elif _is(entry.is_file) or entry.is_symlink():
            yield path


def _is(kind: Callable[[], bool]) -> bool:
    try:
        return kind()
    except OSError:  # a link that leads to itself
        return False
