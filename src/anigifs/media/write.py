"""Frames to files: GIFs as browsers play them, and H.264 MP4."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal

import av
import av.video.stream
import numpy as np
from PIL import Image

from anigifs.foundation import UsageError, atomic_path, write_bytes
from anigifs.media.gif_encode import FOR_EVER, Area, GifPart, bounds, gif_bytes

MOST_COLOURS = 256
#: A median cut of more pixels takes every so many of rows and columns: all of them cost four times
#: as much and give colours that are no nearer (docs/log.md).
COUNTED_PX = 1 << 16
PaletteScope = Literal["frame", "global"]


def write_gif(
    path: Path | str,
    frames_THWC: np.ndarray,
    delays_ms: int | Sequence[int],
    *,
    loops: int | None = FOR_EVER,
    dither: bool = True,
    palette: PaletteScope = "frame",
    colours: int = MOST_COLOURS,
) -> None:
    """Write frames as a GIF, each with a palette of its own or all with one.

    What has no more colours than its palette may hold is kept exactly. Of a frame that differs
    from the one before in part, only that part is stored; one that does not differ is a frame all
    the same, so that the file has as many frames as were given.

    Args:
        path: Where to write; the file appears whole or not at all.
        frames_THWC: uint8 RGB.
        delays_ms: How long each frame shows; a GIF keeps multiples of 10 ms.
        loops: 0 plays for ever, None once.
        dither: Where colours must go, spread the error over neighbouring pixels (Floyd-Steinberg).
        palette: ``frame`` chooses colours for each frame, or the part of it that is stored, by
            median cut; ``global`` for all frames together, so that they do not flicker.
        colours: The most that a palette holds, 2..256.

    Raises:
        UsageError: The frames are not uint8 RGB, the delays do not fit them, or a GIF cannot hold
            so many colours.

    Example:
        >>> import tempfile
        >>> frames = np.zeros((3, 8, 8, 3), np.uint8)
        >>> write_gif(Path(tempfile.mkdtemp()) / "black.gif", frames, delays_ms=50)
    """
    _check_frames(frames_THWC)
    count, height, width, _ = frames_THWC.shape
    delays = [delays_ms] * count if isinstance(delays_ms, int) else list(delays_ms)
    if len(delays) != count or any(not 0 <= delay <= 655_350 or delay % 10 for delay in delays):
        raise UsageError(f"a GIF of {count} frames needs {count} delays in multiples of 10 ms")
    if not 2 <= colours <= MOST_COLOURS:
        raise UsageError(f"a palette of {colours} colours: at least 2, at most {MOST_COLOURS}")
    shared = None
    if palette == "global":
        shared = _Palette.of(frames_THWC.reshape(-1, width, 3), colours, dither)
    boxes = [(slice(0, height), slice(0, width)), *map(_changed, frames_THWC, frames_THWC[1:])]
    parts = []
    for frame_HWC, box, delay in zip(frames_THWC, boxes, delays, strict=True):
        own = shared or _Palette.of(frame_HWC[box], colours, dither)
        table = None if shared else own.colours
        indices_HW = own.indices(frame_HWC[box])
        parts.append(GifPart(indices_HW, table, box[1].start, box[0].start, delay))
    whole = shared.colours if shared else None
    write_bytes(path, gif_bytes(width, height, parts, palette=whole, loops=loops))


def write_mp4(
    path: Path | str,
    frames_THWC: np.ndarray,
    fps: Fraction | float = 25,
    *,
    quality: int = 18,
    preset: str = "medium",
    order: Iterable[int] | None = None,
) -> None:
    """Write frames as H.264 MP4 with 4:2:0 colour, which every player shows.

    The same frames give the same bytes.

    Args:
        path: Where to write; the file appears whole or not at all.
        frames_THWC: uint8 RGB; an odd width or height loses its last column or row, which 4:2:0
            cannot hold.
        fps: Frames a second.
        quality: x264's constant rate factor: 0 is lossless, 18 looks so, 51 is the worst.
        preset: x264's name for how hard it tries: ``veryfast`` is thrice as fast as ``medium``.
        order: Which of the frames are shown, one after the other; all of them once by default.

    Raises:
        UsageError: The frames are not uint8 RGB, or smaller than 2 x 2.
    """
    _check_frames(frames_THWC)
    height, width = (side - side % 2 for side in frames_THWC.shape[1:3])
    if height < 2 or width < 2:
        raise UsageError(f"an MP4 of {frames_THWC.shape[2]} x {frames_THWC.shape[1]} is too small")
    with atomic_path(path) as temporary, av.open(str(temporary), "w", format="mp4") as container:
        rate = Fraction(fps).limit_denominator(1001)
        # x264's macroblock tree gives other bytes each time, at 160 pixels for one.
        options = {"crf": str(quality), "preset": preset, "x264-params": "mbtree=0"}
        stream = container.add_stream("libx264", rate=rate, options=options)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        # With more threads the bytes depend on their number; files are made side by side instead.
        stream.codec_context.thread_count = 1
        for place in range(len(frames_THWC)) if order is None else order:
            pixels = np.ascontiguousarray(frames_THWC[place, :height, :width])
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        container.mux(stream.encode())


def _check_frames(frames_THWC: np.ndarray) -> None:
    shape = frames_THWC.shape
    if frames_THWC.dtype != np.uint8 or len(shape) != 4 or shape[3] != 3 or 0 in shape:
        raise UsageError(f"frames are uint8 (T, H, W, 3), not {frames_THWC.dtype} {shape}")


def _changed(before_HWC: np.ndarray, after_HWC: np.ndarray) -> Area:
    """Return the rows and columns that hold every change; a single pixel where there is none."""
    return bounds((before_HWC != after_HWC).any(axis=2))


@dataclass(frozen=True)
class _Palette:
    """Colours to draw with, as a picture that has them, and how what lies between is drawn.

    Attributes:
        picture: Has the palette.
        dither: How a colour that it lacks is drawn.
        exact: Whether it has every colour, each at its place in the order of their numbers.
    """

    picture: Image.Image
    dither: Image.Dither
    exact: bool = False

    @classmethod
    def of(cls, pixels_HWC: np.ndarray, most: int, dither: bool) -> "_Palette":
        """Return the colours of the pixels if they are at most so many, else a median cut."""
        pixels = Image.fromarray(np.ascontiguousarray(pixels_HWC))
        if (counted := pixels.getcolors(most)) is not None:
            exact = np.array(sorted(colour for _, colour in counted), np.uint8)
            picture = Image.new("P", (1, 1))
            picture.putpalette(exact.tobytes())
            return cls(picture, Image.Dither.NONE, exact=True)
        step = max(1, math.isqrt(pixels.width * pixels.height // COUNTED_PX))
        some = Image.fromarray(np.ascontiguousarray(pixels_HWC[::step, ::step]))
        picture = some.quantize(most, method=Image.Quantize.MEDIANCUT)
        return cls(picture, Image.Dither.FLOYDSTEINBERG if dither else Image.Dither.NONE)

    @property
    def colours(self) -> np.ndarray:
        """``(colours, 3)`` uint8 RGB."""
        return np.array(self.picture.getpalette("RGB"), np.uint8).reshape(-1, 3)

    def indices(self, pixels_HWC: np.ndarray) -> np.ndarray:
        """Return each pixel's place in the palette, uint8."""
        if self.exact:  # Pillow would take near colours for one
            found = np.searchsorted(_numbers(self.colours), _numbers(pixels_HWC))
            return found.astype(np.uint8)
        pixels = Image.fromarray(np.ascontiguousarray(pixels_HWC))
        return np.asarray(pixels.quantize(palette=self.picture, dither=self.dither))


def _numbers(pixels: np.ndarray) -> np.ndarray:
    """Return each colour, (..., 3) uint8, as one number, so that colours are in an order."""
    red, green, blue = (pixels[..., channel].astype(np.int32) for channel in range(3))
    return (red << 16) | (green << 8) | blue
