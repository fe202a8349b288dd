"""Frames to APNG: true colour, every pixel and every delay as it was given.

Pillow is not asked to write the file, because it merges neighbours that are equal.

Source: Portable Network Graphics (PNG) Specification, third edition (W3C), sections 9 and 11.3.6.
"""

import struct
import zlib
from collections.abc import Iterator, Sequence

import numpy as np

from anigifs.media.apng import SIGNATURE, chunk

TRUE_COLOUR = (8, 2, 0, 0, 0)  # bits a channel, RGB, and the one way of each other choice
SUB = 1  # each byte is stored as its difference to the pixel before
LEVEL = 1  # grain hardly compresses: trying harder takes twenty times as long for nothing


def apng_bytes(frames_THWC: np.ndarray, delays_ms: Sequence[int]) -> bytes:
    r"""Return an APNG file that plays for ever.

    Args:
        frames_THWC: uint8 RGB.
        delays_ms: How long each frame shows, at most 65,535.

    Example:
        >>> apng_bytes(np.zeros((2, 4, 4, 3), np.uint8), [40, 90])[:4]
        b'\x89PNG'
    """
    return SIGNATURE + b"".join(_chunks(frames_THWC, delays_ms))


def _chunks(frames_THWC: np.ndarray, delays_ms: Sequence[int]) -> Iterator[bytes]:
    count, height, width, _ = frames_THWC.shape
    yield chunk(b"IHDR", struct.pack(">II5B", width, height, *TRUE_COLOUR))
    yield chunk(b"acTL", struct.pack(">II", count, 0))
    number = 0  # of fcTL and fdAT together
    for place, (frame_HWC, delay) in enumerate(zip(frames_THWC, delays_ms, strict=True)):
        control = struct.pack(">5IHH2B", number, width, height, 0, 0, delay, 1000, 0, 0)
        yield chunk(b"fcTL", control)
        number += 1
        if place == 0:
            yield chunk(b"IDAT", _compressed(frame_HWC))
        else:
            yield chunk(b"fdAT", struct.pack(">I", number) + _compressed(frame_HWC))
            number += 1
    yield chunk(b"IEND", b"")


def _compressed(frame_HWC: np.ndarray) -> bytes:
    height = len(frame_HWC)
    stored = frame_HWC.copy()
    stored[:, 1:] -= frame_HWC[:, :-1]
    rows = np.empty((height, 1 + stored[0].size), np.uint8)
    rows[:, 0], rows[:, 1:] = SUB, stored.reshape(height, -1)
    return zlib.compress(rows.tobytes(), LEVEL)
