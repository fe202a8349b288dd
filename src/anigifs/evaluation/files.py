"""Which files a command was pointed at."""

from collections.abc import Iterable
from pathlib import Path

from anigifs.foundation import UsageError
from anigifs.foundation.tree import visible_files


def media_files(paths: Iterable[Path]) -> list[Path]:
    """Return the files named, and those inside the folders named, sorted folder by folder.

    Hidden files and folders are passed over inside a folder. What a file holds is not looked at. A
    folder without files stands for itself: reading it will say what is wrong.
    """
    files: list[Path] = []
    for path in paths:
        files.extend((_files(path) or [path]) if _is_folder(path) else [path])
    return files


def labelled_files(root: Path) -> dict[str, list[Path]]:
    """Return the files of a folder that has one folder a class, by the names of those folders.

    Raises:
        UsageError: There is no such folder, or it has no class folder with a file in it.
    """
    if not root.is_dir():
        raise UsageError(f"{root}: not a folder; give one that holds one folder a class")
    folders = sorted(path for path in root.iterdir() if path.is_dir() and path.name[0] != ".")
    found = {folder.name: files for folder in folders if (files := _files(folder))}
    if not found:
        raise UsageError(f"{root}: holds no class folders with files in them")
    return found


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False  # reading it will say what is wrong


def _files(folder: Path) -> list[Path]:
    return sorted(folder / name for name in visible_files(folder))
