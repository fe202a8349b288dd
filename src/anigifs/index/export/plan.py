"""Which rows can be exported, and where each of them goes."""

import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from anigifs.foundation import MediaError, UsageError
from anigifs.index.row import Row
from anigifs.index.table import Index
from anigifs.media import Format, sniff

#: The folder of rows without a split; loaders call what is in no split ``train``.
NO_SPLIT = "data"
IMAGES = frozenset({Format.GIF, Format.WEBP, Format.PNG})
ENDINGS = {
    Format.GIF: ".gif",
    Format.WEBP: ".webp",
    Format.PNG: ".png",
    Format.MP4: ".mp4",
    Format.MATROSKA: ".mkv",
    Format.AVI: ".avi",
}

IN_ERROR = "in error"
NO_FILE = "listed without a file"
UNCHECKED = "not checked yet; run `anigifs index check`"
PART = "a part of its file; make a GIF of it by `anigifs gifify`"
REPEATED = "the same clip as another row"
SPLITLESS = "of no split, where others are of one; choose with --split"
VIDEO = "a video, which ImageFolder does not take"
GONE = "its file cannot be opened"
CHANGED = "its file is not the one that was indexed; check the index anew"


@dataclass(frozen=True)
class Item:
    """A row to export.

    Attributes:
        row: The row.
        source: Its file.
        format: What its file is.
        split: The folder, or the shards, that it goes to.
    """

    row: Row
    source: Path
    format: Format
    split: str

    @property
    def key(self) -> str:
        """What its files are called, without their endings."""
        return self.row.clip_id


@dataclass(frozen=True)
class Plan:
    """What is to be exported.

    Attributes:
        items: By split, and within it by key, whatever the order of the rows.
        left_out: Rows that are not, by reason.
    """

    items: tuple[Item, ...]
    left_out: Counter[str]


def plan_export(index: Index, formats: Collection[Format]) -> Plan:
    """Choose the rows that can be exported: checked, whole files, each clip once.

    Args:
        index: The rows.
        formats: Of files that the layout takes.

    Raises:
        UsageError: Two splits would have one folder.
    """
    with_splits = any(split for split in index.table["split"].to_pylist())
    items: dict[str, Item] = {}
    left_out: Counter[str] = Counter()
    for row in index.rows():
        reason = _unfit(row, with_splits=with_splits)
        if reason is None and row.clip_id in items:
            reason = REPEATED
        if reason is None:
            found = _item(row, index.root / str(row.path), formats)
            if isinstance(found, Item):
                items[row.clip_id] = found
                continue
            reason = found
        left_out[reason] += 1
    check_names(items.values(), "split")
    ordered = sorted(items.values(), key=lambda item: (item.split, item.key))
    return Plan(tuple(ordered), left_out)


def check_names(items: Iterable[Item], what: Literal["label", "split"]) -> None:
    """Refuse labels, or splits, that would have one folder: loaders take the folder for either.

    Raises:
        UsageError: Two would.
    """
    by_folder: dict[str, str] = {}
    for name in sorted({getattr(item.row, what) for item in items}):
        other = by_folder.setdefault(plain(name), name)
        if other != name:
            raise UsageError(
                f"the {what}s {other!r} and {name!r} would have one folder, {plain(name)!r}; "
                "rename one of them in the index"
            )


def _unfit(row: Row, *, with_splits: bool) -> str | None:
    """Return why a row cannot be exported, as far as the row itself says it."""
    if row.state == "error":
        return IN_ERROR
    if row.path is None:
        return NO_FILE
    if row.state == "listed" or row.sha256 is None:
        return UNCHECKED
    if row.start_ms or (row.end_ms is not None and row.end_ms < (row.duration_ms or 0)):
        return PART
    return SPLITLESS if with_splits and not row.split else None


def _item(row: Row, source: Path, formats: Collection[Format]) -> Item | str:
    try:
        kind = sniff(source)
    except MediaError:
        return CHANGED if source.is_file() else GONE
    if kind not in formats:
        return VIDEO
    return Item(row, source, kind, plain(row.split) or NO_SPLIT)


def plain(name: str) -> str:
    r"""Return a name that can be part of a path everywhere, and of a loader's pattern.

    Example:
        >>> plain("bend/bow (at the waist)"), plain("val"), plain("..")
        ('bend_bow (at the waist)', 'val', '')
    """
    return re.sub(r"[^\w ()'+.-]", "_", name).strip(" .")
