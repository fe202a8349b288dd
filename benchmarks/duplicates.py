"""How well copies of animated GIFs are found, and what finding them costs as files become more.

Worlds of the demo are rendered: each has cartoons and films of 16 actions, and of its cartoons
copies that are resized, reversed, shifted, mirrored, captioned, cropped, thinned or in another
container. The limit is fitted on one half of the cartoons with their copies and measured on the
other; then copies are searched for among a quarter, a half and all of the files, and, as the peer,
by comparing each with each. Run it as ``python -m benchmarks duplicates``; ``--worlds 44`` are
16,000 files.
"""

import argparse
import hashlib
import json
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np

from anigifs.collect.demo import World
from anigifs.collect.demo.bodies import Bodies
from anigifs.curate.copies.clusters import alike, clusters_of
from anigifs.curate.copies.matching import FAMILY_BITS, SAME_BITS, compare
from anigifs.curate.seeing.fingerprints import (
    Fingerprint,
    fingerprint_of,
    read_fingerprints_file,
    write_fingerprints,
)
from anigifs.curate.seeing.frames import look_at
from anigifs.foundation import write_text
from anigifs.foundation.work import Local, Work

FIRST_SEED = 100
CROP = "copy-cropped"
LEAST_PRECISION = 0.99
PEER_FILES = 400


@dataclass(frozen=True)
class File:
    """A file of a world.

    Attributes:
        name: Of the world and its path.
        root: The name of what it is a copy of, or its own.
        kind: What was planted.
    """

    name: str
    root: str
    kind: str

    @property
    def half(self) -> int:
        """Which half it is in; its copies are in the same."""
        return hashlib.sha256(self.root.encode()).digest()[0] % 2


def render(job: tuple[int, Path]) -> tuple[int, float, float]:
    """Render a world, keep its fingerprints, and return the seconds of decoding and of hashing."""
    seed, folder = job
    bodies = Bodies(World(seed=seed))
    files, prints = [], []
    decoding = hashing = 0.0
    with tempfile.NamedTemporaryFile(suffix=".gif") as file:
        for item in bodies.world.items:
            # The same bytes at another address are one file in a store.
            if not item.kind.startswith(("cartoon", "copy", "film")) or item.kind == "copy-bytes":
                continue
            Path(file.name).write_bytes(bodies.of(item))
            begun = time.perf_counter()
            seen = look_at(file.name)
            decoded = time.perf_counter()
            name, root = f"{seed}{item.path}", f"{seed}{item.original or item.path}"
            prints.append((name, fingerprint_of(*seen.solid)))
            decoding, hashing = decoding + decoded - begun, hashing + time.perf_counter() - decoded
            files.append((name, root, item.kind))
    write_fingerprints(folder / f"{seed}.parquet", prints)
    write_text(folder / f"{seed}.json", json.dumps(files))
    return seed, decoding, hashing


def worlds(count: int, folder: Path) -> tuple[list[File], dict[str, Fingerprint]]:
    """Return the files of so many worlds; those that were rendered before are read."""
    folder.mkdir(parents=True, exist_ok=True)
    seeds = range(FIRST_SEED, FIRST_SEED + count)
    missing = [
        (seed, folder.absolute()) for seed in seeds if not (folder / f"{seed}.json").is_file()
    ]
    decoding = hashing = 0.0
    for _, one, other in Local(2).run(Work("rendering worlds", render, _failed), missing):
        decoding, hashing = decoding + one, hashing + other
    files = [
        File(*one) for seed in seeds for one in json.loads((folder / f"{seed}.json").read_text())
    ]
    if missing:
        made = len(files) * len(missing) / count
        print(
            f"a file: {1000 * decoding / made:.1f} ms to decode and choose frames, "
            f"{1000 * hashing / made:.1f} ms to hash these (2 processes)"
        )
    prints: dict[str, Fingerprint] = {}
    for seed in seeds:
        prints |= read_fingerprints_file(folder / f"{seed}.parquet")
    return files, prints


def _failed(job: tuple[int, Path], reason: str) -> tuple[int, float, float]:
    raise RuntimeError(f"world {job[0]}: {reason}")


def distances(
    files: Sequence[File], prints: Mapping[str, Fingerprint]
) -> Iterator[tuple[str, float]]:
    """Yield (kind, distance) of each pair of an original and its copy, and of other pairs."""
    for one, other in combinations(files, 2):
        kind = "other"
        if one.root == other.root:
            copies = [file.kind for file in (one, other) if file.name != file.root]
            if len(copies) == 2:
                continue
            kind = copies[0]
        yield kind, compare(prints[one.name], prints[other.name]).distance


