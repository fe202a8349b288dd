"""The photometric pool as Pillow does it, image by image: the peer, and the oracle of the tests."""

from PIL import Image, ImageEnhance, ImageOps

from anigifs.transforms import Operation, Operations

ENHANCERS = {
    "brightness": ImageEnhance.Brightness,
    "color": ImageEnhance.Color,
    "contrast": ImageEnhance.Contrast,
    "sharpness": ImageEnhance.Sharpness,
}


def image_by_pillow(operations: Operations, image: Image.Image) -> Image.Image:
    """Return what Pillow makes of an image under operations, one after the other."""
    for operation in operations:
        image = one_by_pillow(operation, image)
    return image


def one_by_pillow(operation: Operation, image: Image.Image) -> Image.Image:
    """Return what Pillow makes of an image under one operation."""
    name, level = operation.name, operation.level
    if level is None:
        return ImageOps.grayscale(image).convert("RGB")
    level = float(level)
    if name in ENHANCERS:
        return ENHANCERS[name](image).enhance(level)
    if name == "autocontrast":
        return ImageOps.autocontrast(image, level)
    if name == "solarize":
        return ImageOps.solarize(image, int(level))
    same = list(range(256))
    moved = [min(max(value + int(level), 0), 255) for value in same]
    tables = [moved if name == channel else same for channel in ("red", "green", "blue")]
    return image.point([value for table in tables for value in table])
