import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from anigifs.foundation import UsageError
from anigifs.studies.figures.page import DPI
from anigifs.studies.figures.plate import (
    BLOCK_GAP,
    COLUMN_GAP,
    FRAME,
    GAP,
    HEADING,
    MARGIN,
    ROW_GAP,
    WORDS,
    Block,
    Strip,
    draw_plate,
    squared,
)
from tests.studies.figures.look import assert_legible, print_of


def flat(*levels: int, height: int = 20, width: int = 20) -> np.ndarray:
    """Grey frames of these levels."""
    return np.stack([np.full((height, width, 3), level, np.uint8) for level in levels])


def pixels(blocks: list[Block], columns: int = 1) -> np.ndarray:
    buffer = io.BytesIO()
    draw_plate(blocks, columns).savefig(buffer, format="png", dpi=DPI)
    return np.asarray(Image.open(buffer).convert("RGB"))


def frame_at(page: np.ndarray, left: int, top: int) -> np.ndarray:
    return page[top : top + FRAME, left : left + FRAME]


def test_every_frame_stands_in_its_place_to_the_pixel() -> None:
    blocks = [
        Block("one", (Strip("a", (), flat(10, 20, 30)), Strip("b", ("note",), flat(40, 50, 60)))),
        Block("two", (Strip("a", (), flat(70, 80, 90)), Strip("b", (), flat(100, 110, 120)))),
    ]
    page = pixels(blocks)
    left, top = MARGIN + WORDS, MARGIN + HEADING
    assert page.shape == (
        2 * (MARGIN + HEADING + 2 * FRAME + ROW_GAP) + BLOCK_GAP,
        left + 3 * FRAME + 2 * GAP + MARGIN,
        3,
    )
    for number, level in enumerate(range(10, 130, 10)):
        block, rest = divmod(number, 6)
        strip, frame = divmod(rest, 3)
        down = block * (HEADING + 2 * FRAME + ROW_GAP + BLOCK_GAP) + strip * (FRAME + ROW_GAP)
        assert (frame_at(page, left + frame * (FRAME + GAP), top + down) == level).all()
    assert (page[top : top + FRAME, left + FRAME : left + FRAME + GAP] == 255).all()


def test_blocks_stand_side_by_side_in_columns() -> None:
    blocks = [Block(str(level), (Strip("a", (), flat(level)),)) for level in (0, 100, 200)]
    page = pixels(blocks, columns=2)
    left, top = MARGIN + WORDS, MARGIN + HEADING
    step, down = WORDS + FRAME + COLUMN_GAP, HEADING + FRAME + BLOCK_GAP
    assert (frame_at(page, left, top) == 0).all()
    assert (frame_at(page, left + step, top) == 100).all()
    assert (frame_at(page, left, top + down) == 200).all()


def test_words_are_there_and_legible_whatever_their_length() -> None:
    long = "an action of a name so long that nobody could ever say it " * 4
    strips = (Strip(long, (long, "x" * 200), flat(0)), Strip("b", ("one", "two"), flat(0, 0)))
    figure = draw_plate([Block(long, strips), Block("next", strips)], columns=2)
    assert_legible(figure)
    found = {text for text, _ in print_of(figure)}
    assert {"next", "b", "one", "two"} <= found


def test_nothing_to_show_is_an_error() -> None:
    for blocks in ([], [Block("empty", ())]):
        with pytest.raises(UsageError, match="no clips"):
            draw_plate(blocks)


@given(st.integers(1, 400), st.integers(1, 400), st.integers(0, 255))
def test_a_whole_frame_is_fitted_and_padded_with_white(height: int, width: int, level: int) -> None:
    picture = squared(flat(level, height=height, width=width)[0])
    assert picture.shape == (FRAME, FRAME, 3)
    tall = max(1, round(height * FRAME / max(height, width)))
    wide = max(1, round(width * FRAME / max(height, width)))
    inside = (picture == level).all(axis=2)
    if level < 255:
        assert inside.sum() == tall * wide
    rows, columns = inside.any(axis=1), inside.any(axis=0)
    assert abs(int(rows.argmax()) - int(rows[::-1].argmax())) <= 1  # in the middle
    assert abs(int(columns.argmax()) - int(columns[::-1].argmax())) <= 1
    assert (picture[~inside] == 255).all()
