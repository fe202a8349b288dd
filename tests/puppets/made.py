"""Performances and figures that several tests look at."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from anigifs.foundation import seed_of
from anigifs.puppets.instance import SPLITS, Instance, Split
from anigifs.puppets.motions import MOTIONS, Habits, Take
from anigifs.puppets.props import Prop
from anigifs.puppets.rig import Rig

ACTIONS = tuple(MOTIONS)
SEED = 5  # not that of the benchmark which is rendered by default
#: Actions that are another after one cycle: legs, or sides, take turns.
TWO_CYCLES = {"cartwheeling", "lunge", "punching person (boxing)"}


class Performance(NamedTuple):
    """A rig that has moved, and the things that it used."""

    rig: Rig
    props: list[Prop]


def performance(
    instance: Instance, phase_T: np.ndarray, seconds_T: np.ndarray | None = None
) -> Performance:
    """Return an instance's joints, unmirrored; its seconds follow from the phase unless given."""
    if seconds_T is None:
        seconds_T = phase_T * instance.seconds_a_cycle
    rig = Rig(instance.body, len(phase_T))
    habits = Habits(seed_of(instance.seed, "puppets habits", instance.group))
    return Performance(rig, MOTIONS[instance.action].perform(rig, Take(phase_T, seconds_T, habits)))


def some(action: str, count: int, splits: tuple[Split, ...] = SPLITS) -> Iterator[Instance]:
    """Yield the first ``count`` instances of an action in each split."""
    for split in splits:
        for number in range(count):
            yield Instance(SEED, action, split, number)


def phases(count: int = 200, cycles: float = 2.0) -> np.ndarray:
    """Return evenly spaced phases, none of them at a whole or a simple part of a cycle."""
    return np.linspace(0, cycles, count, endpoint=False) + 0.00123
