"""How quick the review application is while many judge at once, and whether it loses a vote.

A collection of small GIFs is drawn and a server is started on it, as people start it; annotators
log in over loopback, look at each item's sheet, think for a second and vote. Measured is the time
from sending a vote to having the answer, which holds what is next. Then the log is read: every
vote that was acknowledged stands there once, and nobody judged an item twice. With ``--kill`` the
server is killed (SIGKILL) in the middle and started again. Beside it, the plainest request of the
same server (``/health``). Run it as ``python -m benchmarks review``.
"""

import argparse
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import sqlalchemy as sa

from anigifs.collect.candidates import SCHEMA, SCHEMA_VERSION, VERSION_KEY
from anigifs.collect.collecting import Folder
from anigifs.collect.store import Store
from anigifs.curate.copies.clustered import CLUSTERED, Clustered, write_clustered
from anigifs.curate.screening.screened import SCREENED, Screened, write_screened
from anigifs.foundation import generator
from anigifs.media import GifPart, gif_bytes
from anigifs.review.people.accounts import add_account
from anigifs.review.review import make_review, open_review
from anigifs.review.settings import Settings
from anigifs.review.store.schema import accounts, events, items
from benchmarks.annotators import Acknowledged, Annotator, all_work

CLASSES = 12
SIDE, FRAMES = 96, 12
PASSWORD = "a password for nobody"


