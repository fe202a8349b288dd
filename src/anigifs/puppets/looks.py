"""What colours an actor and the things have."""

from collections.abc import Mapping, Sequence

import numpy as np

Colour = tuple[int, int, int]

SKINS: Sequence[Colour] = (
    (238, 196, 164), (214, 164, 128), (172, 120, 86), (118, 80, 58), (84, 58, 46),
)  # fmt: skip
HAIRS: Sequence[Colour] = (
    (40, 30, 26), (80, 54, 36), (130, 96, 60), (104, 100, 98), (24, 22, 24),
)  # fmt: skip
THINGS: Mapping[str, Colour] = {
    "metal": (150, 152, 158), "wood": (122, 84, 52), "dark": (46, 46, 50), "eyes": (36, 28, 26),
}  # fmt: skip
#: Materials of things; the others are of actors.
TOOLS = frozenset({"metal", "wood", "dark", "rope", "ball"})
MATERIALS = (
    "skin", "hair", "eyes", "shirt", "trousers", "shoes", "metal", "wood", "dark", "rope", "ball",
)  # fmt: skip


#: What the action is about must be seen: balls, gloves and ropes.
VIVID: Sequence[Colour] = ((226, 60, 48), (242, 200, 60), (70, 130, 226), (246, 246, 240))


def clothes(rng: np.random.Generator, brightest: float, least: float) -> dict[str, np.ndarray]:
    """Draw what an actor wears and uses.

    Args:
        rng: The actor's.
        brightest: The most that red, green and blue may lie apart, 0..1: 0 is grey.
        least: The darkest that the lightest of them may be, 0..255.
    """
    worn = {name: _cloth(rng, brightest, least) for name in ("shirt", "trousers", "shoes")}
    used = {name: VIVID[int(rng.integers(len(VIVID)))] for name in ("rope", "ball")}
    return {**worn, **{name: np.array(colour, float) for name, colour in used.items()}}


def _cloth(rng: np.random.Generator, brightest: float, least: float) -> np.ndarray:
    light, colourful = rng.uniform(least, 235), rng.uniform(0, brightest)
    hue = rng.uniform(0, 1, 3)
    hue = (hue - hue.min()) / max(hue.max() - hue.min(), 1e-6)
    return np.asarray(light * (1 - colourful * (1 - hue)))


def dressed(
    rng: np.random.Generator,
    skins: Sequence[Colour],
    hairs: Sequence[Colour],
    things: Mapping[str, Colour],
    brightest: float,
    least: float,
) -> dict[str, np.ndarray]:
    """Draw the colours of an actor by material; the last two are those of :func:`clothes`."""
    fixed = {name: np.array(colour, float) for name, colour in things.items()}
    skin, hair = skins[int(rng.integers(len(skins)))], hairs[int(rng.integers(len(hairs)))]
    own = {"skin": np.array(skin, float), "hair": np.array(hair, float)}
    return {**fixed, **own, **clothes(rng, brightest, least)}


def everyday(rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Draw the colours of an actor in a film, by material."""
    return dressed(rng, SKINS, HAIRS, THINGS, 0.7, 40)
