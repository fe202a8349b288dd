"""Operations on what is around the actor: the scene gives way to one flat colour.

They need to know where people are. A box holds much of the scene, too, so the actor is cut out of
it by colour: what is frequent inside of the boxes of a clip and rare outside is taken for the
actor. That is no segmentation to be proud of - holes and crumbs stay - but it costs 10 ms a clip.
"""

import cv2
import numpy as np
from scipy.ndimage import gaussian_filter

from anigifs.transforms.pool import Operation, Pool

COLOURS: dict[str, tuple[int, int, int]] = {
    "black": (0, 0, 0),
    "grey": (128, 128, 128),
    "white": (255, 255, 255),
    "red": (224, 96, 96),
    "yellow": (224, 208, 96),
    "green": (96, 192, 96),
    "cyan": (96, 208, 208),
    "blue": (96, 112, 224),
    "violet": (192, 112, 208),
}
CONTEXT: Pool = {"backdrop": tuple(COLOURS)}

BITS = 4  # of each channel, that colours are told apart by
COLOUR_BLUR = 0.7  # in such colours: grain puts a pixel into a neighbour's place
PIXEL_BLUR = 5  # in pixels: single ones do not decide
LEAST_SHARE = 0.6  # how sure a colour must be the actor's


def apply_context(
    operation: Operation, clips_BTHWC: np.ndarray, tubes_BTHW: np.ndarray | None
) -> np.ndarray:
    """Return clips with their actors before a backdrop; one without a tube stays as it is.

    Args:
        operation: Of :data:`CONTEXT`.
        clips_BTHWC: uint8 RGB; not changed.
        tubes_BTHW: bool, where people are.
    """
    if tubes_BTHW is None:
        return clips_BTHWC
    colour_C = np.array(COLOURS[str(operation.level)], np.uint8)
    return np.stack(
        [
            np.where(actor_of(clip, tube)[..., None], clip, colour_C) if tube.any() else clip
            for clip, tube in zip(clips_BTHWC, tubes_BTHW, strict=True)
        ]
    )


def actor_of(clip_THWC: np.ndarray, tube_THW: np.ndarray) -> np.ndarray:
    """Return where the actor is, as far as colours tell: bool ``(T, H, W)``.

    Args:
        clip_THWC: uint8 RGB.
        tube_THW: bool, the boxes; where they are the whole picture, so is the actor.

    Example:
        >>> clip_THWC = np.zeros((1, 8, 8, 3), np.uint8)
        >>> clip_THWC[0, 2:6, 3:5] = 200
        >>> tube_THW = np.zeros((1, 8, 8), bool)
        >>> tube_THW[0, 1:7, 1:7] = True
        >>> int(actor_of(clip_THWC, tube_THW).sum()) <= 16
        True
    """
    if tube_THW.all():
        return tube_THW
    codes_THW = _codes(clip_THWC)
    inside, outside = (_frequencies(codes_THW[part]) for part in (tube_THW, ~tube_THW))
    share = inside / np.maximum(inside + outside, 1e-12)
    shares_THW = share.ravel().astype(np.float32)[codes_THW]
    blurred = [cv2.GaussianBlur(one, (PIXEL_BLUR, PIXEL_BLUR), 0) for one in shares_THW]
    return np.asarray((np.stack(blurred) > LEAST_SHARE) & tube_THW)


def _codes(clip_THWC: np.ndarray) -> np.ndarray:
    """Return a number for each pixel's colour, of ``2 ** (3 * BITS)``."""
    few_THWC = (clip_THWC >> (8 - BITS)).astype(np.int32)
    return np.asarray((few_THWC << np.array([2 * BITS, BITS, 0])).sum(axis=3))


def _frequencies(codes_N: np.ndarray) -> np.ndarray:
    """Return how frequent each colour is, as a cube of red, green and blue."""
    side = 2**BITS
    counts = np.bincount(codes_N, minlength=side**3).reshape(side, side, side)
    return np.asarray(gaussian_filter(counts / max(1, codes_N.size), COLOUR_BLUR))
