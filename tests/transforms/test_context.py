import numpy as np
import pytest

from anigifs.transforms import Operation
from anigifs.transforms.context import COLOURS, CONTEXT, actor_of, apply_context


def scene(seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A clip of a red figure that walks before grain, its box with a margin, and itself."""
    rng = np.random.default_rng(seed)
    clip_THWC = rng.integers(60, 140, (9, 40, 40, 3), np.uint8)
    actor_THW, tube_THW = np.zeros((2, 9, 40, 40), bool)
    for frame in range(9):
        left = 8 + 2 * frame
        actor_THW[frame, 10:30, left : left + 7] = True
        tube_THW[frame, 8:32, left - 3 : left + 10] = True
    clip_THWC[actor_THW] = (220, 40, 30)
    return clip_THWC, tube_THW, actor_THW


def test_the_actor_is_found_within_the_box() -> None:
    clip_THWC, tube_THW, actor_THW = scene()
    found = actor_of(clip_THWC, tube_THW)
    assert not (found & ~tube_THW).any()
    both, either = (found & actor_THW).sum(), (found | actor_THW).sum()
    assert both / either > 0.8


def test_an_actor_who_fills_the_picture_is_all_of_it() -> None:
    clip_THWC, _, _ = scene()
    everywhere = np.ones(clip_THWC.shape[:3], bool)
    assert actor_of(clip_THWC, everywhere).all()


@pytest.mark.parametrize("colour", CONTEXT["backdrop"])
def test_the_scene_gives_way_to_one_colour(colour: str) -> None:
    clip_THWC, tube_THW, actor_THW = scene()
    clips, tubes = np.stack([clip_THWC, clip_THWC]), np.stack([tube_THW, np.zeros_like(tube_THW)])
    before = clips.copy()
    changed = apply_context(Operation("backdrop", colour), clips, tubes)
    assert np.array_equal(clips, before)
    assert (changed[0][~tube_THW] == COLOURS[colour]).all()
    assert (changed[0][actor_THW] == (220, 40, 30)).all(axis=1).mean() > 0.85
    assert np.array_equal(changed[1], clip_THWC)  # nobody knows where the actor is
    assert apply_context(Operation("backdrop", colour), clips, None) is clips
