"""Boxes against pixels: the actor alone is drawn, and OpenCV says where it is."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from anigifs.puppets import instance as instances
from anigifs.puppets.camera import Camera
from anigifs.puppets.cartoon import flat, pixel, sketch, toy
from anigifs.puppets.cartoon.drawing import Drawing, Palette
from anigifs.puppets.cartoon.render import STYLES, Cartoon
from anigifs.puppets.figure import Figure, Part, figure_of
from anigifs.puppets.film import render
from anigifs.puppets.film.render import FRAMES, Film
from anigifs.puppets.instance import Instance
from anigifs.puppets.looks import MATERIALS
from anigifs.puppets.props import Prop
from anigifs.puppets.raster import UNDER, Seen, fill
from anigifs.puppets.rig import Rig
from tests.puppets.made import ACTIONS, SEED, some

SIZE = 160
NOTHING = 255  # an index that no palette reaches


def bounds_of(masks_THW: np.ndarray) -> np.ndarray:
    """Return x1, y1, x2, y2 around what is not 0, in pixels, ``(T, 4)``."""
    rectangles = [cv2.boundingRect(mask.astype(np.uint8)) for mask in masks_THW]
    return np.array([(x, y, x + width, y + height) for x, y, width, height in rectangles])


@pytest.mark.parametrize("grown", [0.0, 2.3])
def test_a_box_is_around_the_pixels_of_the_parts_that_are_of_the_actor(grown: float) -> None:
    for action in ACTIONS:
        for instance in some(action, 1):
            figure = instance.film_figure(np.arange(0, FRAMES, 8) / 25)
            seen = Seen.through(instance.camera, figure, SIZE)
            masks = []
            for outlines in seen.outlines(grown):
                mask = np.zeros((SIZE, SIZE), np.uint8)
                for part in seen.parts:
                    if part.person:
                        fill(mask, outlines, part, 1)
                masks.append(mask)
            off_T4 = bounds_of(np.array(masks)) - seen.boxes(grown)
            assert np.abs(off_T4).max() <= 0.51


def test_things_do_not_count() -> None:
    instance = Instance(SEED, "deadlifting", "test", 0)
    figure = instance.film_figure(np.zeros(1))
    seen = Seen.through(instance.camera, figure, SIZE)
    mine = [part for part in figure.parts if part.person]
    alone = replace(seen, parts=tuple(mine))
    assert len(mine) < len(figure.parts)
    np.testing.assert_array_equal(seen.boxes(), alone.boxes())


def test_a_sphere_is_seen_as_large_as_it_is() -> None:
    camera = Camera(0, 1, 4, (0, 1, 0), 1.5)
    parts = (Part("trunk", "skin", range(1)),)
    seen = Seen.through(camera, Figure(np.array([[[0.0, 1, 0]]]), np.array([0.4]), parts), SIZE)
    width = 2 * 0.4 / 4 * 1.5 * SIZE
    x1, y1, x2, y2 = seen.boxes()[0]
    assert x2 - x1 - 1 == pytest.approx(width, abs=0.1)
    assert y2 - y1 - 1 == pytest.approx(width, rel=0.03)  # a polygon of 14 corners
    mask = np.zeros((SIZE, SIZE), np.uint8)
    fill(mask, seen.outlines()[0], parts[0], 1)
    assert mask.sum() == pytest.approx(np.pi * (width / 2) ** 2, rel=0.06)


def test_what_is_near_hides_what_is_far_and_who_lies_hides_the_bench() -> None:
    camera = Camera(0, 1, 4, (0, 1, 0), 1.5)
    parts = (Part("near", "skin", range(1)), Part("far", "hair", range(1, 2)))
    places = np.array([[[0.0, 1, 1], [0.0, 1, -1]], [[0.0, 1, -1], [0.0, 1, 1]]])
    seen = Seen.through(camera, Figure(places, np.array([0.2, 0.2]), parts), SIZE)
    assert seen.order_TG.tolist() == [[1, 0], [0, 1]]
    bench = (parts[0], replace(parts[1], person=False, under=True))
    assert replace(seen, parts=bench).order_TG.tolist() == [[1, 0], [1, 0]]
    assert UNDER > 100


# What a style draws of the actor, when there are no things and no background.


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take things and backgrounds from all pictures; NOTHING stays where nothing is drawn."""

    def without_things(rig: Rig, props: list[Prop], *dress: float) -> Figure:
        del props
        return figure_of(rig, [], *dress)

    def nothing(rng: np.random.Generator, palette: Palette, size: int) -> np.ndarray:
        palette.add("back", (0, 0, 0))
        return np.full((size, size), NOTHING, np.uint8)

    def no_floor(rng: np.random.Generator, palette: Palette, size: int) -> np.ndarray:
        for number in range(toy.FLOORS):
            palette.add(f"floor {number}", (0, 0, 0))
        return np.full((size, size), NOTHING, np.uint8)

    monkeypatch.setattr(instances, "figure_of", without_things)
    monkeypatch.setattr(flat, "backdrop", nothing)
    monkeypatch.setattr(pixel, "backdrop", nothing)
    monkeypatch.setattr(toy, "_floor", no_floor)
    monkeypatch.setattr(toy, "_shadow", lambda *_: None)
    monkeypatch.setattr(
        sketch, "_paper", lambda rng, paper, faint, size: np.full((size, size), NOTHING, np.uint8)
    )


