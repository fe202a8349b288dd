"""Frames of clips in strips, with words at their left: the layout of every figure of pictures."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anigifs.foundation import UsageError
from anigifs.studies.figures.page import DPI, INK, PALE, POINTS, in_style, wrapped

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: All lengths are pixels of the PNG.
FRAME, GAP, WORDS, HEADING = 160, 3, 232, 46
ROW_GAP, BLOCK_GAP, COLUMN_GAP, MARGIN = 8, 20, 48, 16
SMALL = POINTS - 1


@dataclass(frozen=True, eq=False)
class Strip:
    """One row of frames.

    Attributes:
        title: Stands at its left.
        notes: Lines in smaller print below the title.
        frames_THWC: uint8 RGB, of any size; shown in squares, smaller sides padded with white.
    """

    title: str
    notes: tuple[str, ...]
    frames_THWC: np.ndarray


@dataclass(frozen=True, eq=False)
class Block:
    """Strips that belong together, below a heading."""

    heading: str
    strips: tuple[Strip, ...]


@in_style()
def draw_plate(blocks: Sequence[Block], columns: int = 1) -> "Figure":
    """Return a figure of blocks, laid out along rows of so many columns.

    Args:
        blocks: Of any number of strips and frames.
        columns: Blocks side by side.

    Raises:
        UsageError: There is nothing to show.
    """
    from matplotlib.figure import Figure

    if not any(block.strips for block in blocks):
        raise UsageError("a figure of no clips")
    columns = min(columns, len(blocks))
    frames = max(len(strip.frames_THWC) for block in blocks for strip in block.strips)
    rows = [blocks[start : start + columns] for start in range(0, len(blocks), columns)]
    tops, height = _tops(rows)
    step = WORDS + frames * (FRAME + GAP) - GAP + COLUMN_GAP
    width = 2 * MARGIN + columns * step - COLUMN_GAP
    # The hundredth of a pixel keeps the product of inches and dots from falling one short.
    figure = Figure(figsize=((width + 0.01) / DPI, (height + 0.01) / DPI), dpi=DPI)
    sheet = _Sheet(figure, width, height)
    for row, top in zip(rows, tops, strict=True):
        for place, block in enumerate(row):
            sheet.show(block, MARGIN + place * step, top, step - COLUMN_GAP)
    return figure


def squared(frame_HWC: np.ndarray, side: int = FRAME) -> np.ndarray:
    """Return a whole frame at a size, its shorter side padded with white on both ends.

    Example:
        >>> squared(np.zeros((80, 160, 3), np.uint8))[[0, 79], 0].tolist()
        [[255, 255, 255], [0, 0, 0]]
    """
    import cv2

    height, width = frame_HWC.shape[:2]
    scale = side / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    fitted_HWC = cv2.resize(np.ascontiguousarray(frame_HWC), size, interpolation=way)
    picture_HWC = np.full((side, side, 3), 255, np.uint8)
    left, top = (side - size[0]) // 2, (side - size[1]) // 2
    picture_HWC[top : top + size[1], left : left + size[0]] = fitted_HWC
    return picture_HWC


def _tops(rows: Sequence[Sequence[Block]]) -> tuple[list[int], int]:
    """Return where each row of blocks begins, and the height of all."""
    tops, top = [], MARGIN
    for row in rows:
        tops.append(top)
        strips = max(len(block.strips) for block in row)
        top += HEADING + strips * (FRAME + ROW_GAP) - ROW_GAP + BLOCK_GAP
    return tops, top - BLOCK_GAP + MARGIN


class _Sheet:
    """The figure while it is being filled; its origin is at the upper left."""

    def __init__(self, figure: "Figure", width: int, height: int) -> None:
        self._figure, self._width, self._height = figure, width, height

    def show(self, block: Block, left: int, top: int, width: int) -> None:
        """Place a block."""
        lines = wrapped(block.heading, width / DPI, POINTS + 1, bold=True)
        self._write(left, top, lines[0] if lines else "", POINTS + 1, INK, "bold")
        for number, strip in enumerate(block.strips):
            y = top + HEADING + number * (FRAME + ROW_GAP)
            self._show_words(strip, left, y)
            self._show_frames(strip, left + WORDS, y)

    def _show_words(self, strip: Strip, left: int, top: int) -> None:
        down = 0
        for text, points, colour, weight in _lines(strip):
            tall = round(1.3 * points * DPI / 72)
            if down + tall > FRAME:
                break
            self._write(left, top + down, text, points, colour, weight)
            down += tall

    def _show_frames(self, strip: Strip, left: int, top: int) -> None:
        count = len(strip.frames_THWC)
        width = count * (FRAME + GAP) - GAP
        picture_HWC = np.full((FRAME, width, 3), 255, np.uint8)
        for place, frame_HWC in enumerate(strip.frames_THWC):
            start = place * (FRAME + GAP)
            picture_HWC[:, start : start + FRAME] = squared(frame_HWC)
        x, y = left / self._width, 1 - (top + FRAME) / self._height
        axes = self._figure.add_axes((x, y, width / self._width, FRAME / self._height))
        axes.set_axis_off()
        axes.imshow(picture_HWC, aspect="auto", interpolation="nearest")

    def _write(
        self, left: int, top: int, text: str, points: float, colour: str, weight: str
    ) -> None:
        x, y = left / self._width, 1 - top / self._height
        self._figure.text(x, y, text, size=points, color=colour, weight=weight, ha="left", va="top")


def _lines(strip: Strip) -> Iterator[tuple[str, float, str, str]]:
    """Yield the words beside a strip: text, size, colour and weight of each line."""
    inches = (WORDS - 12) / DPI
    for line in wrapped(strip.title, inches, POINTS, bold=True):
        yield line, POINTS, INK, "bold"
    for note in strip.notes:
        for line in wrapped(note, inches, SMALL):
            yield line, SMALL, PALE, "normal"
