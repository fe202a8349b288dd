"""List UCF-HMDB: the 12 classes that UCF-101 and HMDB-51 share, split as a protocol has it."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from anigifs.foundation import UsageError
from anigifs.index.names import NOT_UTF8, escaped, is_utf8
from anigifs.index.readers.splits_crossed import groups_in_two_splits
from anigifs.index.readers.trees import Tree, find_files, stem_of
from anigifs.index.readers.ucf_hmdb_lists import (
    FULL,
    Listed,
    Protocol,
    find_lists,
    protocol_named,
    read_list,
)
from anigifs.index.readers.ucf_hmdb_names import (
    EXAMPLES,
    HMDB,
    SHARED,
    UCF,
    clip_of,
    folders_of,
)
from anigifs.index.readers.ucf_hmdb_numbers import Numbers
from anigifs.index.row import Row, clip_id
from anigifs.index.table import Index

#: What a group is: all clips of one source video, or each clip by itself.
Groups = Literal["video", "clip"]


@dataclass(frozen=True)
class UcfHmdbAccount:
    """What the lists and the trees hold beside the rows.

    Attributes:
        lists: The lists that were read, by name.
        repeated: Lines that say again what an earlier one says; they make no row.
        off: What the lists have otherwise than the protocol as published, in words.
        numbered: Clips that the lists have by number and that were found in the order of names.
        unmatched: Classes whose numbers could not be told from names, in words.
        shared: Groups that have clips in two splits, by domain, whatever the index has for groups.
        unlisted: Clips of the shared classes in the trees that no list names, by domain.
    """

    lists: tuple[str, ...]
    repeated: int
    off: tuple[str, ...]
    numbered: int
    unmatched: tuple[str, ...]
    shared: dict[str, int]
    unlisted: dict[str, int]


def from_ucf_hmdb(
    ucf: Path | str | None,
    hmdb: Path | str | None,
    lists: Sequence[Path | str],
    protocol: str,
    *,
    groups: Groups = "video",
    licence: str = "",
) -> tuple[Index, UcfHmdbAccount]:
    """List the clips that a protocol's lists name, with the file of each that lies in its tree.

    A clip has a row whether or not there is a file of it. The domains are ``ucf-101`` and
    ``hmdb-51``, the source of every row is the protocol, and its split the list that names it; what
    only a full list names is of the split ``test``.

    VideoDG's lists have numbers in place of the names of HMDB-51. Number n is the n-th clip of
    its class in the order of the names' bytes, counted from 0; it is only believed where the class
    has as many clips as the lists have numbers, or as their highest number asks for.

    Args:
        ucf: The tree of UCF-101, one folder a class; None lists its clips without files.
        hmdb: The tree of HMDB-51, likewise.
        lists: Lists of the protocol, and folders of them.
        protocol: ``videodg`` (Yao et al., 2021) or ``ta3n`` (Chen et al., 2019).
        groups: ``video`` groups the clips of one source video, which published splits may tear
            apart; training then refuses those splits. ``clip`` makes each clip a group, so that
            they can be used as they are.
        licence: What the clips may be used for.

    Returns:
        The index, in the order of the lists, and what else there was.

    Raises:
        UsageError: A list is of the other protocol, a line is no sense, or a tree holds none of the
            clips that are listed of it.
    """
    rules = protocol_named(protocol)
    listed, names, repeated = _read(lists, rules)
    folders = {UCF: ucf, HMDB: hmdb}
    trees = {name: find_files(Path(folder)) for name, folder in folders.items() if folder}
    for dataset, tree in trees.items():
        _check_is_of(dataset, tree)
    numbers = Numbers.match(trees.get(HMDB), listed.values())
    paths = {
        one.key: numbers.paths.get(one.key)
        if one.number is not None
        else _named(trees.get(one.dataset), one)
        for one in listed.values()
    }
    for dataset, tree in trees.items():
        _check_found(
            dataset, tree, [one for one in listed.values() if one.dataset == dataset], paths
        )
    rows = [_row(one, paths[one.key], rules.name, licence) for one in listed.values()]
    account = UcfHmdbAccount(
        lists=names,
        repeated=repeated,
        off=tuple(_off(rules, listed.values())),
        numbered=numbers.by_order,
        unmatched=numbers.unmatched,
        shared=groups_in_two_splits(rows),
        unlisted={name: _unlisted(name, tree, rows) for name, tree in trees.items()},
    )
    roots = [os.path.realpath(tree.root) for tree in trees.values()]
    root = Path(os.path.commonpath(roots or [os.path.realpath(Path(lists[0]).parent)]))
    return Index.from_rows(_placed(rows, trees, root, groups), SHARED, root), account


def _read(
    places: Sequence[Path | str], rules: Protocol
) -> tuple[dict[str, Listed], tuple[str, ...], int]:
    """Return what is listed by key, the lists' names, and how many lines say nothing new."""
    files = find_lists([Path(place) for place in places], rules)
    listed: dict[str, Listed] = {}
    repeated = 0
    # Full lists come last: what other lists split stays split.
    for file in sorted(files, key=lambda one: one.split == FULL):
        for one in read_list(file):
            earlier = listed.setdefault(one.key, one)
            if earlier is one:
                continue
            repeated += one.split == earlier.split
            if one.split not in (earlier.split, FULL):
                raise UsageError(f"{one.where}: the same clip as in {earlier.where}")
    if not listed:
        raise UsageError(f"{files[0].path}: names no clip")
    return listed, tuple(file.path.name for file in files), repeated


