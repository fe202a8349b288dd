"""GIF bytes from frames whose every property is stated: rectangle, palette, delay, disposal.

Pillow compresses; it is not asked to write the file, because it merges equal neighbours and
chooses rectangles and disposals itself.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

FOR_EVER = 0
Area = tuple[slice, slice]  # rows and columns


@dataclass(frozen=True)
class GifPart:
    """One frame of a GIF to be written.

    Attributes:
        indices_HW: uint8: each pixel's place in the palette.
        palette: ``(colours, 3)`` uint8 RGB, 1..256 colours; None leaves it to the global palette.
        left: Column of the canvas where the rectangle begins.
        top: Row of the canvas where the rectangle begins.
        delay_ms: A multiple of 10, at most 655,350.
        disposal: What becomes of it when its time is over: 0 or 1 stays, 2 is cleared, 3 gives way
            to what was there before.
        transparent: The index that draws nothing, or None.
        interlaced: Store the rows in four passes.
    """

    indices_HW: np.ndarray
    palette: np.ndarray | None = None
    left: int = 0
    top: int = 0
    delay_ms: int = 100
    disposal: int = 1
    transparent: int | None = None
    interlaced: bool = False


def gif_bytes(
    width: int,
    height: int,
    parts: Sequence[GifPart],
    *,
    palette: np.ndarray | None = None,
    loops: int | None = FOR_EVER,
) -> bytes:
    """Return a whole GIF89a file.

    Args:
        width: Of the canvas, in pixels.
        height: Of the canvas, in pixels.
        parts: The frames.
        palette: The global palette, ``(colours, 3)`` uint8 RGB.
        loops: 0 plays for ever; None writes no loop block, which plays once.
    """
    flags, colours = _table(palette)
    chunks = [struct.pack("<6sHHBBB", b"GIF89a", width, height, flags, 0, 0), colours]
    if loops is not None:
        chunks.append(b"!\xff\x0bNETSCAPE2.0" + struct.pack("<BBHB", 3, 1, loops, 0))
    chunks.extend(_frame_bytes(part) for part in parts)
    return b"".join(chunks) + b";"


def bounds(mask_HW: np.ndarray) -> Area:
    """Return the rows and columns that hold every true pixel; one pixel where there is none."""
    rows, columns = (np.flatnonzero(mask_HW.any(axis=axis)) for axis in (1, 0))
    if rows.size == 0:
        return slice(0, 1), slice(0, 1)
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def _frame_bytes(part: GifPart) -> bytes:
    flags, colours = _table(part.palette)
    control = part.disposal << 2 | (part.transparent is not None)
    height, width = part.indices_HW.shape
    code_size = max(2, int(part.indices_HW.max(initial=0)).bit_length())
    picture = Image.fromarray(np.ascontiguousarray(part.indices_HW))
    return b"".join(
        [
            b"!\xf9",
            struct.pack("<BBHBB", 4, control, part.delay_ms // 10, part.transparent or 0, 0),
            b",",
            struct.pack("<HHHHB", part.left, part.top, width, height, flags | part.interlaced << 6),
            colours,
            bytes([code_size]),
            picture.tobytes("gif", "L", code_size, int(part.interlaced)),
            b"\0",
        ]
    )


def _table(palette: np.ndarray | None) -> tuple[int, bytes]:
    """Return the flags that announce a colour table, and the table, padded to a power of two."""
    if palette is None:
        return 0, b""
    exponent = max(1, (len(palette) - 1).bit_length())
    return 0x80 | (exponent - 1), palette.astype(np.uint8).tobytes().ljust(3 << exponent, b"\0")
