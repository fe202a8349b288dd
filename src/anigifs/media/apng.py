"""APNG: a walk over its chunks, and its frames composed as the specification says.

Pillow decompresses; it is not asked to compose, because it clears and blends wrongly where frames
give way to what was there before, are cleared in a palette, or are half transparent.

Source: Portable Network Graphics (PNG) Specification, third edition (W3C), sections 11.3.6 and 13.
"""

import io
import struct
import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from anigifs.foundation import MediaError
from anigifs.media.formats import Format
from anigifs.media.info import Budget, DamagedFrame, MediaInfo, describe_image

SIGNATURE = b"\x89PNG\r\n\x1a\n"
CLEAR, GIVE_WAY = 1, 2  # what becomes of a frame when its time is over; 0 leaves it
OVER = 1  # blend with what is there; 0 replaces it
_CANNOT_DECODE = (OSError, SyntaxError, ValueError, Image.DecompressionBombError)


@dataclass(frozen=True)
class PngFrame:
    """One frame as the file states it; its compressed pixels are the ``parts`` of the file."""

    left: int
    top: int
    width: int
    height: int
    delay_ms: int
    disposal: int
    blend: int
    parts: tuple[slice, ...]


@dataclass(frozen=True)
class PngLayout:
    """What a walk over a PNG file finds; frames that the file holds whole only."""

    width: int
    height: int
    kind: bytes  # the rest of IHDR: depth, colour type and methods
    shared: bytes  # the palette and what is transparent in it, as chunks
    frames: tuple[PngFrame, ...]
    loops: int | None
    truncated: bool


def probe_png(path: Path, budget: Budget) -> MediaInfo:
    """Describe a PNG file, animated or not, without decompressing anything.

    Raises:
        MediaError: It holds no whole frame, or asks for more than the budget.
    """
    budget.check_file(path)
    try:
        layout = walk_png(path.read_bytes())
    except (struct.error, ValueError):
        raise MediaError(f"{path}: a PNG file that is damaged within its header") from None
    drawn_px = sum(frame.width * frame.height for frame in layout.frames)
    budget.check(path, layout.width, layout.height, len(layout.frames), drawn_px)
    raw_delays_ms = tuple(frame.delay_ms for frame in layout.frames)
    return describe_image(path, Format.PNG, layout, raw_delays_ms)


def walk_png(data: bytes) -> PngLayout:
    """Walk over the chunks of a PNG file; a still picture is one frame.

    Raises:
        struct.error: The file ends within its header.
        ValueError: It does not begin with a header.
    """
    if data[8:16] != b"\0\0\0\rIHDR":
        raise ValueError
    width, height, kind = struct.unpack_from(">II5s", data, 16)
    shared: dict[bytes, bytes] = {}
    loops, ended = None, False
    control: tuple[int, ...] | None = None
    still: list[slice] = []
    frames: list[PngFrame] = []
    parts: list[slice] = []
    for name, body in _chunks(data):
        if name in (b"PLTE", b"tRNS"):  # of which a file has one each
            shared.setdefault(name, data[body.start - 8 : body.stop + 4])
        elif name == b"acTL":
            loops = struct.unpack_from(">I", data, body.start + 4)[0]
        elif name in (b"fcTL", b"IEND"):
            frames += _frame(control, parts, width, height)
            parts = []
            control = (
                struct.unpack_from(">IIIIHHBB", data, body.start + 4) if name[0] == 102 else None
            )
            ended = name == b"IEND"
        elif name == b"IDAT":
            still.append(body)
            parts.append(body)
        elif name == b"fdAT":
            parts.append(slice(body.start + 4, body.stop))  # behind its sequence number
    if loops is None or not frames:
        whole = PngFrame(0, 0, width, height, 0, 0, 0, tuple(still))
        frames, loops = [whole] if still and ended else [], None
    return PngLayout(
        width, height, kind, b"".join(shared.values()), tuple(frames), loops, not ended
    )


def _chunks(data: bytes) -> Iterator[tuple[bytes, slice]]:
    """Yield the name and the body of each whole chunk, up to the end of the picture."""
    position, name = 8, b""
    while position + 12 <= len(data) and name != b"IEND":
        length, name = struct.unpack_from(">I4s", data, position)
        position += 12 + length
        if position > len(data):
            return
        yield name, slice(position - 4 - length, position - 4)


def _frame(
    control: tuple[int, ...] | None, parts: list[slice], width: int, height: int
) -> list[PngFrame]:
    """Return the frame that a control chunk and its data make; none where either is amiss."""
    if control is None or not parts:
        return []
    w, h, left, top, numerator, denominator, disposal, blend = control
    if not (0 < w <= width - left and 0 < h <= height - top):
        return []
    delay_ms = round(1000 * numerator / (denominator or 100))
    return [PngFrame(left, top, w, h, delay_ms, disposal, blend, tuple(parts))]


def read_png(
    info: MediaInfo, wanted: Collection[int], background: tuple[int, int, int]
) -> Iterator[tuple[int, np.ndarray]]:
    """Yield ``(index, frame_HWC)`` for the wanted frames in order; see ``read_frames``.

    Raises:
        DamagedFrame: A frame on the way cannot be decompressed.
    """
    layout = info.layout
    assert isinstance(layout, PngLayout)  # noqa: S101 - what probe_png put there
    data, wanted = info.path.read_bytes(), set(wanted)
    paper = Image.new("RGBA", (info.width, info.height), (*background, 255))
    canvas = Image.new("RGBA", (info.width, info.height))
    for index, frame in enumerate(layout.frames[: max(wanted, default=-1) + 1]):
        box = (frame.left, frame.top, frame.left + frame.width, frame.top + frame.height)
        before = canvas.crop(box)
        try:
            picture = _decompress(layout, frame, data)
        except _CANNOT_DECODE as error:
            raise DamagedFrame(index) from error
        canvas.paste(
            Image.alpha_composite(before, picture) if frame.blend == OVER else picture, box
        )
        if index in wanted:
            yield index, np.asarray(Image.alpha_composite(paper, canvas).convert("RGB"))
        if frame.disposal == CLEAR or (frame.disposal == GIVE_WAY and index == 0):
            canvas.paste((0, 0, 0, 0), box)
        elif frame.disposal == GIVE_WAY:
            canvas.paste(before, box)


def _decompress(layout: PngLayout, frame: PngFrame, data: bytes) -> Image.Image:
    """Return one frame as a picture of its own: a PNG file is made around its pixels."""
    header = struct.pack(">II", frame.width, frame.height) + layout.kind
    pixels = b"".join(data[part] for part in frame.parts)
    chunks = [chunk(b"IHDR", header), layout.shared, chunk(b"IDAT", pixels), chunk(b"IEND", b"")]
    with Image.open(io.BytesIO(SIGNATURE + b"".join(chunks)), formats=("PNG",)) as picture:
        if picture.mode.startswith("I"):  # 16 bits of grey, which Pillow would cut off at 255
            return Image.fromarray((np.asarray(picture) >> 8).astype(np.uint8)).convert("RGBA")
        return picture.convert("RGBA")


def chunk(name: bytes, body: bytes) -> bytes:
    """Return a chunk of a PNG file, with its length before it and its checksum behind."""
    checksum = zlib.crc32(name + body)
    return struct.pack(">I4s", len(body), name) + body + struct.pack(">I", checksum)
