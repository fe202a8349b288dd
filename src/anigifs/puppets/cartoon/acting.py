"""How a cartoon moves and is built: a caricature, further than real, squashed and stretched."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from anigifs.puppets.body import Body
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


@dataclass(frozen=True)
class Caricature:
    """An instance as one cartoon exaggerates it.

    Attributes:
        instance: Who does what.
        timing: Of the loop that it is drawn for.
        body: Of the caricature.
        amplitude: How far movements go; 1 is real.
        squash: How much the figure is stretched as it rises and falls; 0 is not at all.
    """

    instance: Instance
    timing: Timing
    body: Body
    amplitude: float
    squash: float

    @classmethod
    def drawn(
        cls, instance: Instance, timing: Timing, manner: Manner, rng: np.random.Generator
    ) -> "Caricature":
        """Draw by lot how far a style exaggerates."""
        ranges = (manner.head, manner.hands, manner.legs, manner.girth)
        body = instance.body.caricature(*(float(rng.uniform(*one)) for one in ranges))
        amplitude, squash = (float(rng.uniform(*one)) for one in (manner.amplitude, manner.squash))
        return cls(instance, timing, body, amplitude, squash)

    @cached_property
    def loop(self) -> Figure:
        """The figure at each frame of the loop."""
        return self._stretched(self._plain, self._tall_T)

    def at(self, phase_T: np.ndarray, seconds_T: np.ndarray) -> Figure:
        """Return the figure at other moments, stretched as the loop is at their phases.

        Args:
            phase_T: In cycles.
            seconds_T: The time, which slow drifts depend on.
        """
        timing = self.timing
        tall_T = np.interp(phase_T, timing.phase_T, self._tall_T, period=timing.cycles)
        return self._stretched(self._performed(phase_T, seconds_T), tall_T)

    @cached_property
    def _plain(self) -> Figure:
        return self._performed(self.timing.phase_T, np.array(self.timing.starts_ms) / 1000)

    def _performed(self, phase_T: np.ndarray, seconds_T: np.ndarray) -> Figure:
        return self.instance.perform(phase_T, seconds_T, body=self.body, amplitude=self.amplitude)

    @cached_property
    def _tall_T(self) -> np.ndarray:
        """How tall the figure is at each frame: it is stretched where it rises or falls fast."""
        figure = self._plain
        height_T = figure.centres_TS3[:, figure.person_spheres, 1].mean(axis=1)
        speed_T = np.abs(np.roll(height_T, -1) - np.roll(height_T, 1))
        share_T = speed_T / max(float(speed_T.max()), 1e-6) - 0.5
        return np.asarray(1 + self.squash * share_T * min(1.0, float(speed_T.max()) / 0.1))

    def _stretched(self, figure: Figure, tall_T: np.ndarray) -> Figure:
        places = figure.centres_TS3
        middle = self._plain.centres_TS3.mean(axis=(0, 1)) * [1, 0, 1]
        scale_T3 = np.stack([tall_T**-0.5, tall_T, tall_T**-0.5], axis=1)
        return replace(figure, centres_TS3=middle + (places - middle) * scale_T3[:, None])


def act(instance: Instance, timing: Timing, manner: Manner, rng: np.random.Generator) -> Figure:
    """Return the figure of an instance at each frame, as a style exaggerates it."""
    return Caricature.drawn(instance, timing, manner, rng).loop


def look_at(instance: Instance, figure: Figure, size: int) -> Seen:
    """Return the figure as the instance's camera sees it."""
    return Seen.through(instance.camera_for(figure), figure, size)
