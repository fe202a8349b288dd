"""The lists of Kinetics: a CSV file with a header, one clip a line."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from anigifs.foundation import UsageError
from anigifs.index.labels import Labels
from anigifs.index.names import is_utf8
from anigifs.index.readers.clip_names import YOUTUBE_ID, ClipName
from anigifs.index.readers.split_names import split_named, split_of_file
from anigifs.taxonomy import class_list

HEADER = "label,youtube_id,time_start,time_end,split"
#: Each column's names in the releases and in what crawlers made of them.
COLUMNS = {
    "label": ("label", "label_name", "class", "class_name"),
    "youtube_id": ("youtube_id", "video_id", "id"),
    "time_start": ("time_start", "start_time", "start"),
    "time_end": ("time_end", "end_time", "end"),
    "split": ("split", "subset"),
}
RELEASES = ("kinetics-400", "kinetics-600", "kinetics-700")
NEEDED = ("youtube_id", "time_start", "time_end")
_SECONDS = re.compile(r"(\d{1,8})(?:\.0*)?")


class Listing(NamedTuple):
    """What a line of a list says.

    Attributes:
        name: The clip.
        label: Its class; "" where the list has none, as lists of test clips may.
        split: Such as ``train``, ``val`` or ``test``; "" where nothing says it.
    """

    name: ClipName
    label: str
    split: str


def read_kinetics_csv(path: Path, labels: Labels, split: str = "") -> Iterator[Listing]:
    """Yield what each line of a list says, in order.

    Columns may stand in any order and under any name of :data:`COLUMNS`; others, such as ``is_cc``,
    are passed over. What a line says is read strictly: a YouTube id is 11 signs, times are whole
    seconds, and the end lies beyond the start.

    Args:
        path: The list, in UTF-8.
        labels: Finds each label in its class list.
        split: Of clips for which the list has no split; by default the one that the file's name
            names.

    Raises:
        UsageError: What is wrong and in which line.
    """
    if not path.is_file():
        raise UsageError(f"{path}: no such list; give a CSV file with the header {HEADER}")
    split = split or split_of_file(path)
    splits: dict[str, str] = {}
    for where, cells in _lines(path):
        label, video, start, end, stated = cells
        if label and not is_utf8(label):
            raise UsageError(f"{where}: label is {label!a}, which is not valid UTF-8 text")
        if stated not in splits:
            splits[stated] = split_named(stated) or split
        name = _clip(where, video.strip(), start, end)
        yield Listing(name, _label(where, label, labels), splits[stated])


def _label(where: str, text: str, labels: Labels) -> str:
    if not text.strip():
        return ""
    try:
        return labels.find(text, where)
    except UsageError as error:
        releases = [name for name in RELEASES if text in class_list(name)]
        advice = f"; {' and '.join(releases)} has it: see --taxonomy" if releases else ""
        raise UsageError(f"{error}{advice}") from None


def _lines(path: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield where each line stands, and its cells in the order of :data:`COLUMNS`."""
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        reader = csv.reader(file, strict=True)
        try:
            header = next(reader, [])
            places = _places(f"{path}, line 1", header)
            width = len(header)
            for cells in reader:
                if not any(cells):
                    continue
                where = f"{path}, line {reader.line_num}"
                # A comma at the end of each line is a cell that says nothing.
                if len(cells) < width or any(cells[width:]):
                    raise UsageError(f"{where}: {len(cells)} cells under {width} columns")
                yield where, tuple("" if n is None else cells[n] for n in places)
        except csv.Error as error:
            raise UsageError(f"{path}, line {reader.line_num}: not CSV ({error})") from None


def _places(where: str, header: list[str]) -> list[int | None]:
    """Return the place of each column of :data:`COLUMNS`."""
    names = [re.sub(r"[\s-]+", "_", cell.strip().lower()) for cell in header]
    places: list[int | None] = []
    for column, spellings in COLUMNS.items():
        found = [place for place, name in enumerate(names) if name in spellings]
        if len(found) > 1:
            raise UsageError(f"{where}: {column} stands there twice; leave one out")
        if not found and column in NEEDED:
            raise UsageError(f"{where}: no column {column}; the header is such as {HEADER}")
        places.append(found[0] if found else None)
    return places


def _clip(where: str, video: str, start: str, end: str) -> ClipName:
    if not YOUTUBE_ID.fullmatch(video):
        raise UsageError(f"{where}: youtube_id is {video!a}; it has 11 letters, digits, - and _")
    name = ClipName(video, _seconds(where, "time_start", start), _seconds(where, "time_end", end))
    if name.start >= name.end:
        raise UsageError(f"{where}: the clip ends at {name.end} s, but begins at {name.start} s")
    return name


def _seconds(where: str, column: str, text: str) -> int:
    match = _SECONDS.fullmatch(text.strip())
    if match is None:
        raise UsageError(f"{where}: {column} is {text!a}; give whole seconds")
    return int(match[1])
