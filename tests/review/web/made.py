"""A small review whose words are hostile, with people of every role in it."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from argon2 import PasswordHasher
from starlette.responses import Response

from anigifs.collect.collecting import Folder
from anigifs.collect.store import Store
from anigifs.curate.copies.clustered import CLUSTERED, Clustered, write_clustered
from anigifs.curate.screening.screened import SCREENED, Screened, write_screened
from anigifs.media import write_gif
from anigifs.review.people.accounts import Account, Role, add_account
from anigifs.review.people.passwords import Passwords
from anigifs.review.review import Review, make_review
from anigifs.review.settings import Settings
from anigifs.review.web.sessions import Sessions, begin
from tests.curate.made import write_candidates

#: What pages must show as it stands and never obey.
HOSTILE = (
    "<script>alert(1)</script>",
    "</script><script>alert(2)</script>",
    "\"onmouseover='alert(3)' \"",
    "{{ 7 * 7 }}{% raw %}&lt;b&gt;",
    "\u202egnp.exe\u2028\u2029end",
    "w" * 150,
)
#: Classes, of which the first ones are hostile; a name of a class can always be printed.
CLASSES = (*(text for text in HOSTILE if text.isprintable()), "a/b ?c#d 5%", "archery")
DEFINITIONS = {label: f"{text} means it" for label, text in zip(CLASSES, HOSTILE, strict=False)}
REVIEW_NAME = 'cartoons <blink>&</blink> "more"'
#: Costs next to nothing, so that tests are quick.
LIGHT = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
PASSWORD = "correct horse battery"
PEOPLE: dict[str, Role] = {
    "ann": "annotator",
    "bob@lab.example": "annotator",
    "cat": "annotator",
    "jo": "adjudicator",
    "max": "administrator",
}
NOW_MS = 1_800_000_000_000


@dataclass
class Clock:
    """A clock that stands still until it is told otherwise."""

    now_ms: int = NOW_MS

    def __call__(self) -> int:
        return self.now_ms


def make_small_collection(folder: Path, count: int = 16) -> Path:
    """Write a collection of tiny files that was screened, and in which nothing is a copy."""
    store = Store(Folder(folder).store)
    rows, screened = [], []
    for place in range(count):
        with store.temporary() as path:
            frames = np.full((3, 8, 8, 3), 4 * place, np.uint8)
            frames[1] = 255 - frames[0]
            write_gif(path, frames, 50)
            sha256, size = store.add(path, "gif"), 0
        label = CLASSES[place % len(CLASSES)]
        rows.append({"url": f"https://example.org/{place}.gif", "label": label} | _stored(sha256))
        screened.append(Screened(sha256=sha256, kind="gif", bytes=size, frames=3, distinct=2))
    write_candidates(Folder(folder).candidates, rows)
    write_screened(folder / SCREENED, screened)
    names = [one.sha256 for one in screened]
    clusters = [Clustered(sha256=name, cluster=name, family=name) for name in names]
    write_clustered(folder / CLUSTERED, clusters)
    return folder


def _stored(sha256: str) -> dict[str, object]:
    return {"provider": "demo", "state": "stored", "sha256": sha256}


def make_small_review(collection: Path, folder: Path) -> None:
    """Make a review of it; two people judge each item, and three where they differ."""
    settings = Settings(name=REVIEW_NAME, collection=str(collection), gold_every=0)
    make_review(collection, folder, settings, definitions=DEFINITIONS)


def add_people(review: Review) -> None:
    """Add one of each role, and more annotators; all have one password."""
    for name, role in PEOPLE.items():
        add_account(review, name, role, PASSWORD, LIGHT)


@dataclass(frozen=True)
class Signed:
    """What a browser and a page have once somebody has logged in."""

    cookie: str
    value: str
    token: str


def signed(review: Review, person: Account, now_ms: int) -> Signed:
    """Return a session without the log-in, which takes long."""
    response, session = Response(), begin(person, now_ms)
    sessions = Sessions(review.secret, "session", secure=False)
    sessions.write(response, session)
    value = response.headers["set-cookie"].partition("=")[2].partition(";")[0]
    return Signed(sessions.cookie, value, session.csrf)
