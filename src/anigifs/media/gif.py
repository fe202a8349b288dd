"""GIF: a walk over its blocks, and its frames drawn the way browsers draw them.

The walk reads no compressed data: it finds each frame's rectangle, delay, palette and disposal,
and whether the file holds it whole, in about a millisecond. Drawing hands each frame's compressed
bytes to Pillow's decoder and composes them here, because only the rectangle that changes is
touched, frames that nobody asked for are never turned into RGB twice, and the rules are the
browsers' (Pillow carries a disposal method over to later frames that state none).

Source: the GIF89a specification (CompuServe, 1990).
"""

import mmap
import sys
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from anigifs.media.formats import Format
from anigifs.media.info import Budget, DamagedFrame, MediaInfo, describe_image

EXTENSION = 0x21
FRAME = 0x2C
TRAILER = 0x3B
CONTROL_LABEL = 0xF9
APPLICATION_LABEL = 0xFF
RESTORE_BACKGROUND = 2
RESTORE_PREVIOUS = 3
MAX_CODE_SIZE = 11  # what a GIF's 12-bit codes allow
MOST_STRAY_BYTES = 65_536
MOST_EXTENSIONS = 1_000_000

Bytes = bytes | mmap.mmap


@dataclass(frozen=True)
class GifFrame:
    """One frame as the file states it; its pixels lie at ``data[begin:end]``, compressed."""

    left: int
    top: int
    width: int
    height: int
    delay_ms: int
    disposal: int
    transparent: int | None
    interlaced: bool
    palette: tuple[int, int] | None  # where its colours begin and end in the file
    code_size: int
    begin: int
    end: int


@dataclass(frozen=True)
class GifLayout:
    """What a walk over a GIF's blocks finds; frames that the file holds whole only."""

    width: int
    height: int
    frames: tuple[GifFrame, ...]
    loops: int | None
    truncated: bool
    stray: int = 0  # bytes between blocks that are neither a block nor padding


def probe_gif(path: Path, budget: Budget) -> MediaInfo:
    """Describe a GIF without decompressing anything.

    Raises:
        MediaError: It holds no whole frame, or asks for more than the budget.
    """
    budget.check_file(path)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        layout = walk(data, most_frames=budget.frames + 1)
    drawn_px = sum(frame.width * frame.height for frame in layout.frames)
    budget.check(path, layout.width, layout.height, len(layout.frames), drawn_px)
    for frame in layout.frames:
        budget.check(path, frame.width, frame.height, 1)
    raw_delays_ms = tuple(frame.delay_ms for frame in layout.frames)
    info = describe_image(path, Format.GIF, layout, raw_delays_ms)
    if layout.stray and not layout.truncated:
        return info.with_warning(f"damaged: {layout.stray} stray bytes between frames passed over")
    return info


def walk(data: Bytes, most_frames: int = sys.maxsize) -> GifLayout:
    """Walk over the blocks of a GIF, from its header to its trailer or to where it is cut off.

    Stray bytes between blocks are passed over, as players do. The canvas is the stated one,
    enlarged where the first frame does not fit it. The walk ends early at ``most_frames``.
    """
    walker = _Walker(data)
    truncated = False
    try:
        walker.run(most_frames)
    except IndexError:
        truncated = True
    frames = tuple(walker.frames)
    width, height = walker.canvas
    if frames:
        width = max(width, frames[0].left + frames[0].width)
        height = max(height, frames[0].top + frames[0].height)
    return GifLayout(width, height, frames, walker.loops, truncated, walker.stray)


class _Walker:
    """The state of one walk: a position, and the control block that waits for its frame."""

    def __init__(self, data: Bytes) -> None:
        self.data = data
        self.position = 13
        self.canvas = (0, 0)
        self.palette: tuple[int, int] | None = None
        self.frames: list[GifFrame] = []
        self.loops: int | None = None
        self.stray = 0
        self.extensions = 0
        self.control: tuple[int, int, int | None] = (0, 0, None)

    def run(self, most_frames: int) -> None:
        """Read every block; IndexError where the file ends too early or turns into rubbish."""
        self.canvas = (self._u16(6), self._u16(8))
        self.palette = self._palette(self.data[10])
        padding = 0
        while (kind := self._byte()) != TRAILER and len(self.frames) < most_frames:
            if kind == EXTENSION:
                self._extension()
            elif kind == FRAME:
                self._frame()
            else:
                padding += 1
                self.stray += kind != 0
                if padding > MOST_STRAY_BYTES:
                    raise IndexError

    def _extension(self) -> None:
        self.extensions += 1
        if self.extensions > MOST_EXTENSIONS:
            raise IndexError
        label = self._byte()
        begin = self.position
        self._skip_blocks()
        if label == CONTROL_LABEL and self.data[begin] >= 4:
            flags = self.data[begin + 1]
            transparent = self.data[begin + 4] if flags & 1 else None
            disposal = flags >> 2 & 7
            # 4 is a common slip for 3, which browsers forgive.
            disposal = RESTORE_PREVIOUS if disposal == RESTORE_PREVIOUS + 1 else disposal
            self.control = (self._u16(begin + 2) * 10, disposal, transparent)
        elif label == APPLICATION_LABEL and self.data[begin + 1 : begin + 12] == b"NETSCAPE2.0":
            block = begin + 12
            if self.data[block] >= 3 and self.data[block + 1] == 1:
                self.loops = self._u16(block + 2)

    def _frame(self) -> None:
        start = self.position
        left, top, width, height = (self._u16(start + 2 * i) for i in range(4))
        flags = self.data[start + 8]
        self.position += 9
        palette = self._palette(flags) or self.palette
        code_size = self._byte()
        begin = self.position
        self._skip_blocks()
        delay_ms, disposal, transparent = self.control
        self.control = (0, 0, None)
        self.frames.append(
            GifFrame(
                left=left,
                top=top,
                width=width,
                height=height,
                delay_ms=delay_ms,
                disposal=disposal,
                transparent=transparent,
                interlaced=bool(flags & 0x40),
                palette=palette,
                code_size=code_size,
                begin=begin,
                end=self.position,
            )
        )

    def _palette(self, flags: int) -> tuple[int, int] | None:
        if not flags & 0x80:
            return None
        begin = self.position
        self.position += 3 << ((flags & 7) + 1)
        return begin, self.position

    def _skip_blocks(self) -> None:
        data, position = self.data, self.position
        while size := data[position]:
            position += size + 1
        self.position = position + 1

    def _byte(self) -> int:
        self.position += 1
        return self.data[self.position - 1]

    def _u16(self, offset: int) -> int:
        return self.data[offset] | self.data[offset + 1] << 8


