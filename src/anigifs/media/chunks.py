"""Animated WebP and APNG: a walk over their chunks, and their frames through Pillow.

Sources: the WebP container specification (Google) and the PNG specification, third edition, whose
section on animation was APNG's.
"""

import io
import struct
import warnings
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from anigifs.foundation import MediaError
from anigifs.media.formats import Format
from anigifs.media.info import Budget, DamagedFrame, MediaInfo, played_ms


@dataclass(frozen=True)
class ChunkLayout:
    """What a walk over chunks finds; frames that the file holds whole only."""

    width: int
    height: int
    delays_ms: tuple[int, ...]
    loops: int | None
    truncated: bool
    whole_bytes: int  # where the last whole chunk ends
    first_frame: int = 0  # Pillow's number of the animation's first frame


def probe_chunks(path: Path, budget: Budget, kind: Format) -> MediaInfo:
    """Describe a WebP or PNG file without decompressing anything.

    Raises:
        MediaError: It holds no whole frame, or asks for more than the budget.
    """
    budget.check_file(path)
    walk = walk_webp if kind is Format.WEBP else walk_png
    try:
        layout = walk(path.read_bytes())
    except (struct.error, IndexError):
        raise MediaError(f"{path}: a {kind.upper()} file that ends within its header") from None
    budget.check(path, layout.width, layout.height, len(layout.delays_ms))
    if not layout.delays_ms or layout.width * layout.height == 0:
        raise MediaError(f"{path}: a {kind.upper()} file without one whole frame")
    info = MediaInfo(
        path=path,
        format=kind,
        width=layout.width,
        height=layout.height,
        delays=tuple(map(played_ms, layout.delays_ms)),
        raw_delays_ms=layout.delays_ms,
        loops=layout.loops,
        layout=layout,
    )
    if layout.truncated:
        return info.with_warning(f"truncated: {info.frames} whole frames were used")
    return info


def walk_webp(data: bytes) -> ChunkLayout:
    """Walk over a WebP file: the canvas, and the delay of each frame."""
    size, loops = (0, 0), None
    delays: list[int] = []
    stated_end = min(8 + struct.unpack_from("<I", data, 4)[0], len(data))
    position, whole = 12, 12
    while position + 8 <= stated_end:
        name, length = struct.unpack_from("<4sI", data, position)
        body = position + 8
        if body + length > len(data):
            break
        if name == b"VP8X":
            size = (1 + _u24(data, body + 4), 1 + _u24(data, body + 7))
        elif name == b"ANIM":
            loops = struct.unpack_from("<H", data, body + 4)[0]
        elif name == b"ANMF":
            delays.append(_u24(data, body + 12))
        elif name in (b"VP8 ", b"VP8L"):
            size = _still_size(name, data, body) if size == (0, 0) else size
            delays.append(0)
        position = whole = body + length + length % 2
    truncated = whole < 8 + struct.unpack_from("<I", data, 4)[0]
    return ChunkLayout(*size, tuple(delays), loops, truncated, min(whole, len(data)))


def walk_png(data: bytes) -> ChunkLayout:
    """Walk over a PNG file: the canvas, and the delay of each frame; a still picture is one."""
    width, height = struct.unpack_from(">II", data, 16)
    loops: int | None = None
    delays: list[int] = []
    pending: int | None = None  # the delay of a frame whose data has not begun
    default_image = True
    position, ended = 8, False
    while position + 12 <= len(data) and not ended:
        length, name = struct.unpack_from(">I4s", data, position)
        body = position + 8
        if body + length + 4 > len(data):
            break
        if name == b"acTL":
            loops = struct.unpack_from(">I", data, body + 4)[0]
        elif name == b"fcTL":
            numerator, denominator = struct.unpack_from(">HH", data, body + 20)
            pending = round(1000 * numerator / (denominator or 100))
        elif name in (b"IDAT", b"fdAT") and pending is not None:
            default_image = default_image and name == b"fdAT"
            delays.append(pending)
            pending = None
        ended = name == b"IEND"
        position = body + length + 4
    if loops is None or not delays:
        # No animation: the picture itself is the one frame.
        return ChunkLayout(width, height, (0,), None, not ended, position)
    first = int(default_image)
    return ChunkLayout(width, height, tuple(delays), loops, not ended, position, first)


def read_chunks(
    info: MediaInfo, wanted: Collection[int], background: tuple[int, int, int]
) -> Iterator[tuple[int, np.ndarray]]:
    """Yield ``(index, frame_HWC)`` for the wanted frames in order; see ``read_frames``.

    Raises:
        DamagedFrame: A frame on the way cannot be decompressed.
    """
    layout = info.layout
    assert isinstance(layout, ChunkLayout)  # noqa: S101 - what probe_chunks put there
    paper = Image.new("RGBA", (info.width, info.height), (*background, 255))
    index = 0
    try:
        with warnings.catch_warnings(), Image.open(_source(info, layout)) as picture:
            warnings.simplefilter("ignore")  # Pillow's remarks on what the walk has judged
            for index in sorted(wanted):
                picture.seek(index + layout.first_frame)
                frame = Image.alpha_composite(paper, picture.convert("RGBA"))
                yield index, np.asarray(frame)[..., :3]
    except (OSError, EOFError, SyntaxError, ValueError) as error:
        raise DamagedFrame(index) from error


def _source(info: MediaInfo, layout: ChunkLayout) -> io.BytesIO:
    """Return the file's bytes; a WebP file that was cut is closed after its last whole chunk."""
    data = info.path.read_bytes()
    if info.format is Format.WEBP and layout.truncated:
        data = data[: layout.whole_bytes]
        data = data[:4] + struct.pack("<I", len(data) - 8) + data[8:]
    return io.BytesIO(data)


def _u24(data: bytes, offset: int) -> int:
    return int.from_bytes(data[offset : offset + 3], "little")


def _still_size(name: bytes, data: bytes, body: int) -> tuple[int, int]:
    if name == b"VP8L":
        bits = struct.unpack_from("<I", data, body + 1)[0]
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    width, height = struct.unpack_from("<HH", data, body + 6)
    return width & 0x3FFF, height & 0x3FFF
