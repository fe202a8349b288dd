"""Videos whose frames carry their number, so that a GIF's frames can be told apart."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.stream import VideoStream
from PIL import Image

from anigifs.media import write_mp4

BITS = 9


def numbered(count: int, height: int = 48, width: int = 72) -> np.ndarray:
    """Frames with their number in black and white stripes, over a little colour."""
    bits_TB = np.arange(count)[:, None] >> np.arange(BITS) & 1
    stripes_TW = np.repeat(bits_TB, -(-width // BITS), axis=1)[:, :width]
    frames_THWC = np.empty((count, height, width, 3), np.uint8)
    frames_THWC[:] = np.where(stripes_TW, 220, 30)[:, None, :, None]
    frames_THWC[:, : height // 4] = (200, 120, 40)
    return frames_THWC


def write_numbered(path: Path, count: int, fps: Fraction | int = 25, **size: int) -> Path:
    """Write an MP4 of so many numbered frames."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_mp4(path, numbered(count, **size), fps)
    return path


def write_uneven(path: Path, starts_ms: Sequence[int]) -> Path:
    """Write a Matroska file whose numbered frames begin to show at these moments."""
    with av.open(str(path), "w", format="matroska") as container:
        stream = container.add_stream("libx264", rate=1000, options={"bf": "0"})
        assert isinstance(stream, VideoStream)
        frames_THWC = numbered(len(starts_ms))
        stream.height, stream.width = frames_THWC.shape[1:3]
        stream.pix_fmt, stream.time_base = "yuv420p", Fraction(1, 1000)
        for start_ms, pixels in zip(starts_ms, frames_THWC, strict=True):
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            frame.pts, frame.time_base = start_ms, Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def numbers_of(path: Path) -> list[int]:
    """Return the numbers that Pillow sees in the frames of a GIF."""
    return [_number(frame) for frame in pillow_frames(path)]


def pillow_frames(path: Path) -> list[np.ndarray]:
    """Return the frames of a GIF as Pillow draws them."""
    frames = []
    with Image.open(path) as picture:
        for index in range(getattr(picture, "n_frames", 1)):
            picture.seek(index)
            frames.append(np.asarray(picture.convert("RGB")))
    return frames


def pillow_delays(path: Path) -> list[int]:
    """Return the delays of a GIF as Pillow reads them."""
    delays = []
    with Image.open(path) as picture:
        for index in range(getattr(picture, "n_frames", 1)):
            picture.seek(index)
            delays.append(int(picture.info["duration"]))
    return delays


def _number(frame_HWC: np.ndarray) -> int:
    stripes = np.array_split(frame_HWC[frame_HWC.shape[0] // 2 :].mean(axis=(0, 2)), BITS)
    return sum(1 << bit for bit, stripe in enumerate(stripes) if stripe.mean() > 128)
