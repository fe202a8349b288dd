import cv2
import numpy as np
import pytest
import scipy.stats

from anigifs.puppets.film import render
from anigifs.puppets.film.render import BLURS, FINER, FPS, FRAMES, Film
from anigifs.puppets.film.scenes import FAMILIES, HOME, family_for
from anigifs.puppets.instance import Instance
from anigifs.puppets.raster import Seen
from tests.puppets.made import ACTIONS, SEED, some

SIZE = 64


def film(instance: Instance, take: str = "film", bias: float = 0.7) -> Film:
    return Film(instance, take, bias, SIZE)


def neutral(instance: Instance) -> Film:
    return film(instance, "film-neutral", 0.0)


def test_every_class_is_at_home_in_one_family_and_two_classes_in_each() -> None:
    assert sorted(HOME) == list(ACTIONS)
    assert sorted(HOME.values()) == sorted([*FAMILIES] * 2)
    assert len(FAMILIES) == 8


@pytest.mark.parametrize(("bias", "share"), [(0.7, 0.7 + 0.3 / 8), (0.0, 1 / 8), (1.0, 1.0)])
def test_scenes_are_tied_to_classes_as_strongly_as_asked(bias: float, share: float) -> None:
    rng = np.random.default_rng(3)
    at_home, elsewhere = 0, dict.fromkeys(FAMILIES, 0)
    for action in ACTIONS:
        for _ in range(60):
            family = family_for(action, bias, rng)
            at_home += family == HOME[action]
            elsewhere[family] += family != HOME[action]
    draws = 60 * len(ACTIONS)
    assert scipy.stats.binomtest(at_home, draws, share).pvalue > 0.01
    if bias < 1:
        assert scipy.stats.chisquare(list(elsewhere.values())).pvalue > 0.01


def test_films_are_biased_and_neutral_ones_are_not() -> None:
    instances = [one for action in ACTIONS for one in some(action, 12)]
    home = [HOME[one.action] for one in instances]
    for films, share in ((film, 0.7 + 0.3 / 8), (neutral, 1 / 8)):
        tied = sum(films(one).family == own for one, own in zip(instances, home, strict=True))
        assert scipy.stats.binomtest(tied, len(instances), share).pvalue > 0.01


@pytest.mark.parametrize("action", ACTIONS[::3])
def test_a_film_is_64_frames_with_grain_blur_and_an_actor(action: str) -> None:
    instance = Instance(SEED, action, "val", 0)
    frames = Film(instance, "film", 0.7, 160).frames()
    assert frames.shape == (FRAMES, 160, 160, 3)
    assert frames.dtype == np.uint8
    changed = (frames[1:] != frames[:-1]).any(axis=3).mean(axis=(1, 2))
    assert changed.min() > 0.5  # the sensor is never still
    apart = np.abs(frames[1:].astype(int) - frames[:-1])
    assert np.median(apart) < 20
    assert len(np.unique(frames[0].reshape(-1, 3), axis=0)) > 3000


def test_a_film_is_the_same_each_time_and_in_any_size_of_the_same_place() -> None:
    instance = Instance(SEED, "squat", "test", 3)
    one, other = (film(instance).frames() for _ in range(2))
    np.testing.assert_array_equal(one, other)
    large = Film(instance, "film", 0.7, 2 * SIZE)
    assert large.family == film(instance).family
    # Boxes are shares of the picture; a hand's shake is rounded to whole pixels.
    assert np.abs(large.boxes() - film(instance).boxes()).max() < 2 / SIZE