@dataclass
class Server:
    """A server in a process of its own, which can be killed and started again.

    Attributes:
        folder: Of the review.
        port: 0 takes a free one, which is kept from then on.
    """

    folder: Path
    port: int = 0
    address: str = field(default="", init=False)
    _process: "subprocess.Popen[str] | None" = field(default=None, init=False)

    def start(self) -> None:
        """Start it, and return when it answers."""
        command = [sys.executable, "-m", "anigifs", "review", "serve", str(self.folder)]
        command += ["--port", str(self.port), "--json"]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None  # noqa: S101 - it was asked for
        self.address = json.loads(self._process.stdout.readline())["url"].rstrip("/")
        self.port = int(self.address.rpartition(":")[2])

    def kill(self) -> None:
        """End it at once, with no chance to tidy up."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Ask it to end."""
        self._end(signal.SIGINT)

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        os.kill(self._process.pid, how)
        self._process.communicate()
        self._process = None


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """Yield a running server."""
    server = Server(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def draw_collection(folder: Path, files: int) -> None:
    """Write a collection of small GIFs that was screened and has no copies."""
    store, kept = Store(Folder(folder).store), []
    for number in range(files):
        with store.temporary() as path:
            path.write_bytes(_gif(number))
            kept.append(store.add(path, "gif"))
    rows = [
        {"url": f"https://pictures.example/{n}.gif", "label": f"class {n % CLASSES:02}"}
        | {"state": "stored", "sha256": sha256, "kind": "gif"}
        for n, sha256 in enumerate(kept)
    ]
    empty = {
        one.name: None if one.nullable else "" if one.type == pa.string() else [] for one in SCHEMA
    }
    table = pa.Table.from_pylist([empty | row for row in rows], schema=SCHEMA)
    pq.write_table(
        table.replace_schema_metadata({VERSION_KEY: str(SCHEMA_VERSION)}),
        Folder(folder).candidates,
    )
    write_screened(folder / SCREENED, [_screened(sha256) for sha256 in kept])
    alone = [Clustered(sha256=sha256, cluster=sha256, family=sha256) for sha256 in kept]
    write_clustered(folder / CLUSTERED, alone)


def judge(
    review_folder: Path, people: int, seconds: float, think_s: float, pictures: bool, kill: bool
) -> tuple[list[Annotator], list[float]]:
    """Let people judge for a while; return them and the seconds of bare requests meanwhile."""
    names = [f"annotator-{number:02}" for number in range(people)]
    add_people(review_folder, names)
    with serving(review_folder) as server:
        staff = [Annotator(server.address, name, PASSWORD, think_s, pictures) for name in names]
        bare: list[float] = []
        beside = [threading.Thread(target=_ask_health, args=(server.address, seconds, bare))]
        if kill:
            beside.append(threading.Thread(target=_kill_between, args=(server, seconds)))
        for thread in beside:
            thread.start()
        all_work(staff, seconds)
        for thread in beside:
            thread.join()
    return staff, bare


def add_people(review_folder: Path, names: Sequence[str]) -> None:
    """Add an account for each annotator."""
    review = open_review(review_folder)
    try:
        for name in names:
            add_account(review, name, "annotator", PASSWORD)
    finally:
        review.close()


def faults(review_folder: Path, acknowledged: Sequence[Acknowledged]) -> list[str]:
    """Return what the log has too few or too many of; nothing, where all is well."""
    review = open_review(review_folder)
    try:
        with review.engine.connect() as connection:
            logged = connection.execute(
                sa.select(events.c.id, accounts.c.name, items.c.sha256, events.c.verdict)
                .join(accounts, accounts.c.id == events.c.account)
                .join(items, items.c.id == events.c.item)
            ).all()
    finally:
        review.close()
    by_id = Counter(row.id for row in logged)
    known = {(row.id, row.name, row.sha256, row.verdict) for row in logged}
    twice = Counter((row.name, row.sha256) for row in logged)
    lost = [
        one for one in acknowledged if (one.id, one.annotator, one.item, one.verdict) not in known
    ]
    return [
        *(f"vote {one.id} of {one.annotator} was acknowledged and is not there" for one in lost),
        *(f"vote {id_} stands there {count} times" for id_, count in by_id.items() if count > 1),
        *(f"{name} judged {item} {n} times" for (name, item), n in twice.items() if n > 1),
    ]


def _gif(number: int) -> bytes:
    """Return the bytes of a square that moves over a ground of its own colours."""
    rng = generator(number, "review benchmark")
    palette = rng.integers(0, 256, (8, 3), dtype=np.uint8)
    ground_HW = rng.integers(0, 6, (SIDE // 8, SIDE // 8), dtype=np.uint8).repeat(8, 0).repeat(8, 1)
    parts = []
    for frame in range(FRAMES):
        indices_HW = ground_HW.copy()
        left = 6 * frame
        indices_HW[30:60, left : left + 20] = 7
        parts.append(GifPart(indices_HW))
    return gif_bytes(SIDE, SIDE, parts, palette=palette)


def _screened(sha256: str) -> Screened:
    return Screened(
        sha256=sha256,
        kind="gif",
        bytes=1,
        width=SIDE,
        height=SIDE,
        frames=FRAMES,
        duration_ms=100 * FRAMES,
        complete=True,
        distinct=FRAMES,
        motion=0.1,
    )


def _ask_health(address: str, seconds: float, took: list[float]) -> None:
    until = time.perf_counter() + seconds
    with httpx2.Client(base_url=address, trust_env=False) as client:
        while time.perf_counter() < until:
            begun = time.perf_counter()
            with contextlib.suppress(httpx2.TransportError):
                client.get("/health")
                took.append(time.perf_counter() - begun)
            time.sleep(0.2)


def _kill_between(server: Server, seconds: float) -> None:
    time.sleep(seconds / 2)
    server.kill()
    server.start()


def _milliseconds(took_s: Sequence[float]) -> str:
    median, late = np.percentile(1000 * np.array(took_s), [50, 99])
    return f"median {median:.1f} ms, 99th percentile {late:.1f} ms, most {1000 * max(took_s):.0f}"


def main(arguments: list[str] | None = None) -> None:
    """Print how long votes took, and what the log says."""
    parser = argparse.ArgumentParser(prog="benchmarks review", description=__doc__)
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--think", type=float, default=1.0, help="seconds between item and vote")
    parser.add_argument("--files", type=int, default=2_000)
    parser.add_argument("--database", default="", help="URL of PostgreSQL; SQLite by default")
    parser.add_argument("--no-pictures", action="store_true", help="votes alone")
    parser.add_argument("--kill", action="store_true", help="kill the server in the middle")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "review"
        draw_collection(Path(place) / "found", asked.files)
        make_review(Path(place) / "found", folder, _settings(place, asked.database))
        staff, bare = judge(
            folder, asked.people, asked.seconds, asked.think, not asked.no_pictures, asked.kill
        )
        acknowledged = [one for annotator in staff for one in annotator.acknowledged]
        wrong = [error for annotator in staff for error in annotator.errors]
        wrong += faults(folder, acknowledged)
    print(f"{len(acknowledged):,} votes of {asked.people} people in {asked.seconds:.0f} s")
    print("\n".join(wrong[:20]) or "no vote lost, none doubled, no error")
    if not acknowledged:
        sys.exit(1)
    once = [one.took_s for one in acknowledged if one.tries == 1]
    print(f"vote and next: {_milliseconds(once)}")
    print(f"bare request : {_milliseconds(bare)}")
    sys.exit(1 if wrong else 0)


def _settings(place: str, database: str) -> Settings:
    return Settings(name="load", collection=f"{place}/found", database=database or "sqlite")


if __name__ == "__main__":
    main()
