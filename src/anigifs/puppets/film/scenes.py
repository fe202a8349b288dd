"""Families of scenes, such as the source's footage has; each draw of a family is another place."""

import numpy as np

from anigifs.puppets.camera import Camera
from anigifs.puppets.film.stage import Painter, Stage
from anigifs.puppets.film.surfaces import grain, lanes, planks, tiles


def beach(stage: Stage) -> None:
    """Sand, a strip of sea, and the sky."""
    stage.above(stage.colour(130, 168, 208), stage.colour(200, 216, 226), 0.02)
    sea = stage.rng.uniform(0.62, 0.8)
    stage.rectangle(0, sea, 1, 1, stage.colour(70, 120, 140))
    for row in np.linspace(sea, 1, 6):
        stage.rectangle(0, row, 1, row + 0.008, stage.colour(150, 180, 190))
    stage.soften(2.0)
    stage.ground(grain(stage.rng, stage.colour(196, 178, 146), 0.08))


def dojo(stage: Stage) -> None:
    """Mats, and a pale wall in dark frames."""
    stage.above(stage.colour(216, 206, 184), stage.colour(196, 184, 160))
    frame = stage.colour(92, 66, 44)
    for x in np.arange(stage.rng.uniform(0, 0.2), 1.1, stage.rng.uniform(0.16, 0.3)):
        stage.rectangle(x, 0, x + 0.018, 1, frame)
    for y in (0.12, 0.5, 0.9):
        stage.rectangle(0, y, 1, y + 0.025, frame)
    stage.soften(1.5)
    pair = [((60, 92, 150), (160, 60, 56)), ((64, 110, 90), (180, 150, 70))][stage.rng.integers(2)]
    one, other = (stage.colour(*colour) for colour in pair)
    stage.ground(tiles(stage.rng, one, other, 2), 2.4)


def gym(stage: Stage) -> None:
    """Dark rubber, racks of weights, and a row of lamps."""
    stage.above(stage.colour(88, 92, 100), stage.colour(120, 118, 116))
    for x in stage.rng.uniform(0, 1, 4):
        stage.rectangle(x, 0.06, x + 0.12, 0.1, stage.colour(240, 240, 230))
    for x in stage.rng.uniform(-0.05, 1, 6):
        width, top = stage.rng.uniform(0.05, 0.16), stage.rng.uniform(0.3, 0.6)
        dark, steel = stage.colour(40, 42, 48), stage.colour(150, 150, 156)
        for y in np.arange(top, 1, 0.16):
            stage.rectangle(x, y, x + width, y + 0.035, dark)
            stage.blob(x + width / 2, y - 0.01, width / 3, 0.035, steel)
        stage.rectangle(x, top, x + 0.012, 1, steel)
        stage.rectangle(x + width, top, x + width + 0.012, 1, steel)
    stage.soften(2.2)
    stage.ground(grain(stage.rng, stage.colour(66, 66, 72), 0.12, 16))


def meadow(stage: Stage) -> None:
    """Grass under hills and clouds."""
    stage.above(stage.colour(120, 160, 210), stage.colour(206, 216, 224), 0.02)
    for _ in range(5):
        x, y = stage.rng.uniform(0, 1), stage.rng.uniform(0.1, 0.5)
        stage.blob(x, y, stage.rng.uniform(0.06, 0.18), 0.05, stage.colour(238, 238, 240))
    for _ in range(4):
        x = stage.rng.uniform(0, 1)
        stage.blob(
            x,
            1.0,
            stage.rng.uniform(0.2, 0.4),
            stage.rng.uniform(0.08, 0.3),
            stage.colour(92, 122, 84),
        )
    stage.soften(2.5)
    stage.ground(grain(stage.rng, stage.colour(104, 134, 70), 0.2, 32))


def park(stage: Stage) -> None:
    """Trees close together, and worn grass."""
    stage.above(stage.colour(96, 118, 84), stage.colour(70, 90, 58))
    for _ in range(28):
        x, y = stage.rng.uniform(0, 1), stage.rng.uniform(0, 0.8)
        stage.blob(
            x,
            y,
            stage.rng.uniform(0.05, 0.14),
            stage.rng.uniform(0.06, 0.16),
            stage.colour(76, 112, 58, spread=0.4),
        )
    for x in stage.rng.uniform(0, 1, 5):
        width = stage.rng.uniform(0.015, 0.05)
        stage.rectangle(x, 0.15, x + width, 1, stage.colour(84, 68, 52))
    stage.mottle(0.2, 16, 128)
    stage.soften(1.8)
    stage.ground(grain(stage.rng, stage.colour(112, 112, 72), 0.18))


