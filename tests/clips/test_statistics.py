from itertools import pairwise

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageStat

from anigifs.clips.statistics import (
    clip_statistics,
    colours_per_frame,
    duplicate_frames,
    flat_area,
    motion_per_frame,
    palette_entropy,
)


@st.composite
def clips(draw: st.DrawFn) -> np.ndarray:
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    shape = tuple(draw(st.integers(1, 7)) for _ in range(3))
    few = draw(st.sampled_from([2, 5, 256]))
    return (rng.integers(0, few, (*shape, 3)) * (255 // (few - 1))).astype(np.uint8)


@given(clips())
def test_colours_are_what_pillow_counts(frames: np.ndarray) -> None:
    counted = [Image.fromarray(frame).getcolors(1 << 10) for frame in frames]
    assert colours_per_frame(frames).tolist() == [len(colours or []) for colours in counted]


@given(clips())
def test_entropy_is_scipys_of_the_histogram(frames: np.ndarray) -> None:
    coarse = (frames.reshape(-1, 3) // 16).tolist()
    _, counts = np.unique(coarse, axis=0, return_counts=True)
    assert palette_entropy(frames) == pytest.approx(scipy.stats.entropy(counts, base=2), abs=1e-12)


def test_entropy_reaches_12_bits() -> None:
    levels = np.stack(np.meshgrid(*[np.arange(0, 256, 16)] * 3), axis=-1).astype(np.uint8)
    assert palette_entropy(levels.reshape(1, 64, 64, 3)) == 12


@given(clips())
def test_flat_area_is_what_a_loop_counts(frames: np.ndarray) -> None:
    flat = counted = 0
    for frame in frames.tolist():
        for y in range(len(frame) - 1):
            for x in range(len(frame[0]) - 1):
                counted += 1
                flat += frame[y][x] == frame[y][x + 1] == frame[y + 1][x]
    assert flat_area(frames) == (flat / counted if counted else 1.0)


@given(clips())
def test_motion_is_pillows_mean_difference(frames: np.ndarray) -> None:
    pictures = [Image.fromarray(frame) for frame in frames]
    expected = [
        np.mean(ImageStat.Stat(ImageChops.difference(before, after)).mean)
        for before, after in pairwise(pictures)
    ]
    np.testing.assert_allclose(motion_per_frame(frames), expected)


def test_duplicates_are_frames_equal_to_the_one_before() -> None:
    levels = [5, 5, 9, 5, 5, 5]
    frames = np.stack([np.full((3, 3, 3), level, np.uint8) for level in levels])
    assert duplicate_frames(frames) == 3 / 5
    assert duplicate_frames(frames[:1]) == 0


def test_a_clip_has_all_of_them() -> None:
    frames = np.random.default_rng(0).integers(0, 256, (4, 6, 8, 3), np.uint8)
    found = clip_statistics(frames, [100, 50, 50, 300])
    assert (found.frames, found.height, found.width) == (4, 6, 8)
    assert (found.duration_ms, found.speed_fps) == (500, 8)
    assert found.colours == colours_per_frame(frames).mean()
    assert found.motion == motion_per_frame(frames).mean()
    single = clip_statistics(frames[:1], [0])
    assert (single.motion, single.duplicate_share, single.speed_fps) == (0, 0, 0)
