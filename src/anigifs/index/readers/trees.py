"""Files of a tree by their names, wherever in it they lie; no file is opened."""

import os
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from anigifs.foundation import UsageError
from anigifs.foundation.tree import visible_files
from anigifs.index.names import escaped
from anigifs.taxonomy import normalise

#: Endings of files that may hold a video.
VIDEOS = (".avi", ".mp4", ".mkv", ".mov", ".webm", ".m4v", ".mpg", ".mpeg")


@dataclass
class Tree:
    """The visible files of a folder.

    Attributes:
        root: The folder.
        paths: Of the files with a wanted ending, relative to ``root``, in the order of names.
        others: How many other files there are.
        first_other: The path of the first of these.
    """

    root: Path
    paths: list[str] = field(default_factory=list)
    others: int = 0
    first_other: str = ""
    _by_stem: dict[str, list[str]] = field(default_factory=dict)
    _by_key: dict[str, set[str]] = field(default_factory=dict)

    def add(self, path: str) -> None:
        """Take in a file with a wanted ending."""
        stem = stem_of(path)
        self.paths.append(path)
        self._by_stem.setdefault(stem, []).append(path)
        self._by_key.setdefault(_key(stem), set()).add(stem)

    def named(self, stem: str, folders: Collection[str] = ()) -> str | None:
        """Return the file that is called so, whatever its ending.

        Where none is called exactly so, one is taken that differs in punctuation and case only, as
        unpacking may leave it. Of several, one in a folder called like one of ``folders`` is
        taken, else the first.
        """
        paths = self._by_stem.get(stem)
        if paths is None:
            alike = self._by_key.get(_key(stem), set())
            if len(alike) != 1:
                return None
            paths = self._by_stem[next(iter(alike))]
        if len(paths) > 1 and folders:
            keys = set(map(normalise, folders))
            paths = [path for path in paths if keys & set(folder_keys(path))] or paths
        return paths[0]

    def first(self) -> str:
        """Say what was found, for messages about a wrong tree."""
        if self.paths:
            more = f" and {len(self.paths) - 1:,} more" if len(self.paths) > 1 else ""
            return f"{escaped(self.paths[0])}{more}"
        if self.others:
            more = f" and {self.others - 1:,} more" if self.others > 1 else ""
            return f"{escaped(self.first_other)}{more}, none of which ends like a video"
        return "no file"


def find_files(
    root: Path, endings: Collection[str] | None = VIDEOS, passed_over: Collection[str] = ()
) -> Tree:
    """Look through a folder; hidden files and folders are passed over, links are followed.

    Args:
        root: The folder.
        endings: Of the files that are wanted, in lower case; None is any.
        passed_over: Names of folders, in lower case, whose files are not counted.

    Raises:
        UsageError: There is no such folder.
    """
    if not root.is_dir():
        raise UsageError(f"{root}: no such folder; give the one that the clips lie in")
    tree = Tree(root)
    for path in visible_files(root):
        if set(passed_over) & set(path.lower().split("/")[:-1]):
            continue
        if endings is None or os.path.splitext(path)[1].lower() in endings:  # noqa: PTH122
            tree.add(path)
        else:
            tree.others += 1
            tree.first_other = tree.first_other or path
    return tree


def stem_of(path: str) -> str:
    """Return a file's name without its ending.

    Example:
        >>> stem_of("climb/Mr._Climber_0.avi")
        'Mr._Climber_0'
    """
    name = path.rpartition("/")[2]
    return name.rpartition(".")[0] or name


def folder_keys(path: str) -> list[str]:
    """Return the keys of the folders that a file lies in; see ``normalise``.

    Example:
        >>> folder_keys("hmdb51_org/Kick_ball/a.avi")
        ['hmdb51org', 'kickball']
    """
    return [normalise(folder) for folder in path.split("/")[:-1]]


def _key(stem: str) -> str:
    return re.sub(r"[\W_]", "", stem).casefold()
