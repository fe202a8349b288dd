"""A review that is served to a real browser, and what its database says of the votes."""

import threading
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import uvicorn
from sqlalchemy import select

from anigifs.collect.collecting import Folder
from anigifs.collect.store import Store
from anigifs.curate.copies.clustered import CLUSTERED, Clustered, write_clustered
from anigifs.curate.screening.screened import SCREENED, Screened, write_screened
from anigifs.media import write_gif
from anigifs.review.people.accounts import Account, Role, add_account
from anigifs.review.review import Review, make_review
from anigifs.review.settings import Settings
from anigifs.review.store.engine import reading
from anigifs.review.store.schema import events, items
from anigifs.review.web.app import build_app
from anigifs.review.web.desk import Serving, now_ms
from tests.curate.drawn import moving
from tests.curate.made import write_candidates
from tests.review.web.made import LIGHT, PASSWORD, Signed, signed

FRAMES = 20
#: Classes, of which some would like to be more than text.
CLASSES = (
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(2)</script>",
    "archery",
    "d\u00e9j\u00e0 vu dancing",
    "playing paper airplane",
    "100% \"quoted\" & 'more' /?#",
)
DEFINITIONS = {label: f"Somebody is seen: {label}; <b>all</b> of it." for label in CLASSES}
SAID = ("verdict", "label", "criterion", "style", "comment", "escalate", "kind")
_numbers = count()


def make_collection(folder: Path, files: int) -> Path:
    """Write a collection of moving pictures that was screened, and in which nothing is a copy."""
    store = Store(Folder(folder).store)
    rows: list[dict[str, Any]] = []
    screened = []
    for seed in range(files):
        with store.temporary() as path:
            write_gif(path, moving(seed, FRAMES, height=72, width=96), 40 + 10 * (seed % 3))
            sha256 = store.add(path, "gif")
        label = CLASSES[seed % len(CLASSES)]
        hit = {"provider": "demo", "state": "stored", "sha256": sha256, "label": label}
        rows.append({"url": f"https://example.org/{seed}.gif", **hit})
        screened.append(Screened(sha256=sha256, kind="gif", bytes=1, frames=FRAMES, distinct=2))
    write_candidates(Folder(folder).candidates, rows)
    write_screened(folder / SCREENED, screened)
    names = [one.sha256 for one in screened]
    clusters = [Clustered(sha256=name, cluster=name, family=name) for name in names]
    write_clustered(folder / CLUSTERED, clusters)
    return folder


def make(root: Path, overlap: int, files: int) -> Path:
    """Make a review in which so many people judge each item."""
    folder = root / "review"
    collection = make_collection(root / "collection", files)
    settings = Settings(
        name='Cartoons <i>&</i> "more"', collection=str(collection), overlap=overlap, most=overlap
    )
    make_review(collection, folder, settings, definitions=DEFINITIONS)
    return folder


@dataclass
class Site:
    """A review and its server, which can be stopped and started again at the same address."""

    review: Review
    port: int = 0
    _server: uvicorn.Server | None = field(default=None, repr=False)
    _thread: threading.Thread | None = field(default=None, repr=False)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        app = build_app(self.review, Serving(passwords=LIGHT))
        config = uvicorn.Config(
            app, host="127.0.0.1", port=self.port, log_level="error", ws="none", lifespan="off"
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        while not self._server.started:
            assert self._thread.is_alive(), "the server did not start"
            self._thread.join(0.02)
        self.port = self._server.servers[0].sockets[0].getsockname()[1]

    def stop(self) -> None:
        assert self._server is not None
        assert self._thread is not None
        self._server.should_exit = self._server.force_exit = True
        self._thread.join()

    def person(self, role: Role = "annotator") -> Account:
        """Return the account of somebody who has done nothing yet."""
        return add_account(self.review, f"{role}{next(_numbers)}", role, PASSWORD, LIGHT)

    def session(self, person: Account) -> Signed:
        """Return what their browser has once they have logged in."""
        return signed(self.review, person, now_ms())

    def said(self, person: Account) -> list[dict[str, Any]]:
        """Return what a person said, in order, with the item each time."""
        columns = [events.c[name] for name in SAID]
        query = select(items.c.sha256.label("item"), *columns).join(items)
        query = query.where(events.c.account == person.id).order_by(events.c.seq)
        with reading(self.review.engine) as connection:
            return [dict(row._mapping) for row in connection.execute(query)]
