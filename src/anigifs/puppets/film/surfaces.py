"""Textures of what stands behind an actor: noise of every size, planks, tiles, lanes, leaves."""

import cv2
import numpy as np

TILE = 256  # pixels of a texture's side


def noise(rng: np.random.Generator, height: int, width: int, coarse: int, fine: int) -> np.ndarray:
    """Return smooth noise from large to small features, float32 of mean 0 and spread about 1.

    Args:
        rng: Where it comes from.
        height: In pixels.
        width: In pixels.
        coarse: Cells across at the largest scale.
        fine: Cells across at the smallest.
    """
    total = np.zeros((height, width), np.float32)
    cells, weight = coarse, 1.0
    while cells <= fine:
        grid = rng.standard_normal((cells + 1, cells + 1), np.float32)
        total += weight * cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC)
        cells, weight = cells * 2, weight * 0.62
    spread = float(total.std())
    return np.asarray((total - total.mean()) / max(spread, 1e-6))


def tinted(shade_HW: np.ndarray, colour: np.ndarray) -> np.ndarray:
    """Return a colour made lighter and darker, float32 ``(H, W, 3)``; 1 leaves it as it is."""
    return shade_HW[..., None] * colour.astype(np.float32)


def grain(
    rng: np.random.Generator, colour: np.ndarray, depth: float, coarse: int = 8
) -> np.ndarray:
    """Return a rough, even surface: grass, sand, asphalt or carpet, by its colour and depth."""
    return tinted(1 + depth * noise(rng, TILE, TILE, coarse, 128), colour)


def planks(rng: np.random.Generator, colour: np.ndarray, count: int) -> np.ndarray:
    """Return a floor of boards."""
    board = TILE // count
    shade = np.repeat(1 + 0.09 * rng.standard_normal(count), board)[:TILE]
    shade = np.pad(shade, (0, TILE - len(shade)), mode="edge").astype(np.float32)
    surface = np.tile(shade[:, None], (1, TILE))
    streaks = cv2.resize(noise(rng, TILE, TILE, 16, 128), (TILE, TILE))
    surface += 0.05 * cv2.blur(streaks, (31, 1))
    surface[::board] *= 0.72
    return tinted(surface, colour)


def tiles(rng: np.random.Generator, one: np.ndarray, other: np.ndarray, count: int) -> np.ndarray:
    """Return squares of two colours in turn, with seams."""
    cell = TILE // count
    rows, columns = np.indices((TILE, TILE)) // cell
    odd = ((rows + columns) % 2).astype(bool)
    surface = np.where(odd[..., None], one, other).astype(np.float32)
    surface *= 1 + 0.05 * noise(rng, TILE, TILE, 4, 64)[..., None]
    surface[::cell] *= 0.8
    surface[:, ::cell] *= 0.8
    return surface


def lanes(rng: np.random.Generator, colour: np.ndarray, line: np.ndarray, count: int) -> np.ndarray:
    """Return a ground with lines along it, such as a road or a court."""
    surface = grain(rng, colour, 0.08)
    for place in np.linspace(0, TILE, count, endpoint=False).astype(int):
        surface[:, place : place + 5] = line
    return surface
