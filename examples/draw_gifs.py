"""Draw a few animated GIFs, each named after its action, for a video model to try itself on.

    python examples/draw_gifs.py build/demo
    anigifs predict build/demo

Points are complex numbers, x + yj in pixels with y downwards.
"""

import argparse
import math
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from anigifs.media import write_gif

Colour = tuple[int, int, int]
Pair = tuple[complex, complex]
Look = tuple[Colour, Colour, float]  # shirt, trousers, and a size of 1 for 150 pixels

WIDTH, HEIGHT, COLOURS, DELAYS_MS = 320, 240, 64, (60, 70, 50, 60)
FINER = 3  # drawn this many times as large, then averaged, for smooth edges
SKIN, HAIR, DARK, WHITE = (236, 188, 150), (70, 44, 30), (40, 40, 46), (250, 250, 250)
RED, BLUE, GREEN, YELLOW = (214, 60, 50), (48, 84, 190), (60, 150, 70), (240, 196, 50)
PINK, JEANS, STEEL, BUSH = (230, 90, 150), (44, 64, 120), (90, 90, 100), (64, 124, 66)
WALL, FLOOR, SKY, GRASS = (222, 214, 196), (160, 120, 84), (150, 205, 240), (112, 172, 82)


def ground(far: Colour, near: Colour) -> np.ndarray:
    """Return a canvas with nobody on it yet."""
    canvas = np.full((HEIGHT * FINER, WIDTH * FINER, 3), far, np.uint8)
    canvas[180 * FINER :] = near
    return canvas


def line(canvas: np.ndarray, colour: Colour, width: float, *points: complex) -> None:
    """Draw a line with round ends and corners."""
    corners = np.array([(point.real, point.imag) for point in points]) * FINER * 16
    whole = [corners.round().astype(np.int32)]  # sixteenths of a pixel, as shift=4 says
    cv2.polylines(canvas, whole, False, colour, round(width * FINER), shift=4)


def oval(canvas: np.ndarray, colour: Colour, centre: complex, across: float, down: float) -> None:
    """Fill an ellipse, given half its width and half its height."""
    x, y, *radii = (round(v * FINER * 16) for v in (centre.real, centre.imag, across, down))
    cv2.ellipse(canvas, (x, y), radii, 0, 0, 360, colour, -1, shift=4)


def pair(middle: complex, apart: float) -> Pair:
    """Return two points, left and right of a third."""
    return middle - apart, middle + apart


def bend(start: complex, goal: complex, part: float, side: float) -> Pair:
    """Return the joint and the end of a limb of two equal parts that reaches for its goal."""
    reach = min(abs(goal - start), 1.999 * part)
    along = (goal - start) / abs(goal - start)
    joint = start + along * complex(reach / 2, side * math.sqrt(part**2 - reach**2 / 4))
    return joint, start + along * reach


def person(
    canvas: np.ndarray, look: Look, hip: complex, hands: Pair, feet: Pair, elbows: float = 1
) -> None:
    """Draw somebody who faces us; limbs follow from where the hands and feet are."""
    shirt, trousers, k = look
    shoulders, hips, head = pair(hip - 43j * k, 11 * k), pair(hip, 6 * k), hip - 64j * k
    line(canvas, SKIN, 8 * k, hip - 40j * k, head)
    line(canvas, shirt, 9 * k, *shoulders, hips[1] - 4j, hips[0] - 4j, shoulders[0])
    line(canvas, shirt, 14 * k, hip - 38j * k, hip - 8j * k)
    line(canvas, trousers, 11 * k, *hips)
    oval(canvas, HAIR, head - 3j * k, 12 * k, 12 * k)
    oval(canvas, SKIN, head + 2j * k, 10 * k, 11 * k)
    for eye in pair(head, 4 * k):
        oval(canvas, DARK, eye, 1.5 * k, 1.5 * k)
    for i, side in enumerate((1, -1)):  # knees bend towards us more than aside, which shows less
        knee, foot = bend(hips[i], feet[i], 33 * k, 0.6 * side)
        line(canvas, trousers, 11 * k, hips[i], knee, foot)
        line(canvas, DARK, 8 * k, foot, foot - 3 * side * k)
        elbow, hand = bend(shoulders[i], hands[i], 27 * k, elbows * side)
        line(canvas, SKIN, 8 * k, shoulders[i], elbow, hand)
        line(canvas, shirt, 9.5 * k, shoulders[i], (shoulders[i] + 2 * elbow) / 3)
        oval(canvas, SKIN, hand, 5 * k, 5 * k)


