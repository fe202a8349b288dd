"""The lists of UCF-HMDB: those of VideoDG, and those of TA3N, which split the clips otherwise."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from anigifs.foundation import UsageError
from anigifs.index.names import escaped, is_utf8
from anigifs.index.readers.ucf_hmdb_names import HMDB, UCF, clip_of, label_number, number_of

FULL = "full"
_LINE = "<path> <frames> <label>"
_DATASETS = {"ucf": UCF, "ucf101": UCF, "hmdb": HMDB, "hmdb51": HMDB}


@dataclass(frozen=True)
class Protocol:
    """How somebody split UCF-HMDB.

    Attributes:
        name: Of the protocol.
        pattern: Of its lists' names: the dataset, and the split.
        names: What they are called, for messages.
        counts: How many clips its lists name, by dataset and split, as published.
    """

    name: str
    pattern: re.Pattern[str]
    names: str
    counts: dict[tuple[str, str], int]


PROTOCOLS = {
    protocol.name: protocol
    for protocol in (
        Protocol(
            "videodg",
            re.compile(r"(ucf|hmdb)_(train|val|full)\.txt"),
            "ucf_train.txt, ucf_val.txt, hmdb_train.txt, hmdb_val.txt and hmdb_full.txt",
            {(UCF, "train"): 1603, (UCF, "val"): 406, (HMDB, "train"): 1434, (HMDB, "val"): 366},
        ),
        Protocol(
            "ta3n",
            # Lists that say "small" are of the five classes of another benchmark.
            re.compile(r"list_(ucf101|hmdb51)_(train|val)_hmdb_ucf(?!_small).*\.txt"),
            "list_ucf101_train_hmdb_ucf.txt, list_ucf101_val_hmdb_ucf.txt, "
            "list_hmdb51_train_hmdb_ucf.txt and list_hmdb51_val_hmdb_ucf.txt",
            {(UCF, "train"): 1438, (UCF, "val"): 571, (HMDB, "train"): 840, (HMDB, "val"): 360},
        ),
    )
}


class ListFile(NamedTuple):
    """A list, and what its name says of it."""

    path: Path
    dataset: str
    split: str


class Listed(NamedTuple):
    """What a line of a list says.

    Attributes:
        where: The line, for messages.
        dataset: ``ucf-101`` or ``hmdb-51``.
        stem: The clip's name.
        number: In place of a name, where the list has numbers: see ``number_of``.
        label: Its class, of those that both datasets share.
        split: ``train``, ``val`` or ``full``.
    """

    where: str
    dataset: str
    stem: str
    number: int | None
    label: str
    split: str

    @property
    def key(self) -> str:
        """The clip's name in its dataset; a number is one within its class."""
        folder = "" if self.number is None else f"{self.label}/"
        return f"{self.dataset}/{folder}{self.stem}"


def protocol_named(name: str) -> Protocol:
    """Return a protocol by its name.

    Raises:
        UsageError: There is none of that name.
    """
    if name not in PROTOCOLS:
        raise UsageError(f"no protocol {name!r}; there are {' and '.join(PROTOCOLS)}")
    return PROTOCOLS[name]


def find_lists(places: Sequence[Path], protocol: Protocol) -> list[ListFile]:
    """Return the lists of a protocol among files and in folders, in the order of their names.

    Other files in a folder are passed over; one that is named itself must be such a list.

    Raises:
        UsageError: A file is no list of the protocol, there is none, or two are for the same clips.
    """
    if not places:
        raise UsageError(f"no lists; give a folder with {protocol.names}, or some of them")
    found: dict[tuple[str, str], ListFile] = {}
    for place in places:
        for one in _lists_at(place, protocol):
            first = found.setdefault((one.dataset, one.split), one)
            if first is not one:
                raise UsageError(
                    f"{first.path} and {one.path} both list {one.split} of {one.dataset}; "
                    "leave one out"
                )
    return sorted(found.values(), key=lambda one: (one.dataset != UCF, one.split))


def _lists_at(place: Path, protocol: Protocol) -> list[ListFile]:
    if place.is_file():
        match = protocol.pattern.fullmatch(place.name)
        if match is None:
            raise UsageError(f"{place}: {_not_a_list(place.name, protocol)}")
        return [ListFile(place, _DATASETS[match[1]], match[2])]
    if not place.is_dir():
        raise UsageError(f"{place}: no such list or folder; give one with {protocol.names}")
    files = sorted(path for path in place.iterdir() if path.is_file() and path.name[0] != ".")
    found = [path for path in files if protocol.pattern.fullmatch(path.name)]
    if not found:
        names = ", ".join(escaped(path.name) for path in files[:3]) or "no file"
        more = f" and {len(files) - 3:,} more" if len(files) > 3 else ""
        others = [other for path in files if (other := _protocol_of(path.name))]
        also = f", of {others[0]}" if others else ""
        raise UsageError(
            f"{place}: holds no list of {protocol.name}, such as {protocol.names}; it holds "
            f"{names}{more}{also}"
        )
    return [one for path in found for one in _lists_at(path, protocol)]


def _not_a_list(name: str, protocol: Protocol) -> str:
    other = _protocol_of(name)
    if other:
        return (
            f"a list of {other}, which is another split of the same clips and never mixed with "
            f"{protocol.name}; make an index of each"
        )
    return f"no list of {protocol.name}, which are {protocol.names}"


def _protocol_of(name: str) -> str:
    found = (one.name for one in PROTOCOLS.values() if one.pattern.fullmatch(name))
    return next(found, "")


def read_list(one: ListFile) -> Iterator[Listed]:
    """Yield what each line of a list says, in order.

    Raises:
        UsageError: A line is no sense, of another dataset, or of another class than its label.
    """
    with one.path.open(encoding="utf-8-sig", errors="surrogateescape") as file:
        for number, line in enumerate(file, start=1):
            if line.strip():
                yield _listed(f"{one.path}, line {number}", one, line)


def _listed(where: str, one: ListFile, line: str) -> Listed:
    cells = line.rstrip().rsplit(None, 2)  # a path may hold spaces
    if len(cells) != 3 or not (cells[1].isdecimal() and cells[2].isdecimal()):
        raise UsageError(f"{where}: {line.strip()[:80]!a}; a line is such as {_LINE}")
    path, label = cells[0].strip().rstrip("/"), int(cells[2])
    if not is_utf8(path):
        raise UsageError(f"{where}: {path!a} is not valid UTF-8 text")
    above, _, name = path.rpartition("/")
    folder = above.rpartition("/")[2]
    stem = re.sub(r"\.(avi|mp4|mkv|mov|webm)$", "", name, flags=re.IGNORECASE)
    clip = clip_of(one.dataset, stem, folder)
    if clip is None:
        raise UsageError(f"{where}: {name!r} is no clip of {one.dataset} and a shared class")
    if label_number(clip.label) != label:
        raise UsageError(
            f"{where}: {name!r} shows {clip.label}, which is label {label_number(clip.label)}, but "
            f"the line says {label}"
        )
    number = number_of(stem) if one.dataset == HMDB else None
    return Listed(where, one.dataset, stem, number, clip.label, one.split)
