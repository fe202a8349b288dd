"""What counts as the same, on copies that are made here."""

from collections.abc import Callable
from itertools import combinations

import cv2
import numpy as np
import pytest

from anigifs.curate.copies.matching import SAME_BITS, UNLIKE, Match, compare
from anigifs.curate.seeing.fingerprints import Fingerprint, fingerprint_of
from tests.curate.drawn import moving


def resized(frames_THWC: np.ndarray, scale: float) -> np.ndarray:
    size = (round(frames_THWC.shape[2] * scale), round(frames_THWC.shape[1] * scale))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.stack([cv2.resize(one, size, interpolation=way) for one in frames_THWC])


def captioned(frames_THWC: np.ndarray) -> np.ndarray:
    bar = np.zeros((len(frames_THWC), 28, *frames_THWC.shape[2:]), np.uint8)
    bar[:, 8:20, 10:-10:6] = 255
    return np.concatenate([bar, frames_THWC], axis=1)


COPIES: dict[str, tuple[Callable[[np.ndarray], np.ndarray], str]] = {
    "reversed": (lambda frames: frames[::-1], "same"),
    "shifted": (lambda frames: np.roll(frames, 5, axis=0), "same"),
    "thinned": (lambda frames: frames[::2], "same"),
    "smaller": (lambda frames: resized(frames, 0.6), "same"),
    "larger": (lambda frames: resized(frames, 1.7), "same"),
    "captioned": (captioned, "same"),
    "mirrored": (lambda frames: frames[:, :, ::-1], "mirrored"),
    "turned": (lambda frames: np.rot90(frames, 2, (1, 2)), "turned by 180"),
    "all of it": (lambda frames: captioned(resized(frames[::-1, :, ::-1], 0.7)), "mirrored"),
}


@pytest.mark.parametrize("name", COPIES)
@pytest.mark.parametrize("seed", range(4))
def test_copies_are_the_same(name: str, seed: int) -> None:
    copy, how = COPIES[name]
    frames_THWC = moving(seed)
    original = fingerprint_of(frames_THWC)
    match = compare(fingerprint_of(np.ascontiguousarray(copy(frames_THWC))), original)
    assert match.same
    assert match.share >= 0.75
    assert match.how == how


def test_other_scenes_are_not() -> None:
    prints = [fingerprint_of(moving(seed)) for seed in range(12)]
    nearest = min(compare(one, other).distance for one, other in combinations(prints, 2))
    assert nearest > 2 * SAME_BITS


def test_it_does_not_matter_which_of_two_comes_first() -> None:
    one, other = fingerprint_of(moving(1)), fingerprint_of(moving(1)[::3, :, ::-1])
    there, back = compare(one, other), compare(other, one)
    assert (there.distance, there.share, there.how) == (back.distance, back.share, back.how)


def test_of_as_many_frames_the_worse_way_round_counts() -> None:
    rng = np.random.default_rng(1)
    shown, others = rng.integers(0, 256, (1, 32), np.uint8), rng.integers(0, 256, (3, 32), np.uint8)
    near = np.repeat(shown, 4, axis=0)
    near[:, 0] ^= np.array([0, 1, 2, 4], np.uint8)
    sound_N = np.full(4, 100, np.uint8)
    one = Fingerprint(near, sound_N, 4)
    other = Fingerprint(np.concatenate([shown, others]), sound_N, 4)
    there, back = compare(one, other), compare(other, one)
    assert there.distance == back.distance > 60


def test_three_quarters_of_the_frames_of_the_shorter_decide() -> None:
    rng = np.random.default_rng(0)
    mine, strange = (rng.integers(0, 256, (8, 32), np.uint8) for _ in range(2))

    def match(foreign: int) -> Match:
        mixed = np.concatenate([mine[foreign:], strange[:foreign]])
        sound_N = np.full(8, 100, np.uint8)
        return compare(Fingerprint(mixed, sound_N, 8), Fingerprint(mine, sound_N, 8))

    assert (match(2).distance, match(2).share) == (0, 0.75)
    assert match(3).distance > 60


def test_nothing_to_be_seen_is_like_nothing() -> None:
    blank = fingerprint_of(np.zeros((1, 50, 50, 3), np.uint8))
    assert compare(blank, blank) is UNLIKE
    assert not UNLIKE.akin
