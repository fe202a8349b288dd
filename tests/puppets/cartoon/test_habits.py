"""Files against the drawings that they were made of, read by Skia and by ourselves."""

from collections import Counter
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anigifs.media import gif_bytes, read
from anigifs.media.gif import walk
from anigifs.puppets.cartoon.drawing import Drawing
from anigifs.puppets.cartoon.habits import HABITS, parts_of
from anigifs.puppets.cartoon.render import STYLES, Cartoon
from anigifs.puppets.instance import Instance
from tests.media.skia_frames import skia_frames
from tests.puppets.made import ACTIONS, SEED, some

BLACK = (0, 0, 0)
SIZE = 64
STICKERS = (("flat", "sticker"), ("pixel", "sticker"))


@st.composite
def drawings(draw: st.DrawFn) -> Drawing:
    """Draw random frames, often with equal neighbours, and with a colour for nothing."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    frames, height, width = (draw(st.integers(1, most)) for most in (6, 14, 14))
    colours = draw(st.sampled_from([2, 3, 5, 16, 17, 200, 255]))
    indices = rng.integers(0, colours, (frames, height, width), np.uint8)
    for number in range(1, frames):  # most of a frame, or all of it, is as before
        kept = rng.random((height, width)) < draw(st.sampled_from([0.0, 0.6, 0.95, 1.0]))
        indices[number] = np.where(kept, indices[number - 1], indices[number])
    palette = rng.integers(0, 256, (colours, 3), np.uint8)
    palette[0] = BLACK
    return Drawing(indices, palette, np.zeros((frames, 4)), nothing=0)


@settings(max_examples=150)
@given(drawings(), st.sampled_from([*HABITS, "sticker"]), st.booleans())
def test_whatever_is_drawn_comes_back_whichever_way_it_is_written(
    tmp_path_factory: pytest.TempPathFactory, drawing: Drawing, habit: str, interlaced: bool
) -> None:
    delays = [30 + 10 * number for number in range(len(drawing.indices_THW))]
    parts, palette = parts_of(drawing, delays, habit, interlaced=interlaced)
    height, width = drawing.indices_THW.shape[1:]
    data = gif_bytes(width, height, parts, palette=palette)
    assert_shows(tmp_path_factory.getbasetemp() / "habit.gif", data, drawing, delays)


def assert_shows(path: Path, data: bytes, drawing: Drawing, delays_ms: list[int]) -> None:
    """Assert that a file shows a drawing, over black, for as long as it should."""
    path.write_bytes(data)
    expected = drawing.palette[drawing.indices_THW]
    frames, info = read(path)
    np.testing.assert_array_equal(frames, expected)
    np.testing.assert_array_equal(np.stack(list(skia_frames(data, BLACK))), expected)
    assert list(info.delays) == delays_ms
    assert info.warnings == ()
    assert info.loops == 0


@pytest.mark.parametrize("interlaced", [False, True])
@pytest.mark.parametrize(("style", "habit"), [*product(STYLES, HABITS), *STICKERS])
def test_a_cartoon_comes_back_whichever_way_it_is_written(
    tmp_path: Path, style: str, habit: str, interlaced: bool
) -> None:
    drawing = _drawn_for(style, habit)
    delays = [30 + 10 * number for number in range(len(drawing.indices_THW))]
    parts, palette = parts_of(drawing, delays, habit, interlaced=interlaced)
    data = gif_bytes(SIZE, SIZE, parts, palette=palette)
    assert_shows(tmp_path / "a.gif", data, drawing, delays)


def _drawn_for(style: str, habit: str) -> Drawing:
    """Return the first drawing of a style that is a sticker, or that is none."""
    cartoons = (
        Cartoon(Instance(SEED, "squat", "train", number), style, SIZE) for number in range(60)
    )
    wanted = (one for one in cartoons if (one.habit == "sticker") == (habit == "sticker"))
    return next(wanted).drawing


@pytest.mark.parametrize("style", STYLES)
def test_the_file_of_a_cartoon_shows_its_frames(tmp_path: Path, style: str) -> None:
    for action in ACTIONS:
        for instance in some(action, 1, ("test",)):
            cartoon = Cartoon(instance, style, SIZE)
            data = cartoon.gif()
            assert_shows(tmp_path / "a.gif", data, cartoon.drawing, list(cartoon.timing.delays_ms))
            np.testing.assert_array_equal(
                np.stack(list(skia_frames(data, BLACK))), cartoon.frames()
            )


def test_the_ways_of_the_web_do_occur() -> None:
    seen: Counter[str] = Counter()
    for action in ACTIONS:
        for instance in some(action, 1):
            for style in ("flat", "toy"):
                data = Cartoon(instance, style, SIZE).gif()
                layout = walk(data)
                later = layout.frames[1:]
                seen.update(f"disposal {one.disposal}" for one in later)
                seen["global"] += bool(data[10] & 0x80)  # the flag of the screen descriptor
                seen["local"] += len({one.palette for one in layout.frames}) > 1
                seen["interlaced"] += layout.frames[0].interlaced
                seen["partial"] += any(one.width * one.height < SIZE**2 for one in later)
                seen["holes"] += any(one.transparent is not None for one in later)
                seen["sticker"] += layout.frames[0].width * layout.frames[0].height < SIZE**2
    for found in ("disposal 1", "disposal 2", "disposal 3", "local", "global", "interlaced",
                  "partial", "holes", "sticker"):  # fmt: skip
        assert seen[found] > 0, found


def test_only_what_changed_is_stored() -> None:
    indices = np.zeros((3, 20, 20), np.uint8)
    indices[1, 4:7, 10:12] = 1
    indices[2] = indices[1]
    palette = np.array([BLACK, (200, 10, 10)], np.uint8)
    drawing = Drawing(indices, palette, np.zeros((3, 4)))
    for habit in ("changes", "local"):
        parts, _ = parts_of(drawing, [50, 50, 50], habit)
        areas = [(one.left, one.top, *one.indices_HW.shape) for one in parts[1:]]
        assert areas == [(10, 4, 3, 2), (0, 0, 1, 1)]
    parts, _ = parts_of(drawing, [50, 50, 50], "returns")
    assert [one.disposal for one in parts] == [1, 3, 3]
    assert [one.indices_HW.shape for one in parts[1:]] == [(3, 2), (3, 2)]
