"""A small collection made by hand: real files of the demo's world, and no network.

Clusters, scores and votes are what the world planted. Fingerprints are made up of each file's
name, so that no two are alike.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from anigifs.collect.candidates import SCHEMA, SCHEMA_VERSION, VERSION_KEY
from anigifs.collect.collecting import Folder
from anigifs.collect.demo import Planted, World
from anigifs.collect.demo.bodies import Bodies
from anigifs.collect.store import Store
from anigifs.curate.copies.clustered import CLUSTERED, Clustered, write_clustered
from anigifs.curate.screening.screened import SCREENED, Screened, write_screened
from anigifs.curate.seeing.fingerprints import FINGERPRINTS, Fingerprint, write_fingerprints
from anigifs.curate.votes import Vote, write_votes
from anigifs.media import probe

HOST = "https://pictures.example"
#: The day of the first fetch; a file is fetched in each hour after that.
FETCHED = datetime(2026, 5, 1, 20, tzinfo=UTC)
OPEN = ("CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/")
SHARE_ALIKE = ("CC BY-SA 4.0", "https://creativecommons.org/licenses/by-sa/4.0/")
NO_COMMERCE = ("CC BY-NC 4.0", "https://creativecommons.org/licenses/by-nc/4.0/")
NONE = ("", "")
#: Which of the world's finds are in the collection, with licence and creator: by kind and number.
CHOSEN: dict[tuple[str, int], tuple[tuple[str, str], str]] = {
    ("cartoon", 0): (OPEN, "Ada Lovelace"),
    ("cartoon", 1): (NONE, ""),
    ("cartoon", 2): (SHARE_ALIKE, "Bo_Ek | <b>"),
    ("cartoon", 3): (NO_COMMERCE, "Chidi"),
    ("cartoon-two-classes", 0): (OPEN, "Dagny"),
    ("copy-bytes", 0): (OPEN, "Dagny"),
    ("copy-resized", 0): (NONE, ""),
    ("copy-webp", 0): (NONE, ""),
    ("wrong-class", 0): (OPEN, "Emre"),
    ("film", 0): (OPEN, "Fay"),
    ("still", 0): (OPEN, "Gil"),
    ("truncated", 0): (OPEN, "Hana"),
    ("html", 0): (NONE, ""),
}
PEOPLE = ("ann@lab.example", "bob@lab.example")
COMMENT = "looks like my neighbour"


@dataclass(frozen=True)
class Made:
    """A collection, and what is known of it.

    Attributes:
        folder: Of the collection.
        votes: File of the votes.
        planted: What is in it, by kind and number.
        sha256: Of each stored file, by kind and number.
    """

    folder: Path
    votes: Path
    planted: dict[tuple[str, int], Planted]
    sha256: dict[tuple[str, int], str]

    def url(self, kind: str, number: int = 0) -> str:
        """Return where a find lies."""
        return self.planted[kind, number].url(HOST)

    def path(self, kind: str, number: int = 0) -> Path:
        """Return where a stored file is."""
        (found,) = self.folder.rglob(f"{self.sha256[kind, number]}.*")
        return found


def make_collection(folder: Path) -> Made:
    """Write a collection of two classes that was screened and clustered, and votes on it."""
    world = World(classes=2, originals=2, size=64, troubles=0)
    bodies, store = Bodies(world), Store(Folder(folder).store)
    planted, sha256 = {}, {}
    rows: list[dict[str, Any]] = []
    for hour, ((kind, number), (licence, creator)) in enumerate(CHOSEN.items()):
        item = world.of_kind(kind)[number]
        planted[kind, number] = item
        fate: dict[str, Any] = {"state": "refused", "reason": item.reason, "status": 200}
        if item.outcome == "stored":
            sha256[kind, number] = stored(store, bodies.of(item))
            at = round(1000 * FETCHED.timestamp()) + 3_600_000 * hour
            fate = {"state": "stored", "sha256": sha256[kind, number], "fetched_at": at}
        rows += hits_of(item, licence, creator, fate)
    write_candidates(Folder(folder).candidates, rows)
    files = dict(zip(sha256.values(), sha256, strict=True))
    screened = [_screened(store, sha, *one) for sha, one in files.items()]
    write_screened(folder / SCREENED, screened)
    write_fingerprints(folder / FINGERPRINTS, [(sha, fingerprint(sha)) for sha in files])
    write_clustered(folder / CLUSTERED, clustered(sha256))
    votes = folder / "votes.csv"
    write_votes(votes, votes_as_planted(planted, sha256))
    return Made(folder, votes, planted, sha256)


def clustered(sha256: dict[tuple[str, int], str]) -> list[Clustered]:
    """Return the clusters as planted: copies with their original; two more are a family.

    The still is in none, as it was rejected before.
    """
    first = sha256["cartoon", 0]
    with_it = {first, *(sha for (kind, _), sha in sha256.items() if kind.startswith("copy"))}
    with_it -= {sha256["copy-bytes", 0]}  # the very bytes of cartoon 1
    relatives = {sha256["cartoon", 1], sha256["cartoon", 2]}
    return [
        Clustered(
            sha256=sha,
            cluster=first if sha in with_it else sha,
            family=min(relatives) if sha in relatives else first if sha in with_it else sha,
        )
        for sha in sorted(set(sha256.values()) - {sha256["still", 0]})
    ]


def votes_as_planted(
    planted: dict[tuple[str, int], Planted], sha256: dict[tuple[str, int], str]
) -> list[Vote]:
    """Return what two people say who see what was planted; one is not asked for all."""
    votes = []
    for place, ((kind, number), sha) in enumerate(sha256.items()):
        if kind in ("copy-bytes", "copy-resized", "copy-webp"):
            continue  # their cluster was judged by its representative
        for person in PEOPLE[: 1 + place % 2]:
            at = f"2026-06-{1 + place:02}T23:30:00-05:00"
            item = planted[kind, number]
            votes.append(_vote(sha, person, item, at))
    return votes


def _vote(sha256: str, person: str, item: Planted, at: str) -> Vote:
    label = item.listings[0].label
    failing = {"still": "gif", "film": "animated", "wrong-class": "action"}
    known: dict[str, Any] = {"item": sha256, "annotator": person, "at": at, "comment": COMMENT}
    if item.kind in failing:
        return Vote(**known, verdict="reject", label=label, criterion=failing[item.kind])
    return Vote(**known, verdict="accept", label=label, style=item.style)


def write_candidates(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    """Write a table of candidates; what a row does not say is empty."""
    whole = [{field.name: _nothing(field) for field in SCHEMA} | row for row in rows]
    schema = SCHEMA.with_metadata({VERSION_KEY: str(SCHEMA_VERSION)})
    with pq.ParquetWriter(path, schema, write_page_checksum=True) as writer:
        writer.write_batch(pa.RecordBatch.from_pylist(whole, schema=SCHEMA))


def fingerprint(sha256: str) -> Fingerprint:
    """Return two hashes that follow from a file's name."""
    hashes_NB = np.frombuffer(bytes.fromhex(sha256) + bytes.fromhex(sha256[::-1]), np.uint8)
    return Fingerprint(hashes_NB.reshape(2, 32), np.array([100, 80], np.uint8), 2)


