"""A GIF as one picture of all its frames, and when each shows: browsers cannot step in GIFs."""

import json
import math
import threading
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from itertools import accumulate, pairwise
from pathlib import Path
from weakref import WeakValueDictionary

import cv2
import numpy as np
from PIL import Image

from anigifs.curate.seeing.frames import equally_spaced
from anigifs.foundation import MediaError, atomic_path, write_text
from anigifs.media import BUDGET, Budget, DamagedFrame, MediaInfo, probe, read_frames

#: Raised when a file becomes another sheet; it stands in the names of those that are kept.
VERSION = 1
#: Cells of a sheet, at most; equally spaced among the frames.
MOST_CELLS = 96
#: Longer side of a cell, at most, in pixels; of a WebP picture.
SIDE, MOST_WEBP = 400, 16_383
#: Of WebP, 0..100; and how long it looks for a smaller file, 0..6.
QUALITY, EFFORT = 80, 2
#: The checker that shows through: two greys, so that neither a black drawing nor a white one
#: vanishes, and the side of a square in pixels of the cell.
LIGHT, DARK, SQUARE = 216, 184, 8
BLACK, WHITE = (0, 0, 0), (255, 255, 255)

#: One lock a sheet that is being made.
_making: WeakValueDictionary[Path, "_Turn"] = WeakValueDictionary()
_making_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Sheet:
    """Where a sheet lies.

    Attributes:
        webp: The picture: cells from left to right, then down.
        timing: JSON of :class:`Timing`.
    """

    webp: Path
    timing: Path

    @property
    def made(self) -> bool:
        """Whether it is there; the timing is written last."""
        return self.timing.is_file() and self.webp.is_file()


@dataclass(frozen=True)
class Timing:
    """How a sheet is played.

    Attributes:
        frames: Of the file.
        cells: Of the sheet, 1 to 96.
        columns: Cells in a row.
        width: Of a cell, in pixels.
        height: Of a cell, in pixels.
        delays_ms: How long each cell shows, as browsers play the file: they sum to its duration,
            rounded to milliseconds.
    """

    frames: int
    cells: int
    columns: int
    width: int
    height: int
    delays_ms: tuple[int, ...]