def read_gif(
    info: MediaInfo, wanted: Collection[int], background: tuple[int, int, int]
) -> Iterator[tuple[int, np.ndarray]]:
    """Yield ``(index, frame_HWC)`` for the wanted frames in order; see ``read_frames``.

    Raises:
        DamagedFrame: A frame on the way cannot be decompressed.
    """
    layout = info.layout
    assert isinstance(layout, GifLayout)  # noqa: S101 - what probe_gif put there
    wanted = set(wanted)
    frames = layout.frames[: max(wanted, default=-1) + 1]
    to_draw = frames_to_draw(frames, wanted, info.width, info.height)
    blank = np.array([*background, 255], np.uint8)
    canvas = np.empty((info.height, info.width, 4), np.uint8)
    canvas[:] = blank
    with info.path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        for index, frame in enumerate(frames):
            region = canvas[frame.top : frame.top + frame.height, frame.left :][:, : frame.width]
            before = region.copy() if frame.disposal == RESTORE_PREVIOUS else None
            if index in to_draw:
                _draw(region, frame, data, index)
            if index in wanted:
                yield index, cv2.cvtColor(canvas, cv2.COLOR_RGBA2RGB)
            if frame.disposal == RESTORE_BACKGROUND:
                region[:] = blank
            elif before is not None:
                region[:] = before


def frames_to_draw(
    frames: Sequence[GifFrame], wanted: Collection[int], width: int, height: int
) -> set[int]:
    """Return the frames whose pixels show in a wanted one, so that no other is decompressed.

    Seen back from a wanted frame: one that was cleared or gave way has left nothing of its own,
    and before one that cleared or covered the whole canvas nothing can be seen.
    """
    to_draw: set[int] = set()
    for target in sorted(wanted):
        for index in range(target, -1, -1):
            frame = frames[index]
            stays = index == target or frame.disposal not in (RESTORE_BACKGROUND, RESTORE_PREVIOUS)
            if stays and index in to_draw:
                break  # what shows beneath it was found before
            if stays:
                to_draw.add(index)
            hides = frame.transparent is None if stays else frame.disposal == RESTORE_BACKGROUND
            full = frame.left + frame.top == 0 and frame.width >= width and frame.height >= height
            if hides and full:
                break
    return to_draw


def _draw(region: np.ndarray, frame: GifFrame, data: Bytes, index: int) -> None:
    """Draw a frame onto its part of the canvas; what lies outside the canvas is cut away."""
    if frame.width == 0 or frame.height == 0:
        return
    picture = decompress(frame, data, index)
    height, width = region.shape[:2]
    if height == 0 or width == 0:
        return
    # Four bytes at a time: three times as fast as each channel, and as Pillow's own conversion.
    indices_HW = np.asarray(picture)[:height, :width]
    palette = data[slice(*frame.palette)] if frame.palette else b""
    colours_HW = cv2.LUT(indices_HW, _colours(palette))
    seen_HW = region.view(np.int32)[..., 0]
    if frame.transparent is None:
        seen_HW[:] = colours_HW
    else:
        np.copyto(seen_HW, colours_HW, where=indices_HW != frame.transparent)


def _colours(palette: bytes) -> np.ndarray:
    """Return a palette's colours as RGBA in an int32 each; those that it lacks are black."""
    colours = np.zeros((256, 4), np.uint8)
    stated = np.frombuffer(palette, np.uint8).reshape(-1, 3)
    colours[: len(stated), :3] = stated
    colours[:, 3] = 255
    return colours.view(np.int32)


def decompress(frame: GifFrame, data: Bytes, index: int) -> Image.Image:
    """Return a frame's own pixels, as places in its palette.

    Raises:
        DamagedFrame: It cannot be decompressed; the error carries ``index``.
    """
    if not 1 <= frame.code_size <= MAX_CODE_SIZE:
        raise DamagedFrame(index)
    size = (frame.width, frame.height)
    arguments = (frame.code_size, int(frame.interlaced), -1)
    try:
        return Image.frombytes("P", size, data[frame.begin : frame.end], "gif", arguments)
    except (ValueError, OSError) as error:
        raise DamagedFrame(index) from error
