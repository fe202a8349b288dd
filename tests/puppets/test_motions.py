from itertools import combinations

import numpy as np
import pytest

from anigifs.puppets.body import Body
from anigifs.puppets.figure import Figure, figure_of
from anigifs.puppets.motions import MOTIONS, Habits, Take
from anigifs.puppets.motions.timing import keyed, swell, swing
from anigifs.puppets.rig import Rig
from anigifs.taxonomy import class_list
from tests.puppets.made import ACTIONS, TWO_CYCLES, performance, phases, some

TRUNK = 10  # spheres of a figure that no dress changes


def test_the_actions_are_the_classes_and_kinetics_has_all_of_them() -> None:
    names = class_list("puppets-16").names
    assert tuple(sorted(MOTIONS)) == names
    assert len(set(names)) == 16
    for published in ("kinetics-400", "kinetics-600"):
        assert set(names) <= set(class_list(published).names)


def test_the_twelve_classes_are_some_of_the_sixteen() -> None:
    twelve = class_list("puppets-12").names
    assert len(twelve) == 12
    assert set(twelve) < set(class_list("puppets-16").names)


@pytest.mark.parametrize("action", ACTIONS)
def test_a_movement_is_finite_and_repeats(action: str) -> None:
    phase_T = phases(150, 2)
    still_T = np.linspace(0, 1, 150)
    period = 2 if action in TWO_CYCLES else 1
    for instance in some(action, 3):
        now, props_now = performance(instance, phase_T, still_T)
        later, props_later = performance(instance, phase_T + period, still_T)
        for name, place_T3 in now.at.items():
            assert np.isfinite(place_T3).all(), name
            np.testing.assert_allclose(later.at[name], place_T3, atol=1e-6, err_msg=name)
        for one, other in zip(props_now, props_later, strict=True):
            assert np.isfinite(one.places_TN3).all()
            if action != "juggling balls":  # whose balls change places
                np.testing.assert_allclose(other.places_TN3, one.places_TN3, atol=1e-6)
        moved = max(float(np.ptp(place_T3, axis=0).max()) for place_T3 in now.at.values())
        assert moved > 0.1


@pytest.mark.parametrize("action", sorted(TWO_CYCLES))
def test_sides_take_turns(action: str) -> None:
    phase_T, still_T = phases(150, 2), np.zeros(150)
    for instance in some(action, 3):
        now, later = (performance(instance, at, still_T).rig.at for at in (phase_T, phase_T + 1))
        assert max(np.abs(now[name] - later[name]).max() for name in now) > 0.05
    for instance in some("lunge", 3):
        now, later = (performance(instance, at, still_T).rig.at for at in (phase_T, phase_T + 1))
        other_side = later["right ankle"] * [-1, 1, 1]
        np.testing.assert_allclose(now["left ankle"], other_side, atol=1e-6)


@pytest.mark.parametrize("action", ACTIONS)
def test_nobody_is_suddenly_elsewhere(action: str) -> None:
    phase_T = phases(1000, 2)
    for instance in some(action, 4):
        at = performance(instance, phase_T).rig.at
        for name in ("hip", "head", "left hand", "right hand", "left ankle", "right ankle"):
            step = np.linalg.norm(np.diff(at[name], axis=0), axis=1).max()
            assert step < 0.12, name  # in 1/500 of a cycle


@pytest.mark.parametrize("action", ACTIONS)
def test_no_two_instances_are_alike(action: str) -> None:
    phase_T = phases(40, 1)
    still_T = np.zeros(40)
    figures = [
        instance.perform(phase_T, still_T, body=Body()).centres_TS3[:, :TRUNK]
        for instance in some(action, 5)
    ]
    limbs = [
        np.stack(list(performance(instance, phase_T, still_T).rig.at.values()))
        for instance in some(action, 5)
    ]
    for one, other in combinations(range(len(figures)), 2):
        assert np.abs(limbs[one] - limbs[other]).max() > 1e-3
        for mirror in ([1, 1, 1], [-1, 1, 1]):
            assert np.abs(figures[one] - figures[other] * mirror).max() > 1e-5


def test_half_of_the_instances_are_mirrored_and_nothing_else_is_changed() -> None:
    phase_T = phases(10, 1)
    mirrored = []
    for action in ACTIONS:
        for instance in some(action, 6):
            rig, props = performance(instance, phase_T)
            plain = figure_of(rig, props)
            seconds_T = phase_T * instance.seconds_a_cycle
            figure = instance.perform(phase_T, seconds_T)
            trunk, ours = plain.centres_TS3[:, :TRUNK], figure.centres_TS3[:, :TRUNK]
            mirrored.append(not np.allclose(trunk, ours))
            sign = -1 if mirrored[-1] else 1
            np.testing.assert_allclose(ours, trunk * [sign, 1, 1], atol=1e-12)
            np.testing.assert_allclose(_things(figure), _things(plain) * [sign, 1, 1], atol=1e-12)
    assert 0.4 < np.mean(mirrored) < 0.6  # of 288


def _things(figure: Figure) -> np.ndarray:
    mine = set(figure.person_spheres)
    return figure.centres_TS3[:, [i for i in range(len(figure.radii_S)) if i not in mine]]


def test_a_larger_amplitude_moves_further() -> None:
    phase_T, still_T = phases(100, 1), np.zeros(100)
    for action, joint in (
        ("front raises", "left hand"),
        ("jogging", "left hand"),
        ("lunge", "hip"),
        ("pull ups", "head"),
        ("push up", "left shoulder"),
        ("squat", "hip"),
    ):
        for instance in some(action, 3):
            spans = []
            for amplitude in (0.7, 1.0):
                rig, habits = Rig(instance.body, 100), Habits(instance.number, amplitude)
                MOTIONS[action].perform(rig, Take(phase_T, still_T, habits))
                spans.append(np.ptp(rig.at[joint][:, 1]))
            assert spans[1] > 1.05 * spans[0], action


def test_curves_pass_through_their_moments() -> None:
    moments, values = [0, 0.2, 0.7, 1], [1.0, 3.0, -2.0, 1.0]
    for cycle in (0, 1, 7):
        found = keyed(np.array(moments[:-1]) + cycle, moments, values)
        np.testing.assert_allclose(found, values[:-1], atol=1e-9)
    fine = keyed(np.linspace(0, 2, 4001), moments, values)
    assert (fine.min(), fine.max()) == pytest.approx((-2, 3), abs=1e-4)
    assert np.abs(np.diff(fine)).max() < 0.02
    quarters = np.array([0, 0.25, 0.5, 0.75, 1])
    np.testing.assert_allclose(swell(quarters), [0, 0.5, 1, 0.5, 0], atol=1e-12)
    np.testing.assert_allclose(swing(quarters), [0, 1, 0, -1, 0], atol=1e-12)
