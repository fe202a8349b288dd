"""What is seen of a file in one pass, beside Pillow and closed forms."""

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageSequence

from anigifs.collect.demo import World
from anigifs.collect.demo.bodies import Bodies
from anigifs.curate.seeing.fingerprints import MOST_FRAMES
from anigifs.curate.seeing.frames import (
    MOST_LOOKED_AT,
    SAMPLE_SIDE,
    SAMPLES,
    equally_spaced,
    look_at,
)
from anigifs.foundation import MediaError
from anigifs.media import GifPart, gif_bytes, write_gif, write_mp4
from anigifs.media.gif import walk


@pytest.fixture(scope="module")
def bodies() -> Bodies:
    return Bodies(World(seed=3, classes=1, originals=1, size=64))


def written(folder: Path, frames_THWC: np.ndarray, delays_ms: int | list[int] = 50) -> Path:
    path = folder / "clip.gif"
    write_gif(path, frames_THWC, delays_ms)
    return path


def planted(folder: Path, bodies: Bodies, kind: str) -> Path:
    path = folder / kind
    path.write_bytes(bodies.of(bodies.world.of_kind(kind)[0]))
    return path


def greys(*levels: float, side: int = 8) -> np.ndarray:
    """Return a flat frame for each grey level."""
    return np.repeat(np.array(levels, np.uint8), side * side * 3).reshape(-1, side, side, 3)


def test_samples_are_the_files_own_pixels(tmp_path: Path, bodies: Bodies) -> None:
    data = bodies.of(bodies.world.of_kind("cartoon")[0])
    (tmp_path / "a").write_bytes(data)
    with Image.open(io.BytesIO(data)) as picture:
        pages = [page.convert("RGBA") for page in ImageSequence.Iterator(picture)]
    grey = Image.new("RGBA", pages[0].size, (128, 128, 128, 255))
    frames = [np.asarray(Image.alpha_composite(grey, page).convert("RGB")) for page in pages]
    seen = look_at(tmp_path / "a")
    assert len(seen.samples) == SAMPLES
    for place, sample in zip(equally_spaced(len(frames), SAMPLES), seen.samples, strict=True):
        np.testing.assert_array_equal(sample, frames[place])


