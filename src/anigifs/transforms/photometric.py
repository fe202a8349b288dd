"""The operations of the pool on whole clips, to the last bit what Pillow makes of each frame."""

import math
from typing import Literal, get_args

import numpy as np

from anigifs.foundation import UsageError
from anigifs.transforms.footage import Footage
from anigifs.transforms.pool import Operation, Operations, from_json, to_json

Statistics = Literal["frame", "clip"]

_CHANNELS = ("red", "green", "blue")
_POINTWISE = {"brightness", "solarize", *_CHANNELS}  # what needs to know but one value
_MOST_AT_ONCE = 2**21  # bytes of frames: a cache holds them, and their memory is not asked for anew


def apply(
    operations: Operations, clips: np.ndarray, statistics: Statistics = "frame"
) -> np.ndarray:
    """Apply a tuple of operations to every frame of every clip.

    Args:
        operations: Of the pool, in the order of application.
        clips: uint8 RGB, ``(T, H, W, 3)`` or ``(B, T, H, W, 3)``.
        statistics: Whose histogram autocontrast takes and whose mean contrast takes: of each
            "frame", as Pillow does and so RSDA; or of the whole "clip", all its frames as one tall
            image, so that a clip does not flicker. All else is a matter of each pixel or frame.

    Returns:
        uint8 of the shape of the input, which stays as it is: a new array, or the input itself
        where there is no operation.

    Raises:
        UsageError: An operation that is not of the pool, not such clips, or no such statistics.

    Example:
        >>> from anigifs.transforms.pool import Operation
        >>> clip = np.full((1, 1, 2, 3), 100, np.uint8)
        >>> apply((Operation("solarize", 20), Operation("red", 12)), clip)[0, 0, 0].tolist()
        [167, 155, 155]
    """
    _check(clips, statistics)
    operations = from_json(to_json(operations))  # of the pool, or an error
    if not operations or not clips.size:
        return clips
    changed = np.empty(clips.shape, np.uint8)
    by_itself = _POINTWISE.issuperset(operation.name for operation in operations)
    together = math.prod(clips.shape[:-3]) if by_itself else _together(clips, statistics)
    for chunk_NHWC, out_NHWC in _chunks(np.ascontiguousarray(clips), changed, together):
        groups = len(chunk_NHWC) if statistics == "frame" and not by_itself else 1
        footage = Footage(chunk_NHWC, groups)
        for operation in operations:
            _pend(operation, footage)
        footage.write(out_NHWC)
    return changed


def _check(clips: np.ndarray, statistics: str) -> None:
    if not isinstance(clips, np.ndarray) or clips.dtype != np.uint8:
        kind = getattr(clips, "dtype", type(clips).__name__)
        raise UsageError(f"clips to transform are arrays of uint8, not {kind}")
    if clips.ndim not in (4, 5) or clips.shape[-1] != 3:
        raise UsageError(f"clips to transform are (..., T, H, W, 3), not {clips.shape}")
    if statistics not in get_args(Statistics):
        raise UsageError(f"statistics are of each frame or clip, not {statistics!r}")


def _together(clips: np.ndarray, statistics: Statistics) -> int:
    """Return how many frames to work on at a time: a clip, or as many as a cache may hold."""
    frames, *shape_HWC = clips.shape[-4:]
    return frames if statistics == "clip" else max(1, _MOST_AT_ONCE // math.prod(shape_HWC))


def _chunks(
    clips: np.ndarray, changed: np.ndarray, together: int
) -> list[tuple[np.ndarray, np.ndarray]]:
    frames_NHWC, out_NHWC = (array.reshape(-1, *clips.shape[-3:]) for array in (clips, changed))
    starts = range(0, len(frames_NHWC), together)
    return [(frames_NHWC[i : i + together], out_NHWC[i : i + together]) for i in starts]


def _pend(operation: Operation, footage: Footage) -> None:
    level = float(operation.level or 0)
    match operation.name:
        case "autocontrast":
            footage.autocontrast(level)
        case "brightness":
            footage.brightness(level)
        case "color":
            footage.color(level)
        case "contrast":
            footage.contrast(level)
        case "sharpness":
            footage.sharpness(level)
        case "solarize":
            footage.solarize(int(level))
        case "grayscale":
            footage.grayscale()
        case channel:
            footage.shift(_CHANNELS.index(channel), int(level))
