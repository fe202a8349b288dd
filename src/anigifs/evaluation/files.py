"""Which files a command was pointed at."""

from collections.abc import Iterable
from pathlib import Path

from anigifs.foundation import UsageError


def media_files(paths: Iterable[Path]) -> list[Path]:
    """Return the files named, and those inside the folders named, sorted folder by folder.

    Hidden files and folders are passed over inside a folder. What a file holds is not looked at.

    Raises:
        UsageError: A folder holds no file.
    """
    files: list[Path] = []
    for path in paths:
        if not path.is_dir():
            files.append(path)
            continue
        inside = _visible_files(path)
        if not inside:
            raise UsageError(f"{path}: a folder without files")
        files.extend(inside)
    return files


def labelled_files(root: Path) -> dict[str, list[Path]]:
    """Return the files of a folder that has one folder a class, by the names of those folders.

    Raises:
        UsageError: There is no such folder, or it has no class folder with a file in it.
    """
    if not root.is_dir():
        raise UsageError(f"{root}: not a folder; give one that holds one folder a class")
    folders = sorted(path for path in root.iterdir() if path.is_dir() and path.name[0] != ".")
    found = {folder.name: files for folder in folders if (files := _visible_files(folder))}
    if not found:
        raise UsageError(f"{root}: holds no class folders with files in them")
    return found


def _visible_files(folder: Path) -> list[Path]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return sorted(
        path for path in files if not any(p[0] == "." for p in path.relative_to(folder).parts)
    )
