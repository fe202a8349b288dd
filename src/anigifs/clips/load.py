"""A file to the clip that a model sees."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from anigifs.clips.geometry import PAPER, Geometry, resize_and_crop
from anigifs.clips.samplers import FEWEST_FRAMES, Sampler, sample
from anigifs.foundation import MediaError
from anigifs.media import BUDGET, Budget, DamagedFrame, MediaInfo, probe, read_frames


@dataclass(frozen=True)
class Clip:
    """What a model sees of one file.

    Attributes:
        frames_THWC: uint8 RGB.
        indices: Which frames of the file these are.
        info: What the file is, with warnings of what was amiss.
        shown: Height and width of the file's frames as they are seen, upright, on which boxes lie.
    """

    frames_THWC: np.ndarray
    indices: tuple[int, ...]
    info: MediaInfo
    shown: tuple[int, int]


def load_clip(
    path: Path | str,
    geometry: Geometry = PAPER,
    sampler: Sampler = "whole",
    *,
    rng: np.random.Generator | None = None,
    background: tuple[int, int, int] = (0, 0, 0),
    budget: Budget = BUDGET,
) -> Clip:
    """Decode the frames of a file that a model will see, and nothing more.

    One decoded frame is held at a time, so memory is bounded by the clip.

    Args:
        path: A GIF, WebP, APNG or video file.
        geometry: Number of frames, size and crop.
        sampler: Which frames; see :mod:`anigifs.clips.samplers`.
        rng: For samplers with a random part; None is a test.
        background: RGB shown by transparent pixels.
        budget: The most that an animated image may cost.

    Raises:
        MediaError: The file cannot be answered; the text says why.
    """

    def choose(info: MediaInfo) -> tuple[int, ...]:
        return sample(info, sampler, geometry.frames, rng)

    return load_frames(path, choose, geometry, background=background, budget=budget)


def load_frames(
    path: Path | str,
    choose: Callable[[MediaInfo], tuple[int, ...]],
    geometry: Geometry,
    *,
    background: tuple[int, int, int] = (0, 0, 0),
    budget: Budget = BUDGET,
) -> Clip:
    """Decode the frames that ``choose`` names, at the geometry's size.

    Args:
        path: A GIF, WebP, APNG or video file.
        choose: Indices of frames from a file's timing. It is asked again, with the frames that
            are left, where one of those that it named is damaged.
        geometry: Size and crop; its number of frames is not looked at.
        background: RGB shown by transparent pixels.
        budget: The most that an animated image may cost.

    Raises:
        MediaError: The file cannot be answered; the text says why.
    """
    info = probe(path, budget)
    while True:
        indices, remarks = choose(info), list[str]()
        try:
            frames_THWC, shown = _read(info, indices, geometry, background, remarks)
        except DamagedFrame as damage:
            if damage.index == 0:
                raise MediaError(f"{path}: its first frame is damaged") from None
            info = info.first(damage.index)
        else:
            for remark in remarks:
                info = info.with_warning(remark)
            return Clip(frames_THWC, indices, _warn_if_short(info), shown)


def _read(
    info: MediaInfo,
    indices: tuple[int, ...],
    geometry: Geometry,
    background: tuple[int, int, int],
    remarks: list[str],
) -> tuple[np.ndarray, tuple[int, int]]:
    places: dict[int, list[int]] = {}
    for place, index in enumerate(indices):
        places.setdefault(index, []).append(place)
    clip_THWC = np.empty((len(indices), geometry.size, geometry.size, 3), np.uint8)
    height, width = info.height, info.width
    for index, frame_HWC in read_frames(info, places.keys(), background, remarks):
        clip_THWC[places[index]] = resize_and_crop(frame_HWC, geometry)
        height, width = frame_HWC.shape[:2]
    return clip_THWC, (height, width)


def _warn_if_short(info: MediaInfo) -> MediaInfo:
    if info.frames >= FEWEST_FRAMES:
        return info
    frames = "one frame" if info.frames == 1 else f"{info.frames} frames"
    return info.with_warning(f"only {frames}; repeated to fill the clip")
