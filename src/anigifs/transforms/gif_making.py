"""Operations that do to film what makes a GIF, or a drawing: few colours, flat areas, outlines.

Each is the same for all frames of a clip, so that nothing flickers that did not, but for what
errors of ``dither`` run on to from a moving actor. Some of them are also what the renderer of the
benchmark's cartoons does (flat areas, outlines, whole squares of pixels), which whoever reports a
gain with them has to take apart: docs/methods/spatiotemporal-search.md.
"""

from collections.abc import Callable
from functools import partial

import cv2
import numpy as np
from PIL import Image

from anigifs.transforms.pool import Operation, Pool

GIF_MAKING: Pool = {
    "palette": (4, 8, 16, 32),  # colours of the whole clip, by median cut
    "dither": (4, 8, 16, 32),  # the same, errors being spread over neighbours
    "posterise": (2, 3, 4, 6),  # values that a channel has
    "flatten": (1, 2, 4),  # passes of a bilateral filter, which leaves edges
    "outline": (1, 2),  # the thinner and the thicker of two dark lines along edges
    "hues": ("rbg", "grb", "gbr", "brg", "bgr"),  # which channel stands for red, green and blue
    "resolution": (2, 3, 4),  # times fewer pixels, each way
}

COUNTED_FRAMES = 4  # of a clip, that a palette is made from
FLAT_PX, FLAT_GREYS = 7, 80  # what a pass of the bilateral filter looks at, and takes for one area
EDGE_GREYS = 56  # of a slightly blurred picture's gradient, from which there is an edge


def apply_gif_making(operation: Operation, clips_BTHWC: np.ndarray) -> np.ndarray:
    """Return clips under an operation.

    Args:
        operation: Of :data:`GIF_MAKING`.
        clips_BTHWC: uint8 RGB; not changed.

    Example:
        >>> red_BTHWC = np.zeros((1, 1, 2, 2, 3), np.uint8) + np.uint8([255, 0, 0])
        >>> apply_gif_making(Operation("hues", "brg"), red_BTHWC)[0, 0, 0, 0].tolist()
        [0, 255, 0]
    """
    level = operation.level
    match operation.name:
        case "palette" | "dither":
            dither = operation.name == "dither"
            return np.stack([_paletted(clip, int(level or 0), dither) for clip in clips_BTHWC])
        case "posterise":
            return _posterised(clips_BTHWC, int(level or 0))
        case "hues":
            order = ["rgb".index(channel) for channel in str(level)]
            return np.ascontiguousarray(clips_BTHWC[..., order])
        case name:
            return _each_frame(clips_BTHWC, partial(_ON_FRAMES[name], amount=int(level or 0)))


def _paletted(clip_THWC: np.ndarray, colours: int, dither: bool) -> np.ndarray:
    some = np.unique(np.linspace(0, len(clip_THWC) - 1, COUNTED_FRAMES).round().astype(int))
    counted = Image.fromarray(np.concatenate(clip_THWC[some]))
    palette = counted.quantize(colours, method=Image.Quantize.MEDIANCUT)
    how = Image.Dither.FLOYDSTEINBERG if dither else Image.Dither.NONE
    return np.stack(
        [
            np.asarray(Image.fromarray(frame).quantize(palette=palette, dither=how).convert("RGB"))
            for frame in clip_THWC
        ]
    )


def _posterised(clips: np.ndarray, values: int) -> np.ndarray:
    steps_256 = np.rint(np.arange(256) / 255 * (values - 1))
    table_256 = np.rint(steps_256 / (values - 1) * 255).astype(np.uint8)
    return np.asarray(table_256[clips])


def _each_frame(clips_BTHWC: np.ndarray, change: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    height, width, channels = clips_BTHWC.shape[2:]
    frames_NHWC = clips_BTHWC.reshape(-1, height, width, channels)
    return np.stack([change(frame) for frame in frames_NHWC]).reshape(clips_BTHWC.shape)


def _flattened(frame_HWC: np.ndarray, amount: int) -> np.ndarray:
    for _ in range(amount):
        frame_HWC = cv2.bilateralFilter(frame_HWC, FLAT_PX, FLAT_GREYS, FLAT_PX)
    return frame_HWC


def _outlined(frame_HWC: np.ndarray, amount: int) -> np.ndarray:
    # Grain has no lines: what a pixel differs by from its neighbours counts after a little blur.
    grey_HW = cv2.cvtColor(cv2.GaussianBlur(frame_HWC, (3, 3), 0), cv2.COLOR_RGB2GRAY)
    nine = np.ones((3, 3), np.uint8)
    edges_HW = (cv2.morphologyEx(grey_HW, cv2.MORPH_GRADIENT, nine) > EDGE_GREYS).astype(np.uint8)
    # A gradient is two pixels wide on either side of an edge already.
    thin_HW = cv2.erode(edges_HW, np.ones((2, 2), np.uint8)) if amount == 1 else edges_HW
    return np.where(thin_HW[..., None] > 0, np.uint8(0), frame_HWC)


def _coarse(frame_HWC: np.ndarray, amount: int) -> np.ndarray:
    height, width = frame_HWC.shape[:2]
    size = (max(1, width // amount), max(1, height // amount))
    small = cv2.resize(frame_HWC, size, interpolation=cv2.INTER_AREA)
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_NEAREST)


_ON_FRAMES = {"flatten": _flattened, "outline": _outlined, "resolution": _coarse}
