"""Look at one file: what it is, and whether all of it can be decoded."""

import stat
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from anigifs.foundation import MediaError, sha256_of
from anigifs.foundation.errors import one_line, said_of, without_path
from anigifs.media import DamagedFrame, MediaInfo, probe, read_frames

Level = Literal["probe", "decode"]
LEVELS: tuple[Level, ...] = ("probe", "decode")

#: Of a file: size in bytes and time of change in nanoseconds. Equal stamps are taken for equal
#: files.
Stamp = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Look:
    """What was found out of one file.

    Attributes:
        path: As the index has it.
        level: How closely it was looked at.
        stamp: The file's when it was looked at; None where another look may find something else
            in the same file (it could not be opened, or the program failed).
        sha256: Hash of its bytes.
        width: Of its canvas, in pixels.
        height: Of its canvas, in pixels.
        frames: Whole frames; after ``decode``, those that can be decoded.
        duration_ms: How long these play, to the millisecond.
        warnings: What is amiss although it can be used, such as a cut-off end.
        error: Why it cannot be used, in one line without its path.
    """

    path: str
    level: Level
    stamp: Stamp | None = None
    sha256: str | None = None
    width: int | None = None
    height: int | None = None
    frames: int | None = None
    duration_ms: int | None = None
    warnings: tuple[str, ...] = ()
    error: str | None = None

    def record(self) -> dict[str, Any]:
        """Return what :meth:`from_record` makes this of again, as JSON can hold it."""
        return asdict(self)

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> "Look":
        """Return the look that a record holds; an error of Python's if it holds none."""
        stamp = record["stamp"]
        size_and_time = None if stamp is None else (int(stamp[0]), int(stamp[1]))
        return cls(**{**record, "stamp": size_and_time, "warnings": tuple(record["warnings"])})


def look(root: Path, path: str, level: Level) -> Look:
    """Look at a file; whatever is wrong with it is in the answer.

    The stamp is taken before the bytes are read, so that a file that changes meanwhile is looked
    at again the next time.

    Args:
        root: The folder that ``path`` is relative to.
        path: The file's.
        level: ``probe`` walks over the container; ``decode`` decodes every frame as well, holding
            one at a time.
    """
    file = root / path
    try:
        stamp = stamp_of(file)
        sha256 = sha256_of(file)
    except FileNotFoundError:
        return Look(path, level, error="no such file")
    except IsADirectoryError:
        return Look(path, level, error="a folder, where a file was expected")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        return Look(path, level, error=f"cannot be opened ({reason})")
    try:
        info = probe(file)
        if level == "decode":
            info = _decoded(info)
    except MediaError as error:
        return Look(path, level, stamp, sha256, error=without_path(error, file))
    except Exception as error:  # one file must not end the work on all others
        return Look(path, level, None, sha256, error=one_line(said_of(error)))
    duration_ms = round(info.duration_ms)
    return Look(
        path, level, stamp, sha256, info.width, info.height, info.frames, duration_ms, info.warnings
    )


def stamp_of(file: Path) -> Stamp:
    """Return a regular file's stamp.

    Raises:
        OSError: It cannot be found, or is no regular file; a pipe would never end.
    """
    status = file.stat()
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(str(file))
    if not stat.S_ISREG(status.st_mode):
        raise OSError(0, "not a regular file")
    return status.st_size, status.st_mtime_ns


def _decoded(info: MediaInfo) -> MediaInfo:
    """Decode every frame, and return the description with what only that could tell."""
    remarks: list[str] = []
    try:
        for _ in read_frames(info, remarks=remarks):
            pass
    except DamagedFrame as damage:
        if damage.index == 0:
            raise MediaError(f"{info.path}: its first frame is damaged") from None
        info = info.first(damage.index)
    for remark in remarks:
        info = info.with_warning(remark)
    return info
