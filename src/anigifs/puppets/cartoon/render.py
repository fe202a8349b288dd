"""Cartoons: an instance in one of four drawn styles, written as a GIF of the web would be."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from anigifs.media import gif_bytes
from anigifs.puppets.cartoon.drawing import Drawing
from anigifs.puppets.cartoon.flat import draw_flat
from anigifs.puppets.cartoon.habits import HABITS, parts_of
from anigifs.puppets.cartoon.pixel import draw_pixel
from anigifs.puppets.cartoon.sketch import draw_sketch
from anigifs.puppets.cartoon.timing import Timing, timing_of
from anigifs.puppets.cartoon.toy import draw_toy
from anigifs.puppets.instance import Instance

#: ``flat`` may be looked at while methods are made; the others are kept for tests.
STYLES: dict[str, Callable[..., Drawing]] = {
    "flat": draw_flat,
    "pixel": draw_pixel,
    "sketch": draw_sketch,
    "toy": draw_toy,
}
STICKERS = 0.15  # share of flat and pixel cartoons that have no background
INTERLACED = 0.1


@dataclass(frozen=True)
class Cartoon:
    """One animated GIF of an instance.

    Attributes:
        instance: Who does what, seen from where.
        style: A name in ``STYLES``.
        size: Height and width, in pixels.
    """

    instance: Instance
    style: str
    size: int

    @cached_property
    def timing(self) -> Timing:
        """When each frame shows; the same in every style."""
        return timing_of(self.instance, self.instance.generator("cartoon timing"))

    @cached_property
    def drawing(self) -> Drawing:
        """The frames."""
        sticker = self.is_sticker
        rng = self.rng("drawing")
        return STYLES[self.style](self.instance, self.timing, rng, self.size, sticker=sticker)

    @cached_property
    def habit(self) -> str:
        """How the file is written."""
        if self.drawing.nothing is not None:
            return "sticker"
        return str(self.rng("habit").choice(HABITS))

    def gif(self) -> bytes:
        """Return the file."""
        interlaced = bool(self.rng("interlaced").random() < INTERLACED)
        delays = self.timing.delays_ms
        parts, palette = parts_of(self.drawing, delays, self.habit, interlaced=interlaced)
        return gif_bytes(self.size, self.size, parts, palette=palette)

    def frames(self) -> np.ndarray:
        """Return what a player shows over black, uint8 RGB ``(T, size, size, 3)``."""
        return np.asarray(self.drawing.palette[self.drawing.indices_THW])

    @property
    def is_sticker(self) -> bool:
        """Whether nothing is behind the figure."""
        chance = STICKERS if self.style in ("flat", "pixel") else 0.0
        return bool(self.rng("sticker").random() < chance)

    def rng(self, name: str) -> np.random.Generator:
        """Return the generator of one thing that is drawn by lot."""
        return self.instance.generator(f"{self.style} {name}")
