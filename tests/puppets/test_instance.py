from collections import defaultdict

import numpy as np
import pytest

from anigifs.puppets import Spec
from anigifs.puppets.body import Body
from anigifs.puppets.cartoon.render import STYLES, Cartoon
from anigifs.puppets.film.render import FPS, FRAMES
from anigifs.puppets.instance import ACTORS, SECTORS, SPLITS, Instance
from anigifs.puppets.motions import MOTIONS
from anigifs.puppets.raster import Seen
from tests.puppets.made import ACTIONS, SEED, some

#: The directions, in degrees, from which an action is seen well.
AXES = {"before": (0,), "front": (0, 180), "side": (90, 270)}


def test_no_actor_is_in_two_splits() -> None:
    bodies: dict[str, dict[int, Body]] = defaultdict(dict)
    for action in ACTIONS:
        for instance in some(action, 40):
            known = bodies[instance.split].setdefault(instance.actor, instance.body)
            assert known == instance.body  # the same actor in every action
    for split in SPLITS:
        assert set(bodies[split]) <= set(range(ACTORS[split]))
        assert len(bodies[split]) > 0.9 * ACTORS[split]
    everyone = [body for split in SPLITS for body in bodies[split].values()]
    assert len(set(everyone)) == len(everyone)


def test_an_actor_of_one_number_looks_otherwise_in_another_split() -> None:
    by_actor = {
        (one.split, one.actor): one.actor_generator("colours").random()
        for action in ACTIONS
        for one in some(action, 10)
    }
    assert len(set(by_actor.values())) == len(by_actor)


def test_no_sector_and_no_group_is_in_two_splits() -> None:
    sectors, groups = defaultdict(set), defaultdict(set)
    for action in ACTIONS:
        for instance in some(action, 40):
            sectors[instance.split].add(instance.sector)
            groups[instance.split].add(instance.group)
    everywhere = [sector for split in SPLITS for sector in sectors[split]]
    assert sorted(everywhere) == list(range(24))
    assert len(set.union(*groups.values())) == sum(map(len, groups.values())) == 3 * 40 * 16


@pytest.mark.parametrize("action", ACTIONS)
def test_every_action_is_seen_from_several_sides_in_every_split(action: str) -> None:
    axes = np.deg2rad(AXES[MOTIONS[action].view])
    for split in SPLITS:
        seen = {Instance(SEED, action, split, number).sector for number in range(60)}
        assert seen <= set(SECTORS[split])
        assert len(seen) >= 2
        middles = np.deg2rad([15 * (sector + 0.5) for sector in seen])
        near = np.cos(middles[:, None] - axes) > np.cos(np.deg2rad(60))
        assert near.any(axis=1).all()
        assert near.any(axis=0).all()  # from each of the directions


def test_a_camera_stands_in_its_sector_in_every_style() -> None:
    for action in ACTIONS:
        for instance in some(action, 2):
            camera = instance.camera
            assert 15 * instance.sector <= camera.azimuth <= 15 * (instance.sector + 1)
            drawn = instance.camera_for(instance.perform(np.linspace(0, 1, 5), np.zeros(5)))
            assert drawn.azimuth == camera.azimuth
            assert drawn.height == camera.height
            assert drawn.zoom == camera.zoom


@pytest.mark.parametrize("action", ACTIONS)
def test_a_film_shows_the_whole_actor_and_large_enough(action: str) -> None:
    for instance in some(action, 5):
        figure = instance.film_figure(np.arange(FRAMES) / FPS)
        seen = Seen.through(instance.camera, figure, 1)
        mine = figure.person_spheres
        low_TS2 = (seen.places_TS2 - seen.radii_TS[..., None])[:, mine]
        high_TS2 = (seen.places_TS2 + seen.radii_TS[..., None])[:, mine]
        margin = 0.02  # more than a hand that holds the camera may move it
        assert low_TS2.min() > margin
        assert high_TS2.max() < 1 - margin
        extent_T2 = high_TS2.max(axis=1) - low_TS2.min(axis=1)
        assert extent_T2.max() > 0.35


@pytest.mark.parametrize("style", STYLES)
def test_a_cartoon_shows_the_whole_actor_and_large_enough(style: str) -> None:
    cut, drawn = 0, 0
    for action in ACTIONS:
        for instance in some(action, 1):
            boxes_T4 = Cartoon(instance, style, 64).drawing.boxes_T4
            cut += int(((boxes_T4 == 0) | (boxes_T4 == 1)).any(axis=1).sum())
            drawn += len(boxes_T4)
            assert (boxes_T4[:, 2:] - boxes_T4[:, :2]).max() > 0.35
    assert cut < 0.05 * drawn


def test_the_first_instances_are_the_same_however_many_there_are() -> None:
    few, many = (list(Spec(clips_per_class=count).jobs()) for count in (6, 24))
    train = [job for job in many if job.instance.split == "train" and job.domain == "film"]
    assert len(train) == 16 * 24
    assert {job.path for job in few} < {job.path for job in many}
    assert set(few) < set(many)


def test_an_instance_depends_on_its_name_alone() -> None:
    for action in ACTIONS[:4]:
        one, other = (Instance(SEED, action, "val", 7) for _ in range(2))
        # Asked in another order, everything is as it was.
        first = one.camera, one.start, one.seconds_a_cycle, one.body
        last = (other.body, other.seconds_a_cycle, other.start, other.camera)[::-1]
        assert first == last
        times = np.arange(5) / FPS
        assert (one.film_figure(times).centres_TS3 == other.film_figure(times).centres_TS3).all()


def test_a_seed_an_action_a_split_and_a_number_each_change_the_instance() -> None:
    names = [
        (SEED, "squat", "train", 0),
        (SEED + 1, "squat", "train", 0),
        (SEED, "lunge", "train", 0),
        (SEED, "squat", "test", 0),
        (SEED, "squat", "train", 1),
    ]
    starts = {Instance(*name).start for name in names}  # type: ignore[arg-type]
    assert len(starts) == len(names)


def test_the_same_instance_is_of_one_group_actor_and_sector_in_every_style() -> None:
    jobs = [job for job in Spec(clips_per_class=2).jobs() if job.instance.split == "test"]
    by_group = defaultdict(list)
    for job in jobs:
        by_group[job.instance.group].append(job)
    assert len(by_group) == 16
    for of_one in by_group.values():
        assert len({job.style for job in of_one}) == len(of_one) == 7
        assert len({(job.instance.actor, job.instance.sector) for job in of_one}) == 1


def test_starts_and_tempos_are_spread_evenly() -> None:
    instances = [one for action in ACTIONS for one in some(action, 12)]
    starts = np.array([one.start for one in instances])
    tempos = np.array([one.seconds_a_cycle / MOTIONS[one.action].seconds for one in instances])
    for values, low, high in ((starts, 0, 1), (tempos, 0.82, 1.25)):
        counts, _ = np.histogram(values, 4, (low, high))
        assert counts.sum() == len(values)
        assert counts.min() > 0.18 * len(values)


def test_no_sector_is_the_mirror_image_of_one_in_another_split() -> None:
    for one in SPLITS:
        assert {23 - sector for sector in SECTORS[one]} == set(SECTORS[one])
        for other in set(SPLITS) - {one}:
            assert not set(SECTORS[one]) & set(SECTORS[other])
    assert sum(map(len, SECTORS.values())) == 24
