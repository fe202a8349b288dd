"""The bytes of the demo's files: clips in several containers, stills, rubbish and bombs."""

import io
import json
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from anigifs.collect.demo.pictures import Clip
from anigifs.media import GifPart, gif_bytes, write_gif, write_mp4
from anigifs.media.gif import walk

COLOURS = 96  # of films: fewer are quicker to find


def gif_of(clip: Clip) -> bytes:
    """Return a clip as a GIF with one palette; exact if the frames have at most 256 colours."""
    return _written(lambda path: write_gif(path, clip.frames_THWC, clip.delays_ms))


def film_gif_of(clip: Clip) -> bytes:
    """Return a clip as GIFs of films are: one palette of few colours, dithered."""
    frames_THWC, delays_ms = clip.frames_THWC, clip.delays_ms
    return _written(
        lambda path: write_gif(path, frames_THWC, delays_ms, palette="global", colours=COLOURS)
    )


def mp4_of(clip: Clip) -> bytes:
    """Return a clip as MP4, each frame as long as the mean of all."""
    fps = 1000 * len(clip.delays_ms) / sum(clip.delays_ms)
    return _written(lambda path: write_mp4(path, clip.frames_THWC, fps, preset="veryfast"))


def webp_of(clip: Clip) -> bytes:
    """Return a clip as lossless animated WebP."""
    return _animated(clip, "WEBP", lossless=True, quality=0, method=0)


def apng_of(clip: Clip) -> bytes:
    """Return a clip as APNG."""
    return _animated(clip, "PNG")


def still_gif_of(clip: Clip) -> bytes:
    """Return the first frame as a GIF."""
    return gif_of(Clip(clip.frames_THWC[:1], clip.delays_ms[:1]))


def frozen_gif_of(clip: Clip) -> bytes:
    """Return a GIF that shows the first frame as often as the clip has frames."""
    return gif_of(Clip(np.repeat(clip.frames_THWC[:1], len(clip.delays_ms), 0), clip.delays_ms))


def png_of(clip: Clip) -> bytes:
    """Return the first frame as PNG."""
    return _still(clip, "PNG")


def jpeg_of(clip: Clip) -> bytes:
    """Return the first frame as JPEG."""
    return _still(clip, "JPEG")


def cut_within(gif: bytes, share: float) -> bytes:
    """Return a GIF up to the middle of one frame's compressed pixels.

    Args:
        gif: A whole one.
        share: Of its frames that stay whole, 0..1 without 1.
    """
    frames = walk(gif).frames
    cut = frames[int(share * len(frames))]
    return gif[: (cut.begin + cut.end) // 2]


def bomb(side: int, frames: int) -> bytes:
    """Return a GIF with a large square canvas of which each frame draws a single pixel.

    Example:
        >>> len(bomb(60_000, 1)), len(bomb(9_000, 2_000)) < 60_000
        (43, True)
    """
    pixel = GifPart(np.zeros((1, 1), np.uint8))
    palette = np.array([[0, 0, 0], [255, 255, 255]], np.uint8)
    return gif_bytes(side, side, [pixel] * frames, palette=palette, loops=None)


HTML = b"<!DOCTYPE html>\n<html><title>Not here</title><p>Log in to see this picture.</html>\n"
SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">'
    b'<circle cx="4" cy="4" r="4"/></svg>\n'
)
#: Files that are the same wherever they are planted.
FIXED: dict[str, Callable[[], bytes]] = {
    "html": lambda: HTML,
    "json": lambda: json.dumps({"error": "expired", "code": 17}).encode(),
    "svg": lambda: SVG,
    "empty": lambda: b"",
    "bomb-frames": lambda: bomb(9_000, 2_000),
    "bomb-screen": lambda: bomb(60_000, 1),
    "bomb-total": lambda: bomb(2_048, 400),
}
#: What is made of a clip, by the kind.
MADE: dict[str, Callable[[Clip], bytes]] = {
    "copy-webp": webp_of,
    "copy-apng": apng_of,
    "copy-mp4": mp4_of,
    "still": still_gif_of,
    "frozen": frozen_gif_of,
    "png": png_of,
    "jpeg": jpeg_of,
}


def _written(write: Callable[[Path], None]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clip"
        write(path)
        return path.read_bytes()


def _animated(clip: Clip, name: str, **options: object) -> bytes:
    first, *others = map(Image.fromarray, np.ascontiguousarray(clip.frames_THWC))
    file = io.BytesIO()
    delays = list(clip.delays_ms)
    first.save(file, name, save_all=True, append_images=others, duration=delays, loop=0, **options)
    return file.getvalue()


def _still(clip: Clip, name: str) -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(clip.frames_THWC[0])).save(file, name)
    return file.getvalue()
