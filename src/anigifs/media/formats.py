"""What a file is: its first bytes decide, never its name."""

import stat
from enum import StrEnum
from pathlib import Path

from anigifs.foundation import MediaError


class Format(StrEnum):
    """The formats that can be read."""

    GIF = "gif"
    WEBP = "webp"
    PNG = "png"
    MP4 = "mp4"
    MATROSKA = "matroska"
    AVI = "avi"


# What people really find under the name `.gif`, so that the error can say so.
_FOREIGN = {
    b"\xff\xd8\xff": "a JPEG picture, which does not move",
    b"BM": "a BMP picture, which does not move",
    b"%PDF": "a PDF document",
    b"PK\x03\x04": "a ZIP archive",
    b"\x1f\x8b": "a gzip archive",
    b"OggS": "an Ogg file, which is not among the formats read",
    b"FLV": "a Flash video, which is not among the formats read",
}
HEAD_BYTES = 512


def sniff(path: Path | str) -> Format:
    """Return the format of a file from its first bytes.

    Raises:
        MediaError: The file is missing, a folder, empty, unreadable, or of no known format.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "dance.mp4"
        >>> _ = path.write_bytes(b"GIF89a" + bytes(7))
        >>> sniff(path)
        <Format.GIF: 'gif'>
    """
    path = Path(path)
    try:
        # Before it is opened: opening a pipe would wait for somebody to write into it.
        if not stat.S_ISREG(mode := path.stat().st_mode):
            kind = "a pipe or device"
            if stat.S_ISDIR(mode):
                kind = "a folder"
                next(path.iterdir(), None)  # says so where it is shut
            raise MediaError(f"{path}: {kind}, not a file")
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except FileNotFoundError:
        raise MediaError(f"{path}: no such file") from None
    except OSError as error:
        raise MediaError(f"{path}: cannot be opened ({error.strerror})") from None
    if not head:
        raise MediaError(f"{path}: the file is empty")
    found = format_of(head)
    if found is None:
        raise MediaError(f"{path}: {_foreign(head)}, not an animation or a video")
    return found


def format_of(head: bytes) -> Format | None:
    """Return the format that a file's first bytes announce, or None."""
    if head[:6] in (b"GIF87a", b"GIF89a"):
        return Format.GIF
    if head[:4] == b"RIFF":
        return {b"WEBP": Format.WEBP, b"AVI ": Format.AVI}.get(head[8:12])
    if head[:8] == b"\x89PNG\r\n\x1a\n":
        return Format.PNG
    # QuickTime files from before `ftyp` existed open with one of these boxes.
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide"):
        return Format.MP4
    if head[:4] == b"\x1aE\xdf\xa3":
        return Format.MATROSKA
    return None


def _foreign(head: bytes) -> str:
    for magic, description in _FOREIGN.items():
        if head.startswith(magic):
            return description
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<!doctype html", b"<html", b"<head")):
        return "an HTML page (perhaps a download that was refused)"
    if b"\0" not in head and _is_text(head):
        return "a text file"
    return "of no known format"


def _is_text(head: bytes) -> bool:
    try:
        head.decode()
    except UnicodeDecodeError as error:
        return error.start > len(head) - 4  # only the last character was cut
    return True
