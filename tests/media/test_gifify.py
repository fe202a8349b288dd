import tracemalloc
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from anigifs.foundation import MediaError, UsageError
from anigifs.media import probe, write_gif, write_mp4
from anigifs.media.gif import walk
from anigifs.media.gifify import GifRecipe, fitted, gifify
from tests.media.numbered import (
    numbers_of,
    pillow_delays,
    pillow_frames,
    write_numbered,
    write_uneven,
)
from tests.media.skia_frames import skia_frames

RNG = np.random.default_rng(5)


def colourful(frames: int, height: int = 60, width: int = 80) -> np.ndarray:
    """A ramp of many colours that moves and brightens, as no palette of 256 can hold it."""
    rows, columns = np.mgrid[0:height, 0:width]
    made = np.empty((frames, height, width, 3), np.uint8)
    for index in range(frames):
        made[index, ..., 0] = (3 * rows + 5 * index) % 256
        made[index, ..., 1] = (2 * columns + 3 * index) % 256
        made[index, ..., 2] = (rows + columns + index) % 256
    return made


def colours_of(frames: list[np.ndarray]) -> int:
    return len(np.unique(np.concatenate([frame.reshape(-1, 3) for frame in frames]), axis=0))


@pytest.mark.parametrize(("count", "frames"), [(250, 40), (150, 24), (64, 11), (1, 1), (400, 40)])
def test_a_second_gives_four_frames_up_to_forty(tmp_path: Path, count: int, frames: int) -> None:
    """10 s, 6 s and 2.56 s at 25 frames a second, a single frame, and more than 10 s."""
    source = write_numbered(tmp_path / "a.mp4", count)
    made = gifify(source, tmp_path / "a.gif")
    showing = [25 * index // 4 for index in range(frames)]
    assert numbers_of(tmp_path / "a.gif") == showing
    assert made.frames == frames
    assert made.instants_ms == tuple(250.0 * index for index in range(frames))
    assert made.taken_ms == tuple(40.0 * number for number in showing)
    assert made.warnings == ()


def test_ten_seconds_play_in_two_and_a_half(tmp_path: Path) -> None:
    made = gifify(write_numbered(tmp_path / "a.mp4", 250), tmp_path / "a.gif")
    delays = pillow_delays(tmp_path / "a.gif")
    assert delays == [60, 70, 60, 60] * 10
    assert sum(delays) == made.duration_ms == 2500
    assert probe(tmp_path / "a.gif").loops == 0
    constant = GifRecipe(constant_delay=True)
    gifify(tmp_path / "a.mp4", tmp_path / "b.gif", constant)
    assert pillow_delays(tmp_path / "b.gif") == [60] * 40


def test_uneven_frames_are_taken_by_their_times(tmp_path: Path) -> None:
    gaps = RNG.integers(5, 400, 60)
    starts = [0, *np.cumsum(gaps).tolist()]
    source = write_uneven(tmp_path / "a.mkv", starts)
    instants = range(0, starts[-1], 250)
    showing = [max(i for i, start in enumerate(starts) if start <= at) for at in instants]
    gifify(source, tmp_path / "a.gif")
    assert numbers_of(tmp_path / "a.gif")[:40] == showing[:40]
    nearest = [min(range(len(starts)), key=lambda i: abs(starts[i] - at)) for at in instants]
    assert nearest[:40] != showing[:40]
    gifify(source, tmp_path / "b.gif", GifRecipe(pick="nearest"))
    assert numbers_of(tmp_path / "b.gif")[:40] == nearest[:40]


def test_of_two_frames_as_near_the_earlier_is_taken(tmp_path: Path) -> None:
    """At 25 frames a second, 500 ms lies between those of 480 and 520 ms."""
    source = write_numbered(tmp_path / "a.mp4", 50)
    gifify(source, tmp_path / "a.gif", GifRecipe(pick="nearest"))
    assert numbers_of(tmp_path / "a.gif") == [0, 6, 12, 19, 25, 31, 37, 44]


def test_rates_that_are_no_whole_number_are_exact(tmp_path: Path) -> None:
    source = write_numbered(tmp_path / "a.mp4", 300, Fraction(30_000, 1001))
    gifify(source, tmp_path / "a.gif", GifRecipe(max_frames=2000))
    exact = [int(Fraction(index, 4) * Fraction(30_000, 1001)) for index in range(41)]
    assert numbers_of(tmp_path / "a.gif") == exact


def test_a_slow_video_repeats_its_frames(tmp_path: Path) -> None:
    source = write_numbered(tmp_path / "a.mp4", 5, 2)
    gifify(source, tmp_path / "a.gif")
    assert numbers_of(tmp_path / "a.gif") == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]


