"""The items of a release: what each is, where it lies and what may be done with it."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from anigifs.curate.tables import read_table, schema_of, write_table

#: The table's name in a release's folder.
ITEMS = "items.parquet"
_NAME = "release items 1"
#: Of one frame; the class below calls something else ``bytes``.
Hash = bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedItem:
    """One item of a release: a cluster that was accepted, by the file that stands for it.

    Attributes:
        clip_id: As the index has it.
        cluster: The sha256 of the file that stands for the cluster.
        family: What no split parts, as in :class:`~anigifs.curate.copies.clustered.Clustered`.
        label: The class that was accepted.
        split: As the index has it.
        style: What those who judged called it; else empty.
        kind: Its container, such as ``gif``.
        bytes: Its size.
        width: Of its canvas, in pixels.
        height: Of its canvas, in pixels.
        frames: Those that can be decoded.
        duration_ms: How long these play.
        complete: Whether its end is there.
        path: Of its bytes in the release, relative to its folder; empty where only its addresses
            are given.
        urls: Where files of the cluster lie, those with just these bytes first.
        same_bytes: How many of ``urls`` had just these bytes.
        page_url: Of a page that shows it.
        licence: Such as ``CC BY 4.0``; empty where nothing is known.
        licence_url: Of its text.
        licence_evidence: Which field of which answer says so.
        creator: Whose work it is.
        attribution: The line that is to be shown.
        found_under: Class, style word and provider of each search that found it, each once.
        retrieved_at: When it was fetched, as ISO 8601 in UTC.
        x_robots_tag: What the server said of programs.
        tdm_reservation: Whether rights to mine it were reserved.
        files: The sha256 of all files of the cluster, its own first.
        hashes: The perceptual hashes of its frames, 32 bytes each.
        quality: Of each hash, 0..100.
        whole: How many of the hashes are of whole frames.
        accepts: How many people accepted it with this class.
        votes: How many people judged it.
        motion: As in :class:`~anigifs.curate.screening.screened.Screened`, like those that follow.
        slideshow: Likewise.
        animated: Likewise.
        overlay: Likewise.
        ai_hint: Likewise.
    """

    clip_id: str
    cluster: str
    family: str
    label: str
    split: str
    style: str
    kind: str
    bytes: int
    width: int
    height: int
    frames: int
    duration_ms: int
    complete: bool
    path: str
    urls: tuple[str, ...]
    same_bytes: int
    page_url: str
    licence: str
    licence_url: str
    licence_evidence: str
    creator: str
    attribution: str
    found_under: tuple[tuple[str, str, str], ...]
    retrieved_at: str
    x_robots_tag: str
    tdm_reservation: str
    files: tuple[str, ...]
    hashes: tuple[Hash, ...]
    quality: tuple[int, ...]
    whole: int
    accepts: int
    votes: int
    motion: float
    slideshow: float
    animated: float
    overlay: float
    ai_hint: str


SCHEMA = schema_of(ReleasedItem)


def write_items(path: Path | str, items: Iterable[ReleasedItem]) -> int:
    """Write the table, sorted by clip id, and return how many rows it has."""
    ordered = sorted(items, key=lambda one: one.clip_id)
    return write_table(path, _NAME, SCHEMA, map(asdict, ordered))


def read_released(folder: Path | str) -> list[ReleasedItem]:
    """Return the items of a release, by clip id.

    Raises:
        UsageError: The folder holds no release.
    """
    rows = read_table(Path(folder) / ITEMS, _NAME, f"anigifs release COLLECTION --out {folder}")
    return [ReleasedItem(**_values(row)) for row in rows]


def _values(row: dict[str, Any]) -> dict[str, Any]:
    return {name: _frozen(value) for name, value in row.items()}


def _frozen(value: Any) -> Any:  # noqa: ANN401 - what a table holds
    return tuple(map(_frozen, value)) if isinstance(value, list) else value
