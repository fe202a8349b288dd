"""Which files of a tree are clips, by their names alone: no file is opened."""

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from anigifs.foundation import UsageError
from anigifs.foundation.tree import visible_files
from anigifs.index.readers.clip_names import SUFFIXES, YOUTUBE_ID, ClipName, clip_of_stem
from anigifs.taxonomy import normalise

EXPECTED = "<id>_<start>_<end>"


@dataclass
class ClipFiles:
    """The clips of a tree, whatever its folders are: classes, splits, both, or none.

    Attributes:
        root: The tree.
        clips: The path of each clip, relative to ``root``; of several the first by name.
        copies: All paths of the clips that lie there more than once.
        whole: The path of each file that is called by a video's id alone; the first by name.
        others: How many files are neither, hidden ones not counted.
        first_other: The first of these, relative to ``root``.
        first_alike: The first of them that is called like a clip, but for its ending.
    """

    root: Path
    clips: dict[ClipName, str] = field(default_factory=dict)
    copies: dict[ClipName, list[str]] = field(default_factory=dict)
    whole: dict[str, str] = field(default_factory=dict)
    others: int = 0
    first_other: str = ""
    first_alike: str = ""

    def path_of(self, name: ClipName, label: str) -> str | None:
        """Return a clip's path; of several, that in a folder called like the clip's class."""
        if name not in self.copies:
            return self.clips.get(name)
        key = normalise(label)
        fitting = [
            path for path in self.copies[name] if key in map(normalise, path.split("/")[:-1])
        ]
        return (fitting or self.copies[name])[0]

    @property
    def extra(self) -> int:
        """How many files are another copy of a clip."""
        return sum(len(paths) - 1 for paths in self.copies.values())

    def check_holds_clips(self) -> None:
        """Refuse a tree that holds files, but no clip among them.

        Raises:
            UsageError: What it holds instead.
        """
        if self.clips or not (self.whole or self.others):
            return
        first = next(iter(self.whole.values()), self.first_alike or self.first_other)
        said = f"{self.root}: holds 0 files named {EXPECTED}.mp4"
        if self.whole:
            said += f", but {len(self.whole):,} named <id>.mp4, such as {first}"
            raise UsageError(f"{said}; list whole videos by `anigifs index kinetics --untrimmed`")
        raise UsageError(f"{said}; the first of {self.others:,} others is {first}")

    def check_holds_whole(self) -> None:
        """Refuse a tree that holds files, but no whole video among them.

        Raises:
            UsageError: What it holds instead.
        """
        if self.whole or not (self.clips or self.others):
            return
        first = next(iter(self.clips.values()), self.first_other)
        count = len(self.clips) + self.others
        raise UsageError(
            f"{self.root}: holds 0 files named <id>.mp4; the first of {count:,} others is {first}"
        )


def find_clips(root: Path, domain: str = "video") -> ClipFiles:
    """Look through a tree for clips; hidden files and folders are passed over.

    Args:
        root: The folder.
        domain: A key of :data:`SUFFIXES`: what a clip's name ends in.

    Raises:
        UsageError: There is no such folder.
    """
    if not root.is_dir():
        raise UsageError(f"{root}: no such folder; give the one that the clips lie in")
    found = ClipFiles(root)
    for path in visible_files(root):
        _sort_in(found, path, SUFFIXES[domain])
    return found


def _sort_in(found: ClipFiles, path: str, suffixes: Collection[str]) -> None:
    stem, dot, suffix = path.rpartition("/")[2].rpartition(".")
    name = clip_of_stem(stem)
    if (dot + suffix).lower() in suffixes:
        if name is not None:
            first = found.clips.setdefault(name, path)
            if first is not path:
                found.copies.setdefault(name, [first]).append(path)
            return
        if YOUTUBE_ID.fullmatch(stem):
            found.whole.setdefault(stem, path)
            return
    found.others += 1
    found.first_other = found.first_other or path
    found.first_alike = found.first_alike or (path if name else "")
