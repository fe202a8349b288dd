"""What a clip looks like and how it moves, in numbers: what sets animated GIFs apart from films.

Pure functions of ``frames_THWC``, uint8 RGB. Size changes all of them, so compare clips that were
cropped and scaled alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from anigifs.clips.compact import packed_colours

LEVELS = 16  # of a channel with 4 bits


@dataclass(frozen=True)
class ClipStatistics:
    """The statistics of one clip.

    Attributes:
        frames: T.
        height: In pixels.
        width: In pixels.
        duration_ms: The sum of the delays.
        speed_fps: Frames a second on average, ``T / duration``; 0 for a clip of no duration. Of a
            prepared clip that was thinned it is the speed of what was kept.
        colours: Mean over the frames of :func:`colours_per_frame`.
        entropy_bits: Of :func:`palette_entropy`.
        flat_share: Of :func:`flat_area`.
        motion: Mean of :func:`motion_per_frame`; 0 for a single frame.
        duplicate_share: Of :func:`duplicate_frames`.
    """

    frames: int
    height: int
    width: int
    duration_ms: float
    speed_fps: float
    colours: float
    entropy_bits: float
    flat_share: float
    motion: float
    duplicate_share: float


def clip_statistics(frames_THWC: np.ndarray, delays_ms: Sequence[float]) -> ClipStatistics:
    """Return all statistics of a clip.

    Args:
        frames_THWC: uint8 RGB, at least one frame.
        delays_ms: How long each frame shows, in milliseconds.

    Example:
        >>> still = clip_statistics(np.zeros((2, 4, 4, 3), np.uint8), [100, 100])
        >>> still.speed_fps, still.colours, still.flat_share, still.duplicate_share
        (10.0, 1.0, 1.0, 1.0)
    """
    frames, height, width = frames_THWC.shape[:3]
    duration_ms = float(sum(delays_ms))
    motion = motion_per_frame(frames_THWC)
    return ClipStatistics(
        frames=frames,
        height=height,
        width=width,
        duration_ms=duration_ms,
        speed_fps=1000 * frames / duration_ms if duration_ms else 0.0,
        colours=float(colours_per_frame(frames_THWC).mean()),
        entropy_bits=palette_entropy(frames_THWC),
        flat_share=flat_area(frames_THWC),
        motion=float(motion.mean()) if len(motion) else 0.0,
        duplicate_share=duplicate_frames(frames_THWC),
    )


def colours_per_frame(frames_THWC: np.ndarray) -> np.ndarray:
    """Return how many different RGB colours each frame has.

    Returns:
        int64 ``(T,)``, 1..H*W.

    Example:
        >>> frames = np.array([[[[1, 2, 3], [1, 2, 4]]]], np.uint8)
        >>> colours_per_frame(frames).tolist()
        [2]
    """
    return np.array([len(np.unique(packed_colours(frame))) for frame in frames_THWC], np.int64)


def palette_entropy(frames_THWC: np.ndarray) -> float:
    """Return the entropy of the clip's colours at 4 bits a channel, in bits.

    The upper four bits of red, green and blue give 4,096 colours; p is the share of all pixels of
    all frames that each has, and the entropy -sum p log2 p: 0 for one colour, at most 12.

    Example:
        >>> palette_entropy(np.array([[[[0, 0, 0], [255, 255, 255]]]], np.uint8))
        1.0
    """
    counts = np.zeros(LEVELS**3, np.int64)
    for frame_HWC in frames_THWC:
        red, green, blue = (frame_HWC[..., channel].astype(np.intp) >> 4 for channel in range(3))
        bins = (red * LEVELS + green) * LEVELS + blue
        counts += np.bincount(bins.ravel(), minlength=LEVELS**3)
    shares = counts[counts > 0] / counts.sum()
    return float(abs(np.sum(shares * np.log2(shares))))


def flat_area(frames_THWC: np.ndarray) -> float:
    """Return the share of pixels that equal both their right and their lower neighbour.

    Equal is equal in all three channels. Counted over all frames, among the (H-1) x (W-1) pixels
    of each that have both neighbours; 1 where a frame has no such pixel.
    """
    flat = counted = 0
    for frame_HWC in frames_THWC:
        colours_HW = packed_colours(frame_HWC)
        here = colours_HW[:-1, :-1]
        equal = (here == colours_HW[:-1, 1:]) & (here == colours_HW[1:, :-1])
        flat += int(equal.sum())
        counted += equal.size
    return flat / counted if counted else 1.0


def motion_per_frame(frames_THWC: np.ndarray) -> np.ndarray:
    """Return the mean absolute difference between each frame and the one before.

    The mean is over pixels and channels, in grey levels of 0..255. It is per frame, not per
    second: what a network that is given frames sees.

    Returns:
        float64 ``(T - 1,)``.

    Example:
        >>> frames = np.stack([np.full((2, 2, 3), level, np.uint8) for level in (10, 4, 4)])
        >>> motion_per_frame(frames).tolist()
        [6.0, 0.0]
    """
    pairs = pairwise(frames_THWC)
    # The larger minus the smaller never leaves 0..255, so it can be taken in bytes.
    return np.array(
        [(np.maximum(before, after) - np.minimum(before, after)).mean() for before, after in pairs]
    )


def duplicate_frames(frames_THWC: np.ndarray) -> float:
    """Return the share of frames that equal the one before, the first aside; 0 for one frame."""
    pairs = pairwise(frames_THWC)
    equal = [np.array_equal(before, after) for before, after in pairs]
    return sum(equal) / len(equal) if equal else 0.0
