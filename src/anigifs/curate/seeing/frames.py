"""The frames that judge a file: one decode of it, streamed, and what is kept of that."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np

from anigifs.clips.timeline import timeline
from anigifs.curate.seeing.fingerprints import MOST_FRAMES
from anigifs.foundation import MediaError
from anigifs.media import BUDGET, Budget, DamagedFrame, MediaInfo, probe, read_frames

#: Frames of a file that are looked at, at most; equally spaced.
MOST_LOOKED_AT = 160
#: Longer side of the frames that are kept, at most, in pixels; of what is compared; of a sample.
SIDE, THUMBNAIL_SIDE, SAMPLE_SIDE = 256, 64, 512
#: Samples at full size, at most; equally spaced.
SAMPLES = 5
#: Two frames look different where their thumbnails differ by that much on average, or in any one
#: of their pixels, in grey levels of 0..255. The first is the rule for stills of the project; the
#: second sees a thin arm that waves in a large picture, but neither dither nor compression.
MEAN_DIFFERENCE, SPOT_DIFFERENCE = 1.0, 16.0
#: The greatest difference of a channel at which a pixel counts as the same, in grey levels.
SAME = 4
#: What transparent pixels show: neither a black drawing nor a white one vanishes before it.
GREY = (128, 128, 128)
#: What those who copy a drawing put behind it.
BLACK, WHITE = (0, 0, 0), (255, 255, 255)


@dataclass(frozen=True, eq=False)
class Frames:
    """What was seen of a file, or of a window of it.

    T frames were looked at, with S = T - 1 steps from one to the next. Steps are measured at the
    size of the frames that are kept.

    Attributes:
        info: What the file is; where it is damaged, what is before the damage.
        complete: Whether all of the file is there and can be decoded up to where it was looked at.
        distinct_NHWC: uint8 RGB, at most 40 frames that look different, their longer side at most
            256 pixels, averaged over areas; equally spaced among all that do.
        distinct: How many frames look different from the last one that did, and the first.
        shown_ms_T: How long each frame shows, until the next one that was looked at.
        change_S: Mean absolute difference over a step, 0..1.
        same_S: Share of the pixels that a step leaves as they were, 0..1.
        differs_S: bool; whether a step leads to a frame that counts as distinct.
        solid: What copies of the file would show, as ``distinct_NHWC``: that itself, or, where
            something shines through, the same frames on black and on white.
        samples: uint8 RGB ``(H, W, 3)`` each, as they are in the file: the middle of at most
            512 x 512 pixels of at most 5 frames.
    """

    info: MediaInfo
    complete: bool
    distinct_NHWC: np.ndarray
    distinct: int
    shown_ms_T: np.ndarray
    change_S: np.ndarray
    same_S: np.ndarray
    differs_S: np.ndarray
    solid: tuple[np.ndarray, ...]
    samples: tuple[np.ndarray, ...]

    @property
    def still(self) -> bool:
        """Whether fewer than two frames look different."""
        return self.distinct < 2


def look_at(
    path: Path | str, start_ms: int = 0, end_ms: int | None = None, budget: Budget = BUDGET
) -> Frames:
    """Decode a file once, one frame at a time, and return what was seen.

    Args:
        path: A GIF, WebP, APNG or video file, whatever its name.
        start_ms: Where to begin.
        end_ms: Where to end; None is the file's end.
        budget: The most that an image may cost.

    Raises:
        MediaError: The file cannot be answered, not even the first frame that is asked for.

    Example:
        >>> import tempfile
        >>> from anigifs.media import write_gif
        >>> path = Path(tempfile.mkdtemp()) / "blink.gif"
        >>> frames = np.repeat(np.array([0, 0, 255], np.uint8), 8 * 8 * 3).reshape(3, 8, 8, 3)
        >>> write_gif(path, frames, delays_ms=50)
        >>> seen = look_at(path)
        >>> seen.distinct, seen.change_S.tolist(), seen.differs_S.tolist()
        (2, [0.0, 1.0], [False, True])
    """
    info = probe(path, budget)
    time = timeline(info, start_ms, end_ms, most=info.frames)
    places = equally_spaced(len(time.indices), MOST_LOOKED_AT)
    indices = [time.indices[place] for place in places]
    sampled = {indices[place] for place in equally_spaced(len(indices), SAMPLES)}
    watcher, remarks, damaged = _Watcher(), list[str](), False
    try:
        for index, frame_HWC in read_frames(info, indices, GREY, remarks):
            watcher.see(index, frame_HWC)
            if index in sampled:
                watcher.samples.append(_middle(frame_HWC))
    except DamagedFrame as damage:
        if not watcher.frames:
            which = "its first frame" if damage.index == 0 else f"frame {damage.index + 1}"
            raise MediaError(f"{path}: {which} is damaged") from None
        info, damaged = info.first(damage.index), True
    for remark in remarks:
        info = info.with_warning(remark)
    # Images know exactly whether their end was there; of videos, the warnings tell.
    cut = damaged or getattr(info.layout, "truncated", bool(info.warnings))
    ends = np.cumsum(time.delays)[[*(place - 1 for place in places[1:]), -1]]
    shown_ms_T = np.diff(ends, prepend=0) * float(1000 * time.tick)
    seen = watcher.seen(info, shown_ms_T, complete=not cut)
    return replace(seen, solid=_solid(info, watcher.kept, seen.distinct_NHWC))


def equally_spaced(count: int, most: int) -> list[int]:
    """Return which of so many are taken where there may be only ``most``, both ends among them.

    Example:
        >>> equally_spaced(9, 5), equally_spaced(3, 5)
        ([0, 2, 4, 6, 8], [0, 1, 2])
    """
    return [round(place) for place in np.linspace(0, count - 1, min(count, most)).tolist()]


@dataclass
class _Watcher:
    """Keeps of the frames that go by what is asked for later."""

    frames: int = 0
    distinct: list[np.ndarray] = field(default_factory=list)
    indices: list[int] = field(default_factory=list)
    samples: list[np.ndarray] = field(default_factory=list)
    steps: list[tuple[float, float, bool]] = field(default_factory=list)
    last: np.ndarray = field(default_factory=lambda: np.empty(0, np.uint8))
    thumbnail: np.ndarray = field(default_factory=lambda: np.empty(0, np.uint8))

    @property
    def kept(self) -> list[int]:
        """The indices, in the file, of the distinct frames that are kept."""
        return [self.indices[place] for place in equally_spaced(len(self.indices), MOST_FRAMES)]

    def see(self, index: int, frame_HWC: np.ndarray) -> None:
        """Take the next frame; a video's pictures may change their size."""
        size = self.last.shape[:2] if self.frames else _within(frame_HWC, SIDE)
        small = _averaged(frame_HWC, size)
        thumbnail = _averaged(small, _within(small, THUMBNAIL_SIDE))
        differs = not self.frames or look_different(self.thumbnail, thumbnail)
        if self.frames:
            difference = cv2.absdiff(small, self.last)
            same_HW = cv2.inRange(difference, (0,) * 3, (SAME,) * 3)
            same = cv2.countNonZero(same_HW) / same_HW.size
            self.steps.append((float(difference.mean()) / 255, same, differs))
        if differs:
            self.distinct.append(small)
            self.indices.append(index)
            self.thumbnail = thumbnail
        self.frames, self.last = self.frames + 1, small

    def seen(self, info: MediaInfo, shown_ms_T: np.ndarray, *, complete: bool) -> Frames:
        """Return what was seen; of a damaged file fewer frames than were asked for."""
        kept = equally_spaced(len(self.distinct), MOST_FRAMES)
        change, same, differs = zip(*self.steps, strict=True) if self.steps else ((), (), ())
        return Frames(
            info=info,
            complete=complete,
            distinct_NHWC=np.stack([self.distinct[place] for place in kept]),
            distinct=len(self.distinct),
            shown_ms_T=shown_ms_T[: self.frames],
            change_S=np.array(change, np.float64),
            same_S=np.array(same, np.float64),
            differs_S=np.array(differs, bool),
            solid=(),
            samples=tuple(self.samples),
        )


