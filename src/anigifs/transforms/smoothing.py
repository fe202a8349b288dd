"""The smooth copy of an image that sharpness is measured from: Pillow's ``ImageFilter.SMOOTH``."""

import cv2
import numpy as np


def smooth(frame_HWC: np.ndarray) -> np.ndarray:
    """Return an image smoothed over 3 x 3 pixels, but for its outermost pixels, left as they are.

    The weights are 1/13, and 5/13 in the middle; halves cannot occur, so how they round is no
    matter: a whole sum divided by 13 is never nearer than 1/26 to a half.

    Args:
        frame_HWC: uint8, contiguous, of 1 channel or 3.

    Example:
        >>> frame = np.zeros((3, 3, 1), np.uint8)
        >>> frame[1, 1] = 26
        >>> smooth(frame)[1, :, 0].tolist()
        [0, 10, 0]
    """
    # All nine as often as the outer ones, and the middle one four times more, in whole numbers:
    # a running sum is faster than nine products, and nothing is rounded before the end.
    shape = frame_HWC.shape
    nines_HWC = cv2.boxFilter(frame_HWC, cv2.CV_16U, (3, 3), normalize=False).reshape(shape)
    sums_HWC = frame_HWC.astype(np.uint16)
    np.left_shift(sums_HWC, 2, out=sums_HWC)
    np.add(sums_HWC, nines_HWC, out=sums_HWC)
    in_rows = sums_HWC.reshape(len(frame_HWC), -1)
    smoothed_HWC = cv2.convertScaleAbs(in_rows, None, 1 / 13).reshape(shape)
    for edge in (0, -1):
        smoothed_HWC[edge] = frame_HWC[edge]
        smoothed_HWC[:, edge] = frame_HWC[:, edge]
    return smoothed_HWC
