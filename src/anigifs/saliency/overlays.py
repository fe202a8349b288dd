"""Heat laid over frames, for a person to look at."""

from functools import cache

import cv2
import numpy as np
from torch import Tensor

from anigifs.saliency.gradcam import spread

#: Rises evenly in lightness, so that it reads the same to people who tell few colours apart, and in
#: grey; its darkest part is left out, which would look like shadow.
COLOUR_MAP, DARKEST = "inferno", 0.3
OPACITY = 0.75  # of the hottest pixel: what lies under it is still seen
WHITE, BLACK = (255, 255, 255), (0, 0, 0)


def heat_of(map_THW: Tensor, frames: int, size: int) -> np.ndarray:
    """Return a map of evidence spread over its clip, and scaled by the clip's own maximum.

    So heat says where in this clip there is most evidence, and never how much: two clips' heats, or
    two models', do not compare in strength.

    Args:
        map_THW: Floating point, 0 or more, on an endpoint's grid.
        frames: T of the result.
        size: Its height and width, in pixels; it may be more than the model's, to be looked at.

    Returns:
        float32 ``(frames, size, size)`` in 0..1, the highest being 1; zeros where the map is of
        zeros.

    Example:
        >>> import torch
        >>> heat_of(torch.tensor([0.0, 8.0]).view(2, 1, 1), 4, 1).ravel().tolist()
        [0.0, 0.25, 0.75, 1.0]
    """
    heat_THW = spread(map_THW[None], frames, size)[0].numpy()
    peak = float(heat_THW.max())
    return np.asarray(heat_THW / peak, np.float32) if peak > 0 else np.zeros_like(heat_THW)


def overlay(frames_THWC: np.ndarray, heat_THW: np.ndarray, opacity: float = OPACITY) -> np.ndarray:
    """Return frames with heat over them; the hotter, the less is seen of what lies below.

    Where there is no heat a frame is left as it is, to the bit.

    Args:
        frames_THWC: uint8 RGB.
        heat_THW: 0..1, of the same frames and size.
        opacity: Of the hottest pixel, 0..1.

    Raises:
        ValueError: Heat and frames differ in their size.

    Example:
        >>> grey = np.full((1, 1, 2, 3), 100, np.uint8)
        >>> overlay(grey, np.array([[[0.0, 1.0]]]), opacity=1.0)[0, 0].tolist()
        [[100, 100, 100], [252, 254, 164]]
    """
    if frames_THWC.shape[:3] != heat_THW.shape:
        raise ValueError(f"heat {heat_THW.shape} over frames {frames_THWC.shape[:3]}")
    colours = heat_colours().astype(np.float32)
    laid_THWC = np.empty_like(frames_THWC)
    for out_HWC, frame_HWC, heat_HW in zip(laid_THWC, frames_THWC, heat_THW, strict=True):
        colour_HWC = colours[np.rint(255 * heat_HW).astype(int)]
        share_HW1 = np.float32(opacity) * heat_HW[..., None].astype(np.float32)
        out_HWC[:] = np.rint(frame_HWC + share_HW1 * (colour_HWC - frame_HWC))
    return laid_THWC


@cache
def heat_colours() -> np.ndarray:
    """Return the colour of each of 256 heats, from the least: uint8 RGB ``(256, 3)``."""
    import matplotlib as mpl

    shades = np.linspace(DARKEST, 1, 256)
    colours = np.asarray(mpl.colormaps[COLOUR_MAP](shades, bytes=True))[:, :3]
    colours.flags.writeable = False  # it is handed out to everybody
    return colours


def outlined(frames_THWC: np.ndarray, mask_THW: np.ndarray) -> np.ndarray:
    """Return frames with a thin line around what a mask holds: white, and black outside of that.

    Args:
        frames_THWC: uint8 RGB.
        mask_THW: bool, on any square grid: it is stretched to the frames.
    """
    drawn_THWC = frames_THWC.copy()
    size = frames_THWC.shape[2], frames_THWC.shape[1]
    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    for frame_HWC, mask_HW in zip(drawn_THWC, mask_THW, strict=True):
        inside = cv2.resize(mask_HW.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
        # What lies beyond the picture is outside, so that a box at its edge has a line there, too.
        inner = cv2.erode(inside, cross, borderType=cv2.BORDER_CONSTANT, borderValue=0)
        frame_HWC[cv2.dilate(inside, cross) > inside] = BLACK
        frame_HWC[inside > inner] = WHITE
    return drawn_THWC
