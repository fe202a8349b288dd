"""The spatial rule: the shorter side to a size, antialiased, then the centre."""

import math
from dataclasses import dataclass

import cv2
import numpy as np

from anigifs.foundation import UsageError

cv2.setNumThreads(1)  # files are decoded side by side instead
SMALL_VARIANCE = 0.5  # in square pixels: up to here three taps can hold it


@dataclass(frozen=True)
class Geometry:
    """How many frames of what size a model sees.

    Attributes:
        frames: T.
        size: Height and width, in pixels.
        resize_side: What the shorter side is scaled to before the centre is cut out; None scales
            it to ``size``, as the paper does. I3D's own recipe for Kinetics is 256, then 224.
    """

    frames: int
    size: int
    resize_side: int | None = None

    def __post_init__(self) -> None:
        if self.size < 1 or (self.resize_side is not None and self.resize_side < self.size):
            raise UsageError(
                f"a crop of {self.size} pixels does not fit a shorter side of {self.resize_side}"
            )

    def crop_of(self, height: int, width: int) -> tuple[slice, slice]:
        """Return the rows and columns of the source that the model will see: a centred square.

        Cutting first and scaling after gives the same picture as scaling first, without ever
        making the scaled one: a frame of 1 x 3000 would become 224 x 672,000.
        """
        side = min(height, width)
        if self.resize_side is not None:
            side = max(1, round(side * self.size / self.resize_side))
        top, left = (height - side) // 2, (width - side) // 2
        return slice(top, top + side), slice(left, left + side)


PAPER = Geometry(frames=40, size=224)
LAPTOP = Geometry(frames=16, size=112)
GEOMETRIES = {"paper": PAPER, "laptop": LAPTOP}


def resize_and_crop(frame_HWC: np.ndarray, geometry: Geometry) -> np.ndarray:
    """Return the centre of a frame at the geometry's size, antialiased when it shrinks.

    Args:
        frame_HWC: uint8 RGB, of any size from 1 x 1.
        geometry: The size and the crop.

    Returns:
        uint8 ``(size, size, 3)``.

    Example:
        >>> resize_and_crop(np.zeros((3, 500, 3), np.uint8), LAPTOP).shape
        (112, 112, 3)
    """
    square_HWC = np.ascontiguousarray(frame_HWC[geometry.crop_of(*frame_HWC.shape[:2])])
    side, size = square_HWC.shape[0], geometry.size
    if side == size:
        return square_HWC
    if side > size:
        square_HWC = _blur_for(square_HWC, side / size)
    return cv2.resize(square_HWC, (size, size), interpolation=cv2.INTER_LINEAR)


def _blur_for(square_HWC: np.ndarray, ratio: float) -> np.ndarray:
    """Blur just enough that bilinear sampling at ``ratio`` pixels a step does not alias.

    A triangle filter of half-width r, Pillow's antialiased bilinear, has variance r^2 / 6, of
    which bilinear sampling itself brings 1/6. A Gaussian brings the rest. It stays within a grey
    level of Pillow on real frames, at a third of the time of OpenCV's own area resampling.
    """
    variance = (ratio**2 - 1) / 6
    if variance < SMALL_VARIANCE:
        # Three taps (w, 1 - 2 w, w) have the variance 2 w; ask for the Gaussian that gives it.
        tap, width = variance / 2, 3
        sigma = math.sqrt(-0.5 / math.log(tap / (1 - 2 * tap)))
    else:
        sigma = math.sqrt(variance)
        width = 2 * math.ceil(2.5 * sigma) + 1
    border = cv2.BORDER_REPLICATE
    return cv2.GaussianBlur(square_HWC, (width, width), sigma, borderType=border)