def off(drawing: Drawing) -> np.ndarray:
    """Return how far each edge of the boxes lies further inwards than the pixels, ``(T, 4)``."""
    nothing = NOTHING if drawing.nothing is None else drawing.nothing
    drawn_T4 = bounds_of(drawing.indices_THW != nothing)
    return np.asarray((drawing.boxes_T4 * SIZE - drawn_T4) * [1, 1, -1, -1])


def all_off(style: str) -> np.ndarray:
    drawings = (
        Cartoon(instance, style, SIZE).drawing for action in ACTIONS for instance in some(action, 1)
    )
    return np.concatenate([off(drawing) for drawing in drawings])


@pytest.mark.usefixtures("alone")
def test_boxes_of_toys_are_exact() -> None:
    assert np.abs(all_off("toy")).max() <= 0.6


@pytest.mark.usefixtures("alone")
def test_boxes_of_flat_cartoons_hold_the_actor() -> None:
    off_T4 = all_off("flat")
    assert off_T4.max() <= 0.6  # nothing is outside
    # Eyes have no outline, but their circles are grown like all others.
    assert off_T4.min() > -3
    assert (np.abs(off_T4) <= 0.6).mean() > 0.9


@pytest.mark.usefixtures("alone")
def test_boxes_of_flat_cartoons_are_exact() -> None:
    assert np.abs(all_off("flat")).max() <= 1


@pytest.mark.usefixtures("alone")
def test_boxes_of_pixel_art_are_exact_to_one_of_its_large_pixels() -> None:
    assert np.abs(all_off("pixel")).max() <= SIZE / min(pixel.CELLS)


@pytest.mark.usefixtures("alone")
def test_boxes_of_sketches_hold_lines_that_tremble() -> None:
    off_T4 = all_off("sketch")
    assert off_T4.max() <= 0  # nothing is outside
    assert off_T4.min() > -3.6  # what a line may tremble, in both directions, and its width


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("action", ACTIONS)
def test_boxes_of_films_hold_all_moments_of_a_frame(
    monkeypatch: pytest.MonkeyPatch, action: str
) -> None:
    covers: list[np.ndarray] = []
    averaged = Film._averaged

    def spied(
        self: Film, layers: list[np.ndarray], number: int, palette: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        picture, cover = averaged(self, layers, number, palette)
        covers.append(cover)
        return picture, cover

    monkeypatch.setattr(Film, "_averaged", spied)
    for instance in some(action, 1, ("train", "test")):
        covers.clear()
        film = Film(instance, "film", 0.7, SIZE)
        film.frames()
        off_T4 = film.boxes() * SIZE - bounds_of(np.array(covers))
        assert len(covers) == FRAMES
        assert np.abs(off_T4).max() <= 1


@pytest.mark.usefixtures("alone")
def test_a_film_shows_its_actor_within_the_box_and_only_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Look at the finished pixels: the same film with other colours differs in the box alone."""
    film = Film(Instance(SEED, "side kick", "test", 0), "film", 0.7, SIZE)
    one = film.frames()
    monkeypatch.setattr(render, "everyday", lambda rng: dict.fromkeys(MATERIALS, _green()))
    other = film.frames()
    changed = bounds_of((one != other).any(axis=3))
    assert np.abs(film.boxes() * SIZE - changed).max() <= 2


def _green() -> np.ndarray:
    return np.array([0.0, 255.0, 0.0])


@pytest.mark.parametrize("style", STYLES)
def test_boxes_follow_the_actor_through_the_whole_picture(style: str) -> None:
    for action in ("side kick", "skipping rope", "jogging"):
        boxes_T4 = Cartoon(Instance(SEED, action, "test", 0), style, SIZE).drawing.boxes_T4
        assert len(np.unique(boxes_T4.round(4), axis=0)) > 0.5 * len(boxes_T4)
