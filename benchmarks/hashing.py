"""How quickly frames are hashed, and copies found among many hashes.

A frame's fingerprint is PDQ's 256 bits of the whole frame and of the part in which anything moves;
the peers hash the whole frame only. Its bound is what any such hash has to do first: luminance, and
a thin picture of it. Copies are searched for among random hashes of which a tenth are copies of
others with up to ten bits changed. The peers compare each with each and so miss nothing; ours looks
among neighbours, in all eight ways that a picture can lie, and the share that it finds is said.
"""

import itertools
from collections.abc import Callable

import cv2
import numpy as np
from PIL import Image

from anigifs.curate.copies.matching import SAME_BITS
from anigifs.curate.copies.search import candidate_pairs
from anigifs.curate.seeing.fingerprints import Fingerprint, fingerprint_of
from anigifs.curate.seeing.pdq import HASH_BITS, HASH_BYTES, SIDE
from benchmarks.loading import cartoon, film
from benchmarks.rows import LIMIT, NOT_INSTALLED, OURS, Asked, Row, Task, Work, one_thread, version

FRAMES, TINY = (40, 270, 480), (3, 48, 64)
FEW, MANY = 2_000, 20_000
CHANGED = 10  # bits of a copy, at most


def rows(asked: Asked) -> list[Row]:
    """Compare hashing, and searching at two sizes."""
    one_thread()
    few, many = (40, 80) if asked.tiny else (FEW, MANY)
    return [
        *hashing_a_frame(asked),
        *searching(few, asked, {**by_imagehash(), **by_numpy()}),
        *searching(many, asked, by_numpy()),
    ]


def hashing_a_frame(asked: Asked) -> list[Row]:
    """Compare how the frames of a film and a cartoon are hashed."""
    count, height, width = TINY if asked.tiny else FRAMES
    rng = np.random.default_rng(0)
    clips = [film(rng, height, width, count), cartoon(height, width, count)]

    def thinned(frame_HWC: np.ndarray) -> object:
        luma_HW = cv2.cvtColor(frame_HWC, cv2.COLOR_RGB2GRAY)
        return Image.fromarray(luma_HW).resize((SIDE, SIDE), Image.Resampling.BILINEAR)

    def each(hashed: Callable[[np.ndarray], object]) -> Work:
        return lambda: [hashed(frame_HWC) for clip_THWC in clips for frame_HWC in clip_THWC]

    sides: dict[str, Work] = {
        OURS: lambda: [fingerprint_of(clip_THWC) for clip_THWC in clips],
        LIMIT: each(thinned),
    }
    absent = {}
    try:
        import imagehash
    except ImportError:
        absent["imagehash"] = NOT_INSTALLED
    else:
        sides[f"{version('imagehash')}, phash of 64 bits"] = each(
            lambda frame_HWC: imagehash.phash(Image.fromarray(frame_HWC))
        )
    try:
        import pdqhash
    except ImportError:
        absent["pdqhash"] = NOT_INSTALLED
    else:
        sides[version("pdqhash")] = each(pdqhash.compute)
    task = Task(
        what="hash a frame",
        shape=f"{height} x {width}, {2 * count} frames",
        unit="us",
        count=2 * count,
        limit="luminance and a picture of 64 x 64",
        note="Ours hashes each frame whole and its moving part.",
    )
    return task.rows(sides, asked.rounds, absent=absent)


Searching = Callable[[np.ndarray], int]


def by_imagehash() -> dict[str, Searching | None]:
    try:
        import imagehash
    except ImportError:
        return {"imagehash": None}

    def search(hashes_NB: np.ndarray) -> int:
        bits_NN = np.unpackbits(hashes_NB, axis=1).astype(bool)
        hashes = [imagehash.ImageHash(bits.reshape(16, 16)) for bits in bits_NN]
        pairs = itertools.combinations(hashes, 2)
        return sum(one - other <= SAME_BITS for one, other in pairs)

    return {f"{version('imagehash')}, each with each": search}


def by_numpy() -> dict[str, Searching | None]:
    def search(hashes_NB: np.ndarray) -> int:
        words_NW = hashes_NB.view(np.uint64)
        found = 0
        for place, words_W in enumerate(words_NW):
            unlike_M = np.bitwise_count(words_NW[place + 1 :] ^ words_W).sum(1, np.int64)
            found += int((unlike_M <= SAME_BITS).sum())
        return found

    return {f"{version('numpy')}, each with all": search}


def searching(count: int, asked: Asked, peers: dict[str, Searching | None]) -> list[Row]:
    """Compare how copies are found among so many hashes."""
    hashes_NB = drawn(count)
    prints = [Fingerprint(one[None], np.full(1, 100, np.uint8), 1) for one in hashes_NB]
    found = len(candidate_pairs(prints, SAME_BITS))
    right = by_numpy().popitem()[1]
    assert right is not None  # noqa: S101 - numpy is there
    there = right(hashes_NB)
    sides: dict[str, Work] = {OURS: lambda: candidate_pairs(prints, SAME_BITS)}
    sides |= {
        name: lambda search=search: search(hashes_NB)  # type: ignore[misc]
        for name, search in peers.items()
        if search is not None
    }
    task = Task(
        what="find copies",
        shape=f"{count:,} hashes of {HASH_BITS} bits, within {SAME_BITS}",
        unit="s",
        note=f"Ours finds {found:,} of {there:,} pairs among {count:,}, in eight ways to lie.",
    )
    absent = {name: NOT_INSTALLED for name, search in peers.items() if search is None}
    return task.rows(sides, asked.rounds, absent=absent)


def drawn(count: int) -> np.ndarray:
    """Return random hashes, ``hashes_NB``; every tenth is a copy of the one before it."""
    rng = np.random.default_rng(0)
    hashes_NB = rng.integers(0, 256, (count, HASH_BYTES), np.uint8)
    for place in range(1, count, 10):
        bits_N = np.unpackbits(hashes_NB[place - 1])
        bits_N[rng.choice(HASH_BITS, int(rng.integers(1, CHANGED + 1)), replace=False)] ^= 1
        hashes_NB[place] = np.packbits(bits_N)
    return hashes_NB
