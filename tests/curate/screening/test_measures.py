"""Measures, on pictures whose answer is known and beside other libraries."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from scipy.stats import entropy

from anigifs.collect.demo import World
from anigifs.collect.demo.bodies import Bodies
from anigifs.curate.screening.measures import Statistics, motion, overlay, slideshow, statistics
from anigifs.curate.seeing.frames import Frames, look_at
from anigifs.media import MediaInfo, write_gif
from anigifs.media.formats import Format


def seen(frames_THWC: np.ndarray, delays_ms: int | list[int] = 50) -> Frames:
    """Return what is seen of frames of at most 256 pixels a side."""
    count = len(frames_THWC)
    delays = [delays_ms] * count if isinstance(delays_ms, int) else delays_ms
    apart_SHWC = np.abs(np.diff(frames_THWC.astype(int), axis=0))
    change_S = apart_SHWC.mean(axis=(1, 2, 3)) / 255
    return Frames(
        info=MediaInfo(Path("clip.gif"), Format.GIF, 8, 8, tuple(delays)),
        complete=True,
        distinct_NHWC=frames_THWC,
        distinct=count,
        shown_ms_T=np.array(delays, float),
        change_S=change_S,
        same_S=(apart_SHWC.max(axis=3) <= 4).mean(axis=(1, 2)),
        differs_S=change_S > 0,
        solid=(frames_THWC,),
        samples=tuple(frames_THWC),
    )


def noise(count: int, height: int = 96, width: int = 128, seed: int = 0) -> np.ndarray:
    """Return frames of coarse noise that have nothing in common."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (count, height // 8, width // 8, 3), dtype=np.uint8)
    return coarse.repeat(8, axis=1).repeat(8, axis=2)


def held(pictures_NHWC: np.ndarray, times: int) -> np.ndarray:
    return pictures_NHWC.repeat(times, axis=0)


def test_motion_is_the_mean_change() -> None:
    levels = np.array([0, 51, 51, 0], np.uint8)
    frames_THWC = levels[:, None, None, None] * np.ones((1, 4, 4, 3), np.uint8)
    assert motion(seen(frames_THWC)) == pytest.approx(0.4 / 3)
    assert motion(seen(frames_THWC[:1])) == 0


def test_pictures_that_each_stay_are_a_slideshow() -> None:
    slides = noise(4)
    assert slideshow(seen(slides, 500)) == 1
    assert slideshow(seen(held(slides, 6), 100)) == 1  # each repeated for 600 ms
    assert slideshow(seen(held(slides, 4), 100)) == 0  # for 400 ms
    assert slideshow(seen(slides, 100)) == 0
    assert slideshow(seen(held(slides[:1], 9), 500)) == 0


def test_small_changes_are_no_cuts_however_long_they_stay() -> None:
    blinking = np.full((4, 64, 64, 3), 200, np.uint8)
    blinking[1::2, :8, :8] = 0
    assert slideshow(seen(blinking, 1_000)) == 0


def test_a_slideshow_in_part_is_one_in_part() -> None:
    slides, moving = noise(3), noise(2, seed=1)
    delays = [600, 600, 600, 50, 50]
    # Two cuts between stills; then to what moves, and within that.
    assert slideshow(seen(np.concatenate([slides, moving]), delays)) == 0.5


def test_bars_are_overlay_on_every_side() -> None:
    for turns in range(4):
        frames_THWC = noise(6, 96, 128)
        frames_THWC[:, :12] = 0
        frames_THWC[:, -16:] = 255
        turned = np.rot90(frames_THWC, turns, axes=(1, 2))
        assert overlay(seen(np.ascontiguousarray(turned))) == pytest.approx(28 / 96)


def test_a_bar_has_an_end_and_is_black_or_white() -> None:
    plain = np.full((4, 96, 128, 3), 255, np.uint8)
    for time, frame_HWC in enumerate(plain):
        frame_HWC[40:60, 10 + 20 * time : 30 + 20 * time] = 90
    assert overlay(seen(plain)) == 0  # white paper all around
    ground = noise(4)
    ground[:, -16:] = (40, 160, 40)
    assert overlay(seen(ground)) == 0


def test_letters_near_a_border_are_overlay_and_others_are_not() -> None:
    letters = np.zeros((12, 40), bool)
    letters[::2] = True
    letters[:, ::5] = True
    for top, counted in ((2, True), (42, False)):
        frames_THWC = noise(6) // 2
        frames_THWC[:, top : top + 12, 44:84][:, letters] = 255
        found_px = overlay(seen(frames_THWC)) * 96 * 128
        assert found_px > 0.8 * letters.sum() if counted else found_px == 0
        assert found_px <= letters.sum()  # what moves between them is none


def test_letters_that_move_are_no_overlay() -> None:
    frames_THWC = noise(6) // 2
    for time, frame_HWC in enumerate(frames_THWC):
        frame_HWC[2:14:2, 10 * time : 40 + 10 * time] = 255
    assert overlay(seen(frames_THWC)) < 0.002


