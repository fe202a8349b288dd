"""Which file of a folder a URL led to: nothing is fetched, files are told by their names."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Literal
from urllib.parse import unquote, urlsplit

from anigifs.foundation import UsageError
from anigifs.index.readers.trees import Tree, folder_keys, stem_of
from anigifs.index.readers.url_lists import Address
from anigifs.taxonomy import normalise

#: How a file was told: by a column of the list, by the URL's sha256, or by its last part.
By = Literal["file", "sha256", "name"]


@dataclass
class UrlFiles:
    """The files of a folder, to be told by what the lines of a list say.

    Attributes:
        found: The path of each URL's file, relative to the folder.
        by: How many were found in each way.
        ambiguous: How many URLs end in a name that fits several files, or one that another URL
            ends in as well.
    """

    found: dict[str, str] = field(default_factory=dict)
    by: Counter[By] = field(default_factory=Counter)
    ambiguous: int = 0

    @classmethod
    def match(cls, tree: Tree, addresses: Iterable[Address]) -> "UrlFiles":
        """Find each URL's file: by the column ``file`` if there is one, else by its sha256 or name.

        The last part of a URL counts with or without its ending. Of several files called so, one
        is taken that lies in a folder called like the URL's class, if there is one such.

        Args:
            tree: The files.
            addresses: The lines, each URL once.

        Raises:
            UsageError: A column ``file`` leads out of the folder.
        """
        by_name: dict[str, list[str]] = {}
        by_stem: dict[str, list[str]] = {}
        for path in tree.paths:
            by_name.setdefault(path.rpartition("/")[2], []).append(path)
            by_stem.setdefault(stem_of(path), []).append(path)
        paths = set(tree.paths)
        files, names = cls(), {}
        for one in addresses:
            digest = hashlib.sha256(one.url.encode()).hexdigest()
            if one.file:
                if (path := _inside(one)) in paths:
                    files._take(one, path, "file")
            elif digest in by_stem:
                files._take(one, by_stem[digest][0], "sha256")
            elif (name := name_of(one.url)) and (
                called := by_name.get(name) or by_stem.get(stem_of(name))
            ):
                names[one.url] = _in_class_folder(called, one.label)
        wanted = Counter(fitting[0] for fitting in names.values() if len(fitting) == 1)
        for url, fitting in names.items():
            if len(fitting) == 1 and wanted[fitting[0]] == 1:
                files.found[url] = fitting[0]
                files.by["name"] += 1
            else:
                files.ambiguous += 1
        return files

    def _take(self, one: Address, path: str, by: By) -> None:
        self.found[one.url] = path
        self.by[by] += 1


def name_of(url: str) -> str:
    """Return the last part of a URL's path, decoded; "" where that is no name of a file.

    Example:
        >>> name_of("https://example.org/cats/a%20b.gif?size=1"), name_of("https://example.org/")
        ('a b.gif', '')
    """
    name = unquote(urlsplit(url).path.rpartition("/")[2], errors="surrogateescape")
    return "" if name in (".", "..") or "/" in name or "\0" in name else name


def _inside(one: Address) -> str:
    path = PurePosixPath(one.file)
    if path.is_absolute() or ".." in path.parts:
        raise UsageError(f"{one.where}: file is {one.file!a}; give a path within the folder")
    return str(path)


def _in_class_folder(paths: list[str], label: str) -> list[str]:
    key = normalise(label)
    return [path for path in paths if key and key in folder_keys(path)] or paths
