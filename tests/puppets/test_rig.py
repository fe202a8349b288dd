from typing import Literal

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from anigifs.puppets.body import Body
from anigifs.puppets.rig import SIDES, STRAIGHTEST, Rig, reached, turned
from tests.puppets.made import ACTIONS, performance, phases, some

#: Metres that the skin may be under the floor; legs that hang from their hips, rather than reach
#: for the floor, sink in deeper, and so does the belly of who lets the hips hang in a push up.
SINK = 0.04
SINKS = {"push up": 0.09}
STANDS = {
    "archery",
    "bench pressing",
    "deadlifting",
    "front raises",
    "juggling balls",
    "situp",
    "squat",
}
angles = st.floats(-7, 7)
metres = st.floats(-2, 2)
places = st.tuples(metres, metres, metres)
bones = st.floats(0.1, 0.6)


AXES: tuple[Literal["x", "y", "z"], ...] = ("x", "y", "z")


@given(st.sampled_from(AXES), st.lists(angles, min_size=1, max_size=5))
def test_a_turn_is_scipys_rotation_about_that_axis(
    axis: Literal["x", "y", "z"], angle_T: list[float]
) -> None:
    ours = turned(axis, np.array(angle_T), len(angle_T))
    theirs = Rotation.from_euler(axis, np.array(angle_T)[:, None]).as_matrix()
    np.testing.assert_allclose(ours, theirs, atol=1e-12)


@given(places, places, bones, bones, places)
def test_a_limb_hits_what_it_can_reach_and_points_at_what_it_cannot(
    start: tuple[float, ...],
    goal: tuple[float, ...],
    upper: float,
    lower: float,
    towards: tuple[float, ...],
) -> None:
    start_T3, goal_T3, towards_T3 = (np.array([one]) for one in (start, goal, towards))
    far = float(np.linalg.norm(goal_T3 - start_T3))
    assume(far > 0.01)
    along = (goal_T3 - start_T3)[0] / far
    aside = towards_T3[0] - along * (towards_T3[0] @ along)
    assume(np.linalg.norm(aside) > 0.01)
    middle, end = (one[0] for one in reached(start_T3, goal_T3, upper, lower, towards_T3))
    assert np.linalg.norm(middle - start_T3[0]) == pytest.approx(upper, abs=1e-9)
    assert np.linalg.norm(end - middle) == pytest.approx(lower, abs=1e-9)
    assert (middle - start_T3[0]) @ aside >= -1e-9
    if abs(upper - lower) + 0.001 <= far <= STRAIGHTEST * (upper + lower):
        np.testing.assert_allclose(end, goal_T3[0], atol=1e-9)
    else:
        reach = np.linalg.norm(end - start_T3[0])
        np.testing.assert_allclose((end - start_T3[0]) / reach, along, atol=1e-9)
        nearest = np.clip(far, abs(upper - lower), upper + lower)
        assert reach == pytest.approx(nearest, abs=0.0015)


@settings(max_examples=50)
@given(*[angles] * 7)
def test_the_trunk_keeps_its_lengths_however_it_is_bent(
    turn: float, lean: float, tilt: float, bend: float, side: float, twist: float, nod: float
) -> None:
    body, rig = Body(), Rig(Body(), 1)
    rig.place(
        rig.point(0.1, 1, -0.2),
        turn=turn, lean=lean, tilt=tilt, bend=bend, side=side, twist=twist, nod=nod,
    )  # fmt: skip
    lengths = {
        ("hip", "belly"): body.belly,
        ("belly", "chest"): body.chest,
        ("chest", "neck"): body.neck,
        ("left hip", "right hip"): 2 * body.hips,
        ("left shoulder", "right shoulder"): 2 * body.shoulders,
    }
    for (one, other), length in lengths.items():
        found = float(np.linalg.norm(rig.at[one] - rig.at[other]))
        assert found == pytest.approx(length), (one, other)


def test_angles_turn_limbs_the_way_they_are_said_to() -> None:
    body, rig, quarter = Body(), Rig(Body(), 1), np.pi / 2
    rig.place(rig.point(0, 1, 0))
    rig.arm("left", swing=quarter)  # forward
    along = (rig.at["left wrist"] - rig.at["left shoulder"])[0]
    np.testing.assert_allclose(along, [0, 0, body.arm], atol=1e-12)
    rig.arm("right", spread=quarter)  # outwards: the actor's right is -x
    along = (rig.at["right wrist"] - rig.at["right shoulder"])[0]
    np.testing.assert_allclose(along, [-body.arm, 0, 0], atol=1e-12)
    rig.leg("left", flex=quarter)  # the shin goes back, the toes then point down
    np.testing.assert_allclose(
        (rig.at["left ankle"] - rig.at["left knee"])[0], [0, 0, -body.shin], atol=1e-12
    )
    np.testing.assert_allclose(
        (rig.at["left toe"] - rig.at["left ankle"])[0], [0, -body.foot, 0], atol=1e-12
    )
    rig.place(rig.point(0, 1, 0), lean=quarter)  # face down
    np.testing.assert_allclose((rig.at["neck"] - rig.at["hip"])[0], [0, 0, body.trunk], atol=1e-12)


