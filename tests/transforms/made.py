"""Frames to transform, and Pillow's own answer to what becomes of them."""

import numpy as np
from PIL import Image

from anigifs.transforms import Operations
from benchmarks.pillow_pool import image_by_pillow


def by_pillow(operations: Operations, frame_HWC: np.ndarray) -> np.ndarray:
    """Return what Pillow makes of one image."""
    return np.asarray(image_by_pillow(operations, Image.fromarray(frame_HWC)))


def clip_by_pillow(operations: Operations, clip_THWC: np.ndarray) -> np.ndarray:
    """Return what Pillow makes of a clip frame by frame."""
    return np.stack([by_pillow(operations, frame_HWC) for frame_HWC in clip_THWC])


def scene(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Return something like a film: uint8 ``(*shape, 3)`` of slopes, and noise on them."""
    *_, height, width = shape
    slope_HW1 = np.add.outer(np.linspace(0, 1, height), np.linspace(0, 1, width))[..., None]
    ends = rng.uniform(-40, 180, (*shape[:-2], 1, 1, 3))
    light = np.asarray(ends + 90 * slope_HW1 + rng.normal(0, 9, (*shape, 3)))
    return light.clip(0, 255).astype(np.uint8)


def all_pairs() -> np.ndarray:
    """Return an image in which each pair of a red and another value occurs: ``(256, 256, 3)``."""
    rows, columns = np.indices((256, 256))
    image_HWC = np.empty((256, 256, 3), np.uint8)
    for channel, values in enumerate((columns, rows, (rows + columns) // 2)):
        image_HWC[..., channel] = values
    return image_HWC
