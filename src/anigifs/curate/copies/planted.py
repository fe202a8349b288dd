"""How well copies are found, where it is known which files are copies: in the demo."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from urllib.parse import urlsplit

from anigifs.collect.collecting import Folder
from anigifs.curate.candidate import CandidateHit, read_candidates
from anigifs.foundation import UsageError, read_records

#: What the demo writes beside its candidates: the truth about everything that is planted.
PLANTED = "planted.jsonl"


@dataclass(frozen=True)
class Truth:
    """What files of a demo are.

    Attributes:
        root: Of each file's sha256, the path of what it is a copy of, or its own.
        kinds: Of each file's sha256, what was planted, such as ``copy-mirrored``; the bytes of an
            original at another address are the original.
    """

    root: Mapping[str, str]
    kinds: Mapping[str, str]

    def half(self, sha256: str) -> int:
        """Return in which half of the demo a file is, 0 or 1: its copies are in the same."""
        return hashlib.sha256(self.root[sha256].encode()).digest()[0] % 2


@dataclass(frozen=True)
class Found:
    """How many pairs of copies were found.

    Attributes:
        kind: Of the copies, such as ``copy-mirrored``; ``all`` for all but crops.
        pairs: Of a copy and what it is a copy of.
        found: Of these, in one cluster.
    """

    kind: str
    pairs: int
    found: int


@dataclass(frozen=True)
class Scores:
    """How well the copies of a half of the demo were found.

    Attributes:
        kinds: By kind of copy.
        pairs: All pairs of files in one cluster.
        right: Of these, such as are copies of one file.
    """

    kinds: tuple[Found, ...]
    pairs: int
    right: int

    @property
    def precision(self) -> float | None:
        """The share of the pairs in one cluster that are copies; None where there is no pair."""
        return self.right / self.pairs if self.pairs else None


def read_truth(folder: Path | str) -> Truth | None:
    """Return the truth about a collection of the demo; None of any other.

    Raises:
        UsageError: What the demo has written cannot be read.
    """
    path = Path(folder) / PLANTED
    if not path.is_file():
        return None
    try:
        planted = {record["path"]: record for record in read_records(path)}
        hits = read_candidates(Folder(Path(folder)).candidates)
        return truth_of(planted, hits)
    except (KeyError, TypeError, json.JSONDecodeError) as error:
        raise UsageError(f"{path}: not what the demo writes ({error})") from None


def truth_of(planted: Mapping[str, Mapping[str, str]], hits: Iterable[CandidateHit]) -> Truth:
    """Return the truth about stored files, given what was planted, by path."""
    root: dict[str, str] = {}
    kinds: dict[str, str] = {}
    for hit in hits:
        # Addresses of what is not stored may be none.
        item = planted.get(urlsplit(hit.url).path) if hit.sha256 else None
        # The bytes of an original at another address make no other file.
        if item and kinds.get(hit.sha256, "copy").startswith("copy"):
            root[hit.sha256] = item["original"] or item["path"]
            kinds[hit.sha256] = item["kind"]
    return Truth(root, kinds)


def score(truth: Truth, cluster_of: Mapping[str, str], half: int) -> Scores:
    """Return how well the copies of one half of the demo were found.

    Args:
        truth: About the demo's files.
        cluster_of: The cluster of each file, by sha256.
        half: 0 or 1.
    """
    members, copies = defaultdict(list), defaultdict(list)
    for sha256, cluster in cluster_of.items():
        if sha256 in truth.root and truth.half(sha256) == half:
            members[cluster].append(sha256)
            copies[truth.root[sha256]].append(sha256)
    counts: dict[str, list[bool]] = defaultdict(list)
    for files in copies.values():
        original = next((one for one in files if not truth.kinds[one].startswith("copy")), None)
        for one in files:
            if original is not None and one != original:
                found = cluster_of[one] == cluster_of[original]
                counts[truth.kinds[one]].append(found)
                if truth.kinds[one] != "copy-cropped":
                    counts["all"].append(found)
    together = [pair for files in members.values() for pair in combinations(files, 2)]
    return Scores(
        tuple(Found(kind, len(found), sum(found)) for kind, found in sorted(counts.items())),
        len(together),
        sum(truth.root[one] == truth.root[other] for one, other in together),
    )