def _check_is_of(dataset: str, tree: Tree) -> None:
    if not any(clip_of(dataset, stem_of(path), _above(path)) for path in tree.paths):
        raise UsageError(
            f"{tree.root}: holds no clip of {dataset} and a shared class; expected such as "
            f"{EXAMPLES[dataset]}, found {tree.first()}"
        )


def _check_found(
    dataset: str, tree: Tree, listed: Iterable[Listed], paths: Mapping[str, str | None]
) -> None:
    named = [one for one in listed if one.dataset == dataset and one.number is None]
    if named and not any(paths[one.key] for one in named):
        raise UsageError(
            f"{tree.root}: holds none of the {len(named):,} listed clips of {dataset}; the first "
            f"that is listed is {named[0].stem}, and the first there {tree.first()}"
        )


def _named(tree: Tree | None, one: Listed) -> str | None:
    return None if tree is None else tree.named(one.stem, folders_of(one.dataset, one.label))


def _row(one: Listed, path: str | None, protocol: str, licence: str) -> Row:
    found = None if path is None else clip_of(one.dataset, stem_of(path), one.label)
    clip = found or clip_of(one.dataset, one.stem, one.label)
    sound = path is None or is_utf8(path)
    return Row(
        clip_id=clip_id(one.key),
        path=path if path is None or sound else escaped(path),
        label=one.label,
        domain=one.dataset,
        split="test" if one.split == FULL else one.split,
        group=clip.group if clip else one.key,
        licence=licence,
        source=protocol,
        state="listed" if sound else "error",
        error=None if sound else NOT_UTF8,
    )


def _placed(
    rows: Iterable[Row], trees: Mapping[str, Tree], root: Path, groups: Groups
) -> Iterator[Row]:
    """Yield the rows with paths below the folder that holds both trees, and their groups."""
    steps = {
        name: os.path.relpath(os.path.realpath(tree.root), root) for name, tree in trees.items()
    }
    for row in rows:
        path = row.path and os.path.normpath(f"{steps[row.domain]}/{row.path}")
        yield replace(row, path=path, group=row.clip_id if groups == "clip" else row.group)


def _off(rules: Protocol, listed: Iterable[Listed]) -> Iterator[str]:
    counts = Counter((one.dataset, one.split) for one in listed)
    for (dataset, split), published in rules.counts.items():
        if (count := counts[dataset, split]) not in (0, published):
            yield f"{dataset} {split}: {count:,} clips are listed; {rules.name} has {published:,}"


def _unlisted(dataset: str, tree: Tree, rows: Iterable[Row]) -> int:
    taken = {row.path for row in rows if row.domain == dataset}
    return sum(
        escaped(path) not in taken and clip_of(dataset, stem_of(path), _above(path)) is not None
        for path in tree.paths
    )


def _above(path: str) -> str:
    return path.rpartition("/")[0].rpartition("/")[2]
