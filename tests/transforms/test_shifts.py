import numpy as np
import pytest

from anigifs.foundation import UsageError, generator
from anigifs.transforms import EVERY
from anigifs.transforms.shifts import SHIFTS, shifted


def clip() -> np.ndarray:
    rows, columns = np.mgrid[:56, :56]
    clip_THWC = np.empty((9, 56, 56, 3), np.uint8)
    for frame in range(9):
        disc = (rows - 28) ** 2 + (columns - 12 - 4 * frame) ** 2 < 60
        picture = np.stack([rows * 2, columns * 2, 60 + rows], -1)
        clip_THWC[frame] = np.where(disc[..., None], (250, 220, 40), picture)
    return clip_THWC


@pytest.mark.parametrize("kind", SHIFTS)
def test_a_shift_changes_a_clip_by_its_generator_alone(kind: str) -> None:
    given = clip()
    before = given.copy()
    changed = SHIFTS[kind](given, generator(0, "a"))
    assert np.array_equal(given, before)
    assert changed.shape == given.shape
    assert changed.dtype == np.uint8
    assert np.abs(changed.astype(int) - given).mean() > 2
    assert np.array_equal(changed, SHIFTS[kind](given, generator(0, "a")))
    assert kind not in EVERY  # of no pool that a method trains under


def test_what_is_left_to_chance_is_known_by_the_clip() -> None:
    assert np.array_equal(shifted(clip(), "noise", "a"), shifted(clip(), "noise", "a"))
    assert not np.array_equal(shifted(clip(), "noise", "a"), shifted(clip(), "noise", "b"))
    with pytest.raises(UsageError, match="no shift 'rain'; there are noise, jpeg"):
        shifted(clip(), "rain", "a")


def test_noise_is_as_strong_as_it_says_and_what_is_hidden_is_grey() -> None:
    grey = np.full((9, 56, 56, 3), 128, np.uint8)
    noisy = SHIFTS["noise"](grey, generator(0, "a")).astype(float)
    assert noisy.std() == pytest.approx(24, rel=0.03)
    hidden = SHIFTS["occlusion"](clip(), generator(0, "a"))
    share = (hidden == 128).all(axis=3).mean()
    assert share == pytest.approx(0.45**2, abs=0.02)
    still = SHIFTS["turn"](np.zeros((9, 56, 56, 3), np.uint8), generator(0, "a"))
    assert (still == 0).all()
