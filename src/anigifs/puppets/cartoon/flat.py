"""The outlined, flat cartoon: the style that methods may be developed on."""

import numpy as np

from anigifs.puppets.cartoon.acting import Manner, act, look_at
from anigifs.puppets.cartoon.backdrops import backdrop, nothing
from anigifs.puppets.cartoon.colours import loud_for
from anigifs.puppets.cartoon.drawing import Drawing, Palette, in_picture
from anigifs.puppets.cartoon.timing import Timing
from anigifs.puppets.instance import Instance
from anigifs.puppets.raster import Seen, fill

MANNER = Manner()


def draw_flat(
    instance: Instance, timing: Timing, rng: np.random.Generator, size: int, *, sticker: bool
) -> Drawing:
    """Draw flat colours within dark outlines."""
    seen = look_at(instance, act(instance, timing, MANNER, rng), size)
    palette = Palette()
    width = rng.uniform(1.2, 2.6) * size / 160
    behind = nothing(palette, size) if sticker else backdrop(rng, palette, size)
    inks = {
        **palette.add_all(loud_for(rng, seen)),
        "outline": palette.add("outline", (28, 22, 34)),
    }
    if sticker:
        inks["rim"] = palette.add("rim", (255, 255, 255))
    frames = outlined(seen, behind, inks, width)
    grown = width + (2.0 * width if sticker else 0)
    boxes = in_picture(seen.boxes(grown), size)
    return Drawing(frames, palette.table(), boxes, 0 if sticker else None)


def outlined(seen: Seen, behind: np.ndarray, inks: dict[str, int], width: float) -> np.ndarray:
    """Return frames of a figure whose groups are each drawn as a dark shape with colours on it.

    Args:
        seen: The figure.
        behind: The background, palette indices.
        inks: The index of each material, of ``outline``, and of a ``rim`` around all, if wanted.
        width: Of the outline, in pixels.
    """
    inner, outer = seen.outlines(), seen.outlines(grown=width)
    rim = seen.outlines(grown=3 * width) if "rim" in inks else None
    frames = []
    for instant, order in enumerate(seen.order_TG):
        frame = behind.copy()
        if rim is not None:
            for part in seen.parts:
                if part.material != "eyes":
                    fill(frame, rim[instant], part, inks["rim"])
        for place in order:
            for part in seen.groups[place]:
                if part.material != "eyes":
                    fill(frame, outer[instant], part, inks["outline"])
            for part in seen.groups[place]:
                fill(frame, inner[instant], part, inks[part.material])
        frames.append(frame)
    return np.stack(frames)
