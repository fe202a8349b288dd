"""When a cartoon shows what: few frames, uneven delays, poses that are held, loops."""

import math
from dataclasses import dataclass

import numpy as np

from anigifs.puppets.instance import Instance

FEWEST, MOST = 6, 24  # frames
SHORTEST_MS = 30


@dataclass(frozen=True)
class Timing:
    """The frames of one loop.

    Attributes:
        phase_T: The phase of the action that each frame shows; whole cycles fill the loop.
        delays_ms: How long each is shown, in tens of milliseconds.
    """

    phase_T: np.ndarray
    delays_ms: tuple[int, ...]

    @property
    def starts_ms(self) -> list[int]:
        """When each frame begins to show."""
        return [0, *np.cumsum(self.delays_ms)[:-1].tolist()]

    @property
    def cycles(self) -> int:
        """How many whole cycles of the action fill the loop."""
        return math.ceil(float(self.phase_T.max()))


def timing_of(instance: Instance, rng: np.random.Generator) -> Timing:
    """Draw how an instance is timed as a cartoon.

    Frames come thick where little happens: a movement slows into its extremes, which are held, and
    rushes between them. Some delays are of another length than the others, for no reason.
    """
    seconds = instance.seconds_a_cycle / rng.uniform(0.9, 1.6)  # cartoons are in a hurry
    cycles = 1 if seconds > 0.9 else int(rng.integers(1, 3))
    usual = float(rng.choice([50, 60, 70, 80, 100, 120]))
    count = int(np.clip(round(1000 * cycles * seconds / usual), FEWEST, MOST))
    share_T = np.arange(count) / count
    hold = rng.uniform(0.0, 0.85)
    phase_T = cycles * share_T
    phase_T = phase_T - hold / (4 * np.pi) * np.sin(4 * np.pi * phase_T)
    delays_T = np.full(count, 1000 * cycles * seconds / count)
    extreme_T = np.abs((2 * phase_T + 0.5) % 1.0 - 0.5) < 0.06
    delays_T = delays_T * np.where(extreme_T, rng.uniform(1.0, 2.6), 1.0)
    delays_T = delays_T * np.where(rng.random(count) < 0.2, rng.choice([0.6, 1.5]), 1.0)
    delays = np.maximum(np.rint(delays_T / 10) * 10, SHORTEST_MS).astype(int)
    first = int(rng.integers(count))  # a loop may begin anywhere
    return Timing(np.roll(phase_T, -first), tuple(np.roll(delays, -first).tolist()))
