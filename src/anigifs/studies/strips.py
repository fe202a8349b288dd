"""A clip as one still picture: some of its frames, side by side."""

import io
from pathlib import Path

import numpy as np
from PIL import Image

from anigifs.clips import Geometry
from anigifs.clips.load import load_frames
from anigifs.clips.samplers import whole_by_time
from anigifs.foundation import UsageError

SPACE_PX = 2
QUALITY = 80  # of 100: nothing is missed at this size, and a strip of film is a tenth of a PNG


def strip(path: Path | str, frames: int = 6, height: int = 96) -> bytes:
    """Return frames of a clip side by side, as a WebP.

    They are equally spaced in time, and cut as a model sees them: the centred square.

    Args:
        path: A GIF, WebP, APNG or video file.
        frames: How many, at least one.
        height: Of the picture, and the width of each frame, in pixels.

    Raises:
        MediaError: The file cannot be answered; the text says why.
        UsageError: No frames, or no height, are asked for.
    """
    if frames < 1 or height < 1:
        raise UsageError(f"a strip of {frames} frames of {height} pixels; both are at least 1")
    geometry = Geometry(frames=frames, size=height)
    clip = load_frames(path, lambda info: whole_by_time(info.delays, frames), geometry)
    width = frames * (height + SPACE_PX) - SPACE_PX
    picture_HWC = np.zeros((height, width, 4), np.uint8)  # what lies between frames is transparent
    for place, frame_HWC in enumerate(clip.frames_THWC):
        left = place * (height + SPACE_PX)
        picture_HWC[:, left : left + height, :3] = frame_HWC
        picture_HWC[:, left : left + height, 3] = 255
    buffer = io.BytesIO()
    Image.fromarray(picture_HWC).save(buffer, format="WEBP", quality=QUALITY)
    return buffer.getvalue()
