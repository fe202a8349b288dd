"""The flat, loud colours of cartoons."""

import numpy as np

from anigifs.puppets.looks import dressed
from anigifs.puppets.raster import Seen

SKINS = ((255, 206, 160), (240, 170, 120), (190, 120, 80), (120, 76, 52), (255, 224, 60))
HAIRS = ((60, 30, 20), (250, 190, 50), (220, 80, 40), (30, 30, 40), (120, 70, 200))
THINGS = {
    "metal": (170, 176, 190),
    "wood": (170, 100, 50),
    "dark": (60, 60, 76),
    "eyes": (20, 20, 30),
}


def loud(rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Draw the colours of a cartoon character, by material."""
    return dressed(rng, SKINS, HAIRS, THINGS, 1.0, 170)


def loud_for(rng: np.random.Generator, seen: Seen) -> dict[str, np.ndarray]:
    """Draw the same for the materials that a figure has."""
    used = {part.material for part in seen.parts}
    return {name: colour for name, colour in loud(rng).items() if name in used}
