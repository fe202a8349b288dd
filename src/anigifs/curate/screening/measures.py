"""What can be measured of a file's frames without knowing what they show.

Pure functions. None of them decides: they put the queue of those who judge in order, and the last
group tells drawings from films (:mod:`anigifs.curate.screening.animated`). A GIF has at most 256
colours whatever it shows, so none of them counts colours as they are.
"""

from dataclasses import dataclass, fields

import cv2
import numpy as np

from anigifs.curate.seeing.frames import Frames, equally_spaced

#: A step that changes a picture by this much on average, 0..1, leads to another picture.
HARD_CUT = 0.1
#: What shows for at least that long is a still, in milliseconds.
STILL_MS = 500.0
#: Frames that the median over time is taken of, at most.
MEDIAN_OF = 9
#: How far a pixel may be from its median over time and still be static, in grey levels.
STATIC = 12
#: Overlays are looked for in this share of the height or width at each border.
BORDER = 0.25
#: How far a channel may be from black or from white in a bar, in grey levels.
EXTREME = 24
#: Of a row, to be one of a bar, and of the row's length where the bar ends.
BAR_SHARE, BAR_END_SHARE = 0.6, 0.8
#: A step in grey levels that is an edge of letters, and how dense such edges are among them.
LETTER_EDGE, LETTER_DENSITY, LETTER_WINDOW = 48, 0.25, 9
#: Of 8 x 8 pixels, at most so many grey levels apart: flat.
BLOCK, FLAT = 8, 8
#: Steps between neighbours, in grey levels: anything, and the edge of a drawing.
SOFT_EDGE, HARD_EDGE = 12, 64
#: How far a pixel stands out from both neighbours, at least, where colours are dithered.
DITHER = 4


def motion(frames: Frames) -> float:
    """Return the mean over all steps of the mean absolute difference of their frames, 0..1."""
    return float(frames.change_S.mean()) if len(frames.change_S) else 0.0


def slideshow(frames: Frames) -> float:
    """Return the share of the changes that are hard cuts between stills, 0..1.

    A change is a step to a frame that looks different. It is a hard cut between stills if its mean
    absolute difference is at least 0.1, and what showed before it and what shows after it stay for
    at least half a second each, until the next change or the end. 0 where nothing changes.
    """
    changes = np.flatnonzero(frames.differs_S) + 1
    if not len(changes):
        return 0.0
    held_ms = np.add.reduceat(frames.shown_ms_T, [0, *changes])
    stays = held_ms >= STILL_MS
    cuts = (frames.change_S[changes - 1] >= HARD_CUT) & stays[:-1] & stays[1:]
    return float(cuts.mean())


def overlay(frames: Frames) -> float:
    """Return the share of the picture that is a bar, a caption or a logo, 0..1.

    Everything is measured on the median over time of at most 9 of the distinct frames. A pixel is
    static if it is within 12 grey levels of it in each of them. Counted are, each pixel once:

    - bars: rows at the upper or lower edge, or columns at the left or right one, at most a quarter
      of the side, all of it static, at least 0.6 of each within 24 levels of black or of white;
      the bar ends where at least 0.8 of its length steps by more than 12 levels;
    - letters and logos: static pixels within a quarter of the side from an edge, around which, in
      9 x 9 pixels, at least a quarter are static edges of more than 48 levels.
    """
    chosen = equally_spaced(len(frames.distinct_NHWC), MEDIAN_OF)
    some_NHWC = frames.distinct_NHWC[chosen]
    median_HWC = np.median(some_NHWC, axis=0).astype(np.uint8)
    apart_NHWC = np.maximum(some_NHWC, median_HWC) - np.minimum(some_NHWC, median_HWC)
    static_HW = apart_NHWC.max(axis=(0, 3)) <= STATIC
    return float((_bars(median_HWC, static_HW) | _letters(median_HWC, static_HW)).mean())


@dataclass(frozen=True)
class Statistics:
    """Six numbers that tell drawings from films.

    The first five are means over the samples, which are as large as in the file.

    Attributes:
        palette_bits: Entropy of the colours at 5 bits a channel, in bits, 0..15.
        flat: Share of the blocks of 8 x 8 pixels in which no channel varies by more than 8 levels.
        sharpness: Of the steps between neighbouring pixels of more than 12 levels of luma, the
            share of more than 64; 0 where there is none.
        dither: Share of the pixels that are lighter than both their left and right neighbour by
            more than 4 levels of luma, or darker than both.
        saturation: Mean of (max - min) / max of the channels, 0..1.
        constant: Mean over the steps of the share of the pixels that they leave as they were.
    """

    palette_bits: float
    flat: float
    sharpness: float
    dither: float
    saturation: float
    constant: float


#: The names of the statistics, in order.
STATISTICS = tuple(field.name for field in fields(Statistics))


def statistics(frames: Frames) -> Statistics:
    """Return what tells drawings from films."""
    means = np.mean([_of_sample(sample_HWC) for sample_HWC in frames.samples], axis=0)
    constant = float(frames.same_S.mean()) if len(frames.same_S) else 1.0
    return Statistics(*means.tolist(), constant)  # type: ignore[call-arg]


