"""A video to a "Kinetics GIF": few frames a second, played fast, in few colours.

Source of the defaults: M. Gituma, "The Kinetics Dataset Explorer Using GIFs" (Towards Data
Science), which samples Kinetics at 4 frames a second and plays them at 16. Its encoder is not
known, so every choice is a field of the recipe.
"""

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Literal, get_args

import numpy as np
from PIL import Image

from anigifs.foundation import MediaError, UsageError
from anigifs.media.info import BUDGET, DamagedFrame, MediaInfo
from anigifs.media.read import probe, read_frames
from anigifs.media.write import MOST_COLOURS, PaletteScope, write_gif

Pick = Literal["showing", "nearest"]
HALF = Fraction(1, 2)
_RANGES: dict[str, tuple[float, float]] = {
    "sample_fps": (0.01, 1000),
    "max_frames": (1, BUDGET.frames),
    "longer_side": (1, 4096),
    "play_fps": (0.01, 50),  # browsers show a frame of less than 20 ms for 100 ms
    "colours": (2, MOST_COLOURS),
}
_WORDS = {"pick": get_args(Pick), "palette": get_args(PaletteScope)}


@dataclass(frozen=True)
class GifRecipe:
    """How a video becomes a GIF; the defaults are those of the Kinetics GIFs.

    Attributes:
        sample_fps: Frames taken from a second of the video, 0.01..1000.
        pick: The frame ``showing`` at each instant, or the one that begins ``nearest`` to it.
        max_frames: Where the GIF ends although the video goes on, 1..2000.
        longer_side: The most pixels of the longer side, 1..4096; nothing is enlarged.
        play_fps: Frames shown in a second of the GIF, 0.01..50, as the mean of whole centiseconds.
        constant_delay: Show every frame equally long instead, for the nearest centiseconds.
        palette: ``global`` is one for the whole GIF, ``frame`` one for each frame.
        colours: The most that a palette holds, 2..256.
        dither: Spread the error of colours over neighbouring pixels (Floyd-Steinberg).

    Raises:
        UsageError: A value that lies outside its range.

    Example:
        >>> GifRecipe().delays_ms(8)
        (60, 70, 60, 60, 60, 70, 60, 60)
        >>> len(GifRecipe().instants(0, 6_000)), len(GifRecipe().instants(0, 60_000))
        (24, 40)
    """

    sample_fps: float = 4.0
    pick: Pick = "showing"
    max_frames: int = 40
    longer_side: int = 400
    play_fps: float = 16.0
    constant_delay: bool = False
    palette: PaletteScope = "global"
    colours: int = MOST_COLOURS
    dither: bool = True

    def __post_init__(self) -> None:
        for name, (least, most) in _RANGES.items():
            if not least <= (value := getattr(self, name)) <= most:
                spoken = name.replace("_", " ")
                raise UsageError(f"{spoken} {value}: at least {least}, at most {most}")
        for name, words in _WORDS.items():
            if (value := getattr(self, name)) not in words:
                raise UsageError(f"{name} {value!r}: {' or '.join(words)}")

    @property
    def step_ms(self) -> Fraction:
        """Milliseconds of the video from one frame that is taken to the next."""
        return 1000 / _exact(self.sample_fps)

    def instants(self, start_ms: Fraction | int, end_ms: Fraction | int) -> tuple[Fraction, ...]:
        """Return when frames are taken, in milliseconds: from the start, and before the end."""
        count = min(math.ceil((end_ms - start_ms) / self.step_ms), self.max_frames)
        return tuple(start_ms + index * self.step_ms for index in range(count))

    def delays_ms(self, frames: int) -> tuple[int, ...]:
        """Return how long each frame shows: multiples of 10.

        Their sum after any number of frames is within 5 of what ``play_fps`` asks for, unless
        every delay is to be the same.
        """
        step_cs = 100 / _exact(self.play_fps)
        if self.constant_delay:
            return (10 * _rounded(step_cs),) * frames
        ends_cs = [_rounded(index * step_cs) for index in range(frames + 1)]
        return tuple(10 * (end - begin) for begin, end in pairwise(ends_cs))


@dataclass(frozen=True)
class GifMade:
    """What was made of a video.

    Attributes:
        path: The GIF.
        width: Of the GIF, in pixels.
        height: Of the GIF, in pixels.
        delays_ms: How long each frame shows.
        instants_ms: The moment of the video that each frame is of, from the beginning of its file.
        taken_ms: When the frame that was taken for it begins to show in the video.
        warnings: What was amiss in the video.
    """

    path: Path
    width: int
    height: int
    delays_ms: tuple[int, ...]
    instants_ms: tuple[float, ...]
    taken_ms: tuple[float, ...]
    warnings: tuple[str, ...]

    @property
    def frames(self) -> int:
        """The number of frames."""
        return len(self.delays_ms)

    @property
    def duration_ms(self) -> int:
        """The length of one play, in milliseconds."""
        return sum(self.delays_ms)


