"""The annotations of AVA and AVA-Kinetics: CSV without a header, one box and action a line."""

import csv
import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from anigifs.foundation import UsageError
from anigifs.index.readers.clip_names import YOUTUBE_ID

FIELDS = "video, seconds, x1, y1, x2, y2, action and, in AVA's part, person"
#: Where there are no persons, some copies write one of these instead of leaving the field out.
NOBODY = ("", "-1")
#: The fields of a line of the Kinetics part, and of one of AVA's own.
KINETICS_FIELDS, AVA_FIELDS = 7, 8

Edges = tuple[float, float, float, float]


class Mark(NamedTuple):
    """What a line says: at this instant of a video, a person does something here.

    Attributes:
        video: YouTube's id of the video.
        t_ms: The key frame, in milliseconds from the beginning of the whole video.
        edges: x1, y1, x2, y2 in 0..1 of the frame.
        action: AVA's id.
        person: Who it is; None in the Kinetics part, which does not say.
    """

    video: str
    t_ms: int
    edges: Edges
    action: int
    person: str | None


@dataclass
class LineCounts:
    """What became of the lines of annotations.

    Attributes:
        lines: All of them.
        short: Without a box or an action: a key frame at which nobody was marked.
        other: Of actions that were not asked for.
        no_box: Of those that were, with a box that is empty or leaves the frame.
    """

    lines: int = 0
    short: int = 0
    other: int = 0
    no_box: int = 0


def read_marks(path: Path, wanted: Collection[int], counts: LineCounts) -> Iterator[Mark]:
    """Yield the marks of the wanted actions in the order of the file.

    Args:
        path: The annotations, in UTF-8.
        wanted: AVA's ids of the actions.
        counts: Counts every line, the wanted ones by subtraction.

    Raises:
        UsageError: What is wrong and in which line; or no line has the fields of a mark.
    """
    if not path.is_file():
        raise UsageError(f"{path}: no such annotations; give AVA's CSV files")
    ids = {str(number): number for number in wanted}
    lines, short, first = 0, 0, ""
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        reader = csv.reader(file, strict=True)
        try:
            for cells in reader:
                if not cells:
                    continue
                lines += 1
                if len(cells) < KINETICS_FIELDS or not all(cells[2:KINETICS_FIELDS]):
                    short += 1
                    first = first or ",".join(cells)
                    continue
                where = f"{path}, line {reader.line_num}"
                action = _action(where, cells)
                if action not in ids:
                    counts.other += 1
                    continue
                edges = _edges(where, cells)
                if edges is None:
                    counts.no_box += 1
                    continue
                person = cells[7].strip() if len(cells) == AVA_FIELDS else ""
                yield Mark(
                    _video(where, cells[0].strip()),
                    _milliseconds(where, cells[1]),
                    edges,
                    ids[action],
                    None if person in NOBODY else person,
                )
        except csv.Error as error:
            raise UsageError(f"{path}, line {reader.line_num}: not CSV ({error})") from None
    counts.lines += lines
    counts.short += short
    if short == lines:
        shown = f", the first is {first!a}" if first else ""
        raise UsageError(f"{path}: none of its {lines:,} lines has the fields {FIELDS}{shown}")


def _action(where: str, cells: list[str]) -> str:
    if len(cells) > AVA_FIELDS:
        raise UsageError(f"{where}: {len(cells)} fields; a line has {FIELDS}")
    action = cells[6].strip()
    if not (action.isascii() and action.isdecimal()):
        raise UsageError(
            f"{where}: the action is {action!a}; give AVA's number of it, and no header"
        )
    return str(int(action))


def _video(where: str, video: str) -> str:
    if not YOUTUBE_ID.fullmatch(video):
        raise UsageError(f"{where}: the video is {video!a}; an id is 11 letters, digits, - and _")
    return video


def _milliseconds(where: str, text: str) -> int:
    seconds = _number(text)
    if not 0 <= seconds < 10**7:
        raise UsageError(f"{where}: the time is {text!a}; give seconds of the whole video")
    return round(1000 * seconds)


def _edges(where: str, cells: list[str]) -> Edges | None:
    x1, y1, x2, y2 = map(_number, cells[2:6])
    if any(map(math.isnan, (x1, y1, x2, y2))):
        raise UsageError(f"{where}: the box is {','.join(cells[2:6])!a}; give four numbers")
    return (x1, y1, x2, y2) if 0 <= x1 < x2 <= 1 and 0 <= y1 < y2 <= 1 else None


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan
