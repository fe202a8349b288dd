"""Every frame of a GIF, and a clip of it, by the libraries that people use for that."""

from collections.abc import Callable
from pathlib import Path

import av
import cv2
import numpy as np
from PIL import GifImagePlugin, Image, ImageSequence

from benchmarks.rows import NOT_INSTALLED, version

Decoder = Callable[[Path], np.ndarray]


def by_pillow(path: Path) -> np.ndarray:
    """Return ``frames_THWC``, uint8 RGB, as all of these do."""
    with Image.open(path) as picture:
        frames = ImageSequence.Iterator(picture)
        return np.stack([np.asarray(frame.convert("RGB")) for frame in frames])


def by_pyav(path: Path) -> np.ndarray:
    with av.open(str(path)) as container:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)])


def by_opencv(path: Path) -> np.ndarray:
    capture = cv2.VideoCapture(str(path))
    frames: list[np.ndarray] = []
    while True:
        there, frame_HWC = capture.read()
        if not there:
            return np.stack(frames)
        frames.append(cv2.cvtColor(frame_HWC, cv2.COLOR_BGR2RGB))


def by_imageio(path: Path) -> np.ndarray:
    import imageio.v3

    before = GifImagePlugin.LOADING_STRATEGY
    try:
        return np.asarray(imageio.v3.imread(path, plugin="pillow", mode="RGB"))
    finally:
        GifImagePlugin.LOADING_STRATEGY = before  # imageio changes how Pillow answers everybody


def decoders() -> tuple[dict[str, Decoder], dict[str, str]]:
    """Return how each library decodes, by its name and version, and which of them are absent."""
    found: dict[str, Decoder] = {
        version("pillow"): by_pillow,
        version("av"): by_pyav,
        version("opencv-python-headless"): by_opencv,
    }
    try:
        import imageio.v3  # noqa: F401
    except ImportError:
        return found, {"imageio": NOT_INSTALLED}
    return found | {version("imageio"): by_imageio}, {}


def usual_clip(decode: Decoder, path: Path, frames: int, size: int) -> np.ndarray:
    """Return ``(frames, size, size, 3)``: all is decoded, and what is chosen is made smaller.

    OpenCV makes it smaller by areas, antialiased, which is the quickest of the usual ways.
    """
    frames_THWC = decode(path)
    chosen = np.linspace(0, len(frames_THWC) - 1, frames).round().astype(int)
    return np.stack([_fitted(frames_THWC[index], size) for index in chosen])


def _fitted(frame_HWC: np.ndarray, size: int) -> np.ndarray:
    height, width = frame_HWC.shape[:2]
    scale = size / min(height, width)
    to = max(size, round(width * scale)), max(size, round(height * scale))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    frame_HWC = cv2.resize(frame_HWC, to, interpolation=way)
    left, top = (to[0] - size) // 2, (to[1] - size) // 2
    return frame_HWC[top : top + size, left : left + size]
