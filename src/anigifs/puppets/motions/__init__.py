"""The actions: one function each, from the phase of the movement to joints and things.

To add one: a function in a file of this folder, and a line in :data:`MOTIONS`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from anigifs.puppets.motions.athletic import (
    cartwheeling,
    jogging,
    punching_person,
    side_kick,
    skipping_rope,
)
from anigifs.puppets.motions.floor import bench_pressing, lunge, pull_ups, push_up, situp, squat
from anigifs.puppets.motions.habits import Habits, Take
from anigifs.puppets.motions.skills import archery, golf_driving, juggling_balls
from anigifs.puppets.motions.weights import deadlifting, front_raises
from anigifs.puppets.props import Prop
from anigifs.puppets.rig import Rig

__all__ = ["MOTIONS", "Habits", "Motion", "Take", "View"]

View = Literal["before", "front", "side"]


@dataclass(frozen=True)
class Motion:
    """How an action is done.

    Attributes:
        perform: Moves the rig through the phases of a take, and returns the things it needs.
        seconds: How long one cycle usually takes.
        view: From where it can be seen what is done: from before the actor only, from the front or
            behind, or from a side.
    """

    perform: Callable[[Rig, Take], list[Prop]]
    seconds: float
    view: View


#: By the name of the class, as Kinetics spells it.
MOTIONS: dict[str, Motion] = {
    "archery": Motion(archery, 2.6, "front"),
    "bench pressing": Motion(bench_pressing, 1.7, "side"),
    "cartwheeling": Motion(cartwheeling, 1.5, "front"),
    "deadlifting": Motion(deadlifting, 2.2, "front"),
    "front raises": Motion(front_raises, 1.7, "side"),
    "golf driving": Motion(golf_driving, 2.2, "front"),
    "jogging": Motion(jogging, 0.72, "side"),
    "juggling balls": Motion(juggling_balls, 0.62, "before"),
    "lunge": Motion(lunge, 1.9, "side"),
    "pull ups": Motion(pull_ups, 1.7, "front"),
    "punching person (boxing)": Motion(punching_person, 0.85, "side"),
    "push up": Motion(push_up, 1.3, "side"),
    "side kick": Motion(side_kick, 1.3, "front"),
    "situp": Motion(situp, 1.8, "side"),
    "skipping rope": Motion(skipping_rope, 0.55, "front"),
    "squat": Motion(squat, 1.7, "side"),
}
