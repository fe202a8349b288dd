"""Actions that are about a thing: a bow, balls, a club."""

import numpy as np

from anigifs.puppets.motions.habits import Take
from anigifs.puppets.motions.timing import keyed
from anigifs.puppets.props import Prop, ball, chain, rod
from anigifs.puppets.rig import SIDES, Rig


def archery(rig: Rig, take: Take) -> list[Prop]:
    """Sideways to the target: the bow is raised, drawn to the chin, held, and let go."""
    body, h = rig.body, take.habits
    moments = [0, 0.12, 0.42, 0.66, 0.70, 0.86, 1]
    drawn_T = keyed(take.phase_T, moments, [0, 0, 1, 1, 0, 0, 0])
    raised_T = keyed(take.phase_T, moments, [0.75, 1, 1, 1, 1, 1, 0.75])
    held_T = keyed(take.phase_T, moments, [0, 0, 1, 1, 1.1, 0.4, 0])  # the hand stays back
    rig.place(
        rig.point(take.wander("sway", 0.008), body.standing - 0.01, 0),
        tilt=h("tilt", -0.05, 0.06),
        nod=0.0,
    )
    rig.look(1.2)
    for side, sign in zip(SIDES, (1, -1), strict=True):
        rig.foot(side, rig.point(sign * h("stance", 0.16, 0.26), body.ankle, 0))
    aim = h("aim", -0.06, 0.14)
    grip = rig.at["left shoulder"] + rig.point(
        0.94 * body.arm * np.cos(aim), (aim - 0.9 * (1 - raised_T)) * body.arm, 0.05
    )
    rig.hand("left", grip, (0.0, -1.0, -0.3))
    bow_hand = rig.at["left hand"]
    chin = rig.near_head("left", 0.2, -0.7, 0.9) - rig.point(0.12, 0, -0.02)
    nock = bow_hand - rig.point(0.2, 0, 0)
    string = nock + (chin - nock) * drawn_T[:, None]
    fingers = nock + (chin - nock) * held_T[:, None] - rig.point(0.06, 0, 0)
    rig.hand("right", fingers, (1.0, 0.2, -0.9))
    limb = h("bow", 0.5, 0.68)
    curve = np.linspace(-1, 1, 9)
    belly_T9 = 0.16 * (1 - curve**2) + (0.06 * drawn_T)[:, None] * (1 - curve**2)
    bow_TN3 = bow_hand[:, None] + np.stack(
        [belly_T9 - 0.17, np.broadcast_to(limb * curve, belly_T9.shape), 0 * belly_T9], axis=2
    )
    tips = bow_TN3[:, 0], bow_TN3[:, -1]
    pulled = np.where(drawn_T[:, None] > 0.02, string, (tips[0] + tips[1]) / 2)
    arrow = rod("metal", pulled, pulled + rig.point(0.72, 0, 0), 0.010)
    thread = chain("rope", np.stack([tips[0], pulled, tips[1]], axis=1), 0.008)
    return [chain("wood", bow_TN3, 0.022), thread, arrow]


