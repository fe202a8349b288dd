"""Deletion and insertion on models of which it is known what they look at."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from scipy.integrate import trapezoid
from torch import Tensor

from anigifs.saliency import Curves, area, curves_in_space, curves_in_time
from anigifs.saliency.perturbing import blurring, freezing

STEPS = 10


def noise(frames: int = 10, size: int = 24) -> Tensor:
    """A clip that differs from its blur, and every frame from the others, at every pixel."""
    values = np.random.default_rng(0).permutation(size * size * frames).reshape(frames, size, size)
    chequered = np.where(np.indices((size, size)).sum(axis=0) % 2, 0, 200)
    return torch.from_numpy((chequered + values % 50).astype(np.uint8))[..., None].repeat(
        1, 1, 1, 3
    )


class Corner:
    """Sees its class wherever the upper left pixels are those of the clip."""

    def __init__(self, clip_THWC: Tensor) -> None:
        self.clip_THWC = clip_THWC
        self.asked = 0

    def __call__(self, clips_BTHWC: Tensor) -> Tensor:
        self.asked += len(clips_BTHWC)
        same_B = (clips_BTHWC[:, :, :2, :2] == self.clip_THWC[:, :2, :2]).flatten(1).all(dim=1)
        return same_B.float()


def at_corner(size: int = 4) -> Tensor:
    map_THW = torch.zeros(2, size, size)
    map_THW[1, 0, 0] = 3
    return map_THW + torch.linspace(1, 0, size).view(1, -1, 1)


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def test_a_map_of_what_the_model_looks_at_drops_at_once_and_rises_at_once() -> None:
    clip_THWC = noise()
    found = curves_in_space(Corner(clip_THWC), clip_THWC, at_corner(), rng(), STEPS)
    assert found.deletion == (1.0, *[0.0] * STEPS)
    assert found.insertion == (0.0, *[1.0] * STEPS)
    assert area(found.deletion) == pytest.approx(1 / (2 * STEPS))
    assert area(found.insertion) == pytest.approx(1 - 1 / (2 * STEPS))


def test_a_map_of_everything_else_is_the_worst() -> None:
    clip_THWC = noise()
    found = curves_in_space(Corner(clip_THWC), clip_THWC, 5 - at_corner(), rng(), STEPS)
    assert found.deletion == (*[1.0] * STEPS, 0.0)
    assert found.insertion == (*[0.0] * STEPS, 1.0)


def test_shuffled_maps_lie_between() -> None:
    """The corner is equally likely to fall in any tenth."""
    clip_THWC, draws = noise(9, 16), np.random.default_rng(0)
    areas = [
        area(curves_in_space(Corner(clip_THWC), clip_THWC, at_corner(), draws, STEPS).shuffled)
        for _ in range(30)
    ]
    assert 0.25 < np.mean(areas) < 0.75
    assert len(set(areas)) > 4


def share_left(clip_THWC: Tensor) -> Callable[[Tensor], Tensor]:
    return lambda clips_BTHWC: (clips_BTHWC == clip_THWC).flatten(1).double().mean(dim=1)


def test_shares_are_shares_of_the_pixels() -> None:
    """A model that counts pixels falls in a straight line, whatever the map: closed form."""
    clip_THWC = noise(9, 20)
    same = (blurring(clip_THWC)(np.zeros(400, bool)) == clip_THWC).float().mean()
    assert same < 0.01
    maps = torch.rand(2, 4, 4, generator=torch.Generator().manual_seed(0))
    found = curves_in_space(share_left(clip_THWC), clip_THWC, maps, rng(), STEPS)
    line = np.linspace(0, 1, STEPS + 1)
    np.testing.assert_allclose(found.deletion, 1 - line, atol=0.01)
    np.testing.assert_allclose(found.insertion, line, atol=0.01)
    np.testing.assert_allclose(found.shuffled, 1 - line, atol=0.01)


def test_no_perturbed_clip_is_asked_for_twice() -> None:
    clip_THWC = noise()
    model = Corner(clip_THWC)
    curves_in_space(model, clip_THWC, at_corner(), rng(), STEPS)
    assert model.asked == 2 + 3 * (STEPS - 1)  # whole, empty, and what lies between


def test_where_a_map_is_of_zeros_the_order_is_a_lot_and_not_row_by_row() -> None:
    clip_THWC = noise(9, 16)

    def upper_half(clips_BTHWC: Tensor) -> Tensor:
        same = clips_BTHWC[:, :, :8] == clip_THWC[:, :8]
        return same.flatten(1).double().mean(dim=1)

    found = curves_in_space(upper_half, clip_THWC, torch.zeros(2, 4, 4), rng(), 2)
    assert found.deletion[1] == pytest.approx(0.5, abs=0.1)


def test_the_same_seed_gives_the_same_curves() -> None:
    clip_THWC = noise()

    def curves() -> Curves:
        return curves_in_space(share_left(clip_THWC), clip_THWC, at_corner(), rng(), STEPS)

    assert curves() == curves()


def test_frames_that_are_not_kept_show_the_one_before() -> None:
    clip_THWC = noise(6)
    kept_T = np.array([0, 0, 1, 0, 0, 1], bool)
    assert torch.equal(freezing(clip_THWC)(kept_T), clip_THWC[[2, 2, 2, 2, 2, 5]])
    assert torch.equal(freezing(clip_THWC)(np.ones(6, bool)), clip_THWC)


def test_in_time_the_frame_that_the_model_looks_at_goes_first() -> None:
    clip_THWC = noise(10)
    map_THW = torch.zeros(10, 2, 2)
    map_THW[3] = 1

    def fourth(clips_BTHWC: Tensor) -> Tensor:
        return (clips_BTHWC[:, 3] == clip_THWC[3]).flatten(1).all(dim=1).float()

    found = curves_in_time(fourth, clip_THWC, map_THW, rng(), STEPS)
    assert found.deletion == (1.0, *[0.0] * STEPS)
    assert found.insertion == (1.0,) * (STEPS + 1)  # the first frame given back is the fourth
    away = curves_in_time(fourth, clip_THWC, 1 - map_THW, rng(), STEPS)
    assert away.deletion == (1.0,) * (STEPS + 1)  # the last that is left is the fourth
    assert away.insertion == (*[0.0] * STEPS, 1.0)


def test_in_time_a_still_picture_is_left() -> None:
    clip_THWC = noise(9)

    def motion(clips_BTHWC: Tensor) -> Tensor:
        return torch.tensor([float(len(torch.unique(clip, dim=0))) for clip in clips_BTHWC])

    found = curves_in_time(motion, clip_THWC, torch.rand(3, 2, 2), rng(), 9)
    assert list(found.deletion) == [9, 8, 7, 6, 5, 4, 3, 2, 1, 1]
    assert list(found.insertion) == [1, 1, 2, 3, 4, 5, 6, 7, 8, 9]


@pytest.mark.parametrize("points", [2, 3, 11])
def test_areas_are_scipys(points: int) -> None:
    curve = np.random.default_rng(points).random(points)
    expected = trapezoid(curve, np.linspace(0, 1, points))
    assert area(curve.tolist()) == pytest.approx(expected)
