"""Heat over frames: pixels by hand, and matplotlib's colours."""

import matplotlib as mpl
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from anigifs.saliency import heat_of, outlined, overlay
from anigifs.saliency.overlays import BLACK, COLOUR_MAP, DARKEST, OPACITY, WHITE, heat_colours


def noise(frames: int = 3, size: int = 16, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (frames, size, size, 3), np.uint8)


@settings(max_examples=20)
@given(st.integers(0, 1000), st.floats(0, 1))
def test_where_there_is_no_heat_a_frame_is_untouched(seed: int, opacity: float) -> None:
    frames_THWC = noise(seed=seed)
    hot_THW = np.random.default_rng(seed).random(frames_THWC.shape[:3]) < 0.5
    laid_THWC = overlay(frames_THWC, hot_THW.astype(np.float32), opacity)
    assert np.array_equal(laid_THWC[~hot_THW], frames_THWC[~hot_THW])
    assert laid_THWC.dtype == np.uint8


def test_heat_is_mixed_with_the_frame_in_the_colours_of_matplotlib() -> None:
    frames_THWC = noise()
    heat_THW = np.random.default_rng(1).random(frames_THWC.shape[:3]).astype(np.float32)
    shades = DARKEST + (1 - DARKEST) * np.rint(255 * heat_THW) / 255
    colours = 255 * mpl.colormaps[COLOUR_MAP](shades)[..., :3]
    share = OPACITY * heat_THW[..., None]
    expected = (1 - share) * frames_THWC + share * colours
    assert np.abs(overlay(frames_THWC, heat_THW) - expected).max() <= 1.5  # of 255: two roundings
    solid = overlay(frames_THWC, np.ones(heat_THW.shape), opacity=1.0)
    assert (solid == heat_colours()[-1]).all()


def test_the_colours_rise_in_lightness_so_that_they_read_the_same_in_grey() -> None:
    luma = heat_colours() @ (0.299, 0.587, 0.114)
    assert (np.diff(luma) > -0.5).all()
    assert luma[-1] - luma[0] > 150


@settings(max_examples=20)
@given(st.integers(0, 1000), st.integers(0, 3), st.integers(0, 6), st.integers(0, 6))
def test_the_brightest_heat_is_in_the_cell_of_the_peak(seed: int, t: int, y: int, x: int) -> None:
    map_THW = torch.rand(4, 7, 7, generator=torch.Generator().manual_seed(seed)) * 0.5
    map_THW[t, y, x] = 1
    heat_THW = heat_of(map_THW, 16, 112)
    assert heat_THW.shape == (16, 112, 112)
    assert heat_THW.min() >= 0
    assert heat_THW.max() == 1
    places = np.array(np.unravel_index(heat_THW.argmax(), heat_THW.shape))
    assert (places // (4, 16, 16)).tolist() == [t, y, x]


def test_heat_is_scaled_for_each_clip_and_stays_zero_without_evidence() -> None:
    map_THW = torch.rand(2, 3, 3, generator=torch.Generator().manual_seed(0))
    heat_THW = heat_of(map_THW, 9, 30)
    for strength in (1e-30, 1e30):
        np.testing.assert_allclose(heat_of(map_THW * strength, 9, 30), heat_THW, rtol=1e-5)
    assert not heat_of(torch.zeros(2, 3, 3), 9, 30).any()


def test_heat_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match=r"heat \(3, 8, 8\) over frames \(3, 16, 16\)"):
        overlay(noise(), np.zeros((3, 8, 8)))


def test_a_line_of_two_pixels_runs_round_the_mask() -> None:
    frames_THWC = np.full((1, 12, 12, 3), 90, np.uint8)
    mask_THW = np.zeros((1, 6, 6), bool)
    mask_THW[0, 2:4, 1:4] = True  # rows 4 to 7 and columns 2 to 7 of the frame
    drawn = outlined(frames_THWC, mask_THW)[0]
    assert (drawn[4, 2:8] == WHITE).all()
    assert (drawn[7, 2:8] == WHITE).all()
    assert (drawn[4:8, [2, 7]] == WHITE).all()
    assert (drawn[[3, 8], 2:8] == BLACK).all()
    assert (drawn[4:8, [1, 8]] == BLACK).all()
    assert (drawn[5:7, 3:7] == 90).all()
    lined = (drawn != 90).any(axis=2)
    assert lined.sum() == 16 + 20  # and nothing else
    assert (frames_THWC == 90).all()


def test_the_line_of_a_full_mask_is_the_edge_and_an_empty_one_has_none() -> None:
    frames_THWC = np.full((2, 8, 8, 3), 90, np.uint8)
    mask_THW = np.stack([np.ones((4, 4), bool), np.zeros((4, 4), bool)])
    full, empty = outlined(frames_THWC, mask_THW)
    assert (full[[0, -1]] == WHITE).all()
    assert (full[:, [0, -1]] == WHITE).all()
    assert (full[1:-1, 1:-1] == 90).all()
    assert (empty == 90).all()