def test_captions_of_the_demo_are_seen(tmp_path: Path) -> None:
    world = World(seed=3, classes=2, originals=2, size=96, troubles=0)
    bodies = Bodies(world)
    items = world.of_kind("copy-captioned")
    assert items
    for item in items:
        (tmp_path / "copy").write_bytes(bodies.of(item))
        (tmp_path / "own").write_bytes(bodies.of(world.by_path[item.original]))
        copy, own = overlay(look_at(tmp_path / "copy")), overlay(look_at(tmp_path / "own"))
        assert copy > own + 0.03


def of_one(picture_HWC: np.ndarray) -> Statistics:
    return statistics(seen(picture_HWC[None]))


def test_a_flat_picture_has_nothing_of_a_film() -> None:
    flat = of_one(np.full((24, 32, 3), (255, 0, 0), np.uint8))
    assert flat == Statistics(0.0, 1.0, 0.0, 0.0, 1.0, 1.0)


def test_sharpness_is_the_share_of_steep_steps() -> None:
    halves = np.zeros((32, 32, 3), np.uint8)
    halves[:, 16:] = 255
    assert of_one(halves).sharpness == 1
    ramp = np.repeat(np.arange(0, 240, 30, dtype=np.uint8), 4 * 3).reshape(1, -1, 3)
    assert of_one(np.repeat(ramp, 8, axis=0)).sharpness == 0
    both = np.zeros((8, 30, 3), np.uint8)
    both[:, 10:20], both[:, 20:] = 30, 230
    assert of_one(both).sharpness == 0.5


def test_dither_is_what_stands_out_of_its_row() -> None:
    checks = np.indices((16, 16)).sum(axis=0) % 2 * 20
    assert of_one(np.repeat(checks[..., None], 3, axis=2).astype(np.uint8)).dither == 1
    stripes = np.repeat(np.arange(16)[:, None] % 2 * 20, 16, axis=1)
    assert of_one(np.repeat(stripes[..., None], 3, axis=2).astype(np.uint8)).dither == 0


def test_blocks_are_flat_up_to_eight_levels() -> None:
    picture = np.zeros((19, 27, 3), np.uint8)  # two times three whole blocks
    picture[0, 0], picture[0, 8], picture[9, 20, 1] = 8, 9, 200
    picture[16:], picture[:, 24:] = 77, 99  # of blocks that are cut off
    assert of_one(picture).flat == pytest.approx(4 / 6)


def test_constant_is_the_share_that_stays() -> None:
    frames_THWC = np.zeros((3, 8, 8, 3), np.uint8)
    frames_THWC[1, :2], frames_THWC[2, :2] = 4, 4
    frames_THWC[2, 4:] = 5
    assert statistics(seen(frames_THWC)).constant == pytest.approx((1 + 0.5) / 2)


@settings(max_examples=30)
@given(st.integers(0, 2**32 - 1), st.integers(1, 70), st.integers(1, 70), st.integers(1, 255))
def test_statistics_are_those_of_other_libraries(
    seed: int, height: int, width: int, reach: int
) -> None:
    rng = np.random.default_rng(seed)
    picture = rng.integers(0, reach + 1, (height, width, 3), dtype=np.uint8)
    found = of_one(picture)
    _, counts = np.unique(picture.reshape(-1, 3) >> 3, axis=0, return_counts=True)
    assert found.palette_bits == pytest.approx(entropy(counts, base=2), abs=1e-9)
    saturation = np.asarray(Image.fromarray(picture).convert("HSV"))[..., 1]
    assert found.saturation == pytest.approx(saturation.mean() / 255, abs=0.004)
    assert all(0 <= value <= 1 for value in (found.flat, found.sharpness, found.dither))


@settings(max_examples=30)
@given(st.integers(0, 2**32 - 1), st.integers(1, 5), st.integers(1, 40), st.integers(1, 40))
def test_measures_stay_in_their_ranges(seed: int, count: int, height: int, width: int) -> None:
    rng = np.random.default_rng(seed)
    frames_THWC = rng.integers(0, 256, (count, height, width, 3), dtype=np.uint8)
    frames_THWC[:, : rng.integers(0, height + 1)] = rng.choice([0, 255])
    one = seen(frames_THWC, int(rng.integers(1, 1_000)))
    assert all(0 <= measure(one) <= 1 for measure in (motion, slideshow, overlay))


def test_the_measured_file_is_the_one_on_disk(tmp_path: Path) -> None:
    frames_THWC = noise(5) // 86 * 86  # few colours, so that the file is exact
    write_gif(tmp_path / "a.gif", frames_THWC, 50)
    found, expected = look_at(tmp_path / "a.gif"), seen(frames_THWC)
    assert statistics(found) == pytest.approx(statistics(expected))
    assert motion(found) == pytest.approx(motion(expected))
