"""GIFs that the tests make: everything the format allows, by seed."""

import numpy as np

from anigifs.media import GifPart, gif_bytes


def random_palette(rng: np.random.Generator, colours: int) -> np.ndarray:
    return rng.integers(0, 256, (colours, 3), dtype=np.uint8)


def random_part(
    rng: np.random.Generator, width: int, height: int, colours: int, *, first: bool, overhang: bool
) -> GifPart:
    """One frame: a rectangle of the canvas (beyond it, if asked), disposal, transparency..."""
    reach = 6 if overhang and not first else 0
    left, top = int(rng.integers(0, width)), int(rng.integers(0, height))
    w = int(rng.integers(1, width - left + 1 + reach))
    h = int(rng.integers(1, height - top + 1 + reach))
    if rng.random() < 0.3:  # the whole canvas: what came before may then be skipped
        left, top, w, h = 0, 0, width, height
    # Runs of equal pixels, so that there is something to compress.
    coarse = rng.integers(0, colours, (h // 3 + 1, w // 3 + 1), dtype=np.uint8)
    indices = coarse.repeat(3, axis=0).repeat(3, axis=1)[:h, :w]
    return GifPart(
        indices_HW=np.ascontiguousarray(indices),
        palette=random_palette(rng, colours) if rng.random() < 0.5 else None,
        left=left,
        top=top,
        delay_ms=10 * int(rng.integers(0, 30)),
        disposal=int(rng.integers(0, 8)),
        transparent=int(rng.integers(0, colours)) if rng.random() < 0.5 else None,
        interlaced=bool(rng.random() < 0.4),
    )


def random_gif(seed: int, *, overhang: bool = False) -> bytes:
    """A GIF of 1 to 8 frames with any mix of the format's features."""
    rng = np.random.default_rng(seed)
    width, height = (int(side) for side in rng.integers(1, 40, 2))
    colours = int(rng.choice([2, 3, 4, 7, 16, 33, 256]))
    parts = [
        random_part(rng, width, height, colours, first=index == 0, overhang=overhang)
        for index in range(int(rng.integers(1, 9)))
    ]
    palette = random_palette(rng, colours)
    return gif_bytes(width, height, parts, palette=palette)
