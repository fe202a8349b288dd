"""WebP: a walk over its chunks; libwebp composes its frames, through Pillow.

Source: the WebP container specification (Google).
"""

import io
import struct
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from anigifs.foundation import MediaError
from anigifs.media.formats import Format
from anigifs.media.info import Budget, DamagedFrame, MediaInfo, describe_image

_CANNOT_DECODE = (OSError, EOFError, SyntaxError, ValueError, Image.DecompressionBombError)


@dataclass(frozen=True)
class WebpLayout:
    """What a walk over a WebP file finds; frames that the file holds whole only."""

    width: int
    height: int
    delays_ms: tuple[int, ...]
    loops: int | None
    truncated: bool
    whole_bytes: int  # where the last whole chunk ends


def probe_webp(path: Path, budget: Budget) -> MediaInfo:
    """Describe a WebP file without decompressing anything.

    Raises:
        MediaError: It holds no whole frame, or asks for more than the budget.
    """
    budget.check_file(path)
    try:
        layout = walk_webp(path.read_bytes())
    except (struct.error, IndexError):
        raise MediaError(f"{path}: a WebP file that ends within its header") from None
    budget.check(path, layout.width, layout.height, len(layout.delays_ms))
    return describe_image(path, Format.WEBP, layout, layout.delays_ms)


def walk_webp(data: bytes) -> WebpLayout:
    """Walk over a WebP file: the canvas, which its first chunk states, and each frame's delay."""
    stated_end = 8 + struct.unpack_from("<I", data, 4)[0]
    size, loops = _size(data), None
    delays: list[int] = []
    position = whole = 12
    while position + 8 <= min(stated_end, len(data)):
        name, length = struct.unpack_from("<4sI", data, position)
        body = position + 8
        if body + length > len(data):
            break
        if name == b"ANIM":
            loops = struct.unpack_from("<H", data, body + 4)[0]
        elif name == b"ANMF":
            delays.append(_u24(data, body + 12))
        elif name in (b"VP8 ", b"VP8L"):
            delays.append(0)
        position = whole = body + length + length % 2
    return WebpLayout(*size, tuple(delays), loops, whole < stated_end, min(whole, len(data)))


def read_webp(
    info: MediaInfo, wanted: Collection[int], background: tuple[int, int, int]
) -> Iterator[tuple[int, np.ndarray]]:
    """Yield ``(index, frame_HWC)`` for the wanted frames in order; see ``read_frames``.

    Raises:
        DamagedFrame: A frame on the way cannot be decompressed.
    """
    layout = info.layout
    assert isinstance(layout, WebpLayout)  # noqa: S101 - what probe_webp put there
    paper = Image.new("RGBA", (info.width, info.height), (*background, 255))
    index = 0
    try:
        with Image.open(_source(info, layout), formats=("WEBP",)) as picture:
            for index in sorted(wanted):
                picture.seek(index)
                frame = Image.alpha_composite(paper, picture.convert("RGBA"))
                yield index, np.asarray(frame.convert("RGB"))
    except _CANNOT_DECODE as error:
        raise DamagedFrame(index) from error


def _source(info: MediaInfo, layout: WebpLayout) -> io.BytesIO:
    """Return the file's bytes; a file that was cut is closed after its last whole chunk.

    Raises:
        ValueError: libwebp would make another canvas than the one that was checked.
    """
    data = info.path.read_bytes()
    if layout.truncated:
        data = data[: layout.whole_bytes]
        data = data[:4] + struct.pack("<I", len(data) - 8) + data[8:]
    for offset in _places(data, b"VP8X"):
        if offset != 12:
            raise ValueError("a canvas stated twice")
    return io.BytesIO(data)


def _places(data: bytes, name: bytes) -> Iterator[int]:
    """Yield where the chunks of a name begin."""
    position = 12
    while position + 8 <= len(data):
        found, length = struct.unpack_from("<4sI", data, position)
        if found == name:
            yield position
        position += 8 + length + length % 2


def _size(data: bytes) -> tuple[int, int]:
    name, body = data[12:16], 20
    if name == b"VP8X":
        return 1 + _u24(data, body + 4), 1 + _u24(data, body + 7)
    if name == b"VP8L":
        bits = struct.unpack_from("<I", data, body + 1)[0]
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    width, height = struct.unpack_from("<HH", data, body + 6)
    return width & 0x3FFF, height & 0x3FFF


def _u24(data: bytes, offset: int) -> int:
    return int.from_bytes(data[offset : offset + 3], "little")