def fit(pairs: Sequence[tuple[str, float]]) -> tuple[float, float]:
    """Return the least and the greatest limit of those with the best recall that are precise."""
    copies_P = np.array([bits for kind, bits in pairs if kind not in ("other", CROP)])
    others_P = np.array([bits for kind, bits in pairs if kind == "other"])
    limits = np.arange(129)
    recall = (copies_P[None] <= limits[:, None]).mean(1)
    wrong = (others_P[None] <= limits[:, None]).sum(1)
    right = (copies_P[None] <= limits[:, None]).sum(1)
    precise = right / np.maximum(1, right + wrong) >= LEAST_PRECISION
    best = limits[precise & (recall == recall[precise].max())]
    return float(best[0]), float(best[-1])


def quality(files: Sequence[File], prints: Mapping[str, Fingerprint]) -> None:
    """Fit the limit on one half and print what it does on the other."""
    halves = [
        list(distances([file for file in files if file.half == half], prints)) for half in (0, 1)
    ]
    least, most = fit(halves[0])
    print(f"first half: any limit of {least:.0f} to {most:.0f} bits is best; {SAME_BITS} is used")
    found = defaultdict(list)
    for kind, distance in halves[1]:
        found[kind].append(distance)
    for kind, bits in sorted(found.items()):
        within = np.mean(np.array(bits) <= SAME_BITS)
        low, middle, high = np.percentile(bits, [0, 50, 100])
        print(
            f"second half, {kind}: {len(bits):,} pairs, {within:.1%} within {SAME_BITS} bits; "
            f"{low:.0f} at least, {middle:.0f} in the middle, {high:.0f} at most"
        )
    copies = [one for kind, bits in found.items() if kind not in ("other", CROP) for one in bits]
    right = int(np.sum(np.array(copies) <= SAME_BITS))
    wrong = int(np.sum(np.array(found["other"]) <= SAME_BITS))
    print(f"second half: recall {right / len(copies):.4f}, precision {right / (right + wrong):.4f}")


def scale(files: Sequence[File], prints: Mapping[str, Fingerprint]) -> None:
    """Print what the search costs for a quarter, a half and all of the files."""
    order = np.random.default_rng(0).permutation(len(files))
    before = 0.0
    for share in (4, 2, 1):
        some = [files[place] for place in order[: len(files) // share]]
        mine = {file.name: prints[file.name] for file in some}
        begun = time.perf_counter()
        pairs = list(alike(mine))
        rows = clusters_of([file.name for file in some], pairs, lambda name: (name,))
        took = time.perf_counter() - begun
        times = f", {took / before:.2f} times the half" if before else ""
        before = took
        print(f"{len(some):,} files: {took:.1f} s in one process{times}")
    root_of = {file.name: file.root for file in files}
    members = defaultdict(list)
    for row in rows:
        members[row.cluster].append(row.sha256)
    together = [pair for group in members.values() for pair in combinations(group, 2)]
    right = sum(root_of[one] == root_of[other] for one, other in together)
    cluster_of = {row.sha256: row.cluster for row in rows}
    copies = [one for one in files if one.name != one.root and one.kind != CROP]
    found = sum(cluster_of[one.name] == cluster_of[one.root] for one in copies)
    print(
        f"all: {len(members):,} clusters; recall {found / len(copies):.4f} of {len(copies):,} "
        f"copies, precision {right / len(together):.4f} of {len(together):,} pairs in one cluster"
    )
    families = defaultdict(set)
    for row in rows:
        families[row.family].add(row.cluster)
    largest = max(map(len, families.values()))
    print(f"families (within {FAMILY_BITS} bits): {len(families):,}, of {largest} clusters at most")


def peer(files: Sequence[File], prints: Mapping[str, Fingerprint]) -> None:
    """Print how much quicker the search is than comparing each with each, on the same files."""
    some = {file.name: prints[file.name] for file in files[:PEER_FILES]}
    begun = time.perf_counter()
    each = {
        frozenset(pair) for pair in combinations(some, 2)
        if compare(some[pair[0]], some[pair[1]]).akin
    }  # fmt: skip
    plain = time.perf_counter() - begun
    begun = time.perf_counter()
    ours = {frozenset((pair.one, pair.other)) for pair in alike(some)}
    took = time.perf_counter() - begun
    print(
        f"{len(some)} files, each with each: {plain:.1f} s, which the search does "
        f"{plain / took:.1f} times as quick; it misses {len(each - ours)} of {len(each)} pairs"
    )


def main(arguments: Sequence[str] = ()) -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__, prog="benchmarks duplicates")
    parser.add_argument("--worlds", type=int, default=2, help="of 380 files each")
    parser.add_argument("--fitted", type=int, default=2, help="worlds that the limit is fitted on")
    parser.add_argument("--folder", type=Path, default=Path("build/duplicates"))
    chosen = parser.parse_args(arguments)
    files, prints = worlds(chosen.worlds, chosen.folder)
    few = [file for file in files if int(file.name.split("/")[0]) < FIRST_SEED + chosen.fitted]
    quality(few, prints)
    peer(files, prints)
    scale(files, prints)
