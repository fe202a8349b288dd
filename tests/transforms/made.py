"""Frames to transform, and Pillow's own answer to what becomes of them."""

import numpy as np
from PIL import Image, ImageEnhance, ImageOps

from anigifs.transforms import Operation, Operations

ENHANCERS = {
    "brightness": ImageEnhance.Brightness,
    "color": ImageEnhance.Color,
    "contrast": ImageEnhance.Contrast,
    "sharpness": ImageEnhance.Sharpness,
}
CHANNELS = ("red", "green", "blue")


def by_pillow(operations: Operations, frame_HWC: np.ndarray) -> np.ndarray:
    """Return what Pillow makes of one image."""
    image = Image.fromarray(frame_HWC)
    for operation in operations:
        image = one_by_pillow(operation, image)
    return np.asarray(image)


def one_by_pillow(operation: Operation, image: Image.Image) -> Image.Image:
    name, level = operation.name, operation.level
    if level is None:
        return ImageOps.grayscale(image).convert("RGB")
    if name in ENHANCERS:
        return ENHANCERS[name](image).enhance(level)
    if name == "autocontrast":
        return ImageOps.autocontrast(image, level)
    if name == "solarize":
        return ImageOps.solarize(image, int(level))
    tables = [list(range(256)) for _ in CHANNELS]
    own = CHANNELS.index(name)
    tables[own] = [min(max(value + int(level), 0), 255) for value in range(256)]
    return image.point([value for table in tables for value in table])


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
