"""The contact sheet: every class in every style on one picture, to be looked at."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from anigifs.clips import Geometry
from anigifs.clips.load import load_frames
from anigifs.clips.samplers import whole_by_time
from anigifs.clips.timeline import timeline
from anigifs.foundation import MediaError, UsageError, atomic_path, generator
from anigifs.index import USABLE, Index, Row
from anigifs.media import MediaInfo

PAGE, INK, SOFT, RULE = "#ffffff", "#1c2024", "#59626b", "#d5dade"
NAME_PX, NOTE_PX = 15, 12  # heights of letters
FRAME_GAP, COLUMN_GAP, ROW_GAP, MARGIN = 1, 14, 6, 16
HEAD = NAME_PX + NOTE_PX + 16
Column = tuple[str, str]


def contact_sheet(
    index: Index, path: Path | str, *, seed: int = 0, frames: int = 3, height: int = 80
) -> None:
    """Write a PNG with a row for each class and a column for each style.

    A cell shows frames of one clip in equal steps of its time: a clip of the split ``test`` where
    there is one. A clip that cannot be read leaves its cell empty.

    Args:
        index: Such as a rendered benchmark's.
        path: Where to write.
        seed: The same seed shows the same clips.
        frames: How many of each clip.
        height: Of each frame, in pixels; it is as wide.

    Raises:
        UsageError: There is nothing to show, or no frames or no height are asked for.
    """
    if frames < 1 or height < 1:
        raise UsageError(f"a sheet of {frames} frames of {height} pixels; both are at least 1")
    rows = list(index.filter(state=USABLE).rows())
    if not rows:
        raise UsageError("a contact sheet of no clips; the index has none that can be used")
    columns = list(dict.fromkeys((row.domain, row.style) for row in rows))
    labels = sorted({row.label for row in rows})
    sheet = _Sheet(labels, columns, frames, height)
    for (label, column), row in drawn(rows, seed).items():
        sheet.show(label, column, _frames(index.root, row, frames, height))
    with atomic_path(path) as temporary:
        sheet.picture.save(temporary, format="PNG", optimize=True)


def drawn(rows: Iterable[Row], seed: int) -> dict[tuple[str, Column], Row]:
    """Return one clip of each label and column, by lot among those for tests, if there are any."""
    cells: dict[tuple[str, Column], list[Row]] = {}
    for row in rows:
        cells.setdefault((row.label, (row.domain, row.style)), []).append(row)
    chosen = {}
    for (label, column), found in cells.items():
        tests = [row for row in found if row.split == "test"] or found
        place = generator(seed, "sheet", label, *column).integers(len(tests))
        chosen[label, column] = sorted(tests, key=lambda row: row.clip_id)[place]
    return chosen


def _frames(root: Path, row: Row, frames: int, height: int) -> np.ndarray | None:
    def choose(info: MediaInfo) -> tuple[int, ...]:
        line = timeline(info, row.start_ms, row.end_ms)
        return tuple(line.indices[place] for place in whole_by_time(line.delays, frames))

    if row.path is None:
        return None
    try:
        return load_frames(root / row.path, choose, Geometry(frames, height)).frames_THWC
    except MediaError:
        return None


class _Sheet:
    """The picture while it is being filled."""

    def __init__(self, labels: list[str], columns: list[Column], frames: int, height: int) -> None:
        self._labels, self._columns, self._height = labels, columns, height
        self._name, self._note = (ImageFont.load_default(size) for size in (NAME_PX, NOTE_PX))
        titles = [(style or "clips", domain) for domain, style in columns]
        widest = max(self._wide(*title) for title in titles)
        self._cell = max(frames * (height + FRAME_GAP) - FRAME_GAP, widest)
        self._left = MARGIN + max(self._wide(label) for label in labels) + COLUMN_GAP
        size = self._x(len(columns)) - COLUMN_GAP + MARGIN, self._y(len(labels)) + MARGIN
        self.picture = Image.new("RGB", size, PAGE)
        self._draw = ImageDraw.Draw(self.picture)
        for place, (style, domain) in enumerate(titles):
            self._write(self._x(place), MARGIN, style, INK, self._name)
            self._write(self._x(place), MARGIN + NAME_PX + 4, domain, SOFT, self._note)
        for place, label in enumerate(labels):
            top = self._y(place)
            self._draw.line([(MARGIN, top), (size[0] - MARGIN, top)], RULE)
            middle = top + ROW_GAP + (height - NAME_PX) // 2
            self._write(MARGIN, middle, label, INK, self._name)

    def show(self, label: str, column: Column, frames_THWC: np.ndarray | None) -> None:
        """Fill a cell, or say that it cannot be filled."""
        x = self._x(self._columns.index(column))
        y = self._y(self._labels.index(label)) + ROW_GAP
        if frames_THWC is None:
            self._write(x, y, "cannot be read", SOFT, self._note)
            return
        for place, frame_HWC in enumerate(frames_THWC):
            left = x + place * (self._height + FRAME_GAP)
            self.picture.paste(Image.fromarray(frame_HWC), (left, y))

    def _x(self, column: int) -> int:
        return self._left + column * (self._cell + COLUMN_GAP)

    def _y(self, row: int) -> int:
        return MARGIN + HEAD + row * (self._height + 2 * ROW_GAP)

    def _wide(self, name: str, note: str = "") -> int:
        return round(max(self._name.getlength(name), self._note.getlength(note))) + 1

    def _write(
        self,
        x: int,
        y: int,
        text: str,
        colour: str,
        font: ImageFont.FreeTypeFont | ImageFont.ImageFont,
    ) -> None:
        self._draw.text((x, y), text, colour, font)
