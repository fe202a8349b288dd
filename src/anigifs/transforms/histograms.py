"""Histograms of many images at once, exact, and the values at their ends."""

import cv2
import numpy as np

_MOST_COUNTED = 2**24  # OpenCV hands counts out as float32, exact up to here


def histograms(frames_NHWC: np.ndarray, groups: int) -> np.ndarray:
    """Count the values of each channel over each group of frames.

    Args:
        frames_NHWC: uint8, of any number of channels, contiguous.
        groups: G, how many groups of equally many neighbouring frames N is cut into.

    Returns:
        int64 ``(G, C, 256)``.

    Example:
        >>> counts = histograms(np.full((4, 2, 3, 1), 7, np.uint8), 2)
        >>> counts.shape, counts[:, 0, 7].tolist()
        ((2, 1, 256), [12, 12])
    """
    frames, height, width, channels = frames_NHWC.shape
    counts_NC256 = np.empty((frames, channels, 256), np.int64)
    for frame_HWC, counts_C256 in zip(frames_NHWC, counts_NC256, strict=True):
        for channel in range(channels):
            if height * width <= _MOST_COUNTED:
                counts = cv2.calcHist([frame_HWC], [channel], None, [256], [0, 256])
                counts_C256[channel] = counts.ravel()
            else:
                counts_C256[channel] = np.bincount(frame_HWC[..., channel].ravel(), minlength=256)
    counts_GFC256 = counts_NC256.reshape(groups, -1, channels, 256)
    return np.asarray(counts_GFC256.sum(1))


def pushed(counts_GC256: np.ndarray, tables_GC256: np.ndarray) -> np.ndarray:
    """Return the histograms of what tables make of the pixels that were counted.

    Args:
        counts_GC256: int64 counts of the values before.
        tables_GC256: uint8; its G and C are those of the counts, or 1 on either side.

    Returns:
        int64 ``(G, C, 256)``, G and C the larger of both.

    Example:
        >>> counts = np.zeros((1, 1, 256), np.int64)
        >>> counts[0, 0, [3, 4]] = 5, 6
        >>> inverted = np.arange(255, -1, -1, dtype=np.uint8).reshape(1, 1, 256)
        >>> pushed(counts, inverted)[0, 0, 250:].tolist()
        [0, 6, 5, 0, 0, 0]
    """
    groups, channels, _ = shape = np.broadcast_shapes(counts_GC256.shape, tables_GC256.shape)
    starts = 256 * np.arange(groups * channels).reshape(groups, channels, 1)
    bins = (starts + tables_GC256).ravel()
    # As weights the counts are float64, exact for any number of pixels that fits a memory.
    weights = np.broadcast_to(counts_GC256, shape).ravel()
    return np.bincount(bins, weights, 256 * groups * channels).astype(np.int64).reshape(shape)


def ends(counts_GC256: np.ndarray, cutoff: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the lowest and the highest value once a share of the pixels is cut at both ends.

    As Pillow's autocontrast does it, ``int(pixels * cutoff // 100)`` are cut at each end.

    Args:
        counts_GC256: int64.
        cutoff: A percentage, below 50.

    Returns:
        Two int64 arrays ``(G, C)``.

    Example:
        >>> counts = np.zeros((1, 1, 256), np.int64)
        >>> counts[0, 0, [3, 40, 90]] = 1, 997, 2
        >>> [[end.item() for end in ends(counts, cutoff)] for cutoff in (0, 0.1, 0.2)]
        [[3, 90], [40, 90], [40, 40]]
    """
    pixels = int(counts_GC256[0, 0].sum())
    cut = int(pixels * cutoff // 100)
    lowest = (counts_GC256.cumsum(-1) > cut).argmax(-1)
    highest = 255 - (counts_GC256[..., ::-1].cumsum(-1) > cut).argmax(-1)
    return lowest, highest


def means(counts_GC256: np.ndarray) -> np.ndarray:
    """Return the mean value to the nearest whole number, halves up: ``int(mean + 0.5)``.

    Returns:
        int64 ``(G, C)``.
    """
    sums = counts_GC256 @ np.arange(256)
    return rounded_mean(sums, int(counts_GC256[0, 0].sum()))


def rounded_mean(sums: np.ndarray, pixels: int) -> np.ndarray:
    """Return ``int(sum / pixels + 0.5)`` in float64, as Pillow takes it."""
    return (sums / pixels + 0.5).astype(np.int64)
