"""The index of a release: what trains and tests reads, with its splits."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from anigifs.curate.release.accepting import clip_path
from anigifs.curate.release.released import ReleasedItem
from anigifs.curate.release.settings import DOMAIN, ReleaseSettings
from anigifs.index import Index, Row, split

INDEX = "index.parquet"


def index_of(items: Iterable[ReleasedItem], settings: ReleaseSettings, root: Path) -> Index:
    """Return the index of items, divided into splits that no family crosses, by clip id.

    Every row is ``decoded``, since its file was when it was screened, and has the path that its
    file has once it is there. So the index is the same, and has the same identity, before and
    after the release is materialised; until then, what reads it counts the files that are missing
    and leaves them out.

    Args:
        items: What was accepted.
        settings: Say which splits.
        root: The release's folder.
    """
    rows = sorted(map(_row, items), key=lambda row: row.clip_id)
    index = Index.from_rows(rows, settings.taxonomy, root)
    return split(index, dict(sorted(settings.splits.items())), settings.seed)


def with_splits(items: Sequence[ReleasedItem], index: Index) -> list[ReleasedItem]:
    """Return the items, each in the split that it has in the index, by clip id."""
    columns = (index.table[name].to_pylist() for name in ("clip_id", "split"))
    splits = dict(zip(*columns, strict=True))
    placed = (replace(item, split=splits[item.clip_id]) for item in items)
    return sorted(placed, key=lambda item: item.clip_id)


def _row(item: ReleasedItem) -> Row:
    return Row(
        clip_id=item.clip_id,
        path=clip_path(item.cluster, item.kind),
        sha256=item.cluster,
        label=item.label,
        domain=DOMAIN,
        style=item.style,
        group=item.family,
        width=item.width,
        height=item.height,
        frames=item.frames,
        duration_ms=item.duration_ms,
        licence=item.licence,
        source=item.urls[0] if item.urls else item.page_url,
        state="decoded",
    )
