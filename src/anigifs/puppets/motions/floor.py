"""Exercises on the floor, on a bench and at a bar."""

import numpy as np

from anigifs.puppets.motions.habits import Take
from anigifs.puppets.motions.timing import keyed, swell
from anigifs.puppets.props import Prop, barbell, block, rod
from anigifs.puppets.rig import SIDES, Rig

RIGHT_ANGLE = np.pi / 2


def push_up(rig: Rig, take: Take) -> list[Prop]:
    """Face down, straight from the toes to the shoulders; the arms bend and stretch."""
    body, h = rig.body, take.habits
    low = 0.13 + 0.02 * take.wander("depth", 1)
    high = np.clip(low + (0.93 * body.arm - 0.13) * h.amplitude, 0, 0.97 * body.arm)
    shoulder_T = high + (low - high) * swell(take.phase_T)
    length = body.leg + body.trunk
    ankle_y = body.foot + 0.03  # on the toes
    slope_T = np.arcsin(np.clip((shoulder_T - ankle_y) / length, -1, 1))
    sag_T = h("sag", -0.06, 0.08) + take.wander("sag", 0.02)
    along_T3 = rig.point(0, np.sin(slope_T - sag_T), np.cos(slope_T - sag_T))
    ankle_T3 = rig.point(0, ankle_y, 0)
    rig.place(
        ankle_T3 + along_T3 * 0.99 * body.leg,
        lean=RIGHT_ANGLE - slope_T - sag_T,
        nod=-0.35 + take.wander("nod", 0.1),
    )
    width, ahead = h("hands", 0.22, 0.34), h("ahead", -0.08, 0.1)
    shoulders_z = np.cos(0.25) * length
    elbow = (h("elbow", 0.4, 1.2), -0.6, -0.2)
    for side, sign in zip(SIDES, (1, -1), strict=True):
        apart = h("feet", 0.04, 0.16) * sign
        rig.foot(side, ankle_T3 + np.array([apart, 0, 0]), toe=np.array([0.0, -1.0, 0.12]))
        rig.hand(side, rig.point(sign * width, 0.04, shoulders_z + ahead), elbow)
    return []


def situp(rig: Rig, take: Take) -> list[Prop]:
    """On the back with bent knees; the trunk comes up and goes down, the hands at the head."""
    body, h = rig.body, take.habits
    up_T = swell(take.phase_T)
    lean_T = -1.5 + (1.15 + 0.25 * h.amplitude) * up_T
    feet = h("feet", 0.36, 0.5)
    rig.place(rig.point(0, 0.12, 0), lean=lean_T, bend=0.15 + 0.65 * up_T, nod=0.25)
    behind = h.flip("behind the head", 0.6)
    for side, sign in zip(SIDES, (1, -1), strict=True):
        spot = h("knees", 0.1, 0.2)
        rig.foot(side, rig.point(sign * spot, body.ankle, feet), knee=(0.1, 0.3, 1.0))
        if behind:
            rig.hand(side, rig.near_head(side, 1.0, 0.2, -0.5), (1.0, 0.4, 0.1))
        else:
            rig.hand(
                side,
                rig.near_chest("left" if side == "right" else "right", 0.1, 0.13, 0.15),
                (1.0, -0.6, 0.6),
            )
    return []


def bench_pressing(rig: Rig, take: Take) -> list[Prop]:
    """On the back on a bench; a barbell goes from the chest to straight arms."""
    body, h = rig.body, take.habits
    top, count = h("bench", 0.40, 0.48), take.count
    hip_y = top + 0.13 * body.girth
    rig.place(rig.point(0, hip_y, 0), lean=-RIGHT_ANGLE, bend=-0.08, nod=0.15)
    press_T = 1 - swell(take.phase_T)
    shoulder_y = float(np.mean(rig.at["left shoulder"][:, 1]))
    shoulder_z = float(np.mean(rig.at["left shoulder"][:, 2]))
    low = shoulder_y + 0.12
    high = min(low + 0.42 * h.amplitude, shoulder_y + 0.92 * body.arm)
    bar_y = low + (high - low) * press_T
    bar_z = shoulder_z + 0.16 - 0.12 * press_T
    grip = h("grip", 0.26, 0.38)
    lop = take.wander("lopsided", 0.02)
    for side, sign in zip(SIDES, (1, -1), strict=True):
        foot = rig.point(sign * h("feet", 0.2, 0.32), body.ankle, h("back", 0.34, 0.5))
        rig.foot(side, foot, knee=(0.3, 0.2, 1.0))
        rig.hand(side, rig.point(sign * grip, bar_y + sign * lop, bar_z), (1.0, 0.0, -0.7))
    legs = [block("dark", (-0.14, 0, z), (0.14, top - 0.06, z + 0.05), count) for z in (-0.6, 0.0)]
    seat = block("dark", (-0.15, top - 0.08, -0.72), (0.15, top, 0.12), count)
    hands = rig.at["left hand"], rig.at["right hand"]
    return [*legs, seat, *barbell(*hands, plate=h("plate", 0.10, 0.15), reach=h("bar", 0.22, 0.34))]


