"""What is left out of a release because its removal was asked for, and every trace of it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from anigifs.curate.candidate import BATCH_ROWS, CandidateHit
from anigifs.curate.release.removals import Removals
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
    them included.

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
    clusters: dict[str, str] = {}  # and the kind of the request that takes it out
    met = []
    for hit, way in zip(hits, ways, strict=True):
        removal = removals.hits(_alone(hit, way), None)
        met.append(removal is not None)
        if removal and hit.sha256 in cluster_of:
            clusters.setdefault(cluster_of[hit.sha256], removal.kind)
    for item in items:
        # Of every file, since a cluster's members need not look alike in each frame.
        for file in item.files:
            if removal := removals.hits(item, fingerprints.get(file.sha256)):
                clusters.setdefault(item.cluster, removal.kind)
    files = {sha256 for sha256, name in cluster_of.items() if name in clusters}
    files |= {hit.sha256 for hit, gone in zip(hits, met, strict=True) if gone and hit.sha256}
    addresses = {hit.url for hit in hits if hit.sha256 in files}
    gone = tuple(
        gone or hit.sha256 in files or not addresses.isdisjoint((hit.url, *way))
        for hit, way, gone in zip(hits, ways, met, strict=True)
    )
    return LeftOut(frozenset(clusters), gone, dict(sorted(Counter(clusters.values()).items())))


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


def _alone(hit: CandidateHit, way: tuple[str, ...]) -> Item:
    """Return a hit as an item, so that requests can be asked of it."""
    files = (Screened(sha256=hit.sha256, kind="", bytes=0),) if hit.sha256 else ()
    hits = (hit, *(replace(hit, url=url) for url in dict.fromkeys(way)))
    return Item(cluster=hit.sha256, family=hit.sha256, files=files, hits=hits)
