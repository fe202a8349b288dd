"""Pillow's blend of an image with a degenerate one, to the last bit, at the speed of OpenCV.

Pillow cuts the fraction off where ``cv2.addWeighted`` rounds. All factors of the pool are whole
multiples of 1/95, and so are their blends; hence to round ``blend - 1/2 + 1/190`` is to cut the
fraction off, with 1/190 to spare on either side, far more than any error of float32. What is left
is that Pillow's own float32 may fall short of a whole number that the blend is in truth. Whether
that happens at a factor is looked up once in all 65,536 pairs of values: it does at 4 of the 20.
There, and at any other factor, the blend is done in float32 step by step as Pillow does it.
"""

from functools import cache

import cv2
import numpy as np

from anigifs.transforms.tables import VALUES, blend_pairs

_TO_CUT_OFF = -1 / 2 + 1 / 190


def blend(
    degenerate: np.ndarray, image: np.ndarray, factor: float, out: np.ndarray | None = None
) -> np.ndarray:
    """Return ``degenerate + factor * (image - degenerate)``, clipped and cut off.

    Args:
        degenerate: uint8, a contiguous image.
        image: uint8 of the same shape.
        factor: 0 gives the degenerate image, 1 the image.
        out: Where the result goes, if not into a new array; not one of the two others.

    Example:
        >>> blend(np.array([[100, 0]], np.uint8), np.array([[50, 9]], np.uint8), 1.4).tolist()
        [[30, 12]]
    """
    if out is None:
        out = np.empty_like(image)
    if _rounding_is_exact(factor):
        return cv2.addWeighted(image, factor, degenerate, 1 - factor, _TO_CUT_OFF, out)
    blended = image.astype(np.float32)
    base = degenerate.astype(np.float32)
    blended -= base
    blended *= np.float32(factor)
    blended += base
    if not 0 <= factor <= 1:  # in between, a blend does not leave 0..255
        np.clip(blended, 0, 255, out=blended)
    np.copyto(out, blended, casting="unsafe")
    return out


@cache
def _rounding_is_exact(factor: float) -> bool:
    steps = factor * 95
    if abs(steps - round(steps)) > 1e-9:
        return False  # there might be no room between a blend and where it is rounded
    image = np.broadcast_to(VALUES, (256, 256)).copy()
    degenerate = image.T.copy()
    rounded = cv2.addWeighted(image, factor, degenerate, 1 - factor, _TO_CUT_OFF)
    return np.array_equal(rounded, blend_pairs(factor))