def _of_sample(sample_HWC: np.ndarray) -> tuple[float, ...]:
    luma_HW = cv2.cvtColor(sample_HWC, cv2.COLOR_RGB2GRAY).astype(np.int16)
    across, down = np.diff(luma_HW, axis=1), np.diff(luma_HW, axis=0)
    return (
        _palette_bits(sample_HWC),
        _flat(sample_HWC),
        _sharpness(np.abs(np.concatenate([across.ravel(), down.ravel()]))),
        _dither(across),
        _saturation(sample_HWC),
    )


def _palette_bits(sample_HWC: np.ndarray) -> float:
    red, green, blue = (sample_HWC[..., channel].astype(np.intp) >> 3 for channel in range(3))
    counts = np.bincount(((red << 10) | (green << 5) | blue).ravel())
    shares = counts[counts > 0] / counts.sum()
    return float(abs(np.sum(shares * np.log2(shares))))


def _flat(sample_HWC: np.ndarray) -> float:
    """Blocks that are cut off by the right or lower border do not count, if there are others."""
    height, width = (max(1, side // BLOCK) for side in sample_HWC.shape[:2])
    rows, columns = (min(BLOCK, side) for side in sample_HWC.shape[:2])
    whole_HWC = sample_HWC[: height * rows, : width * columns]
    bands = whole_HWC.reshape(height, rows, width * columns * 3)  # one axis at a time is quicker
    most, least = (
        band.reshape(height, width, columns, 3) for band in (bands.max(axis=1), bands.min(axis=1))
    )
    spread = most.max(axis=2).astype(int) - least.min(axis=2)
    return float((spread.max(axis=2) <= FLAT).mean())


def _sharpness(steps: np.ndarray) -> float:
    soft = np.count_nonzero(steps > SOFT_EDGE)
    return np.count_nonzero(steps > HARD_EDGE) / soft if soft else 0.0


def _dither(across: np.ndarray) -> float:
    before, after = across[:, :-1], -across[:, 1:]
    above, below = np.minimum(before, after) > DITHER, np.maximum(before, after) < -DITHER
    return float((above | below).mean()) if above.size else 0.0


def _saturation(sample_HWC: np.ndarray) -> float:
    return float(cv2.cvtColor(sample_HWC, cv2.COLOR_RGB2HSV)[..., 1].mean()) / 255


def _bars(median_HWC: np.ndarray, static_HW: np.ndarray) -> np.ndarray:
    """Return which pixels are of a bar at one of the four edges."""
    bars_HW = np.zeros_like(static_HW)
    for turns in range(4):
        picture, static, bars = (np.rot90(one, turns) for one in (median_HWC, static_HW, bars_HW))
        bars[: _bar_height(picture, static)] = True
    return bars_HW


def _bar_height(median_HWC: np.ndarray, static_HW: np.ndarray) -> int:
    """Return how many rows the bar at the upper edge has; 0 if there is none."""
    most = round(BORDER * len(median_HWC))
    top_HWC = median_HWC[: most + 2].astype(int)
    extreme_HW = (top_HWC.max(axis=2) <= EXTREME) | (top_HWC.min(axis=2) >= 255 - EXTREME)
    fits_H = static_HW[:most].all(axis=1) & (extreme_HW[:most].mean(axis=1) >= BAR_SHARE)
    # Over two rows: that between may be a mixture of both, where the picture has been shrunk.
    step_HW = np.abs(top_HWC[:-2] - top_HWC[2:]).max(axis=2)
    ends_H = (step_HW > STATIC).mean(axis=1) >= BAR_END_SHARE
    rows = int(np.argmin([*fits_H, False]))  # how many fit
    return int(np.flatnonzero([True, *ends_H[:rows]])[-1])


def _letters(median_HWC: np.ndarray, static_HW: np.ndarray) -> np.ndarray:
    """Return which pixels near the borders are static and among dense static edges."""
    luma_HW = cv2.cvtColor(median_HWC, cv2.COLOR_RGB2GRAY).astype(np.int16)
    edges_HW = np.zeros(luma_HW.shape, np.float32)
    edges_HW[:, 1:] = np.abs(np.diff(luma_HW, axis=1)) > LETTER_EDGE
    edges_HW[1:] = np.maximum(edges_HW[1:], np.abs(np.diff(luma_HW, axis=0)) > LETTER_EDGE)
    edges_HW *= static_HW
    window = (LETTER_WINDOW, LETTER_WINDOW)
    density_HW = cv2.blur(edges_HW, window, borderType=cv2.BORDER_CONSTANT)
    near_HW = np.ones_like(static_HW)
    height, width = (round(BORDER * side) for side in near_HW.shape)
    near_HW[height : len(near_HW) - height, width : near_HW.shape[1] - width] = False
    return np.asarray(static_HW & near_HW & (density_HW >= LETTER_DENSITY))
