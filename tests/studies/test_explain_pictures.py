"""Pictures of clips: their timing by Pillow and PyAV, their words, and what is left untouched."""

from pathlib import Path

import av
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageSequence

from anigifs.clips.samplers import whole_by_time
from anigifs.studies.explain.captions import (
    INK,
    PAPER,
    RIGHT,
    TEXT_PX,
    WRONG,
    Answer,
    bar,
    fitted,
    font_of,
)
from anigifs.studies.explain.pictures import (
    SPACE_PX,
    Side,
    Subject,
    moving,
    strip_of,
    write_pictures,
)
from anigifs.studies.explain.timing import at_rate, gif_delays, playing_ms

ANSWERS = (Answer("yoga", 0.7, mark=False), Answer("lunge", 0.2, mark=True), Answer("squat", 0.1))
delays = st.lists(st.sampled_from([20, 40, 70, 100, 500]), min_size=1, max_size=30)


def subject(frames: int = 9, size: int = 112, *, tube: bool = False) -> Subject:
    rng = np.random.default_rng(0)
    shown_ms = tuple(float(20 + 10 * (place % 4)) for place in range(frames))
    tube_THW = np.zeros((frames, size, size), bool)
    tube_THW[:, 30:60, 20:50] = True
    return Subject(
        rng.integers(0, 256, (frames, size, size, 3), np.uint8),
        shown_ms,
        "lunge",
        tube_THW if tube else None,
    )


def side(map_THW: torch.Tensor | None = None, answers: tuple[Answer, ...] = ANSWERS) -> Side:
    peaked = torch.zeros(2, 4, 4)
    peaked[0, 1, 1] = 1
    return Side("erm", answers, peaked if map_THW is None else map_THW)


@settings(max_examples=60)
@given(delays, st.integers(9, 20))
def test_what_was_seen_plays_as_long_as_the_clip(delays_ms: list[int], frames: int) -> None:
    seen = whole_by_time(tuple(delays_ms), frames)
    shown_ms = playing_ms(delays_ms, seen)
    assert len(shown_ms) == frames
    assert sum(shown_ms) == pytest.approx(sum(delays_ms))
    ends = np.cumsum(shown_ms)
    begins = np.cumsum([0, *delays_ms])
    for before, after, end in zip(seen, seen[1:], ends, strict=False):
        if after != before:  # a frame begins when it does in the clip
            assert end == pytest.approx(begins[after])


def test_frames_that_were_all_seen_keep_their_delays() -> None:
    delays_ms = [40, 100, 20, 60, 80, 40, 100, 20, 60]
    assert playing_ms(delays_ms, range(9)) == tuple(delays_ms)
    assert playing_ms(delays_ms, range(2, 7)) == tuple(delays_ms[2:7])  # the middle, densely
    assert playing_ms([30, 50], (0, 1, 0, 1, 0)) == (30, 50, 30, 50, 30)  # played round
    assert playing_ms([90], (0, 0, 0)) == (30, 30, 30)


@settings(max_examples=60)
@given(st.lists(st.floats(20, 900), min_size=1, max_size=40))
def test_a_gif_keeps_ends_to_the_nearest_10_ms(shown_ms: list[float]) -> None:
    kept = gif_delays(shown_ms)
    assert all(delay % 10 == 0 and delay >= 20 for delay in kept)
    # Frames of 20 ms may each be rounded down before, and none may be shorter than that.
    assert np.abs(np.cumsum(kept) - np.cumsum(shown_ms)).max() <= 5 + 10
    assert gif_delays([5, 5, 5]) == [20, 20, 20]


def test_a_gif_plays_with_the_clips_own_delays(tmp_path: Path) -> None:
    clip = subject()
    (file,) = write_pictures(tmp_path / "a", clip, [side(), side()], "yoga", ["gif"])
    assert file.name == "a.gif"
    with Image.open(file) as picture:
        found = [frame.info["duration"] for frame in ImageSequence.Iterator(picture)]
        assert picture.info["loop"] == 0
        assert picture.width == 3 * 224 + 2 * SPACE_PX
        assert picture.height > 224
    assert found == list(clip.shown_ms)


