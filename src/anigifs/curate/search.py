"""Find files that may show the same among very many, without comparing each with each."""

from collections.abc import Iterator, Sequence

import numpy as np

from anigifs.curate.fingerprints import Fingerprint
from anigifs.curate.pdq import HASH_BITS, HASH_BYTES, KEPT, WAYS, turned

#: Bits of a band: hashes are compared only if they agree in all of one band.
BAND_BITS = 24
#: Of those that agree in a band, each is compared with so many that follow in the order of the
#: other bits, so that the work grows with the files and not with their square.
NEIGHBOURS = 12


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
        for way in WAYS:
            found.extend(_pairs(hashes_NB, file_N, way, bits))
    return np.unique(np.concatenate(found), axis=0)


def _pairs(hashes_NB: np.ndarray, file_N: np.ndarray, way: str, bits: int) -> Iterator[np.ndarray]:
    """Yield pairs of files between hashes as they are and hashes as they would be, if turned."""
    if way != "same":
        hashes_NB = np.concatenate([hashes_NB, turned(hashes_NB, way)])
        file_N = np.concatenate([file_N, file_N])
    words_NW = np.ascontiguousarray(hashes_NB).view(np.uint64)
    for band_N in _bands(hashes_NB):
        order_N = np.argsort(band_N, kind="stable")
        key_N = band_N[order_N] >> np.uint64(64 - BAND_BITS)
        for step in range(1, NEIGHBOURS + 1):
            first_P = np.flatnonzero(key_N[step:] == key_N[:-step])
            one_P, other_P = order_N[first_P], order_N[first_P + step]
            apart_P = file_N[one_P] != file_N[other_P]
            one_P, other_P = one_P[apart_P], other_P[apart_P]
            unlike = np.bitwise_count(words_NW[one_P] ^ words_NW[other_P]).sum(1, np.int64)
            files_P2 = np.stack([file_N[one_P], file_N[other_P]], axis=1)[unlike <= bits]
            yield np.unique(np.sort(files_P2, axis=1), axis=0)


def _bands(hashes_NB: np.ndarray) -> Iterator[np.ndarray]:
    """Yield 64 bits of each hash as a number, ``key_N``: those of a band, and others after it."""
    bits_NH = np.unpackbits(hashes_NB, axis=1)[:, ::-1][:, _by_frequency()]
    for begin in range(0, HASH_BITS - BAND_BITS + 1, BAND_BITS):
        rolled_NH = np.roll(bits_NH, -begin, axis=1)[:, :64]
        bytes_NB = np.ascontiguousarray(np.packbits(rolled_NH, axis=1))
        yield bytes_NB.view(">u8")[:, 0].astype(np.uint64)


def _by_frequency() -> np.ndarray:
    """Return the places of a hash's bits, the coarsest frequencies first."""
    row, column = np.divmod(np.arange(HASH_BITS), KEPT)
    return np.argsort(row + column, kind="stable")