def _solid(
    info: MediaInfo, indices: Sequence[int], grey_NHWC: np.ndarray
) -> tuple[np.ndarray, ...]:
    """Return frames as they look on what may be behind them; see :class:`Frames`."""
    if info.raw_delays_ms is None:  # a video, through which nothing shines
        return (grey_NHWC,)
    size = grey_NHWC.shape[1:3]
    first_HWC = _on(info, indices[:1], BLACK, size)[0]
    if np.array_equal(first_HWC, grey_NHWC[0]):
        return (grey_NHWC,)
    return tuple(_on(info, indices, background, size) for background in (BLACK, WHITE))


def _on(
    info: MediaInfo, indices: Sequence[int], background: tuple[int, int, int], size: Sequence[int]
) -> np.ndarray:
    frames = read_frames(info, indices, background)
    return np.stack([_averaged(frame_HWC, size) for _, frame_HWC in frames])


def look_different(one_HWC: np.ndarray, other_HWC: np.ndarray) -> bool:
    """Return whether two thumbnails of one size look different to somebody.

    They do if their mean absolute difference is at least a grey level, or if that of one pixel,
    its channels averaged, is at least 16.

    Example:
        >>> black = np.zeros((64, 64, 3), np.uint8)
        >>> spot, haze = black.copy(), black.copy()
        >>> spot[5, 5], haze[::2] = 16, 2
        >>> look_different(black, spot), look_different(black, haze), look_different(black, black)
        (True, True, False)
    """
    difference = cv2.absdiff(one_HWC, other_HWC)
    if difference.mean() >= MEAN_DIFFERENCE:
        return True
    return bool(difference.mean(axis=2).max() >= SPOT_DIFFERENCE)


def _within(frame_HWC: np.ndarray, side: int) -> tuple[int, ...]:
    """Return the height and width at which the longer side is at most ``side``."""
    height, width = frame_HWC.shape[:2]
    scale = min(1.0, side / max(height, width))
    return max(1, round(height * scale)), max(1, round(width * scale))


def _averaged(frame_HWC: np.ndarray, size: Sequence[int]) -> np.ndarray:
    """Return a frame at another size, each pixel the mean of the area that it covers."""
    if frame_HWC.shape[:2] == tuple(size):
        return np.ascontiguousarray(frame_HWC)
    height, width = size
    return np.asarray(cv2.resize(frame_HWC, (width, height), interpolation=cv2.INTER_AREA))


def _middle(frame_HWC: np.ndarray) -> np.ndarray:
    """Return the middle of a frame, as its own copy."""
    top, left = (max(0, side - SAMPLE_SIDE) // 2 for side in frame_HWC.shape[:2])
    return frame_HWC[top : top + SAMPLE_SIDE, left : left + SAMPLE_SIDE].copy()