@pytest.mark.parametrize(
    ("start_ms", "end_ms", "expected"),
    [
        (2000, 3000, [50, 56, 62, 68]),
        (3810, None, [95]),
        (3500, 9000, [87, 93]),
        (1, 2, [0]),
    ],
)
def test_a_part_of_a_video(
    tmp_path: Path, start_ms: int, end_ms: int | None, expected: list[int]
) -> None:
    source = write_numbered(tmp_path / "a.mp4", 100)
    made = gifify(source, tmp_path / "a.gif", start_ms=start_ms, end_ms=end_ms)
    assert numbers_of(tmp_path / "a.gif") == expected
    assert made.instants_ms[0] == start_ms


@pytest.mark.parametrize(
    ("height", "width", "gif"),
    [(360, 640, (400, 225)), (640, 362, (226, 400)), (30, 46, (46, 30)), (2, 900, (400, 1))],
)
def test_the_longer_side_shrinks_in_proportion(
    tmp_path: Path, height: int, width: int, gif: tuple[int, int]
) -> None:
    write_mp4(tmp_path / "a.mp4", np.full((5, height, width, 3), 90, np.uint8))
    made = gifify(tmp_path / "a.mp4", tmp_path / "a.gif")
    assert (made.width, made.height) == gif
    with Image.open(tmp_path / "a.gif") as picture:
        assert picture.size == gif


@given(st.integers(1, 9000), st.integers(1, 9000), st.integers(1, 4096))
def test_sizes_keep_their_proportion(width: int, height: int, side: int) -> None:
    w, h = fitted(width, height, side)
    assert max(w, h) == min(side, max(width, height))
    scale = min(1, side / max(width, height))
    assert abs(w - max(1, width * scale)) <= 0.5 + 1e-9
    assert abs(h - max(1, height * scale)) <= 0.5 + 1e-9


@pytest.mark.parametrize("dither", [True, False])
@pytest.mark.parametrize("colours", [256, 16])
def test_one_palette_holds_for_the_whole_gif(tmp_path: Path, colours: int, dither: bool) -> None:
    write_mp4(tmp_path / "a.mp4", colourful(30))
    recipe = GifRecipe(colours=colours, dither=dither)
    gifify(tmp_path / "a.mp4", tmp_path / "a.gif", recipe)
    frames = pillow_frames(tmp_path / "a.gif")
    assert 2 < colours_of(frames) <= colours
    by_skia = list(skia_frames((tmp_path / "a.gif").read_bytes(), (0, 0, 0)))
    np.testing.assert_array_equal(np.stack(by_skia), np.stack(frames))


def test_palettes_that_a_gif_cannot_hold_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="a palette of 257 colours: at least 2, at most 256"):
        write_gif(tmp_path / "a.gif", colourful(2), 50, colours=257)


def test_a_palette_for_each_frame_is_nearer_to_the_video(tmp_path: Path) -> None:
    write_gif(tmp_path / "source.gif", frames := colourful(8), 250, palette="frame")
    source = np.stack(pillow_frames(tmp_path / "source.gif"))
    assert np.abs(source.astype(int) - frames).mean() < 8
    errors = {}
    for recipe in (GifRecipe(), GifRecipe(palette="frame")):
        gifify(tmp_path / "source.gif", tmp_path / "a.gif", recipe)
        made = np.stack(pillow_frames(tmp_path / "a.gif"))
        errors[recipe.palette] = np.abs(made.astype(int) - source).mean()
        assert max(colours_of([frame]) for frame in made) <= 256
    assert errors["frame"] < errors["global"] < 20


def test_few_colours_come_back_exactly(tmp_path: Path) -> None:
    """What has at most 256 colours, and is not shrunk, goes through unchanged."""
    frames = RNG.choice(np.array([[0, 0, 0], [255, 90, 3], [7, 8, 9]], np.uint8), (6, 20, 31))
    write_gif(tmp_path / "source.gif", frames, 250)
    gifify(tmp_path / "source.gif", tmp_path / "a.gif")
    np.testing.assert_array_equal(np.stack(pillow_frames(tmp_path / "a.gif")), frames)


def test_dithering_keeps_the_mean_of_a_ramp(tmp_path: Path) -> None:
    """Of a grey between two colours, dithering shows both and their mean; without it, one."""
    ramp = np.linspace(0, 255, 200).round().astype(np.uint8)
    frames = np.broadcast_to(ramp[:, None], (2, 60, 200, 3)).copy()
    write_gif(tmp_path / "source.gif", frames, 250)
    near = {}
    for dither in (True, False):
        gifify(tmp_path / "source.gif", tmp_path / "a.gif", GifRecipe(colours=4, dither=dither))
        columns = pillow_frames(tmp_path / "a.gif")[0][..., 0]
        near[dither] = np.abs(columns.mean(axis=0) - ramp)[40:160].mean()
        assert (columns == columns[:1]).all() is not dither
    assert near[True] < near[False] / 2


