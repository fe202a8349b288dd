"""PDQ: a perceptual hash of 256 bits, and what becomes of it when the picture is turned.

From the description by its authors, *The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing
Algorithm* (Facebook, 2019): a picture's luminance is smoothed and thinned to 64 x 64, of whose
cosine transform the 16 x 16 lowest frequencies are kept; a bit is set where one is above their
median. Hashes of two copies of a picture differ in few bits, those of two pictures in about 128.
"""

from functools import cache

import numpy as np

HASH_BITS = 256
HASH_BYTES = HASH_BITS // 8
SIDE = 64  # of the thinned picture
KEPT = 16  # frequencies of each axis, the lowest first and the mean left out
#: How a picture may lie: what was done to it, in words, by (turned over its diagonal, left and
#: right changed, top and bottom changed).
WAYS = {
    "same": (False, False, False),
    "mirrored": (False, True, False),
    "upside down": (False, False, True),
    "turned by 180": (False, True, True),
    "transposed": (True, False, False),
    "turned by 90": (True, True, False),
    "turned by 270": (True, False, True),
    "transposed, turned by 180": (True, True, True),
}
_REC_601 = np.array([0.299, 0.587, 0.114], np.float32)


def pdq(luma_THW: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the hash and the quality of each picture.

    Args:
        luma_THW: Luminance, 0..255, as :func:`luma_of` gives it.

    Returns:
        ``hashes_TB``, uint8, 32 bytes a picture, and ``quality_T``, uint8, 0..100: how much there
        is in the picture; hashes of a flat one say little.

    Example:
        >>> ramp_HW = np.add.outer(np.arange(64), 3 * np.arange(64))
        >>> hashes_TB, quality_T = pdq(ramp_HW[None])
        >>> hashes_TB.shape, quality_T.shape
        ((1, 32), (1,))
    """
    thinned_THW = _thinned(_smoothed(luma_THW.astype(np.float32)))
    waves_FS = _waves()
    kept_TFF = waves_FS @ thinned_THW @ waves_FS.T
    median_T = np.median(kept_TFF, axis=(1, 2), keepdims=True)
    bits_TN = (kept_TFF > median_T).reshape(len(kept_TFF), HASH_BITS)
    # The last bit comes first, as in the hexadecimal numbers that others write.
    return np.packbits(bits_TN[:, ::-1], axis=1), _quality(thinned_THW)


def luma_of(frames_THWC: np.ndarray) -> np.ndarray:
    """Return the luminance of frames as ``luma_THW``, float32, 0..255 (Rec. 601).

    Args:
        frames_THWC: RGB, 0..255.
    """
    luma_THW: np.ndarray = frames_THWC.astype(np.float32) @ _REC_601
    return luma_THW


def turned(hashes_NB: np.ndarray, way: str) -> np.ndarray:
    """Return what the hashes of pictures would be if the pictures lay otherwise.

    A mirror changes the sign of every second frequency. Medians are near 0, so that a hash follows
    in all but few bits.

    Args:
        hashes_NB: uint8, 32 bytes a hash.
        way: A key of :data:`WAYS`.
    """
    places_N, flips_N = _turning(way)
    bits_NN = np.unpackbits(hashes_NB, axis=1)[:, places_N] ^ flips_N
    return np.packbits(bits_NN, axis=1)


@cache
def _turning(way: str) -> tuple[np.ndarray, np.ndarray]:
    """Return which bit of a hash comes where if the picture lies otherwise, and which change."""
    over, left_right, top_bottom = WAYS[way]
    places_FF = np.arange(HASH_BITS)[::-1].reshape(KEPT, KEPT)
    odd_F = np.arange(1, KEPT + 1, dtype=np.uint8) & 1
    flips_FF = odd_F[None, :] * np.uint8(left_right) ^ odd_F[:, None] * np.uint8(top_bottom)
    if over:
        places_FF = places_FF.T
    return places_FF.reshape(-1)[::-1].copy(), flips_FF.reshape(-1)[::-1].copy()


def distances(one_NB: np.ndarray, other_MB: np.ndarray) -> np.ndarray:
    """Return in how many bits hashes differ, as ``distances_NM``, int64.

    Example:
        >>> distances(np.zeros((1, 32), np.uint8), np.full((2, 32), 3, np.uint8))
        array([[64, 64]])
    """
    one, other = (np.ascontiguousarray(hashes).view(np.uint64) for hashes in (one_NB, other_MB))
    between_NM: np.ndarray = np.bitwise_count(one[:, None] ^ other[None]).sum(2, np.int64)
    return between_NM


@cache
def _waves() -> np.ndarray:
    """Return the cosines of the kept frequencies, ``waves_FS``."""
    frequency_F1 = np.arange(1, KEPT + 1)[:, None]
    place_S = 2 * np.arange(SIDE) + 1
    waves_FS = np.sqrt(2 / SIDE) * np.cos(np.pi / (2 * SIDE) * frequency_F1 * place_S)
    return np.asarray(waves_FS, np.float32)


def _smoothed(luma_THW: np.ndarray) -> np.ndarray:
    """Return the picture after two box filters over each axis, which are near to a tent."""
    for axis in (2, 1, 2, 1):
        luma_THW = _boxed(luma_THW, axis)
    return luma_THW


def _boxed(luma_THW: np.ndarray, axis: int) -> np.ndarray:
    """Return means over windows as wide as what is thinned to one; they are cut off at edges."""
    size = luma_THW.shape[axis]
    window = -(-size // (2 * SIDE))
    if window == 1:
        return luma_THW
    ahead = (window + 2) // 2
    begin_S = np.clip(np.arange(size) + ahead - window, 0, size)
    end_S = np.clip(np.arange(size) + ahead, 0, size)
    moved = np.moveaxis(luma_THW, axis, -1)
    sums = np.concatenate([np.zeros_like(moved[..., :1]), moved], axis=-1).cumsum(-1, np.float64)
    means = (sums[..., end_S] - sums[..., begin_S]) / (end_S - begin_S)
    return np.moveaxis(means.astype(np.float32), -1, axis)


def _thinned(luma_THW: np.ndarray) -> np.ndarray:
    rows, columns = (
        ((np.arange(SIDE) + 0.5) * size / SIDE).astype(np.intp) for size in luma_THW.shape[1:]
    )
    return np.ascontiguousarray(luma_THW[:, rows[:, None], columns])


def _quality(thinned_THW: np.ndarray) -> np.ndarray:
    steps_T = sum(
        np.abs(np.trunc(np.diff(thinned_THW, axis=axis) * (100 / 255))).sum(axis=(1, 2))
        for axis in (1, 2)
    )
    return np.asarray(np.minimum(np.trunc(steps_T / 90), 100), np.uint8)
