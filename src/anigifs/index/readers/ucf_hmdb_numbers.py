"""Which clip of HMDB-51 a number in VideoDG's lists means.

These lists were made after the clips had been renamed: ``climb/video_0056`` is the 57th clip of
its class in the order of the names' bytes. (The lists of STDN, Lin et al., 2023, have the names
in the same lines.) A class's numbers may have a hole, where a clip could not be decoded.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass, field

from anigifs.index.readers.trees import Tree, folder_keys, stem_of
from anigifs.index.readers.ucf_hmdb_lists import Listed
from anigifs.index.readers.ucf_hmdb_names import HMDB, clip_of
from anigifs.taxonomy import normalise


@dataclass
class Numbers:
    """Where the clips lie that are listed by number.

    Attributes:
        paths: By the key of what is listed.
        by_order: How many of them were found in the order of names.
        unmatched: Classes whose numbers cannot be told from names, in words.
    """

    paths: dict[str, str] = field(default_factory=dict)
    by_order: int = 0
    unmatched: tuple[str, ...] = ()

    @classmethod
    def match(cls, tree: Tree | None, listed: Iterable[Listed]) -> "Numbers":
        """Find the clips in a tree: under their numbers, else in the order of names.

        Args:
            tree: Of HMDB-51; None is none.
            listed: What is listed; clips that have names are passed over.
        """
        by_class: dict[str, dict[int, Listed]] = {}
        for one in listed:
            if one.number is not None:
                by_class.setdefault(one.label, {})[one.number] = one
        found = cls()
        for label, numbered in by_class.items() if tree else ():
            clips = _clips(tree, label) if tree else {}
            found._match_class(label, numbered, clips)
        return found

    def _match_class(self, label: str, numbered: dict[int, Listed], clips: dict[str, str]) -> None:
        if any(one.stem in clips for one in numbered.values()):  # the tree is renamed, too
            self.paths |= {
                one.key: clips[one.stem] for one in numbered.values() if one.stem in clips
            }
            return
        in_order = [clips[stem] for stem in sorted(clips, key=os.fsencode)]
        if len(in_order) == max(numbered) + 1:
            paths = {one.key: in_order[number] for number, one in numbered.items()}
        elif len(in_order) == len(numbered):
            pairs = zip(sorted(numbered), in_order, strict=True)
            paths = {numbered[number].key: path for number, path in pairs}
        else:
            self.unmatched += (
                f"{label}: {len(numbered):,} clips are listed by numbers up to {max(numbered):,}, "
                f"but {len(in_order):,} are there, so that nobody knows which is which",
            )
            return
        self.paths |= paths
        self.by_order += len(paths)


def _clips(tree: Tree, label: str) -> dict[str, str]:
    """Return the paths of a class's clips by their names; of several with one name the first."""
    key = normalise(label)
    clips: dict[str, str] = {}
    for path in tree.paths:
        stem = stem_of(path)
        if key in folder_keys(path) and clip_of(HMDB, stem, label) is not None:
            clips.setdefault(stem, path)
    return clips
