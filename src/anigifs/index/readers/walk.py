"""The files of a tree."""

import os
from collections.abc import Iterator
from pathlib import Path


def visible_files(root: Path) -> Iterator[str]:
    """Yield the files below a folder, relative to it, in the order of names.

    Hidden files and folders are passed over. Links to folders are followed, and no folder is looked
    into twice. A link that leads nowhere counts as a file, so that it is accounted for.
    """
    yield from _files(str(root), "", set())


def _files(folder: str, below: str, seen: set[tuple[int, int]]) -> Iterator[str]:
    status = os.stat(folder)  # noqa: PTH116 - one style within this walk
    if (place := (status.st_dev, status.st_ino)) in seen:
        return
    seen.add(place)
    with os.scandir(folder) as entries:
        visible = sorted((one for one in entries if one.name[0] != "."), key=lambda one: one.name)
    for entry in visible:
        path = f"{below}{entry.name}"
        if entry.is_dir():
            yield from _files(entry.path, f"{path}/", seen)
        elif entry.is_file() or entry.is_symlink():
            yield path