def juggling_balls(t: float) -> np.ndarray:
    """Draw a cascade: twice in a loop, each ball is held for 1/6 of it and flies for 1/3."""
    canvas = ground(WALL, FLOOR)

    def hand(turn: float, side: int) -> complex:  # below it brings a ball inwards, above it returns
        return complex(160 + side * (25 + 9 * math.cos(turn)), 138 + 10 * math.sin(turn))

    hands = hand(3 * math.tau * t, -1), hand(3 * math.tau * (t - 0.5), 1)
    person(canvas, (RED, JEANS, 1.15), 160 + 150j, hands, pair(160 + 224j, 14))
    for i, colour in enumerate((YELLOW, BLUE, GREEN)):
        half, u = divmod(2 * (t + i / 3) % 2, 1)
        side, flown = 1 if half else -1, 1.5 * u - 0.5
        arc = complex(160 + side * (16 - 50 * flown), 138 - 480 * flown * (1 - flown))
        oval(canvas, colour, (arc if flown > 0 else hand(3 * math.pi * u, side)) - 5j, 7, 7)
    return canvas


def bouncing_on_trampoline(t: float) -> np.ndarray:
    """Draw a child who jumps twice on a garden trampoline, in its bed for 0.3 of the time."""
    canvas, bed, t = ground(SKY, GRASS), 160 + 185j, 2 * t % 1
    for x, size in ((20, 34), (60, 26), (120, 18), (215, 20), (270, 36), (310, 28)):
        oval(canvas, BUSH, x + 160j, size, size)
    for x in range(-95, 96, 10):  # the net
        line(canvas, STEEL, 0.3, bed + x - 119j, bed + x)
        line(canvas, STEEL, 0.3, *pair(bed - (57 + 0.6 * x) * 1j, 95))
    for post in (*pair(bed, 95), *pair(bed, 40)):
        line(canvas, DARK, 3, post - 125j, post + 36j)
    oval(canvas, BLUE, bed, 100, 22)
    oval(canvas, DARK, bed, 86, 16)
    flown = (t - 0.3) / 0.7
    rise = 300 * flown * (1 - flown) if flown > 0 else -16 * math.sin(math.pi * t / 0.3)
    if rise < 0:
        oval(canvas, (14, 14, 18), bed - rise / 2 * 1j, 40, 7 - rise / 5)
    spread = 0.5 - 0.5 * math.cos(math.tau * (t - 0.15))  # of the limbs; most at the top
    hip = bed - (46 + rise - max(rise / 7.5, -rise / 2)) * 1j
    hands = pair(hip - (20 + 45 * spread) * 1j, 30 + 8 * spread)
    person(canvas, (PINK, BLUE, 0.75), hip, hands, pair(bed - (3 + rise) * 1j, 9 + 6 * spread))
    return canvas


def pull_ups(t: float) -> np.ndarray:
    """Draw a chin that goes over a bar and down again."""
    canvas, hip = ground(WALL, FLOOR), 160 + (104 + 20 * math.cos(math.tau * t)) * 1j
    line(canvas, STEEL, 7, 70 + 215j, 70 + 34j, 250 + 34j, 250 + 215j)
    person(canvas, (GREEN, DARK, 0.95), hip, pair(160 + 35j, 34), pair(hip + 62j, 6), elbows=-1)
    return canvas


def skipping_rope(t: float) -> np.ndarray:
    """Draw a jump over a rope that turns once, behind the figure for half of the loop."""
    canvas, height = ground(SKY, GRASS), math.cos(math.tau * t)
    jump = max(0, -height) * 18j
    hip, q = 160 + 146j - jump, np.linspace(-1, 1, 25)
    rope = (hip - 8j + q * (60 - 20 * q**2) - 92j * height * (1 - q**4)).tolist()
    if t >= 0.5:
        line(canvas, RED, 2.5, *rope)
    person(canvas, (WHITE, JEANS, 1.1), hip, pair(hip - 8j, 40), pair(160 + 218j - jump, 9))
    if t < 0.5:
        line(canvas, RED, 2.5, *rope)
    return canvas


# What draws a loop at 0 <= t < 1, and its frames: a multiple of four, as there are four delays.
SCENES = {juggling_balls: 36, bouncing_on_trampoline: 40, pull_ups: 28, skipping_rope: 20}


def main() -> None:
    """Draw every scene into the folder that the command line names."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path, help="where the GIFs go; made if it is not there")
    folder: Path = parser.parse_args().folder
    for draw, count in SCENES.items():
        # One small palette for all the frames, so that the GIF holds them exactly.
        film = Image.fromarray(np.concatenate([draw(i / count) for i in range(count)]))
        few = film.reduce(FINER).quantize(COLOURS, kmeans=1, dither=Image.Dither.NONE)
        frames_THWC = np.asarray(few.convert("RGB")).reshape(count, HEIGHT, WIDTH, 3)
        path = folder / f"{draw.__name__}.gif"
        write_gif(path, frames_THWC, count // 4 * DELAYS_MS)
        print(f"{path}  {count} frames, {path.stat().st_size / 1024:.0f} KiB")


if __name__ == "__main__":
    main()