class _Turn:
    """A lock that may be forgotten when nobody holds it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()


def place_of(path: Path, cache: Path) -> Sheet:
    """Return where the sheet of a file is, or would be.

    Args:
        path: The file, whose name says which it is: its content never changes.
        cache: The folder of sheets.
    """
    stem = cache / path.stem[:2] / f"{path.stem}.{VERSION}"
    return Sheet(stem.with_name(f"{stem.name}.webp"), stem.with_name(f"{stem.name}.json"))


def sheet_of(path: Path, cache: Path, budget: Budget = BUDGET) -> Sheet:
    """Return the sheet of a file; it is made if it is not there.

    Threads that ask for the same one wait for one of them to make it. It appears whole or not at
    all, whenever the program is killed.

    Args:
        path: A GIF, WebP, APNG or video file, whose name says which it is.
        cache: The folder of sheets.
        budget: The most that an image may cost.

    Raises:
        MediaError: The file is not there, or cannot be decoded.
    """
    sheet = place_of(path, cache)
    with _making_lock:
        turn = _making.setdefault(sheet.webp, _Turn())
    with turn.lock:
        if not sheet.made:
            _make(path, sheet, budget)
    return sheet


def _make(path: Path, sheet: Sheet, budget: Budget) -> None:
    cells_NHWC, info, delays_ms = _cells(probe(path, budget))
    picture_HWC, columns = tiled(cells_NHWC)
    height, width = cells_NHWC.shape[1:3]
    timing = Timing(info.frames, len(cells_NHWC), columns, width, height, delays_ms)
    with atomic_path(sheet.webp) as temporary:
        Image.fromarray(picture_HWC).save(temporary, "WEBP", quality=QUALITY, method=EFFORT)
    write_text(sheet.timing, json.dumps(asdict(timing)))


def _cells(info: MediaInfo) -> tuple[np.ndarray, MediaInfo, tuple[int, ...]]:
    """Return uint8 RGB ``(N, H, W, 3)``, what could be read of the file, and N delays."""
    indices = equally_spaced(info.frames, MOST_CELLS)
    cells: list[np.ndarray] = []
    try:
        cells.extend(_solid(info, indices))
    except DamagedFrame as damage:
        if damage.index == 0:
            raise MediaError(f"{info.path}: its first frame is damaged") from None
        return _cells(info.first(damage.index))
    if not cells:
        raise MediaError(f"{info.path}: no frame can be decoded")
    # The headers of a video may promise more pictures than there are.
    return np.stack(cells), info, cell_delays_ms(info, indices[: len(cells)])


def cell_delays_ms(info: MediaInfo, indices: Sequence[int]) -> tuple[int, ...]:
    """Return how long each cell shows: until the frame of the next one begins.

    Args:
        info: The file's timing.
        indices: The frames that became cells, the first one among them.

    Example:
        >>> from anigifs.media import Format
        >>> info = MediaInfo(Path("a.gif"), Format.GIF, 8, 8, delays=(50, 70, 100))
        >>> cell_delays_ms(info, [0, 2])
        (120, 100)
    """
    ends = list(accumulate(info.delays, initial=0))
    # Rounded moments and not rounded delays, so that nothing is lost from cell to cell.
    moments = [_ms(ends[index], info.tick) for index in indices] + [_ms(ends[-1], info.tick)]
    return tuple(after - before for before, after in pairwise(moments))


def _ms(ticks: int, tick: Fraction) -> int:
    return round(1000 * ticks * tick)


def _solid(info: MediaInfo, indices: Sequence[int]) -> Iterator[np.ndarray]:
    """Yield frames as cells, on a checker where something shines through."""
    on_white = _averaged(info, indices, WHITE)
    if info.raw_delays_ms is None or not _shines_through(info):
        yield from on_white
        return
    on_black = _averaged(info, indices, BLACK)
    for white_HWC, black_HWC in zip(on_white, on_black, strict=False):
        yield over_checker(white_HWC, black_HWC)


def _shines_through(info: MediaInfo) -> bool:
    """Return whether the first frame depends on what is behind it."""
    (_, white_HWC), (_, black_HWC) = (
        next(read_frames(info, [0], background)) for background in (WHITE, BLACK)
    )
    return not np.array_equal(white_HWC, black_HWC)


def over_checker(white_HWC: np.ndarray, black_HWC: np.ndarray) -> np.ndarray:
    """Return a cell over a checker, from how it looks on white and on black.

    What a pixel shows is linear in what is behind it, and so is the mean of several.

    Example:
        >>> clear = over_checker(np.full((1, 16, 3), 255, np.uint8), np.zeros((1, 16, 3), np.uint8))
        >>> clear[0, [0, 7, 8], 0].tolist()
        [216, 216, 184]
    """
    height, width = black_HWC.shape[:2]
    rows_H, columns_W = np.arange(height) // SQUARE, np.arange(width) // SQUARE
    odd_HW = (rows_H[:, None] + columns_W) % 2
    behind_HW = np.where(odd_HW, DARK, LIGHT).astype(np.float32) / 255
    through_HWC = white_HWC.astype(np.float32) - black_HWC
    return np.asarray(np.rint(black_HWC + through_HWC * behind_HW[..., None]), np.uint8)


def tiled(cells_NHWC: np.ndarray) -> tuple[np.ndarray, int]:
    """Return cells as one picture that is about square, and how many are in a row.

    Args:
        cells_NHWC: uint8 RGB, each side at most 400 pixels, N at most 96.

    Example:
        >>> picture_HWC, columns = tiled(np.zeros((5, 10, 20, 3), np.uint8))
        >>> picture_HWC.shape, columns
        ((30, 40, 3), 2)
    """
    cells, height, width = cells_NHWC.shape[:3]
    columns = min(cells, MOST_WEBP // width, math.ceil(math.sqrt(cells * height / width)))
    columns = max(columns, math.ceil(cells / (MOST_WEBP // height)))
    rows = math.ceil(cells / columns)
    picture_HWC = np.zeros((rows * height, columns * width, 3), np.uint8)
    for place, cell_HWC in enumerate(cells_NHWC):
        top, left = place // columns * height, place % columns * width
        picture_HWC[top : top + height, left : left + width] = cell_HWC
    return picture_HWC, columns


def _within(frame_HWC: np.ndarray) -> tuple[int, int]:
    """Return the height and width of a cell; small frames keep theirs."""
    height, width = frame_HWC.shape[:2]
    scale = min(1.0, SIDE / max(height, width))
    return max(1, round(height * scale)), max(1, round(width * scale))


def _averaged(
    info: MediaInfo, indices: Sequence[int], background: tuple[int, int, int]
) -> Iterator[np.ndarray]:
    """Yield frames as cells of one size, each pixel the mean of the area that it covers."""
    size: tuple[int, int] | None = None
    for _, frame_HWC in read_frames(info, indices, background):
        size = size or _within(frame_HWC)
        yield np.asarray(cv2.resize(frame_HWC, size[::-1], interpolation=cv2.INTER_AREA))
