"""Prepared clips on disk: shards of bytes, and beside each a journal of what lies where.

A process writes to shards of its own. The bytes of a clip are on disk before its line stands in the
journal, and nothing is ever written over. So a kill at any moment leaves at most some bytes at a
shard's end that no line speaks of; they are passed over, and later work goes to another shard.

A clip is: F delays (int64, little-endian); F palettes of 768 bytes (compact form only); F x H x W
pixels of 3 bytes (raw) or 1 (compact); zeros up to a multiple of 64 bytes.
"""

import itertools
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np

from anigifs.clips.compact import COLOURS
from anigifs.foundation import UsageError, append_record, read_records
from anigifs.foundation.errors import output_error
from anigifs.foundation.files import write_all

MOST_BYTES = 256 * 1024**2  # of a shard; a clip that is larger has one to itself
ALIGNMENT = 64
DELAY = np.dtype("<i8")
Form = Literal["raw", "compact"]


@dataclass(frozen=True, slots=True)
class Stored:
    """Where a clip lies in a shard, and what is known of it.

    Attributes:
        shard: The file's number.
        offset: Where the clip begins in it, in bytes.
        frames: F, how many frames are kept.
        form: ``raw`` or ``compact``.
        available: How many frames the clip had in its file.
        width: Of the file's canvas, in pixels.
        height: Of the file's canvas, in pixels.
        tick: Seconds in a unit of the delays.
    """

    shard: int
    offset: int
    frames: int
    form: Form
    available: int
    width: int
    height: int
    tick: Fraction

    def end(self, size: int) -> int:
        """Return where the clip's pixels end in the shard, in bytes."""
        return self.offset + stored_bytes(self.frames, size, self.form)


def stored_bytes(frames: int, size: int, form: Form = "raw") -> int:
    """Return how many bytes a clip of F frames of ``size`` x ``size`` takes, padding aside.

    Example:
        >>> stored_bytes(40, 224) / 40, stored_bytes(40, 224, "compact") / 40
        (150536.0, 50952.0)
    """
    pixels = size * size
    return frames * (DELAY.itemsize + (3 * pixels if form == "raw" else 3 * COLOURS + pixels))


def shard_path(folder: Path, number: int) -> Path:
    """Return the file of a shard; its journal has the same name with ``.jsonl``."""
    return folder / f"{number:06d}.bin"


class ShardWriter:
    """Appends clips to shards that no other process writes to, of this machine or another.

    Pickled, it begins anew: what comes out of the pickle claims a shard of its own when the first
    clip comes.

    Args:
        folder: Where the shards of one rule lie.
        most_bytes: When a shard has this size, the next one is begun.
    """

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self._folder = folder
        self._most_bytes = most_bytes
        self._descriptor: int | None = None
        self._path = folder
        self._offset = 0

    def append(self, clip_id: str, parts: Iterable[np.ndarray], facts: Mapping[str, Any]) -> None:
        """Write a clip and, once it is on disk, its line in the journal.

        Args:
            clip_id: The clip's name.
            parts: Its delays, palettes and pixels, in the order of the layout.
            facts: What else its line says.

        Raises:
            OutputError: The disk is full, or refuses for another reason; what was written of the
                clip is taken back.
        """
        data = b"".join(part.tobytes() for part in parts)
        data += bytes(-len(data) % ALIGNMENT)
        with self._refusal_said():
            descriptor = self._opened(len(data))
            write_all(descriptor, data)
            os.fsync(descriptor)
            append_record(self._journal, {"clip_id": clip_id, "offset": self._offset, **facts})
        self._offset += len(data)

    def note_error(self, clip_id: str, message: str) -> None:
        """Write into the journal why a clip could not be prepared."""
        with self._refusal_said():
            self._opened(0)
            append_record(self._journal, {"clip_id": clip_id, "error": message})

    def close(self) -> None:
        """Close the shard; a later clip begins another."""
        if self._descriptor is not None:
            os.close(self._descriptor)
        self._descriptor = None

    def __reduce__(self) -> tuple[type["ShardWriter"], tuple[Path, int]]:
        return ShardWriter, (self._folder, self._most_bytes)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def _journal(self) -> Path:
        return self._path.with_suffix(".jsonl")

    @contextmanager
    def _refusal_said(self) -> Iterator[None]:
        """Turn a refusal of the disk into one line, and leave the shard as it was before."""
        try:
            yield
        except (OSError, UsageError) as error:
            if self._descriptor is not None:
                with suppress(OSError):  # what no line speaks of is passed over
                    os.ftruncate(self._descriptor, self._offset)
            self.close()  # for good: the journal may speak of what was just cut off
            if isinstance(error, UsageError):
                raise
            raise output_error(self._path, error) from error

    def _opened(self, length: int) -> int:
        """Return the shard to write to: the one at hand, or a new one where that is full."""
        if self._offset and self._offset + length > self._most_bytes:
            self.close()
        if self._descriptor is None:
            self._descriptor, self._path = _create(self._folder)
            self._offset = 0
        return self._descriptor


def read_journals(folder: Path, size: int) -> tuple[dict[str, Stored], dict[str, str]]:
    """Return where each clip of a folder lies, and the errors of those that lie nowhere.

    A line that speaks of more bytes than its shard has is passed over.

    Args:
        folder: Where the shards of one rule lie; a missing one is empty.
        size: Height and width of the frames in it.
    """
    stored: dict[str, Stored] = {}
    errors: dict[str, str] = {}
    for journal in sorted(folder.glob("[0-9]*.jsonl")):
        shard = journal.with_suffix(".bin")
        held = shard.stat().st_size if shard.exists() else 0
        for line in read_records(journal):
            if "error" in line:
                errors[line["clip_id"]] = line["error"]
                continue
            clip = _stored(int(journal.stem), line)
            if clip.end(size) <= held:
                stored.setdefault(line["clip_id"], clip)
    return stored, {name: error for name, error in errors.items() if name not in stored}


def _stored(shard: int, line: Mapping[str, Any]) -> Stored:
    return Stored(
        shard=shard,
        offset=line["offset"],
        frames=line["frames"],
        form=line["form"],
        available=line["available"],
        width=line["width"],
        height=line["height"],
        tick=Fraction(line["tick"]),
    )


def _create(folder: Path) -> tuple[int, Path]:
    """Create the first shard whose number is free, and open it."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in itertools.count(len(list(folder.glob("*.bin")))):
        path = shard_path(folder, number)
        if path.with_suffix(".jsonl").exists():
            continue  # it speaks of a shard that somebody removed, and must not be believed of ours
        try:
            # Exclusive among the machines of a shared file system as well.
            return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), path
        except FileExistsError:
            continue  # another process was faster
    raise AssertionError("there are always more numbers")