@pytest.mark.parametrize("action", ACTIONS)
def test_bones_keep_their_lengths(action: str) -> None:
    for instance in some(action, 4):
        rig, body = performance(instance, phases()).rig, instance.body
        bones_of = {
            ("shoulder", "elbow"): body.upper_arm,
            ("elbow", "wrist"): body.forearm,
            ("wrist", "hand"): body.hand,
            ("hip", "knee"): body.thigh,
            ("knee", "ankle"): body.shin,
            ("ankle", "toe"): body.foot,
        }
        for side in SIDES:
            for (one, other), length in bones_of.items():
                bone_T3 = rig.at[f"{side} {one}"] - rig.at[f"{side} {other}"]
                np.testing.assert_allclose(np.linalg.norm(bone_T3, axis=1), length, rtol=1e-9)


@pytest.mark.parametrize("action", sorted(STANDS))
def test_feet_that_stand_stay_where_they_are(action: str) -> None:
    for instance in some(action, 6):
        rig = performance(instance, phases()).rig
        for side in SIDES:
            ankle_T3 = rig.at[f"{side} ankle"]
            np.testing.assert_allclose(ankle_T3[:, 1], instance.body.ankle, atol=1e-6)
            assert np.ptp(ankle_T3, axis=0).max() < 1e-6


def test_one_foot_stands_while_the_other_steps_kicks_or_turns() -> None:
    for action, standing in (
        ("golf driving", "left"),
        ("punching person (boxing)", "left"),
        ("side kick", "left"),
    ):
        for instance in some(action, 6):
            ankle_T3 = performance(instance, phases()).rig.at[f"{standing} ankle"]
            assert np.ptp(ankle_T3, axis=0).max() < 1e-6, action
    for instance in some("lunge", 6):
        at = performance(instance, phases()).rig.at
        low_T = np.minimum(at["left ankle"][:, 1], at["right ankle"][:, 1])
        assert low_T.max() < instance.body.ankle + 0.11
        assert low_T.min() > instance.body.ankle - 1e-6
    for instance in some("skipping rope", 6):
        at = performance(instance, phases()).rig.at
        np.testing.assert_allclose(at["left ankle"][:, 1], at["right ankle"][:, 1], atol=1e-6)
        height_T = at["left ankle"][:, 1] - instance.body.ankle
        assert height_T.min() == pytest.approx(0, abs=1e-6)
        assert 0.08 < height_T.max() < 0.15
        assert (height_T < 1e-3).mean() > 0.4  # on the ground for half of the time


@pytest.mark.parametrize("action", ACTIONS)
def test_nobody_sinks_into_the_floor(action: str) -> None:
    for instance in some(action, 6):
        figure = instance.perform(phases(), phases() * instance.seconds_a_cycle)
        lowest_TS = (figure.centres_TS3[..., 1] - figure.radii_S)[:, figure.person_spheres]
        assert lowest_TS.min() > -SINKS.get(action, SINK)


def test_nobody_but_who_hangs_or_turns_over_loses_the_floor() -> None:
    for action in sorted(set(ACTIONS) - {"cartwheeling", "pull ups"}):
        for instance in some(action, 3):
            figure = instance.perform(phases(), phases() * instance.seconds_a_cycle)
            bottom_TS = (figure.centres_TS3[..., 1] - figure.radii_S)[:, figure.person_spheres]
            assert bottom_TS.min(axis=1).max() < 0.17, action  # the highest jump


def test_hands_of_a_push_up_stay_on_the_floor_and_shoulders_come_down_to_them() -> None:
    for instance in some("push up", 10):
        at = performance(instance, phases()).rig.at
        for side in SIDES:
            assert np.ptp(at[f"{side} wrist"], axis=0).max() < 1e-6
            assert 0.03 < at[f"{side} wrist"][0, 1] < 0.05
        height_T = at["left shoulder"][:, 1]
        assert height_T.min() < 0.25
        assert height_T.max() > 0.65 * instance.body.arm


def test_hands_of_a_pull_up_hold_the_bar_and_the_head_comes_up_to_it() -> None:
    for instance in some("pull ups", 10):
        rig, props = performance(instance, phases())
        bar_T3 = props[-1].places_TN3[:, 0]
        for side in SIDES:
            assert np.ptp(rig.at[f"{side} wrist"], axis=0).max() < 0.07
            away_T2 = (rig.at[f"{side} hand"] - bar_T3)[:, 1:]
            assert np.linalg.norm(away_T2, axis=1).max() < 0.07  # the hand is 5 cm thick
        head_T = rig.at["head"][:, 1] - bar_T3[:, 1]
        assert head_T.min() < -0.25
        assert head_T.max() > -0.02


