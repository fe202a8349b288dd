"""Standing exercises with weights."""

import numpy as np

from anigifs.puppets.motions.habits import Take
from anigifs.puppets.motions.timing import keyed, swell
from anigifs.puppets.props import Prop, ball, barbell, rod
from anigifs.puppets.rig import SIDES, Rig


def deadlifting(rig: Rig, take: Take) -> list[Prop]:
    """A barbell is lifted from the floor to the thighs with a straight back."""
    body, h = rig.body, take.habits
    up_T = keyed(take.phase_T, [0, 0.1, 0.42, 0.58, 0.9, 1], [0, 0, 1, 1, 0, 0])
    plate = h("plate", 0.19, 0.27)
    low, drop = h("hips", 0.48, 0.62) * body.leg / 0.85, 1 - up_T
    hip_y = body.standing - (body.standing - low - 0.08) * drop * min(h.amplitude, 1.08)
    rig.place(
        rig.point(0, hip_y, -0.34 * drop + 0.01),
        lean=0.03 + h("lean", 0.75, 0.95) * drop,
        bend=h("back", 0.0, 0.25) * drop,
        nod=-0.55 * drop,
    )
    stance, grip = h("stance", 0.1, 0.22), h("grip", 0.26, 0.36)
    bar_y = np.maximum(rig.at["neck"][:, 1] - 0.04 - 0.99 * body.arm - 0.06, plate)
    bar_z = 0.12 + 0.03 * drop
    tremble = take.wander("tremble", 0.008)
    for side, sign in zip(SIDES, (1, -1), strict=True):
        rig.foot(side, rig.point(sign * stance, body.ankle, 0), knee=(0.35, 0.2, 1.0))
        rig.hand(side, rig.point(sign * grip, bar_y + 0.06 + sign * tremble, bar_z), (0.3, 0, -1.0))
    hands = rig.at["left hand"], rig.at["right hand"]
    return barbell(*hands, plate=plate, reach=h("bar", 0.25, 0.38))


def front_raises(rig: Rig, take: Take) -> list[Prop]:
    """Straight arms lift dumbbells ahead to the height of the shoulders, and lower them."""
    body, h = rig.body, take.habits
    stance, sway_T = h("stance", 0.08, 0.2), take.wander("sway", 0.012)
    lean = h("lean", -0.04, 0.08)
    rig.place(
        rig.point(sway_T, body.standing - 0.01, 0), lean=lean - 0.07 * swell(take.phase_T), nod=0.02
    )
    alternate = h.flip("one after the other", 0.35)
    props: list[Prop] = []
    half = np.array([0.11, 0.0, 0.0])
    for side, sign in zip(SIDES, (1, -1), strict=True):
        rig.foot(side, rig.point(sign * stance, body.ankle, 0))
        phase_T = take.phase_T + (0.5 if alternate and side == "left" else 0.0)
        raised_T = swell(phase_T) if not alternate else np.clip(1.6 * swell(phase_T) - 0.6, 0, 1)
        top = 1.62 * h.amplitude + h(f"top of {side}", -0.1, 0.1)
        rig.arm(side, swing=0.1 + top * raised_T, spread=0.08, flex=0.12, turn=0.2)
        hand = rig.at[f"{side} hand"]
        props += [
            rod("metal", hand - half, hand + half, 0.02),
            *(ball("dark", end, 0.055) for end in (hand - half, hand + half)),
        ]
    return props
