"""Pixel art: large pixels, and often nothing but a silhouette."""

import cv2
import numpy as np

from anigifs.puppets.cartoon.acting import Manner, act, look_at
from anigifs.puppets.cartoon.backdrops import backdrop, nothing
from anigifs.puppets.cartoon.colours import loud_for
from anigifs.puppets.cartoon.drawing import Drawing, Palette, in_picture
from anigifs.puppets.cartoon.flat import outlined
from anigifs.puppets.cartoon.timing import Timing
from anigifs.puppets.instance import Instance
from anigifs.puppets.looks import MATERIALS, TOOLS
from anigifs.puppets.raster import Seen

MANNER = Manner(head=(1.3, 1.8), hands=(1.3, 1.8), legs=(0.8, 0.95), girth=(1.1, 1.4))
CELLS = (40, 46, 54)  # pixels of the drawing's side


def draw_pixel(
    instance: Instance, timing: Timing, rng: np.random.Generator, size: int, *, sticker: bool
) -> Drawing:
    """Draw in a coarse grid: a figure of few colours, or its silhouette."""
    cells = int(rng.choice(CELLS))
    seen = look_at(instance, act(instance, timing, MANNER, rng), cells)
    palette = Palette()
    behind = nothing(palette, cells) if sticker else backdrop(rng, palette, cells)
    inks, width = _inks(rng, palette, seen, bright=sticker)
    small = outlined(seen, behind, inks, width)
    frames = [cv2.resize(one, (size, size), interpolation=cv2.INTER_NEAREST) for one in small]
    boxes = in_picture(seen.boxes(width), cells)
    return Drawing(np.stack(frames), palette.table(), boxes, 0 if sticker else None)


def _inks(
    rng: np.random.Generator, palette: Palette, seen: Seen, *, bright: bool
) -> tuple[dict[str, int], float]:
    if rng.random() < 0.5:
        dark = (235, 240, 250) if bright else tuple(rng.integers(0, 60, 3))
        thing = (255, 200, 60) if bright else tuple(rng.integers(40, 110, 3))
        body, tool = palette.add("body", dark), palette.add("tool", thing)
        inks = {name: tool if name in TOOLS else body for name in MATERIALS}
        return {**inks, "outline": body}, 0.0
    edge = (250, 250, 250) if bright else (24, 20, 30)
    return {**palette.add_all(loud_for(rng, seen)), "outline": palette.add("outline", edge)}, 0.6