def gifify(
    source: Path | str,
    target: Path | str,
    recipe: GifRecipe | None = None,
    start_ms: int = 0,
    end_ms: int | None = None,
) -> GifMade:
    """Make a GIF of a video, or of a part of it; the same video gives the same bytes.

    The video is streamed: beside the frames of the GIF, at its size, one picture is held.

    Args:
        source: A video, or an animated image.
        target: Where to write; the file appears whole or not at all.
        recipe: How; that of the Kinetics GIFs by default.
        start_ms: Where the part begins.
        end_ms: Where it ends; None is the end of the file, and so is a time beyond it.

    Raises:
        MediaError: The file cannot be read, or nothing shows in that part.
        UsageError: The part ends before it begins.

    Example:
        >>> gifify("yoga.mp4", "yoga.gif").frames  # doctest: +SKIP
        40
    """
    if start_ms < 0 or (end_ms is not None and end_ms <= start_ms):
        raise UsageError(f"from {start_ms} to {end_ms} ms: begin at 0 or later, end after that")
    recipe = recipe or GifRecipe()
    sampled = _sample(probe(source), recipe, start_ms, end_ms)
    count, height, width, _ = sampled.frames_THWC.shape
    delays_ms = recipe.delays_ms(count)
    write_gif(
        target,
        sampled.frames_THWC,
        delays_ms,
        dither=recipe.dither,
        palette=recipe.palette,
        colours=recipe.colours,
    )
    times_ms = _in_floats(sampled.instants_ms), _in_floats(sampled.taken_ms)
    return GifMade(Path(target), width, height, delays_ms, *times_ms, sampled.warnings)


def fitted(width: int, height: int, longer_side: int) -> tuple[int, int]:
    """Return the size at which the longer side has at most so many pixels, in proportion.

    Example:
        >>> fitted(1280, 720, 400), fitted(320, 240, 400), fitted(3, 3000, 400)
        ((400, 225), (320, 240), (1, 400))
    """
    scale = min(Fraction(1), Fraction(longer_side, max(width, height)))
    return max(1, _rounded(width * scale)), max(1, _rounded(height * scale))


@dataclass(frozen=True)
class _Sampled:
    frames_THWC: np.ndarray
    instants_ms: Sequence[Fraction]
    taken_ms: Sequence[Fraction]
    warnings: tuple[str, ...]


def _sample(info: MediaInfo, recipe: GifRecipe, start_ms: int, end_ms: int | None) -> _Sampled:
    instants_ms = _instants(info, recipe, start_ms, end_ms)
    indices = _indices(info, instants_ms, recipe.pick)
    remarks: list[str] = []
    try:
        frames_THWC = _read(info, indices, recipe.longer_side, remarks)
    except DamagedFrame as damage:
        if damage.index == 0:
            raise MediaError(f"{info.path}: its first frame is damaged") from None
        return _sample(info.first(damage.index), recipe, start_ms, end_ms)
    taken_ms = [info.starts[index] * info.tick * 1000 for index in indices]
    return _Sampled(frames_THWC, instants_ms, taken_ms, (*info.warnings, *remarks))


def _instants(
    info: MediaInfo, recipe: GifRecipe, start_ms: int, end_ms: int | None
) -> tuple[Fraction, ...]:
    until_ms = sum(info.delays) * info.tick * 1000
    if end_ms is not None:
        until_ms = min(until_ms, Fraction(end_ms))
    if start_ms >= until_ms:
        until = "its end" if end_ms is None else f"{end_ms} ms"
        raise MediaError(
            f"{info.path}: nothing shows from {start_ms} ms to {until}; "
            f"the file lasts {info.duration_ms:.0f} ms"
        )
    return recipe.instants(start_ms, until_ms)


def _indices(info: MediaInfo, instants_ms: Sequence[Fraction], pick: Pick) -> list[int]:
    """Return the frame of each instant; halfway between two beginnings the earlier is nearest."""
    starts, indices = info.starts, []
    for instant_ms in instants_ms:
        at = instant_ms / (info.tick * 1000)
        index = bisect_right(starts, at) - 1
        if pick == "nearest" and index + 1 < len(starts):
            index += starts[index + 1] - at < at - starts[index]
        indices.append(index)
    return indices


def _read(
    info: MediaInfo, indices: Sequence[int], longer_side: int, remarks: list[str]
) -> np.ndarray:
    BUDGET.check(info.path, *fitted(info.width, info.height, longer_side), len(indices))
    shapes, kept = set(), {}
    for index, frame_HWC in read_frames(info, set(indices), remarks=remarks):
        shapes.add(frame_HWC.shape)
        kept[index] = _resized(frame_HWC, longer_side)
    if len(shapes) > 1:
        raise MediaError(f"{info.path}: its pictures change their size")
    return np.stack([kept[index] for index in indices])


def _resized(frame_HWC: np.ndarray, longer_side: int) -> np.ndarray:
    """Return the frame at its size by the antialiased bicubic filter, FFmpeg's default as well."""
    picture = Image.fromarray(np.ascontiguousarray(frame_HWC))
    return np.asarray(picture.resize(fitted(*picture.size, longer_side), Image.Resampling.BICUBIC))


def _exact(fps: float) -> Fraction:
    return Fraction(fps).limit_denominator(1001)


def _rounded(value: Fraction) -> int:
    """Return the nearest whole number; halves always go up, so that no pattern depends on them."""
    return math.floor(value + HALF)


def _in_floats(times_ms: Sequence[Fraction]) -> tuple[float, ...]:
    return tuple(round(float(time_ms), 3) for time_ms in times_ms)
