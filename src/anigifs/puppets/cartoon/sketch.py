"""A pencil sketch: lines on paper that tremble from frame to frame, as a mannequin or as sticks."""

from dataclasses import replace

import cv2
import numpy as np

from anigifs.puppets.cartoon.acting import Manner, act, look_at
from anigifs.puppets.cartoon.drawing import Drawing, Palette, in_picture
from anigifs.puppets.cartoon.timing import Timing
from anigifs.puppets.instance import Instance
from anigifs.puppets.looks import TOOLS
from anigifs.puppets.raster import SHIFT, Seen, fill

MANNER = Manner(head=(1.15, 1.6), hands=(1.1, 1.5), legs=(0.9, 1.0), girth=(0.8, 1.0))
STICKS = 0.22  # what is left of the thickness of limbs in a stick figure


def draw_sketch(
    instance: Instance, timing: Timing, rng: np.random.Generator, size: int, *, sticker: bool
) -> Drawing:
    """Draw contours on paper; a sketch is never a sticker."""
    del sticker
    seen = look_at(instance, act(instance, timing, MANNER, rng), size)
    if sticks := rng.random() < 0.4:
        seen = _thinned(seen)
    palette = Palette()
    warm = rng.uniform(0, 26)
    paper = palette.add("paper", (255 - warm / 2, 253 - warm / 2, 250 - warm))
    ink = palette.add("ink", rng.uniform(10, 90, 3))
    faint = palette.add("faint", rng.uniform(130, 200) * np.ones(3))
    accent = palette.add("accent", rng.uniform(60, 220, 3))
    behind = _paper(rng, paper, faint, size)
    tremble = rng.uniform(0.3, 1.1) * size / 160
    frames = []
    for instant, order in enumerate(seen.order_TG):
        frame = behind.copy()
        passes = [_trembling(seen, instant, tremble, rng) for _ in range(2)]
        for place in order:
            for part in seen.groups[place]:
                fills = accent if part.material in TOOLS else ink if sticks else paper
                head = part.group.startswith("head")
                fill(frame, passes[0], part, paper if head and part.material != "eyes" else fills)
                if not sticks or head:
                    _contour(frame, passes[1], part.spheres, faint)
                    _contour(frame, passes[0], part.spheres, ink)
        frames.append(frame)
    boxes = in_picture(seen.boxes(1.0 + tremble, eyes=1.0 + tremble), size)
    return Drawing(np.stack(frames), palette.table(), boxes)


def _paper(rng: np.random.Generator, paper: int, faint: int, size: int) -> np.ndarray:
    """Return blank paper, or one with lines or with a ground."""
    picture = np.full((size, size), paper, np.uint8)
    kind = rng.integers(3)
    if kind == 1:
        picture[int(rng.integers(6, 14)) :: int(rng.integers(10, 18))] = faint
    if kind == 2:
        y = int(size * rng.uniform(0.7, 0.9))
        cv2.line(picture, (0, y), (size, y + int(rng.integers(-4, 5))), faint, 1)
    return picture


def _thinned(seen: Seen) -> Seen:
    """Return a figure with limbs like sticks; head and things stay."""
    radii = seen.radii_TS.copy()
    for part in seen.parts:
        if part.person and not part.group.startswith("head"):
            radii[:, part.spheres.start : part.spheres.stop] *= STICKS
    return replace(seen, radii_TS=radii)


def _trembling(seen: Seen, instant: int, size: float, rng: np.random.Generator) -> np.ndarray:
    """Return the outlines of one frame, each circle a little out of place, ``(S, P, 2)``."""
    one = replace(
        seen,
        places_TS2=seen.places_TS2[instant : instant + 1],
        radii_TS=seen.radii_TS[instant : instant + 1],
    )
    off = rng.normal(0, size / 2, (len(seen.radii_TS[0]), 1, 2)).clip(-size, size)
    return np.asarray(one.outlines()[0] + np.rint(off * (1 << SHIFT)).astype(np.int32))


def _contour(frame: np.ndarray, outlines_SP2: np.ndarray, spheres: range, ink: int) -> None:
    corners = outlines_SP2[spheres.start : spheres.stop].reshape(-1, 2)
    cv2.polylines(frame, [cv2.convexHull(corners)], True, ink, 1, cv2.LINE_8, SHIFT)