def test_kept_frames_are_averaged_over_areas(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    frames_THWC = rng.integers(0, 2, (3, 300, 512, 3), dtype=np.uint8) * 255
    seen = look_at(written(tmp_path, frames_THWC))
    assert seen.distinct_NHWC.shape == (3, 150, 256, 3)
    for kept, frame in zip(seen.distinct_NHWC, frames_THWC, strict=True):
        boxed = Image.fromarray(frame).resize((256, 150), Image.Resampling.BOX)
        assert np.abs(kept.astype(int) - np.asarray(boxed)).max() <= 1


def test_a_large_frames_sample_is_its_middle(tmp_path: Path) -> None:
    frames_THWC = np.zeros((2, 40, 700, 3), np.uint8)
    frames_THWC[:, :, 94 : 94 + SAMPLE_SIDE] = 200
    seen = look_at(written(tmp_path, frames_THWC))
    assert [sample.shape for sample in seen.samples] == [(40, SAMPLE_SIDE, 3)] * 2
    assert all((sample == 200).all() for sample in seen.samples)


def test_steps_are_as_large_as_they_are(tmp_path: Path) -> None:
    frames_THWC = greys(0, 51, 51, 255)
    frames_THWC[3, :2] = 53  # a quarter of the rows all but stays
    seen = look_at(written(tmp_path, frames_THWC, [40, 50, 60, 70]))
    np.testing.assert_allclose(seen.change_S, [0.2, 0, (0.75 * 204 + 0.25 * 2) / 255])
    np.testing.assert_allclose(seen.same_S, [0, 1, 0.25])
    assert seen.differs_S.tolist() == [True, False, True]
    assert seen.shown_ms_T.tolist() == [40, 50, 60, 70]
    assert (seen.distinct, seen.still, seen.complete) == (3, False, True)


def test_stills_are_still(tmp_path: Path, bodies: Bodies) -> None:
    for kind in ("still", "frozen"):
        seen = look_at(planted(tmp_path, bodies, kind))
        assert (seen.still, seen.distinct, len(seen.distinct_NHWC)) == (True, 1, 1)
    for kind in ("cartoon", "film", "copy-mp4", "copy-webp", "copy-apng"):
        assert not look_at(planted(tmp_path, bodies, kind)).still


def test_noise_is_no_movement_and_a_thin_arm_is(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    noise = 100 + rng.integers(-4, 5, (6, 512, 512, 1), dtype=np.int16)
    grain = np.repeat(noise, 3, axis=3).astype(np.uint8)
    assert np.abs(np.diff(grain.astype(int), axis=0)).mean() > 2  # greater than the rule for stills
    assert look_at(written(tmp_path, grain)).still

    arms = np.full((2, 400, 400, 3), 255, np.uint8)
    arms[0, 200:202, 200:240] = arms[1, 160:200, 200:202] = 0
    assert np.abs(np.diff(arms.astype(int), axis=0)).mean() < 1  # less than the rule for stills
    assert not look_at(written(tmp_path, arms)).still


def test_one_pixel_in_a_large_picture_is_no_movement(tmp_path: Path) -> None:
    frames_THWC = np.zeros((2, 400, 400, 3), np.uint8)
    frames_THWC[1, 7, 9] = 255
    seen = look_at(written(tmp_path, frames_THWC))
    assert seen.still
    assert 0 < seen.change_S[0] < 1 / 255


def test_a_slow_fade_is_seen_against_the_last_frame_that_counted(tmp_path: Path) -> None:
    frames_THWC = np.zeros((9, 16, 16, 3), np.uint8)
    for time, frame_HWC in enumerate(frames_THWC):
        frame_HWC[:4] = 2 * time  # half a grey level a step on average, and no pixel much
    seen = look_at(written(tmp_path, frames_THWC))
    assert seen.change_S.max() < 1 / 255
    assert seen.differs_S.tolist() == [False, True] * 4
    assert seen.distinct == 5


@pytest.mark.parametrize("paper", [(0, 0, 0), (255, 255, 255)])
def test_a_drawing_on_nothing_is_seen_in_any_colour(
    tmp_path: Path, paper: tuple[int, int, int]
) -> None:
    parts = []
    for left in (0, 10):
        ink_HW = np.ones((20, 20), np.uint8)
        ink_HW[5:15, left : left + 8] = 0
        parts.append(GifPart(ink_HW, transparent=1, disposal=2))
    palette = np.array([paper, (9, 9, 9)], np.uint8)
    (tmp_path / "a.gif").write_bytes(gif_bytes(20, 20, parts, palette=palette))
    assert not look_at(tmp_path / "a.gif").still


def test_of_many_frames_equally_spaced_ones_are_looked_at(tmp_path: Path) -> None:
    count = 400
    levels = np.arange(count) % 250
    seen = look_at(written(tmp_path, greys(*levels), [20 + 10 * (t % 3) for t in range(count)]))
    assert len(seen.shown_ms_T) == MOST_LOOKED_AT
    assert seen.shown_ms_T.sum() == pytest.approx(seen.info.duration_ms)
    assert seen.distinct == MOST_LOOKED_AT
    assert len(seen.distinct_NHWC) == MOST_FRAMES
    assert seen.distinct_NHWC[[0, -1], 0, 0, 0].tolist() == [0, levels[-1]]
    assert (seen.samples[0] == 0).all()
    assert (seen.samples[-1] == levels[-1]).all()


def test_a_window_is_looked_at_alone(tmp_path: Path) -> None:
    path = written(tmp_path, greys(0, 50, 100, 150, 200), 100)
    seen = look_at(path, 150, 350)
    assert seen.distinct_NHWC[:, 0, 0, 0].tolist() == [50, 100, 150]
    assert seen.shown_ms_T.tolist() == [50, 100, 50]
    assert look_at(path, 320).distinct_NHWC[:, 0, 0, 0].tolist() == [150, 200]
    with pytest.raises(MediaError, match="nothing shows from 600 ms"):
        look_at(path, 600)


def damaged(folder: Path, frame: int) -> Path:
    """Return a GIF of five frames of which one cannot be decompressed."""
    path = written(folder, greys(0, 50, 100, 150, 200), 100)
    data = bytearray(path.read_bytes())
    data[walk(bytes(data)).frames[frame].begin - 1] = 99  # the size of its codes
    path.write_bytes(data)
    return path


def test_what_is_before_the_damage_counts(tmp_path: Path) -> None:
    seen = look_at(damaged(tmp_path, 3))
    assert seen.distinct_NHWC[:, 0, 0, 0].tolist() == [0, 50, 100]
    assert (seen.info.frames, seen.complete, len(seen.shown_ms_T)) == (3, False, 3)
    assert seen.info.warnings == ("frame 4 of 5 is damaged; only those before it were used",)
    with pytest.raises(MediaError, match="its first frame is damaged"):
        look_at(damaged(tmp_path, 0))


def test_a_window_behind_the_damage_is_an_error(tmp_path: Path) -> None:
    path = written(tmp_path, np.random.default_rng(0).integers(0, 255, (5, 8, 8, 3), np.uint8), 100)
    data = bytearray(path.read_bytes())
    data[walk(bytes(data)).frames[3].begin - 1] = 99
    path.write_bytes(data)
    with pytest.raises(MediaError, match="frame 4 is damaged"):
        look_at(path, 310)


def test_a_truncated_file_is_not_complete(tmp_path: Path, bodies: Bodies) -> None:
    seen = look_at(planted(tmp_path, bodies, "truncated"))
    assert not seen.complete
    assert not seen.still
    assert "truncated" in seen.info.warnings[0]
    assert look_at(planted(tmp_path, bodies, "cartoon")).complete


def test_a_video_is_looked_at_likewise(tmp_path: Path) -> None:
    frames_THWC = greys(*np.linspace(0, 240, 25), side=64)
    write_mp4(tmp_path / "a.mp4", frames_THWC, 25)
    seen = look_at(tmp_path / "a.mp4")
    assert (seen.info.frames, seen.distinct, seen.complete) == (25, 25, True)
    np.testing.assert_allclose(seen.change_S, 10 / 255, atol=3 / 255)
    assert look_at(tmp_path / "a.mp4", 400, 600).distinct == 5


@pytest.mark.parametrize("kind", ["bomb-frames", "bomb-screen", "bomb-total", "html", "headless"])
def test_what_cannot_be_looked_at_is_one_line(tmp_path: Path, bodies: Bodies, kind: str) -> None:
    with pytest.raises(MediaError) as raised:
        look_at(planted(tmp_path, bodies, kind))
    assert "\n" not in str(raised.value)


@settings(max_examples=200)
@given(st.integers(1, 3_000), st.integers(2, 200))
def test_what_is_equally_spaced_has_both_ends_and_none_twice(count: int, most: int) -> None:
    places = equally_spaced(count, most)
    assert len(places) == len(set(places)) == min(count, most)
    assert places[0] == 0
    assert places[-1] == count - 1 or count == 1
    gaps = np.diff(places)
    assert len(gaps) == 0 or gaps.max() - gaps.min() <= 1