def juggling_balls(rig: Rig, take: Take) -> list[Prop]:
    """Three balls in a cascade: each is caught, carried inwards and thrown to the other hand."""
    body, h = rig.body, take.habits
    rig.place(rig.point(take.wander("sway", 0.012), body.standing - 0.02, 0), lean=0.02, nod=-0.25)
    apart, level = h("apart", 0.17, 0.24), body.standing + h("level", 0.1, 0.2)
    wide, high = h("wide", 0.06, 0.1), 0.08 * h.amplitude
    throw = h("throw", 0.45, 0.85) * h.amplitude

    def held(sign: int | np.ndarray, turn_T: np.ndarray) -> np.ndarray:
        """Return where a hand is; in the first half of a turn it carries a ball inwards."""
        angle_T = 2 * np.pi * turn_T
        x_T = sign * (apart + wide * np.cos(angle_T))
        return rig.point(x_T, level - high * np.sin(angle_T), 0.34)

    def flown(number: int) -> np.ndarray:
        """Return the way of a ball: caught, half a turn of the hand carried, one turn in the air.

        From catch to catch are one and a half turns, and the hands are half a turn apart, so it
        is the other hand's turn to catch.
        """
        leg_T, share_T = np.divmod((take.phase_T - number) / 1.5, 1.0)
        since_T = 1.5 * share_T
        air_T = np.clip(since_T - 0.5, 0, 1)
        sign_T = np.where(leg_T % 2 == 0, 1, -1)
        here, there = held(sign_T, np.minimum(since_T, 0.5)), held(-sign_T, 0 * since_T)
        arc = rig.point(0, 4 * throw * air_T * (1 - air_T), 0)
        return np.asarray(here + (there - here) * air_T[:, None] + arc)

    for side, sign, shift in zip(SIDES, (1, -1), (0.0, 0.5), strict=True):
        rig.foot(side, rig.point(sign * h("stance", 0.1, 0.2), body.ankle, 0))
        palm = held(sign, take.phase_T + shift) - rig.point(0, 0.04, 0.06)
        rig.hand(side, palm, (0.7, -1.0, -0.4))
    return [ball("ball", flown(number), 0.055) for number in range(3)]


def golf_driving(rig: Rig, take: Take) -> list[Prop]:
    """From the address at the ball a slow swing back, a fast one through, and a held finish."""
    body, h = rig.body, take.habits
    moments = [0, 0.12, 0.44, 0.50, 0.62, 0.72, 0.9, 1]
    swing_T = keyed(take.phase_T, moments, [0, 0, -1, -1, 0.15, 1, 1, 0]) * min(h.amplitude, 1.05)
    wrist_T = keyed(take.phase_T, moments, [0, 0, -1.3, -1.4, 0.1, 1.3, 1.4, 0])
    through_T = np.clip(swing_T, 0, 1)
    stance, lean = h("stance", 0.2, 0.32), h("lean", 0.4, 0.55)
    hip_T3 = rig.point(0.08 * through_T - 0.03, body.standing - 0.06, -0.12)
    rig.place(
        hip_T3,
        turn=0.55 * through_T - 0.15 * np.clip(-swing_T, 0, 1),
        lean=lean * (1 - 0.5 * through_T),
        twist=0.75 * swing_T,
        nod=0.2 - 0.3 * through_T,
    )
    for side, sign in zip(SIDES, (1, -1), strict=True):
        heel_T = 0.07 * through_T if side == "right" else 0 * through_T
        rig.foot(side, rig.point(sign * stance, body.ankle + heel_T, 0.02))
    angle_T, tilt = 2.5 * swing_T, h("plane", 0.5, 0.7)
    centre = (rig.at["left shoulder"] + rig.at["right shoulder"]) / 2
    radius = 0.93 * body.arm
    hands = centre + _in_plane(rig, angle_T, tilt, radius)
    for side, sign in zip(SIDES, (1, -1), strict=True):
        rig.hand(side, hands + rig.point(0.03 * sign, 0.03 * sign, 0), (0.5, -0.6, -0.5))
    grip = (rig.at["left hand"] + rig.at["right hand"]) / 2
    head = grip + _in_plane(rig, angle_T + wrist_T, tilt, h("club", 0.85, 0.98))
    hit_T = (take.phase_T % 1.0) > 0.6
    flight_T = np.clip((take.phase_T % 1.0) - 0.6, 0, None) * 18
    tee = rig.point(0.05, 0.035, 0.02 + 0.62)
    shot = tee + rig.point(flight_T, 0.5 * flight_T, 0)
    return [
        rod("metal", grip, head, 0.014),
        ball("dark", head, 0.05),
        ball("ball", np.where(hit_T[:, None], shot, tee), 0.03),
    ]


def _in_plane(rig: Rig, angle_T: np.ndarray, tilt: float, radius: float) -> np.ndarray:
    """Return a place on the circle of the swing; 0 is down, and it rises to the left."""
    return rig.point(
        radius * np.sin(angle_T),
        -radius * np.cos(angle_T) * np.cos(tilt),
        radius * np.cos(angle_T) * np.sin(tilt),
    )