def pull_ups(rig: Rig, take: Take) -> list[Prop]:
    """Hanging at a bar; the arms pull until the chin is over it."""
    body, h = rig.body, take.habits
    bar_y, grip = h("height", 2.25, 2.45), h("grip", 0.2, 0.36)
    hang = bar_y - 0.97 * body.arm - 0.05
    lift = (body.arm * 0.97 - 0.02) * min(h.amplitude, 1.05)
    neck_T = hang + 0.04 + lift * swell(take.phase_T)
    sway_T = take.wander("sway", 0.03)
    lean_T = -0.12 * swell(take.phase_T) - h("lean", 0, 0.12)
    hip_T3 = rig.point(0, neck_T - body.trunk, -0.12 + sway_T - 0.1 * swell(take.phase_T))
    rig.place(hip_T3, lean=lean_T, nod=-0.2)
    flex = h("knees", 0.0, 1.5)
    for side, sign in zip(SIDES, (1, -1), strict=True):
        rig.leg(side, swing=0.15 + 0.3 * flex + sway_T, flex=0.1 + flex, spread=0.05, point=0.7)
        rig.hand(side, rig.point(sign * grip, bar_y - 0.05, 0.02), (0.9, -0.4, 0.3))
    ends = rig.point(-0.85, bar_y, 0.02), rig.point(0.85, bar_y, 0.02)
    posts = [
        rod("metal", rig.point(x, 0, 0.02), rig.point(x, bar_y, 0.02), 0.035) for x in (-0.85, 0.85)
    ]
    return [*posts, rod("metal", *ends, 0.025)]


def squat(rig: Rig, take: Take) -> list[Prop]:
    """The hips go down and back as if to a chair, the arms ahead, and up again."""
    body, h = rig.body, take.habits
    down_T = swell(take.phase_T)
    depth = min(0.46 * h.amplitude, 0.5) * body.leg / 0.85
    hip_T3 = rig.point(
        take.wander("sway", 0.01), body.standing - depth * down_T, -0.30 * down_T * depth / 0.46
    )
    rig.place(
        hip_T3, lean=0.05 + h("lean", 0.5, 0.75) * down_T, bend=-0.15 * down_T, nod=-0.4 * down_T
    )
    stance, out = h("stance", 0.15, 0.3), h("knees", 0.2, 0.7)
    manner = h("arms", 0, 3)
    for side, sign in zip(SIDES, (1, -1), strict=True):
        ankle = rig.point(sign * stance, body.ankle, 0)
        rig.foot(side, ankle, knee=(out, 0.2, 1.0), toe=np.array([sign * 0.3, -0.25, 1.0]))
        if manner < 1.8:  # ahead for balance
            rig.arm(side, swing=0.2 + down_T * 1.9 - 0.05 * sign, spread=0.05, flex=0.15)
        elif manner < 2.4:
            rig.hand(side, rig.near_chest(side, -0.02, 0.12, 0.16), (1.0, -0.5, 0.2))
        else:
            rig.hand(side, rig.near_head(side, 1.0, 0.1, -0.4), (1.0, -0.2, 0.0))
    return []


def lunge(rig: Rig, take: Take) -> list[Prop]:
    """A long step ahead, the hips sink, and back; the legs take turns."""
    body, h = rig.body, take.habits
    length, depth = h("step", 0.7, 0.9) * body.leg / 0.85, 0.36 * h.amplitude * body.leg / 0.85
    first = h.flip("left first")
    out_T = keyed(take.phase_T, [0, 0.08, 0.36, 0.6, 0.92, 1], [0, 0, 1, 1, 0, 0])
    down_T = keyed(take.phase_T, [0, 0.2, 0.5, 0.8, 1], [0, 0, 1, 0, 0])
    raised_T = keyed(
        take.phase_T, [0, 0.08, 0.22, 0.36, 0.6, 0.76, 0.92, 1], [0, 0, 1, 0, 0, 1, 0, 0]
    )
    left_T = ((np.floor(take.phase_T) % 2) == 0) == first
    hip_T3 = rig.point(0, body.standing - depth * down_T - 0.05 * out_T, 0.5 * length * out_T)
    rig.place(hip_T3, lean=h("lean", 0.0, 0.2) + take.wander("lean", 0.03))
    on_hips = h.flip("hands on hips")
    for side, sign in zip(SIDES, (1, -1), strict=True):
        steps_T = left_T if side == "left" else ~left_T
        ahead = rig.point(sign * 0.1, body.ankle + 0.14 * raised_T, length * out_T)
        behind = rig.point(sign * 0.1, body.ankle + 0.1 * out_T, -0.05 * out_T)
        goal = np.where(steps_T[:, None], ahead, behind)
        toe = np.where(steps_T[:, None], rig.point(0, -0.25, 1), rig.point(0, -0.25 - out_T, 1))
        rig.foot(side, goal, toe=toe)
        if on_hips:
            rig.hand(side, rig.near_hip(side, 0.16, 0.06, 0.06), (1.0, 0.0, -0.6))
        else:
            rig.arm(side, swing=0.1 + 0.3 * down_T, spread=0.12, flex=0.3)
    return []
