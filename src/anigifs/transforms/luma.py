"""The grey of a colour as Pillow's ``convert("L")`` has it, to the last bit.

It is ``(19595 R + 38470 G + 7471 B + 32768) >> 16``. OpenCV's own conversion has weights of 15 bits
and differs by one now and then; so here its matrix product does the sum in float32. That is exact:
every product and sum of the weights and of values of 0..255 is a whole number below 2 ** 24, and
a division by 2 ** 16 only moves the binary point.
"""

import cv2
import numpy as np

WEIGHTS = (19595, 38470, 7471)
HALF, BITS = 32768, 16

_MATRIX = np.array([[*WEIGHTS, HALF]], np.float32) / np.float32(2**BITS)


def luma_of_frame(frame_HWC: np.ndarray, out_HW: np.ndarray | None = None) -> np.ndarray:
    """Return the grey of every pixel of an RGB image.

    Args:
        frame_HWC: uint8 RGB.
        out_HW: uint8 to write into; a new array where there is none.

    Returns:
        uint8 ``(H, W)``.

    Example:
        >>> luma_of_frame(np.array([[[255, 0, 0], [9, 9, 9]]], np.uint8)).tolist()
        [[76, 9]]
    """
    if out_HW is None:
        out_HW = np.empty(frame_HWC.shape[:2], np.uint8)
    sums_HW = cv2.transform(frame_HWC.astype(np.float32), _MATRIX)
    np.copyto(out_HW, sums_HW, casting="unsafe")  # cuts the fraction off, as the shift does
    return out_HW


def luma_of_tables(tables_GC256: np.ndarray) -> np.ndarray:
    """Return the grey of what three tables make of each value: they are an image of 256 pixels.

    Args:
        tables_GC256: uint8, C = 3 tables a group; or C = 1, which is grey as it is.

    Returns:
        uint8 ``(G, 1, 256)``.
    """
    if tables_GC256.shape[1] == 1:
        return tables_GC256
    red, green, blue = (tables_GC256[:, channel].astype(np.int64) for channel in range(3))
    sums = WEIGHTS[0] * red + WEIGHTS[1] * green + WEIGHTS[2] * blue + HALF
    return (sums >> BITS).astype(np.uint8)[:, None]
