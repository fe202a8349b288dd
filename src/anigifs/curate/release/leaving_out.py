"""What is left out of a release because its removal was asked for, and every trace of it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from anigifs.curate.candidate import BATCH_ROWS, CandidateHit
from anigifs.curate.release.removals import Kind, Removals
from anigifs.curate.screening.screened import Screened
from anigifs.curate.seeing.fingerprints import Fingerprint
from anigifs.curate.voting.items import Item
from anigifs.foundation import atomic_path


@dataclass(frozen=True)
class LeftOut:
    """What a list of removals takes out of a collection.

    Attributes:
        clusters: Names of those that are taken out whole.
        hits: For each hit, in the order of the candidates, whether it is.
        kinds: How many clusters each kind of request takes out.
    """

    clusters: frozenset[str]
    hits: tuple[bool, ...]
    kinds: Mapping[str, int]


def leave_out(
    removals: Removals,
    items: Sequence[Item],
    hits: Sequence[CandidateHit],
    ways: Sequence[tuple[str, ...]],
    fingerprints: Mapping[str, Fingerprint],
) -> LeftOut:
    """Return what is to be left out: whole clusters, and every hit that leads to one.

    A request meets a cluster by anything known of any of its files, the addresses on the way to
    them included. What was fetched through the address of a removed file goes with it; so does a
    hit that gave no file, but shares a page or an address with one that is removed.

    Args:
        removals: The requests.
        items: All clusters.
        hits: All candidates.
        ways: To each, the other addresses that stand in its row.
        fingerprints: Of files, by their sha256.
    """
    if not len(removals):
        return LeftOut(frozenset(), (False,) * len(hits), {})
    cluster_of = {file.sha256: item.cluster for item in items for file in item.files}
    rows = [
        _Row(hit, way, cluster_of.get(hit.sha256, hit.sha256))
        for hit, way in zip(hits, ways, strict=True)
    ]
    asked = [removals.hits(row.alone()) for row in rows]
    # What is removed, and the kind of the request that takes it out.
    kinds = {row.cluster: one.kind for row, one in zip(rows, asked, strict=True) if one}
    for item in items:
        # Of every file, since a cluster's members need not look alike in each frame.
        known = [found for file in item.files if (found := fingerprints.get(file.sha256))]
        if removal := removals.hits(item, *known):
            kinds.setdefault(item.cluster, removal.kind)
    kinds.pop("", None)  # of hits without a file
    _take_what_is_behind(rows, kinds)
    leading = {trace for row in rows if row.cluster in kinds for trace in row.traces()}
    gone = tuple(
        bool(one) or row.cluster in kinds or not (row.cluster or leading.isdisjoint(row.traces()))
        for row, one in zip(rows, asked, strict=True)
    )
    names = frozenset(item.cluster for item in items) & kinds.keys()
    return LeftOut(names, gone, dict(sorted(Counter(kinds[name] for name in names).items())))


@dataclass(frozen=True)
class _Row:
    """A hit with the other addresses in its row, and the cluster or else the file it led to."""

    hit: CandidateHit
    way: tuple[str, ...]
    cluster: str

    def traces(self) -> set[str]:
        """Return all addresses: of the file, on the way to it, and of the page that shows it."""
        return {self.hit.url, *self.way, self.hit.page_url} - {""}

    def alone(self) -> Item:
        """Return the hit as an item, so that requests can be asked of it."""
        hit = self.hit
        files = (Screened(sha256=hit.sha256, kind="", bytes=0),) if hit.sha256 else ()
        hits = (hit, *(replace(hit, url=url) for url in dict.fromkeys(self.way)))
        return Item(cluster=hit.sha256, family=hit.sha256, files=files, hits=hits)


def _take_what_is_behind(rows: Sequence[_Row], kinds: dict[str, Kind]) -> None:
    """Add what was fetched through the address of a removed file, until there is no more."""
    while True:
        removed = {row.hit.url: kinds[row.cluster] for row in rows if row.cluster in kinds}
        behind = {
            row.cluster: removed[address]
            for row in rows
            for address in row.way
            if row.cluster and row.cluster not in kinds and address in removed
        }
        if not behind:
            return
        kinds |= behind


def ways_of(candidates: Path) -> Iterator[tuple[str, ...]]:
    """Yield the other addresses in each row of a table of candidates, in its order.

    These are the file's in the provider's spelling, and where requests were sent on to.
    """
    with candidates.open("rb") as opened, pq.ParquetFile(opened) as file:
        for batch in file.iter_batches(BATCH_ROWS, columns=["media_url", "hops"]):
            for row in batch.to_pylist():
                yield (row["media_url"], *row["hops"])


def write_kept(candidates: Path, gone: Sequence[bool], path: Path) -> int:
    """Write a table of candidates anew without the rows that are gone, and return its rows."""
    start = kept = 0
    with (
        candidates.open("rb") as opened,
        pq.ParquetFile(opened) as file,
        atomic_path(path) as temporary,
        temporary.open("wb") as writing,
        pq.ParquetWriter(
            writing, file.schema_arrow, compression="zstd", write_page_checksum=True
        ) as writer,
    ):
        for batch in file.iter_batches(BATCH_ROWS):
            rows = batch.filter(pa.array(not one for one in gone[start : start + len(batch)]))
            writer.write_batch(rows)
            start, kept = start + len(batch), kept + len(rows)
    return kept
