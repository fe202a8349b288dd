"""The table of candidates: every hit ever seen, what is said of it, and what became of its file."""

from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from anigifs.collect.frontier import Candidate
from anigifs.collect.items import Fetched
from anigifs.foundation import atomic_path

#: Raised by one whenever a column changes; written into every file.
SCHEMA_VERSION = 1
#: Rows that are turned into columns at a time.
BATCH_ROWS = 4_096
VERSION_KEY = b"anigifs.collect.candidates"

_TEXT, _COUNT, _TIME = pa.string(), pa.int64(), pa.timestamp("ms", "UTC")

#: The columns. What a provider states of a file without it having been fetched is ``stated_...``;
#: a number or a time that is not known is null, text that is not known is empty.
SCHEMA = pa.schema(
    [
        pa.field(name, kind, nullable=kind in (_COUNT, _TIME, pa.bool_()))
        for name, kind in {
            "url": _TEXT,
            "label": _TEXT,
            "keyword": _TEXT,
            "provider": _TEXT,
            "query": _TEXT,
            "rank": _COUNT,
            "page": _COUNT,
            "answer_sha256": _TEXT,
            "media_url": _TEXT,
            "page_url": _TEXT,
            "provider_id": _TEXT,
            "title": _TEXT,
            "stated_width": _COUNT,
            "stated_height": _COUNT,
            "stated_mime": _TEXT,
            "stated_bytes": _COUNT,
            "stated_sha1": _TEXT,
            "licence": _TEXT,
            "licence_url": _TEXT,
            "licence_evidence": _TEXT,
            "creator": _TEXT,
            "attribution": _TEXT,
            "tags": pa.list_(_TEXT),
            "state": _TEXT,
            "reason": _TEXT,
            "detail": _TEXT,
            "tries": _COUNT,
            "status": _COUNT,
            "sha256": _TEXT,
            "kind": _TEXT,
            "bytes": _COUNT,
            "width": _COUNT,
            "height": _COUNT,
            "frames": _COUNT,
            "duration_ms": _COUNT,
            "complete": pa.bool_(),
            "hops": pa.list_(_TEXT),
            "address": _TEXT,
            "first_seen": _TIME,
            "found_at": _TIME,
            "fetched_at": _TIME,
            "x_robots_tag": _TEXT,
            "tdm_reservation": _TEXT,
            "signals": pa.map_(_TEXT, _TEXT),
        }.items()
    ]
)


class Source(Protocol):
    """Where candidates come from: a frontier, or what reads one."""

    def candidates(self) -> Iterator[Candidate]:
        """Yield them."""


def write_candidates(source: Source, path: Path | str) -> int:
    """Write the table of candidates as a Parquet file, which appears whole or not at all.

    Args:
        source: A :class:`~anigifs.collect.frontier.Frontier`, or a
            :class:`~anigifs.collect.frontier.Reader` of one.
        path: Of the file.

    Returns:
        The number of rows: one for each hit, so that a file has a row for each search that found
        it.
    """
    schema = SCHEMA.with_metadata({VERSION_KEY: str(SCHEMA_VERSION)})
    rows, count = map(row_of, source.candidates()), 0
    with (
        atomic_path(path) as temporary,
        temporary.open("wb") as file,
        pq.ParquetWriter(file, schema, compression="zstd", write_page_checksum=True) as writer,
    ):
        while batch := list(islice(rows, BATCH_ROWS)):
            writer.write_batch(pa.RecordBatch.from_pylist(batch, schema=schema))
            count += len(batch)
    return count


def row_of(candidate: Candidate) -> dict[str, Any]:
    """Return a candidate's row, by the names of :data:`SCHEMA`."""
    found = candidate.found
    return {
        "url": found.url,
        "label": found.query.label,
        "keyword": found.query.keyword,
        "provider": found.query.provider,
        "query": found.query.text,
        "rank": found.rank,
        "page": found.page,
        "answer_sha256": found.raw_sha256,
        "found_at": _milliseconds(found.at),
        **_stated(candidate),
        "state": candidate.state,
        "reason": candidate.reason,
        "detail": candidate.detail,
        "tries": candidate.tries,
        "first_seen": _milliseconds(candidate.first_seen),
        **_fetched(candidate.attempt),
    }


def _stated(candidate: Candidate) -> dict[str, Any]:
    hit = candidate.found.hit
    return {
        "media_url": hit.media_url,
        "page_url": hit.page_url,
        "provider_id": hit.provider_id,
        "title": hit.title,
        "stated_width": hit.width,
        "stated_height": hit.height,
        "stated_mime": hit.mime,
        "stated_bytes": hit.bytes,
        "stated_sha1": hit.sha1,
        "licence": hit.licence,
        "licence_url": hit.licence_url,
        "licence_evidence": hit.licence_evidence,
        "creator": hit.creator,
        "attribution": hit.attribution,
        "tags": hit.tags,
    }


def _fetched(attempt: Fetched | None) -> dict[str, Any]:
    one = attempt or Fetched(outcome="")
    signals = {name.lower(): value for name, value in one.signals.items()}
    return {
        "status": one.status,
        "sha256": one.sha256,
        "kind": one.kind,
        "bytes": one.bytes if attempt else None,
        **{name: _whole(one.media, name) for name in ("width", "height", "frames", "duration_ms")},
        "complete": bool(one.media["complete"]) if "complete" in one.media else None,
        "hops": one.hops,
        "address": one.address,
        "fetched_at": _milliseconds(one.ended) if attempt else None,
        "x_robots_tag": signals.get("x-robots-tag", ""),
        "tdm_reservation": signals.get("tdm-reservation", ""),
        "signals": list(signals.items()),
    }


def _whole(media: Mapping[str, int | float | bool], name: str) -> int | None:
    return round(media[name]) if name in media else None


def _milliseconds(seconds: float) -> int:
    return round(1000 * seconds)
