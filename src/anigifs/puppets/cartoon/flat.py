"""The outlined, flat cartoon: the style that methods may be developed on."""

from dataclasses import dataclass

import numpy as np

from anigifs.puppets.cartoon.acting import Manner, act, look_at
from anigifs.puppets.cartoon.backdrops import backdrop, nothing
from anigifs.puppets.cartoon.colours import loud_for
from anigifs.puppets.cartoon.drawing import Drawing, Palette, in_picture
from anigifs.puppets.cartoon.timing import Timing
from anigifs.puppets.instance import Instance
from anigifs.puppets.raster import Seen, fill

MANNER = Manner()


@dataclass(frozen=True)
class Look:
    """How one flat cartoon is drawn.

    Attributes:
        behind: What stands behind the figure, palette indices.
        inks: The index of each material, of ``outline``, and of a sticker's ``rim``.
        palette: uint8 RGB, ``(colours, 3)``.
        width: Of the outline, in pixels.
        sticker: Whether nothing is behind the figure, which then has a white rim.
    """

    behind: np.ndarray
    inks: dict[str, int]
    palette: np.ndarray
    width: float
    sticker: bool

    @classmethod
    def drawn(cls, rng: np.random.Generator, seen: Seen, size: int, *, sticker: bool) -> "Look":
        """Draw a look by lot, for the materials that a figure has."""
        palette = Palette()
        width = rng.uniform(1.2, 2.6) * size / 160
        behind = nothing(palette, size) if sticker else backdrop(rng, palette, size)
        inks = {
            **palette.add_all(loud_for(rng, seen)),
            "outline": palette.add("outline", (28, 22, 34)),
        }
        if sticker:
            inks["rim"] = palette.add("rim", (255, 255, 255))
        return cls(behind, inks, palette.table(), width, sticker)

    def boxes(self, seen: Seen, size: int) -> np.ndarray:
        """Return the actor's box in each frame, its outline and rim included, ``(T, 4)``."""
        grown = self.width + (2.0 * self.width if self.sticker else 0)
        return in_picture(seen.boxes(grown), size)


def draw_flat(
    instance: Instance, timing: Timing, rng: np.random.Generator, size: int, *, sticker: bool
) -> Drawing:
    """Draw flat colours within dark outlines."""
    seen = look_at(instance, act(instance, timing, MANNER, rng), size)
    look = Look.drawn(rng, seen, size, sticker=sticker)
    frames = outlined(seen, look.behind, look.inks, look.width)
    return Drawing(frames, look.palette, look.boxes(seen, size), 0 if sticker else None)


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