def test_neutral_films_show_the_same_movement_elsewhere() -> None:
    for action in ACTIONS[::4]:
        instance = Instance(SEED, action, "test", 0)
        one, other = film(instance), neutral(instance)
        np.testing.assert_array_equal(one.seen.depths_TS, other.seen.depths_TS)
        np.testing.assert_array_equal(one.seen.radii_TS, other.seen.radii_TS)
        shift_TS2 = one.seen.places_TS2 - other.seen.places_TS2
        # The hands that hold the two cameras shake differently, by whole pixels.
        np.testing.assert_allclose(shift_TS2, shift_TS2[:, :1] * np.ones_like(shift_TS2))
        assert np.abs(shift_TS2).max() <= FINER * 8
        background = np.ones((SIZE, SIZE), bool)
        x1, y1, x2, y2 = (SIZE * one.boxes()[0]).astype(int)
        background[max(0, y1 - 6) : y2 + 6, max(0, x1 - 6) : x2 + 6] = False
        ours, theirs = (each.frames()[0].astype(int)[background] for each in (one, other))
        assert np.abs(ours - theirs).mean() > 8


def test_fast_limbs_are_blurred_over_the_time_the_shutter_is_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    instance = Instance(SEED, "skipping rope", "train", 0)
    blurred = film(instance)
    moments_TB4 = blurred.seen.boxes().reshape(FRAMES, BLURS, 4)
    assert np.abs(moments_TB4[:, 0] - moments_TB4[:, -1]).max() > 0.5
    soft = blurred.frames().astype(int)
    monkeypatch.setattr(render, "SHUTTER", 0.0)
    frozen = film(instance)
    still_TB4 = frozen.seen.boxes().reshape(FRAMES, BLURS, 4)
    assert (still_TB4 == still_TB4[:, :1]).all()
    sharp = frozen.frames().astype(int)
    assert np.abs(sharp - soft).max() > 40
    assert np.abs(sharp - soft).mean() < 4  # where nothing moves they are the same film


def test_a_shadow_lies_on_the_ground_beside_the_feet(monkeypatch: pytest.MonkeyPatch) -> None:
    instance = Instance(SEED, "squat", "train", 0)
    with_shadow = film(instance).frames().astype(int)
    white = np.full((SIZE, SIZE, 3), 255, np.uint8)
    monkeypatch.setattr(Film, "_shadows", lambda self, light: iter([white] * FRAMES))
    without = film(instance).frames().astype(int)
    darker = (without - with_shadow).sum(axis=3) > 15
    assert darker.any(axis=(1, 2)).all()
    assert (with_shadow <= without).mean() > 0.99
    rows = np.nonzero(darker[0])[0]
    assert rows.mean() > SIZE * 0.5  # the lower half


def test_an_unsteady_hand_moves_scene_and_actor_alike() -> None:
    films = [Film(one, "film", 0.7, 160) for action in ACTIONS for one in some(action, 1)]
    most_shaken = sorted(films, key=lambda one: np.ptp(_shifts(one)), reverse=True)[:3]
    for one in most_shaken:
        shifts_T2 = _shifts(one)
        assert np.ptp(shifts_T2) >= 3
        soft_THW = [cv2.GaussianBlur(frame.mean(axis=2), (0, 0), 2.5) for frame in one.frames()]
        far = int(np.abs(shifts_T2 - shifts_T2[0]).sum(axis=1).argmax())
        told = _best_shift(soft_THW[0], soft_THW[far])
        np.testing.assert_allclose(told, shifts_T2[far] - shifts_T2[0], atol=1)
        assert np.abs(told).max() >= 2


def _best_shift(one_HW: np.ndarray, other_HW: np.ndarray, most: int = 7) -> tuple[int, int]:
    """Return by how many pixels, x and y, most of a picture was moved to become another one."""
    steps = range(-most, most + 1)
    middle = slice(most, -most)
    wrong = {
        (x, y): float(np.median(np.abs(np.roll(one_HW, (y, x), (0, 1)) - other_HW)[middle, middle]))
        for x in steps
        for y in steps
    }
    return min(wrong, key=lambda step: wrong[step])


def _shifts(film: Film) -> np.ndarray:
    """Return how far the actor is moved in each frame, in pixels, ``(64, 2)``."""
    seconds_T = np.arange(FRAMES) / FPS
    plain = Seen.through(
        film.instance.camera, film.instance.film_figure(seconds_T), FINER * film.size
    )
    head = film.seen.places_TS2[::BLURS, 5] - plain.places_TS2[:, 5]
    return np.asarray(head / FINER)
