"""What stands behind a cartoon: flat, few colours, and nothing that depends on the action."""

import cv2
import numpy as np

from anigifs.puppets.cartoon.drawing import Palette

KINDS = ("plain", "floor", "hills", "stripes", "dots", "rays")


def backdrop(rng: np.random.Generator, palette: Palette, size: int) -> np.ndarray:
    """Return a background as palette indices, uint8 ``(size, size)``, of at most four colours."""
    kind = rng.choice(KINDS)
    base = _pastel(rng)
    picture = np.full((size, size), palette.add("back", base), np.uint8)
    other = palette.add("back 2", _beside(rng, base)) if kind != "plain" else 0
    match kind:
        case "floor":
            picture[int(size * rng.uniform(0.55, 0.85)) :] = other
        case "hills":
            _hills(rng, palette, picture, other)
        case "stripes":
            width, slant = int(rng.integers(size // 16, size // 6)), rng.choice([0, 1])
            rows, columns = np.indices((size, size))
            picture[(columns + slant * rows) // width % 2 == 1] = other
        case "dots":
            gap = int(rng.integers(size // 10, size // 5))
            for x in range(gap // 2, size, gap):
                for y in range(gap // 2, size, gap):
                    cv2.circle(picture, (x, y), gap // 5, other, -1)
        case "rays":
            rows, columns = np.indices((size, size)) - size / 2
            turn = np.arctan2(rows, columns) / (2 * np.pi) + 0.5
            picture[(turn * 2 * int(rng.integers(6, 12))).astype(int) % 2 == 1] = other
    return picture


def nothing(palette: Palette, size: int) -> np.ndarray:
    """Return the background of a sticker: what is left transparent, which has the index 0."""
    return np.full((size, size), palette.add("nothing", (0, 0, 0)), np.uint8)


def _hills(rng: np.random.Generator, palette: Palette, picture: np.ndarray, other: int) -> None:
    size = len(picture)
    sun = palette.add("back 3", (255, 226, 90))
    place = int(rng.uniform(0.1, 0.9) * size), int(rng.uniform(0.1, 0.3) * size)
    cv2.circle(picture, place, size // 12, sun, -1)
    for _ in range(2):
        middle = int(rng.uniform(0, 1) * size), size
        radii = int(rng.uniform(0.4, 0.8) * size), int(rng.uniform(0.2, 0.4) * size)
        cv2.ellipse(picture, middle, radii, 0, 0, 360, other, -1)


def _pastel(rng: np.random.Generator) -> np.ndarray:
    if rng.random() < 0.25:
        return np.full(3, 255.0)
    return rng.uniform(120, 255, 3)


def _beside(rng: np.random.Generator, colour: np.ndarray) -> np.ndarray:
    return np.clip(colour * rng.uniform(0.6, 0.9) + rng.uniform(-30, 30, 3), 20, 255)
