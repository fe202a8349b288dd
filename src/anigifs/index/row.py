"""The row: what is known of one clip."""

import hashlib
from dataclasses import dataclass
from typing import Literal

from anigifs.foundation import UsageError

State = Literal["listed", "probed", "decoded", "error"]
STATES: tuple[State, ...] = ("listed", "probed", "decoded", "error")


@dataclass(frozen=True, slots=True)
class Box:
    """Where a person does something at one instant.

    Attributes:
        t_ms: The instant, in milliseconds from the beginning of the file.
        x1: Left edge, in 0..1 of the full frame's width.
        y1: Upper edge, in 0..1 of its height.
        x2: Right edge, beyond ``x1``.
        y2: Lower edge, beyond ``y1``.
        action: What the person does, in the words of the annotation.
        person: Who it is, where the annotation tells people apart; else "".

    Raises:
        UsageError: The box is empty or leaves the frame.
    """

    t_ms: int
    x1: float
    y1: float
    x2: float
    y2: float
    action: str = ""
    person: str = ""

    def __post_init__(self) -> None:
        if not (0 <= self.x1 < self.x2 <= 1 and 0 <= self.y1 < self.y2 <= 1):
            edges = f"x {self.x1} to {self.x2}, y {self.y1} to {self.y2}"
            raise UsageError(f"a box of {edges}: its edges must rise within 0..1 of the frame")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One clip: where it lies, what it shows, and what is known of its file.

    Attributes:
        clip_id: The clip's name, from :func:`clip_id`. It is made from the dataset's key - in a
            folder or a table, the file's relative path - while the row is only listed, and from
            the file's hash once it has been checked.
        path: The file, relative to the folder of the index; None where there is none yet.
        sha256: Hash of the file's bytes, once they have been read.
        start_ms: Where the clip begins in the file.
        end_ms: Where it ends; None is the end of the file, and so is a time beyond it.
        label: A class in the taxonomy of the index.
        domain: Such as ``video``, ``video-gif`` or ``animated-gif``.
        style: A kind within the domain.
        split: Such as ``train``, ``val`` or ``test``.
        group: What must not be separated: clips of one source video, motion or duplicate cluster.
        width: Of the file's canvas, in pixels.
        height: Of the file's canvas, in pixels.
        frames: Whole frames of the file, whatever part of it the clip is.
        duration_ms: How long the file plays, to the millisecond.
        boxes: Who does what and where.
        licence: What the clip may be used for.
        source: Where it comes from.
        state: ``listed``, ``probed`` (its container was walked over), ``decoded`` (every frame
            was), or ``error``.
        error: What is wrong, in one line; None in any other state.

    Raises:
        UsageError: The clip ends before it begins.

    Example:
        >>> row = Row(clip_id=clip_id("yoga/a.gif"), path="yoga/a.gif", label="yoga", group="a")
        >>> row.state, row.end_ms
        ('listed', None)
    """

    clip_id: str
    path: str | None = None
    sha256: str | None = None
    start_ms: int = 0
    end_ms: int | None = None
    label: str
    domain: str = ""
    style: str = ""
    split: str = ""
    group: str
    width: int | None = None
    height: int | None = None
    frames: int | None = None
    duration_ms: int | None = None
    boxes: tuple[Box, ...] = ()
    licence: str = ""
    source: str = ""
    state: State = "listed"
    error: str | None = None

    def __post_init__(self) -> None:
        if self.start_ms < 0 or (self.end_ms is not None and self.end_ms <= self.start_ms):
            window = f"from {self.start_ms} ms to {self.end_ms or 'its end'}"
            raise UsageError(f"a clip {window}: it must begin at 0 or later and end after that")


def clip_id(key: str, start_ms: int = 0, end_ms: int | None = None) -> str:
    """Return the name of a clip: a hash of what file it is in, and where.

    Args:
        key: The SHA-256 of the file; where it has not been read, the dataset's own key for it.
        start_ms: Where the clip begins.
        end_ms: Where it ends; None is the end of the file.

    Example:
        >>> clip_id("yoga/a.gif")[:12], clip_id("yoga/a.gif", 0, 2000)[:12]
        ('5e14a5707bd2', '5f47986fde63')
    """
    # The key comes last: it may hold anything, a separator too.
    window = f"{start_ms}:{'' if end_ms is None else end_ms}:"
    return hashlib.sha256(f"{window}{key}".encode()).hexdigest()