@pytest.mark.parametrize("action", ["bench pressing", "deadlifting"])
def test_a_barbell_is_in_both_hands(action: str) -> None:
    for instance in some(action, 10):
        rig, props = performance(instance, phases())
        left_T3, right_T3 = rig.at["left hand"], rig.at["right hand"]
        bar = next(prop for prop in props[-3:] if prop.material == "metal").places_TN3
        along_T3 = bar[:, 1] - bar[:, 0]
        length_T = np.linalg.norm(along_T3, axis=1)
        for hand_T3 in (left_T3, right_T3):
            off_T3 = np.cross(hand_T3 - bar[:, 0], along_T3) / length_T[:, None]
            assert np.abs(off_T3).max() < 1e-9
            share_T = np.sum((hand_T3 - bar[:, 0]) * along_T3, axis=1) / length_T**2
            assert share_T.min() > 0
            assert share_T.max() < 1
        assert np.ptp(length_T) < 0.1  # hands that slide along it would change its length
        assert np.abs(left_T3[:, 1] - right_T3[:, 1]).max() < 0.09
        assert np.ptp(left_T3[:, 1]) > 0.25  # and it is lifted


def test_a_deadlift_begins_with_the_plates_at_the_floor() -> None:
    for instance in some("deadlifting", 10):
        props = performance(instance, phases()).props
        lowest_T = np.min([(p.places_TN3[..., 1] - 0.02).min(axis=1) for p in props], axis=0)
        assert -0.08 < lowest_T.min() < 0.25  # not every actor bends down far enough
        assert np.ptp(lowest_T) > 0.25


def test_a_juggler_has_each_ball_in_the_hand_that_carries_it() -> None:
    phase_T = phases(1200, 3)
    for instance in some("juggling balls", 6):
        rig, props = performance(instance, phase_T)
        balls_TN3 = np.stack([prop.places_TN3[:, 0] for prop in props], axis=1)
        touching = props[0].radii_N[0] + instance.body.fist
        held = np.zeros(len(phase_T))
        for side, shift in zip(SIDES, (0.0, 0.5), strict=True):
            carrying_T = (phase_T + shift) % 1 < 0.5
            away_TN = np.linalg.norm(balls_TN3 - rig.at[f"{side} hand"][:, None], axis=2)
            assert (away_TN.min(axis=1) <= touching)[carrying_T].all()
            held += (away_TN <= touching).any(axis=1)
        assert (held > 0).all()  # the hands take turns, so at every moment one carries
        hands_y = np.maximum(rig.at["left hand"][:, 1], rig.at["right hand"][:, 1])
        assert (balls_TN3[..., 1].max(axis=1) - hands_y).max() > 0.25  # and one flies


def test_balls_do_not_meet_and_do_not_jump() -> None:
    phase_T = phases(1200, 3)
    for instance in some("juggling balls", 6):
        props = performance(instance, phase_T).props
        balls_TN3 = np.stack([prop.places_TN3[:, 0] for prop in props], axis=1)
        for one, other in ((0, 1), (0, 2), (1, 2)):
            apart_T = np.linalg.norm(balls_TN3[:, one] - balls_TN3[:, other], axis=1)
            assert apart_T.min() > 0.11  # a ball comes just when another has gone
        steps = np.linalg.norm(np.diff(balls_TN3, axis=0), axis=2)
        assert steps.max() < 0.02


def test_the_balls_are_the_same_three_places_one_cycle_later() -> None:
    phase_T = phases(100, 3)
    for instance in some("juggling balls", 4):
        still_T = np.zeros(len(phase_T))
        now, later = (
            np.stack([p.places_TN3[:, 0] for p in performance(instance, at, still_T).props], axis=1)
            for at in (phase_T, phase_T + 1)
        )
        away_TNN = np.linalg.norm(now[:, :, None] - later[:, None], axis=3)
        assert away_TNN.min(axis=2).max() < 1e-9
        assert away_TNN.min(axis=1).max() < 1e-9
        assert np.abs(now - later).max() > 0.05  # though not each ball in its own place


def test_a_skipping_rope_goes_under_the_feet_and_over_the_head() -> None:
    for instance in some("skipping rope", 6):
        rig, props = performance(instance, phases())
        middle_T3 = props[0].places_TN3[:, 7]
        sole_T = rig.at["left toe"][:, 1] - 0.036
        under_T = np.abs(middle_T3[:, 2] - rig.at["left ankle"][:, 2]) < 0.1
        low_T = under_T & (middle_T3[:, 1] < 0.5)
        assert low_T.any()
        assert (middle_T3[low_T, 1] < sole_T[low_T] + 0.03).all()
        assert middle_T3[:, 1].max() > (rig.at["head"][:, 1] + rig.body.head).max()
