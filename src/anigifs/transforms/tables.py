"""Operations as tables of 256 entries: what each value of a channel becomes.

Tables are uint8, their last axis the value that goes in. Every one is what Pillow computes, so a
table of tables is what Pillow computes one after the other, cut off to whole numbers in between.
Those that a level alone decides are kept once made, and so are read-only.
"""

from functools import cache

import numpy as np

VALUES = np.arange(256, dtype=np.uint8)


def _kept(values: np.ndarray) -> np.ndarray:
    table = values.astype(np.uint8)
    table.setflags(write=False)
    return table


@cache
def blend_pairs(factor: float) -> np.ndarray:
    """Return Pillow's blend of every pair of values.

    Pillow's ``ImageEnhance`` takes ``degenerate + factor * (value - degenerate)`` in float32, clips
    it to 0..255 and cuts the fraction off.

    Returns:
        uint8 ``(256, 256)``, by the value of the degenerate image and that of the image.

    Example:
        >>> pairs = blend_pairs(1.4)
        >>> int(pairs[0, 100]), int(pairs[128, 100]), int(pairs[0, 200])
        (140, 88, 255)
    """
    value = VALUES.astype(np.float32)
    degenerate = value[:, None]
    blended = degenerate + np.float32(factor) * (value - degenerate)
    return _kept(np.clip(blended, 0, 255))


@cache
def solarized(threshold: int) -> np.ndarray:
    """Return the table that inverts what is not below a threshold.

    Example:
        >>> solarized(20)[[0, 19, 20, 255]].tolist()
        [0, 19, 235, 0]
    """
    return _kept(np.where(threshold > VALUES, VALUES, 255 - VALUES))


@cache
def shifted(amount: int) -> np.ndarray:
    """Return the table that adds a whole number, clipped to 0..255.

    Example:
        >>> shifted(-4)[[0, 4, 200]].tolist()
        [0, 0, 196]
    """
    return _kept(np.clip(VALUES.astype(np.int64) + amount, 0, 255))


def stretched(lowest: np.ndarray, highest: np.ndarray) -> np.ndarray:
    """Return the tables that spread a range of values over 0..255, as Pillow's autocontrast does.

    Args:
        lowest: int64 of any shape: what becomes 0.
        highest: int64 of the same shape: what becomes 255. Where it is not above the lowest, the
            table changes nothing.

    Returns:
        uint8 of that shape and ``(256,)`` more.

    Example:
        >>> stretched(np.array([10]), np.array([60]))[0, [0, 10, 35, 60, 90]].tolist()
        [0, 0, 127, 255, 255]
    """
    span = highest - lowest
    scale = 255.0 / np.maximum(span, 1)
    offset = -lowest * scale
    spread = np.clip(VALUES * scale[..., None] + offset[..., None], 0, 255).astype(np.uint8)
    return np.where((span > 0)[..., None], spread, VALUES)


def after(earlier: np.ndarray, later: np.ndarray) -> np.ndarray:
    """Return the tables that do what the earlier ones do and then what the later ones do.

    Args:
        earlier: uint8 ``(..., 256)``.
        later: uint8 ``(..., 256)``, of a shape that goes with it.

    Example:
        >>> after(shifted(-4), solarized(20))[[10, 24]].tolist()
        [6, 235]
    """
    shape = np.broadcast_shapes(earlier.shape, later.shape)
    indices = np.broadcast_to(earlier, shape).astype(np.intp)
    return np.take_along_axis(np.broadcast_to(later, shape), indices, axis=-1)
