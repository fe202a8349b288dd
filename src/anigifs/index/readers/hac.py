"""List HAC: seven actions done by humans, animals and cartoon figures (Dong et al., 2023)."""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

from anigifs.foundation import UsageError
from anigifs.index.names import NOT_UTF8, escaped, is_utf8
from anigifs.index.readers.clip_names import clip_of_stem
from anigifs.index.readers.splits_crossed import groups_in_two_splits
from anigifs.index.readers.trees import Tree, find_files, stem_of
from anigifs.index.row import Row, clip_id
from anigifs.index.table import Index
from anigifs.taxonomy import class_list, normalise

DOMAINS = ("human", "animal", "cartoon")
#: The class list; its order is that of the lists' numbers.
HAC = "hac-7"
SOURCE = "HAC"
TREE = "human/videos/<clip>.mp4, animal/videos/... and cartoon/videos/..."
LISTS = "HAC_Splits/HAC_{train,test}_only_{human,animal,cartoon}.csv"
#: Beside the videos of each domain lie their optical flow, as videos too, and their sound.
PASSED_OVER = ("flow", "audio")

_LIST = re.compile(r"HAC_(train|test)_only_(human|animal|cartoon)\.csv", re.IGNORECASE)
_CUT = re.compile(r"([A-Za-z0-9_-]{11})-\d{3}")


class Said(NamedTuple):
    """What a list says of a clip, and where."""

    label: str
    split: str
    where: str


@dataclass(frozen=True)
class HacAccount:
    """What the lists and the tree hold beside the rows.

    Attributes:
        lists: The lists that were read, by name; none where classes come from folders and names.
        repeated: Lines that say again what an earlier one says; they make no row.
        shared: Groups that have clips in two splits, by domain, whatever the index has for groups.
        unlisted: Videos that no list names, or that nothing gives a class, by domain.
        first_unlisted: The path of the first of these.
    """

    lists: tuple[str, ...]
    repeated: int
    shared: dict[str, int]
    unlisted: dict[str, int]
    first_unlisted: str


def from_hac(
    folder: Path | str,
    lists: Sequence[Path | str] = (),
    *,
    groups: str = "video",
    licence: str = "",
) -> tuple[Index, HacAccount]:
    """List the clips of HAC, with the file of each that is there.

    With lists, every clip that they name has a row whether or not there is a file of it, and its
    split is the list's. Without any, each file has a row without a split, and its class is that
    which its folder or its name is called after, such as ``eating_12.mp4``.

    Args:
        folder: The one that holds ``human``, ``animal`` and ``cartoon``, or any of them; or the
            one above it.
        lists: Lists, and folders of them; by default those in or beside the folder.
        groups: ``video`` groups the clips of one source video, where the name says which; ``clip``
            makes each clip a group, so that published splits that tear videos apart can be used.
        licence: What the clips may be used for.

    Returns:
        The index, and what else there was.

    Raises:
        UsageError: The folder or a list is not as expected, a line is no sense or contradicts
            another or the clip's name, or no clip has a class.
    """
    root, trees = _trees(Path(folder))
    files = _lists([Path(place) for place in lists], root)
    if files:
        said, repeated = _read(files)
    else:
        said, repeated = _said_by_names(root, trees), 0
    keys = {domain: set[str]() for domain in trees}
    rows = []
    for (domain, stem), one in said.items():
        path = trees[domain].named(stem, [one.label]) if domain in trees else None
        if path is not None:
            keys[domain].add(path)
        rows.append(_row(domain, stem, one, path, groups, licence))
    left = [path for name, tree in trees.items() for path in tree.paths if path not in keys[name]]
    if files and not any(keys.values()):
        first = next(iter(said))
        raise UsageError(
            f"{root}: holds none of the {len(said):,} listed clips; the first that is listed is "
            f"{'/'.join(first)}, and the first there {left[0] if left else 'none'}"
        )
    account = HacAccount(
        lists=tuple(path.name for path in files),
        repeated=repeated,
        shared=groups_in_two_splits(
            _row(*key, one, None, "video", "") for key, one in said.items()
        ),
        unlisted={name: len(tree.paths) - len(keys[name]) for name, tree in trees.items()},
        first_unlisted=escaped(left[0]) if left else "",
    )
    return Index.from_rows(rows, HAC, root), account


def _trees(folder: Path) -> tuple[Path, dict[str, Tree]]:
    """Return the folder that holds the domains, and the videos of each, with paths below it."""
    if not folder.is_dir():
        raise UsageError(f"{folder}: no such folder; give the one that holds {TREE}")
    root = folder
    if not _domain_folders(folder):
        inner = [one for one in sorted(folder.iterdir()) if one.is_dir() and _domain_folders(one)]
        inner.sort(key=lambda one: one.name.lower() != "hac")
        if not inner:
            names = ", ".join(sorted(escaped(one.name) for one in folder.iterdir())[:3])
            raise UsageError(
                f"{folder}: holds no folder human, animal or cartoon; expected {TREE}, found "
                f"{names or 'nothing'}"
            )
        root = inner[0]
    trees = {}
    for domain, name in _domain_folders(root).items():
        found = find_files(root / name, passed_over=PASSED_OVER)
        trees[domain] = Tree(root)
        for path in found.paths:
            trees[domain].add(f"{name}/{path}")
    if not any(tree.paths for tree in trees.values()):
        raise UsageError(f"{root}: holds no videos; expected {TREE}")
    return root, trees