def room(stage: Stage) -> None:
    """A living room: boards, a window, pictures, and a sofa."""
    wall = stage.colour(*stage.rng.choice([[206, 190, 168], [176, 190, 196], [200, 176, 170]]))
    stage.above(wall, 0.93 * wall)
    x = stage.rng.uniform(0.02, 0.6)
    stage.rectangle(x, 0.1, x + 0.26, 0.62, stage.colour(226, 220, 206))
    stage.rectangle(x + 0.02, 0.13, x + 0.24, 0.59, stage.colour(214, 228, 240))
    stage.rectangle(x + 0.125, 0.13, x + 0.135, 0.59, stage.colour(226, 220, 206))
    for _ in range(3):
        x, y, w = (
            stage.rng.uniform(0, 0.9),
            stage.rng.uniform(0.15, 0.4),
            stage.rng.uniform(0.06, 0.12),
        )
        stage.rectangle(x, y, x + w, y + 0.2, stage.colour(60, 50, 44))
        stage.rectangle(
            x + 0.01, y + 0.02, x + w - 0.01, y + 0.18, stage.colour(150, 140, 120, spread=0.4)
        )
    x, sofa = stage.rng.uniform(-0.1, 0.6), stage.colour(110, 76, 66, spread=0.4)
    stage.rectangle(x, 0.66, x + 0.45, 1.06, sofa)
    stage.rectangle(x - 0.03, 0.78, x + 0.03, 1.06, 0.85 * sofa)
    stage.soften(1.6)
    stage.ground(planks(stage.rng, stage.colour(150, 108, 72), int(stage.rng.integers(8, 16))), 2.4)


def street(stage: Stage) -> None:
    """Fronts of houses, and asphalt with lines."""
    stage.above(stage.colour(150, 162, 176), stage.colour(140, 140, 142))
    x = -0.05
    while x < 1:
        width, top = stage.rng.uniform(0.18, 0.36), stage.rng.uniform(0.0, 0.3)
        stage.rectangle(x, top, x + width, 1, stage.colour(136, 112, 100, spread=0.35))
        glass = stage.colour(70, 80, 92)
        for wx in np.arange(x + 0.03, x + width - 0.05, 0.075):
            for wy in np.arange(top + 0.08, 0.85, 0.2):
                stage.rectangle(wx, wy, wx + 0.04, wy + 0.11, glass)
        x += width
    stage.mottle(0.07, 8, 128)
    stage.soften(1.6)
    stage.ground(lanes(stage.rng, stage.colour(98, 98, 102), stage.colour(190, 188, 176), 2))


def studio(stage: Stage) -> None:
    """A dark backdrop with the light of one lamp, and a smooth floor."""
    dark = stage.colour(*stage.rng.choice([[52, 44, 60], [40, 50, 64], [62, 46, 44]]))
    stage.above(0.6 * dark, dark)
    x = stage.rng.uniform(0.3, 0.7)
    for step in range(6):
        size = 0.5 - 0.07 * step
        stage.blob(x, 0.6, size, 1.3 * size, dark * (1.1 + 0.16 * step))
    for fold in np.arange(0, 1, 0.05):
        stage.rectangle(fold, 0, fold + 0.008, 1, 0.8 * dark)
    stage.soften(5.0)
    stage.ground(grain(stage.rng, 1.3 * dark, 0.04, 4))


#: Each family with the two classes that are at home in it, when scenes are tied to classes.
FAMILIES: dict[str, tuple[Painter, float, tuple[str, str]]] = {
    "beach": (beach, 30.0, ("cartwheeling", "squat")),
    "dojo": (dojo, 3.0, ("punching person (boxing)", "side kick")),
    "gym": (gym, 3.5, ("bench pressing", "deadlifting")),
    "meadow": (meadow, 40.0, ("archery", "golf driving")),
    "park": (park, 8.0, ("lunge", "pull ups")),
    "room": (room, 2.5, ("push up", "situp")),
    "street": (street, 9.0, ("jogging", "skipping rope")),
    "studio": (studio, 3.0, ("front raises", "juggling balls")),
}
HOME = {action: name for name, (_, _, actions) in FAMILIES.items() for action in actions}


def family_for(action: str, bias: float, rng: np.random.Generator) -> str:
    """Draw the family of a clip's scene.

    Args:
        action: The class.
        bias: The chance, 0..1, that it is the class's own; else it is any of all, equally likely.
        rng: Where the draw comes from.
    """
    tied, any_one = rng.random() < bias, str(rng.choice(sorted(FAMILIES)))
    return HOME[action] if tied else any_one


def paint(family: str, camera: Camera, size: int, rng: np.random.Generator) -> np.ndarray:
    """Return a scene of a family, uint8 RGB, with the margin of the stage around it."""
    painter, wall, _ = FAMILIES[family]
    stage = Stage(rng, camera, size, wall * rng.uniform(0.8, 1.3))
    painter(stage)
    return stage.finished()