def test_an_mp4_can_be_decoded_and_lasts_as_long(tmp_path: Path) -> None:
    clip = subject()
    (file,) = write_pictures(tmp_path / "a", clip, [side()], "yoga", ["mp4"])
    with av.open(str(file)) as container:
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    assert len(frames) == round(sum(clip.shown_ms) / 20)
    assert frames[0].shape[1] == 2 * 224 + SPACE_PX
    expected = moving(clip, [side()], "yoga")[at_rate(clip.shown_ms)]
    height = frames[0].shape[0]
    for shown, meant in zip(frames, expected, strict=True):
        assert np.abs(shown.astype(int) - meant[:height]).mean() < 25  # noise, with half the colour


def test_a_map_of_zeros_leaves_the_clip_as_it_is() -> None:
    for clip in (subject(), subject(tube=True)):
        film = moving(clip, [side(torch.zeros(2, 4, 4))], "yoga")
        head = bar(1, 1).pixels.shape[0]
        shown = film[:, head : head + 224]
        assert np.array_equal(shown[:, :, :224], shown[:, :, 224 + SPACE_PX :])
        hot = moving(clip, [side()], "yoga")[:, head : head + 224]
        assert np.array_equal(hot[:, :, :224], shown[:, :, :224])
        changed = (hot != shown).any(axis=(0, 3))
        assert changed[:, 224:].any()


def test_the_tube_is_drawn_on_every_panel() -> None:
    plain = moving(subject(), [side()], "yoga")
    lined = moving(subject(tube=True), [side()], "yoga")
    head = bar(1, 1).pixels.shape[0]
    corner = head + 60, 40  # of the tube, at twice its size
    for left in (0, 224 + SPACE_PX):
        row, column = corner[0], left + corner[1]
        assert (lined[:, row, column : column + 20] == 255).all()
        assert not (plain[:, row, column : column + 20] == 255).all()


@pytest.mark.parametrize(
    "changed",
    [
        side(answers=(Answer("yoga", 0.7, mark=True), *ANSWERS[1:])),  # the mark alone
        side(answers=(Answer("yoga", 0.6, mark=False), *ANSWERS[1:])),  # a probability
        side(answers=(Answer("bow", 0.7, mark=False), *ANSWERS[1:])),  # a class
        Side("gating", ANSWERS, side().map_THW),  # the model
    ],
)
def test_every_word_is_in_the_picture(changed: Side) -> None:
    clip = subject()
    for make in (moving, strip_of):
        before, after = make(clip, [side()], "yoga"), make(clip, [changed], "yoga")
        assert before.shape == after.shape
        assert not np.array_equal(before, after)
        assert not np.array_equal(before, make(clip, [side()], "squat"))


def test_right_and_wrong_are_signs_that_the_font_has() -> None:
    font = font_of(True, TEXT_PX)
    missing = bytes(font.getmask("\ue123"))
    signs = {bytes(font.getmask(sign)) for sign in (RIGHT, WRONG)}
    assert len(signs) == 2
    assert missing not in signs


def test_text_is_written_where_it_is_said_to_be() -> None:
    made = bar(300, 2)
    end = made.write(1, "cartwheeling", left=40, width=200)
    ink = np.asarray((made.pixels < 128).any(axis=2))
    columns = np.flatnonzero(ink.any(axis=0))
    assert 40 <= columns[0] < 45
    assert end - 5 < columns[-1] <= end
    assert not ink[: made.pixels.shape[0] // 2].any()  # nothing on the first line
    assert (made.pixels[0, 0] == PAPER).all()
    assert (made.pixels.min(axis=(0, 1)) <= np.array(INK) + 40).all()


@settings(max_examples=50)
@given(st.text(max_size=60), st.integers(20, 300))
def test_text_of_any_characters_fits(text: str, width: int) -> None:
    font = font_of(False, TEXT_PX)
    kept = fitted(text, width, font)
    assert font.getlength(kept) <= width
    plain = "".join(one if one.isprintable() else " " for one in text)
    assert kept == plain or (kept.endswith("…") and plain.startswith(kept[:-1]))


def test_small_clips_are_enlarged_and_large_ones_are_not() -> None:
    for size, pixels in ((32, 224), (100, 300), (112, 224), (224, 224), (256, 256)):
        assert subject(9, size).pixels == pixels
    strip = strip_of(subject(16, 32), [side(), side()], "yoga")
    assert strip.shape[1] == 8 * 224 + 7 * SPACE_PX
    assert strip.shape[0] > 3 * 224
