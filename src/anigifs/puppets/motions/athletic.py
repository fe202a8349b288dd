"""Movements of the whole body: turning over, kicking, boxing, running, jumping."""

import numpy as np

from anigifs.puppets.motions.habits import Take
from anigifs.puppets.motions.timing import keyed, keyed_places, swell, swing
from anigifs.puppets.props import Prop, ball, chain
from anigifs.puppets.rig import SIDES, Rig


def cartwheeling(rig: Rig, take: Take) -> list[Prop]:
    """Over the hands to the side, arms and legs like the spokes of a wheel."""
    body, h = rig.body, take.habits
    back_T = np.floor(take.phase_T) % 2 == 1  # every other wheel goes back to where one began
    way_T = np.where(back_T, 1 - take.phase_T % 1.0, take.phase_T % 1.0)
    round_T = keyed(way_T, [0, 0.14, 0.86, 1], [0, 0.02, 0.98, 1]) * 2 * np.pi
    open_T = keyed(way_T, [0, 0.14, 0.86, 1], [0.15, 1, 1, 0.15])
    over_T = (1 - np.cos(round_T)) / 2
    upright = body.standing * (0.97 - 0.12 * h.amplitude * open_T)
    turned_over = 0.97 * body.arm + body.trunk - 0.02
    hip_T3 = rig.point(
        (0.5 - round_T / (2 * np.pi)) * h("way", 1.2, 1.9),
        upright + (turned_over - upright) * over_T**1.5,
        take.wander("aside", 0.03),
    )
    rig.place(hip_T3, tilt=round_T, nod=0.1)
    spread = h("legs", 0.5, 0.8) * min(h.amplitude, 1.1)
    for side in SIDES:
        rig.leg(side, spread=0.06 + spread * open_T, flex=0.12, swing=0.06, point=0.5)
        rig.arm(side, spread=0.3 + h("arms", 2.3, 2.6) * open_T, flex=0.08)
    rig.stay_above_ground()
    return []


def side_kick(rig: Rig, take: Take) -> list[Prop]:
    """The knee comes up, the foot shoots out to the side at the height of the hips, and back."""
    body, h = rig.body, take.habits
    moments = [0, 0.12, 0.3, 0.44, 0.54, 0.7, 0.86, 1]
    reach = min(1.0, 0.9 * h.amplitude) * body.leg
    height = body.standing * h("height", 0.85, 1.25)
    rest = (-0.16, body.ankle, 0.0)
    chamber = (-0.28, body.standing * 0.82, 0.22)
    kick = (-0.95 * reach - 0.1, height, 0.03)
    foot_T3 = keyed_places(
        take.phase_T, moments, [rest, rest, chamber, kick, kick, chamber, rest, rest]
    )
    out_T = keyed(take.phase_T, moments, [0, 0, 0.45, 1, 1, 0.45, 0, 0])
    hip_T3 = rig.point(0.10 * out_T, body.standing - 0.04, take.wander("sway", 0.015))
    rig.place(hip_T3, tilt=-h("tilt", 0.4, 0.7) * out_T, turn=-0.25 * out_T, nod=0.0)
    rig.foot("left", rig.point(0.14, body.ankle, 0))
    toe = np.where(out_T[:, None] > 0.2, rig.point(-0.2, -0.1, 1), rig.point(0, -0.25, 1))
    rig.foot("right", foot_T3, knee=(0.6, 0.6, 1.0), toe=toe)
    guard = h("guard", 0.05, 0.25)
    for side in SIDES:
        fist = rig.near_chest(side, 0.08 + 0.1 * out_T.mean(), guard + 0.05, 0.26)
        rig.hand(side, fist, (0.9, -1.0, 0.0))
    return []


