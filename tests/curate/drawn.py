"""Pictures and moving pictures that are drawn from numbers alone, the same everywhere."""

import numpy as np


def picture(seed: int, height: int, width: int) -> np.ndarray:
    """Return an RGB picture of smooth hills and some rectangles, uint8."""
    rng = np.random.default_rng(seed)
    row_H1, column_W = np.arange(height)[:, None] / height, np.arange(width) / width
    hills_HWC = np.zeros((height, width, 3))
    for channel in range(3):
        for _ in range(4):
            y, x = rng.random(2)
            slope = rng.uniform(8, 60)
            hill_HW = np.exp(-slope * ((row_H1 - y) ** 2 + (column_W - x) ** 2))
            hills_HWC[..., channel] += rng.uniform(60, 200) * hill_HW
    for _ in range(5):
        top, left = (rng.random(2) * [height, width] * 0.7).astype(int)
        bottom, right = top + int(height * 0.25), left + int(width * 0.2)
        hills_HWC[top:bottom, left:right] = rng.integers(0, 256, 3)
    return np.clip(np.rint(hills_HWC), 0, 255).astype(np.uint8)


def moving(seed: int, frames: int = 12, height: int = 90, width: int = 120) -> np.ndarray:
    """Return a scene in which a square goes its way, uint8 ``(T, H, W, 3)``."""
    rng = np.random.default_rng(seed)
    scene_HWC = picture(seed, height, width)
    colour, side = rng.integers(0, 256, 3), int(0.3 * height)
    start, end = rng.random((2, 2)) * [height - side, width - side]
    frames_THWC = np.repeat(scene_HWC[None], frames, axis=0)
    for time, frame_HWC in enumerate(frames_THWC):
        top, left = (start + (end - start) * time / (frames - 1)).astype(int)
        frame_HWC[top : top + side, left : left + side] = colour
        bar = int(side * (0.2 + 0.6 * (time % 4) / 4))
        frame_HWC[top : top + bar, left : left + side // 2] = 255 - colour
    return frames_THWC