def test_the_same_video_gives_the_same_bytes(tmp_path: Path) -> None:
    write_mp4(tmp_path / "a.mp4", colourful(30))
    gifs = []
    for name in ("a.gif", "b.gif"):
        gifify(tmp_path / "a.mp4", tmp_path / name)
        gifs.append((tmp_path / name).read_bytes())
    assert gifs[0] == gifs[1]


def test_no_more_than_the_gif_is_held(tmp_path: Path) -> None:
    source = write_numbered(tmp_path / "a.mp4", 250, height=480, width=640)
    held, gif = 250 * 640 * 480 * 3, 40 * 400 * 300 * 3
    tracemalloc.start()
    try:
        gifify(source, tmp_path / "a.gif")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 4 * gif < held / 3


def test_what_is_wrong_with_a_video_is_one_line_and_leaves_no_file(tmp_path: Path) -> None:
    source = write_numbered(tmp_path / "a.mp4", 50)
    (tmp_path / "text.mp4").write_text("not a video")
    with pytest.raises(MediaError, match=r"text\.mp4: a text file"):
        gifify(tmp_path / "text.mp4", tmp_path / "a.gif")
    with pytest.raises(MediaError, match=r"nothing shows from 2000 ms to its end; .* 2000 ms"):
        gifify(source, tmp_path / "a.gif", start_ms=2000)
    with pytest.raises(UsageError, match="from 9 to 8 ms"):
        gifify(source, tmp_path / "a.gif", start_ms=9, end_ms=8)
    assert {path.name for path in tmp_path.iterdir()} == {"a.mp4", "text.mp4"}


def test_a_damaged_source_is_answered_with_a_warning(tmp_path: Path) -> None:
    source = tmp_path / "source.gif"
    write_gif(source, colourful(9), 250)
    data = bytearray(source.read_bytes())
    source.write_bytes(data[:-900])
    made = gifify(source, tmp_path / "a.gif")
    assert (made.frames, made.warnings) == (8, ("truncated: 8 whole frames were used",))

    first, *_, sixth, _, _, _ = walk(bytes(data)).frames
    data[sixth.begin - 1] = 99  # a code size that cannot be
    source.write_bytes(data)
    made = gifify(source, tmp_path / "a.gif")
    warning = "frame 6 of 9 is damaged; only those before it were used"
    assert (made.frames, made.warnings) == (5, (warning,))

    data[first.begin - 1] = 99
    source.write_bytes(data)
    with pytest.raises(MediaError, match="first frame is damaged"):
        gifify(source, tmp_path / "a.gif")


WRONG: list[dict[str, Any]] = [
    {"sample_fps": 0},
    {"sample_fps": float("nan")},
    {"play_fps": 51},
    {"max_frames": 0},
    {"max_frames": 2001},
    {"longer_side": 0},
    {"colours": 1},
    {"colours": 257},
    {"palette": "local"},
    {"pick": "last"},
]


@pytest.mark.parametrize("values", WRONG, ids=str)
def test_recipes_outside_their_range_are_refused(values: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match=next(iter(values)).replace("_", " ")):
        GifRecipe(**values)


@given(st.integers(1, 300), st.floats(0.02, 50))
def test_delays_never_drift(frames: int, fps: float) -> None:
    delays = GifRecipe(play_fps=fps).delays_ms(frames)
    assert len(delays) == frames
    assert all(delay >= 20 and delay % 10 == 0 for delay in delays)
    assert max(delays) - min(delays) <= 10
    exact_ms = 1000 / Fraction(fps).limit_denominator(1001)
    ends_ms = np.cumsum(delays)
    assert all(abs(int(end) - (i + 1) * exact_ms) <= 5 for i, end in enumerate(ends_ms))


@given(st.integers(0, 20_000), st.integers(1, 20_000), st.sampled_from([1, 4, 12.5, 25, 29.97]))
def test_instants_fill_the_time_before_the_end(start: int, length: int, fps: float) -> None:
    recipe = GifRecipe(sample_fps=fps)
    instants = recipe.instants(start, start + length)
    step = 1000 / Fraction(str(fps))
    assert list(instants) == [start + index * step for index in range(len(instants))]
    assert instants[-1] < start + length
    assert len(instants) == 40 or instants[-1] + step >= start + length


def test_a_recipe_can_be_recorded() -> None:
    assert GifRecipe(**asdict(GifRecipe(colours=9))) == GifRecipe(colours=9)