def punching_person(rig: Rig, take: Take) -> list[Prop]:
    """Boxing: straight punches from a guard, left and right in turn, on moving feet."""
    body, h = rig.body, take.habits
    bounce_T = np.abs(swing(take.phase_T + 0.1)) * 0.03
    shift_T = 0.05 * swing(take.phase_T / 2)
    left_T = keyed(take.phase_T, [0, 0.06, 0.2, 0.26, 0.46, 1], [0, 0, 1, 1, 0, 0])
    right_T = keyed(take.phase_T, [0, 0.5, 0.64, 0.7, 0.92, 1], [0, 0, 1, 1, 0, 0])
    hip_T3 = rig.point(
        take.wander("sway", 0.03), body.standing - 0.09 + bounce_T, shift_T + 0.06 * right_T
    )
    stance = h("stance", 0.4, 0.6)
    rig.place(
        hip_T3,
        turn=-stance,
        lean=0.12,
        twist=0.45 * (right_T - 0.6 * left_T) * h.amplitude,
        bend=0.12,
        nod=0.1,
    )
    ahead = rig.point(0.12, body.ankle, 0.22)
    rig.foot("left", ahead, toe=np.array([-0.1, -0.25, 1.0]))
    behind = rig.point(-0.16, body.ankle + 0.03 + bounce_T, -0.26)
    rig.foot("right", behind, toe=np.array([-0.6, -0.4, 0.8]))
    reach = body.arm * min(1.0, 0.97 * h.amplitude)
    for side, out_T in zip(SIDES, (left_T, right_T), strict=True):
        guard = rig.near_head(side, 0.7, -0.9, 1.9)
        aim = rig.at["neck"] + rig.point(0, h("aim", -0.04, 0.1), reach + 0.05)
        goal = guard + (aim - guard) * out_T[:, None]
        rig.hand(side, goal, (0.7, -1.0, -0.1))
    return [ball("ball", rig.at[f"{side} hand"], 0.09, f"{side} arm") for side in SIDES]


def jogging(rig: Rig, take: Take) -> list[Prop]:
    """Running slowly, as the camera keeps up."""
    body, h = rig.body, take.habits
    stride, lift = 0.62 * h.amplitude, h("lift", 0.9, 1.4)
    bob_T = 0.035 * np.cos(4 * np.pi * take.phase_T)
    hip_T3 = rig.point(take.wander("lane", 0.02), body.standing - 0.03 - bob_T, 0)
    rig.place(hip_T3, lean=h("lean", 0.06, 0.2), twist=0.18 * swing(take.phase_T), nod=-0.05)
    for side, shift in zip(SIDES, (0.0, 0.5), strict=True):
        phase_T = take.phase_T + shift
        ahead_T = swing(phase_T)
        folded_T = np.clip(np.sin(2 * np.pi * (phase_T + 0.22)), 0, 1) ** 1.2
        rig.leg(
            side, swing=0.15 + stride * ahead_T, flex=0.2 + lift * swell(phase_T + 0.78), point=0.2
        )
        rig.arm(
            side,
            swing=-0.1 - 0.75 * h.amplitude * ahead_T,
            spread=0.16,
            flex=1.45 + 0.25 * folded_T,
            turn=0.35,
        )
    rig.stay_above_ground()
    return []


def skipping_rope(rig: Rig, take: Take) -> list[Prop]:
    """Small jumps, and a rope that turns from the hands over the head and under the feet."""
    body, h = rig.body, take.habits
    angle_T = 2 * np.pi * take.phase_T
    air_T = np.clip(-np.cos(angle_T), 0, 1) ** 0.8
    jump_T = 0.12 * h.amplitude * air_T
    bend_T = 0.03 * (1 - air_T)
    rig.place(
        rig.point(take.wander("sway", 0.02), body.standing - bend_T + jump_T, 0), lean=0.04, nod=0.1
    )
    width, height = h("hands", 0.36, 0.5), body.standing + h("height", -0.02, 0.12)
    for side, sign in zip(SIDES, (1, -1), strict=True):
        rig.foot(side, rig.point(sign * 0.07, body.ankle + jump_T, -0.02 - 0.04 * air_T))
        circle = rig.point(
            sign * width, height + jump_T + 0.05 * np.cos(angle_T), 0.1 + 0.05 * np.sin(angle_T)
        )
        rig.hand(side, circle, (0.8, -0.4, -0.8))
    hands = rig.at["left hand"], rig.at["right hand"]
    return [_rope(*hands, angle_T, radius=height + 0.02 + 0.1 * h.amplitude, width=width)]


def _rope(
    left_T3: np.ndarray, right_T3: np.ndarray, angle_T: np.ndarray, radius: float, width: float
) -> Prop:
    """Return a rope whose middle circles around the line between the hands."""
    shares = np.linspace(0, 1, 15)
    out = np.sin(np.pi * shares) ** 0.55
    wide = 1 + 0.5 * np.sin(np.pi * shares) * (0.3 / width)
    along = left_T3[:, None] + (right_T3 - left_T3)[:, None] * shares[:, None]
    middle = (left_T3 + right_T3)[:, None] / 2
    along = middle + (along - middle) * wide[:, None]
    turn_T3 = np.stack([0 * angle_T, np.cos(angle_T), np.sin(angle_T)], axis=1)
    return chain("rope", along + turn_T3[:, None] * (radius * out)[:, None], 0.02)
