"""How a cartoon moves and is built: a caricature, further than real, squashed and stretched."""

from dataclasses import dataclass, replace

import numpy as np

from anigifs.puppets.cartoon.timing import Timing
from anigifs.puppets.figure import Figure
from anigifs.puppets.instance import Instance
from anigifs.puppets.raster import Seen


@dataclass(frozen=True)
class Manner:
    """How far a style departs from an actor; each pair is drawn from.

    Attributes:
        head: The head's size; 1 is real.
        hands: The hands' size.
        legs: The length of the legs.
        girth: How thick limbs and trunk are.
        amplitude: How far movements go.
        squash: How much the figure is stretched as it rises and falls; 0 is not at all.
    """

    head: tuple[float, float] = (1.45, 2.0)
    hands: tuple[float, float] = (1.4, 2.0)
    legs: tuple[float, float] = (0.78, 0.95)
    girth: tuple[float, float] = (1.0, 1.3)
    amplitude: tuple[float, float] = (1.05, 1.25)
    squash: tuple[float, float] = (0.0, 0.16)


def act(instance: Instance, timing: Timing, manner: Manner, rng: np.random.Generator) -> Figure:
    """Return the figure of an instance at each frame, as a style exaggerates it."""
    ranges = (manner.head, manner.hands, manner.legs, manner.girth)
    body = instance.body.caricature(*(float(rng.uniform(*one)) for one in ranges))
    amplitude = float(rng.uniform(*manner.amplitude))
    seconds_T = np.array(timing.starts_ms) / 1000
    figure = instance.perform(timing.phase_T, seconds_T, body=body, amplitude=amplitude)
    return _squashed(figure, float(rng.uniform(*manner.squash)))


def look_at(instance: Instance, figure: Figure, size: int) -> Seen:
    """Return the figure as the instance's camera sees it."""
    return Seen.through(instance.camera_for(figure), figure, size)


def _squashed(figure: Figure, most: float) -> Figure:
    """Stretch the figure where it moves up or down fast, and squash it where it turns."""
    places = figure.centres_TS3
    height_T = places[:, figure.person_spheres, 1].mean(axis=1)
    speed_T = np.abs(np.roll(height_T, -1) - np.roll(height_T, 1))
    share_T = speed_T / max(float(speed_T.max()), 1e-6) - 0.5
    tall_T = 1 + most * share_T * min(1.0, float(speed_T.max()) / 0.1)
    middle = places.mean(axis=(0, 1)) * [1, 0, 1]
    scale_T3 = np.stack([tall_T**-0.5, tall_T, tall_T**-0.5], axis=1)
    return replace(figure, centres_TS3=middle + (places - middle) * scale_T3[:, None])
