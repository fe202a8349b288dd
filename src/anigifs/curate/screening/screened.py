"""What screening says of each stored file, and the table of it."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from anigifs.curate.tables import read_table, schema_of, write_table

#: The table's name in a collection's folder.
SCREENED = "screened.parquet"
_NAME = "screened 1"
#: Why a file is rejected without anybody having looked at it.
REASONS = {
    "not-media": "no picture that moves, whatever it is named",
    "broken": "cannot be decoded, not even its first frame",
    "still": "fewer than two frames that look different",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Screened:
    """One stored file, as far as a program can judge it.

    Scores order the queue of those who judge; only ``reason`` rejects.

    Attributes:
        sha256: Of its bytes.
        kind: Its container, such as ``gif``.
        bytes: Its size.
        width: Of its canvas, in pixels.
        height: Of its canvas, in pixels.
        frames: Those that can be decoded.
        duration_ms: How long these play.
        complete: Whether its end is there.
        distinct: Frames that look different from the one before, and the first.
        motion: Mean absolute difference of frames that follow each other, 0..1.
        slideshow: Share of the changes that are hard cuts between stills, 0..1.
        animated: Probability that it is drawn and not filmed, 0..1.
        overlay: Share of the picture that is a logo, a caption or a bar, 0..1.
        ai_hint: What its metadata says of having been generated; empty where it says nothing.
        nsfw: Probability that it is not safe for work, 0..1; None where nobody has looked.
        reason: A key of :data:`REASONS`; empty where it is not rejected.
        detail: The reason in words.
        warnings: What is amiss although it can be used.
    """

    sha256: str
    kind: str
    bytes: int
    width: int = 0
    height: int = 0
    frames: int = 0
    duration_ms: int = 0
    complete: bool = False
    distinct: int = 0
    motion: float = 0.0
    slideshow: float = 0.0
    animated: float = 0.5
    overlay: float = 0.0
    ai_hint: str = ""
    nsfw: float | None = None
    reason: str = ""
    detail: str = ""
    warnings: tuple[str, ...] = ()


SCHEMA = schema_of(Screened)


def write_screened(path: Path | str, rows: Iterable[Screened]) -> int:
    """Write the table, sorted by sha256, and return how many rows it has."""
    ordered = sorted(rows, key=lambda one: one.sha256)
    return write_table(path, _NAME, SCHEMA, map(asdict, ordered))


def read_screened(folder: Path | str) -> dict[str, Screened]:
    """Return what was said of each file of a collection, by its sha256.

    Raises:
        UsageError: The collection has not been screened.
    """
    path = Path(folder) / SCREENED
    rows = read_table(path, _NAME, f"anigifs screen {folder}")
    return {row["sha256"]: Screened(**{**row, "warnings": tuple(row["warnings"])}) for row in rows}