def _domain_folders(folder: Path) -> dict[str, str]:
    """Return the folder's name of each domain that is there."""
    names = {one.name.lower(): one.name for one in sorted(folder.iterdir()) if one.is_dir()}
    return {domain: names[domain] for domain in DOMAINS if domain in names}


def _lists(places: Sequence[Path], root: Path) -> list[Path]:
    """Return the lists: those at the places, or by default those in or beside the folder."""
    if not places:
        usual = (root, root / "HAC_Splits", root.parent / "HAC_Splits")
        return next((found for place in usual if (found := _lists_in(place))), [])
    files = []
    for place in places:
        found = [place] if place.is_file() and _LIST.fullmatch(place.name) else _lists_in(place)
        if not found:
            raise UsageError(f"{place}: no list of HAC; expected {LISTS}")
        files.extend(found)
    return files


def _lists_in(place: Path) -> list[Path]:
    if not place.is_dir():
        return []
    return [one for one in sorted(place.iterdir()) if one.is_file() and _LIST.fullmatch(one.name)]


def _read(files: Sequence[Path]) -> tuple[dict[tuple[str, str], Said], int]:
    said: dict[tuple[str, str], Said] = {}
    repeated = 0
    for path in files:
        match = _LIST.fullmatch(path.name)
        split, domain = (match[1].lower(), match[2].lower()) if match else ("", "")
        for stem, label, where in _lines(path):
            one = Said(label, split, where)
            earlier = said.setdefault((domain, stem), one)
            if (earlier.label, earlier.split) != (label, split):
                raise UsageError(f"{where}: {stem} stands otherwise in {earlier.where}")
            repeated += earlier is not one
    if not said:
        raise UsageError(f"{files[0]}: names no clip; a line is such as sleeping_1.mp4,0")
    return said, repeated


def _lines(path: Path) -> Iterator[tuple[str, str, str]]:
    """Yield each clip's name without its ending, its class, and where that stands."""
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        reader = csv.reader(file)
        for cells in reader:
            if not any(cells):
                continue
            where = f"{path}, line {reader.line_num}"
            if len(cells) != 2 or not is_utf8(cells[0]):
                raise UsageError(f"{where}: {','.join(cells)[:80]!a}; a line is <clip>.mp4,<label>")
            stem, label = stem_of(cells[0].strip()), _class_of(where, cells[1].strip())
            called = _class_in_name(stem)
            if called is not None and called != label:
                raise UsageError(f"{where}: {stem} is listed as {label!r}; its name says otherwise")
            yield stem, label, where


def _class_of(where: str, text: str) -> str:
    classes = class_list(HAC).names
    if text.isdecimal() and int(text) < len(classes):
        return classes[int(text)]
    if (name := _words().get(normalise(text))) is not None:
        return name
    numbers = f"0 to {len(classes) - 1}"
    raise UsageError(f"{where}: label {text!a}; expected {numbers}, for {', '.join(classes)}")


@cache
def _words() -> dict[str, str]:
    """Return how clips and folders may call a class, and the class."""
    also = {"watching": "watching tv", "dooropening": "opening door"}
    return {normalise(name): name for name in class_list(HAC)} | also


def _class_in_name(stem: str) -> str | None:
    """Return the class that a clip is called after, such as that of ``door_opening_12``."""
    return _words().get(normalise(re.sub(r"_\d+$", "", stem)))


def _said_by_names(root: Path, trees: Mapping[str, Tree]) -> dict[tuple[str, str], Said]:
    said = {}
    for domain, tree in trees.items():
        for path in tree.paths:
            folders = [_words().get(normalise(folder)) for folder in path.split("/")[1:-1]]
            label = next((name for name in folders if name), None)
            if label := label or _class_in_name(stem_of(path)):
                said[domain, stem_of(path)] = Said(label, "", path)
    if not said:
        raise UsageError(
            f"{root}: no file is called after its class, and there are no lists; expected {LISTS} "
            "in or beside it, or named with --lists"
        )
    return said


def _row(domain: str, stem: str, one: Said, path: str | None, groups: str, licence: str) -> Row:
    key = f"hac/{domain}/{escaped(stem)}"
    sound = path is None or is_utf8(path)
    return Row(
        clip_id=clip_id(key),
        path=path if path is None or sound else escaped(path),
        label=one.label,
        domain=domain,
        split=one.split,
        group=key if groups == "clip" else _video(stem) or key,
        licence=licence,
        source=SOURCE,
        state="listed" if sound else "error",
        error=None if sound else NOT_UTF8,
    )


def _video(stem: str) -> str | None:
    """Return the id of the YouTube video that a clip was cut from, if its name says it."""
    if (name := clip_of_stem(stem)) is not None:
        return name.video  # a clip of Kinetics
    match = _CUT.fullmatch(stem)
    return None if match is None else match[1]
