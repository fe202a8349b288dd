"""Find files that may show the same among very many, without comparing each with each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from anigifs.curate.seeing.fingerprints import Fingerprint
from anigifs.curate.seeing.pdq import HASH_BITS, HASH_BYTES, KEPT, WAYS, turned

#: Bytes of a band: hashes are compared only if they agree in all bits of one band.
BAND_BYTES = 3
#: Of those that agree in a band, each is compared with so many that follow in the order of the
#: other bits, so that the work grows with the files and not with their square.
NEIGHBOURS = 12
#: Hashes that are taken apart at a time.
BLOCK = 2_048
_KEY_BYTES = 8
_BELOW_BAND = np.uint64(8 * (_KEY_BYTES - BAND_BYTES))


def candidate_pairs(prints: Sequence[Fingerprint], bits: int) -> np.ndarray:
    """Return pairs of files of which a frame is alike, as ``pairs_P2`` of places, each once.

    Hashes are put in order by one band of bits after the other, the coarsest frequencies first,
    and neighbours are compared. Two that differ in ``d`` bits of 256 agree in one of the ten bands
    of 24 with a probability of about ``1 - (1 - (1 - d / 256) ** 24) ** 10``: 0.99 for 10 and 0.37
    for 31; that files with many frames are missed altogether is unlikely.

    Args:
        prints: Of the files.
        bits: In which a frame of one and a frame of the other may differ, at most.
    """
    found = [np.empty((0, 2), np.int64)]
    for view in (0, 1):
        hashes = [one.views[view] for one in prints]
        file_N = np.repeat(np.arange(len(hashes)), [len(one) for one in hashes])
        hashes_NB = np.concatenate([np.empty((0, HASH_BYTES), np.uint8), *hashes])
        as_they_are = _Hashes(_by_frequency(hashes_NB, "same"), file_N)
        found.extend(_pairs(as_they_are, None, bits))
        for way in WAYS:
            if way != "same":
                there = _Hashes(_by_frequency(hashes_NB, way), file_N)
                found.extend(_pairs(as_they_are, there, bits))
    return np.unique(np.concatenate(found), axis=0)


@dataclass(frozen=True, eq=False)
class _Hashes:
    """Hashes, their bits in the order of frequencies, and the file of each."""

    hashes_NB: np.ndarray
    file_N: np.ndarray


def _pairs(one: _Hashes, other: _Hashes | None, bits: int) -> Iterator[np.ndarray]:
    """Yield pairs of files: within one set of hashes, or between it and another."""
    parts = [one] if other is None else [one, other]
    hashes_NB = np.concatenate([part.hashes_NB for part in parts])
    file_N = np.concatenate([part.file_N for part in parts])
    # Within one set all may be compared; of two sets, only those of different ones.
    side_N = np.repeat(np.arange(len(parts)), [len(part.file_N) for part in parts])
    # After the last bits the first ones follow.
    twice_NB = np.concatenate([hashes_NB, hashes_NB[:, :_KEY_BYTES]], axis=1)
    for begin in range(0, HASH_BYTES - BAND_BYTES + 1, BAND_BYTES):
        key_NB = np.ascontiguousarray(twice_NB[:, begin : begin + _KEY_BYTES])
        key_N = key_NB.view(">u8")[:, 0].astype(np.uint64)
        order_N = np.argsort(key_N, kind="stable")
        # All is put in this order first: what is compared then lies side by side in memory.
        band_N, file_O, side_O = key_N[order_N] >> _BELOW_BAND, file_N[order_N], side_N[order_N]
        words_OW = hashes_NB[order_N].view(np.uint64)
        for step in range(1, NEIGHBOURS + 1):
            meet_P = (band_N[step:] == band_N[:-step]) & (file_O[step:] != file_O[:-step])
            if other is not None:
                meet_P &= side_O[step:] != side_O[:-step]
            one_P = np.flatnonzero(meet_P)
            unlike = np.bitwise_count(words_OW[one_P] ^ words_OW[one_P + step])
            near_P = one_P[unlike.sum(1, np.int64) <= bits]
            files_P2 = np.stack([file_O[near_P], file_O[near_P + step]], axis=1)
            yield np.unique(np.sort(files_P2, axis=1), axis=0)


def _by_frequency(hashes_NB: np.ndarray, way: str) -> np.ndarray:
    """Return turned hashes with their bits in another order, the coarsest frequencies first."""
    row, column = np.divmod(np.arange(HASH_BITS), KEPT)
    order = HASH_BITS - 1 - np.argsort(row + column, kind="stable")
    ordered_NB = np.empty_like(hashes_NB)
    for begin in range(0, len(hashes_NB), BLOCK):  # so that bits one a byte stay in the cache
        block = slice(begin, begin + BLOCK)
        bits_NN = np.unpackbits(turned(hashes_NB[block], way), axis=1)
        ordered_NB[block] = np.packbits(bits_NN[:, order], axis=1)
    return ordered_NB