def _nothing(field: pa.Field) -> object:
    if field.nullable:
        return None
    return "" if field.type == pa.string() else []


def stored(store: Store, body: bytes) -> str:
    with store.temporary() as path:
        path.write_bytes(body)
        return store.add(path, probe(path).format.value)


def hits_of(
    item: Planted, licence: Sequence[str], creator: str, fate: dict[str, Any]
) -> list[dict[str, Any]]:
    name = item.path.rpartition("/")[2]
    return [
        {
            "url": item.url(HOST),
            "media_url": item.url(HOST),
            "hops": [item.url(HOST)],
            "page_url": f"{HOST}/page/{name}",
            "label": listing.label,
            "keyword": listing.keyword,
            "provider": "demo",
            "rank": rank,
            "title": f"{listing.label} GIF",
            "licence": licence[0],
            "licence_url": licence[1],
            "licence_evidence": "licence" if licence[0] else "",
            "creator": creator,
            "attribution": f"{listing.label} by {creator}, {licence[0]}" if licence[0] else "",
            "found_at": round(1000 * FETCHED.timestamp()),
            "first_seen": round(1000 * FETCHED.timestamp()),
            **fate,
        }
        for rank, listing in enumerate(item.listings)
    ]


def _screened(store: Store, sha256: str, kind: str, number: int) -> Screened:
    path = next(store.root.rglob(f"{sha256}.*"))
    info = probe(path)
    return Screened(
        sha256=sha256,
        kind=info.format.value,
        bytes=path.stat().st_size,
        width=info.width,
        height=info.height,
        frames=info.frames,
        duration_ms=round(info.duration_ms),
        complete=kind != "truncated",
        distinct=1 if kind == "still" else info.frames,
        motion=0.0 if kind == "still" else 0.1,
        animated=0.1 if kind == "film" else 0.9,
        reason="still" if kind == "still" else "",
        detail="one frame" if kind == "still" else "",
    )
