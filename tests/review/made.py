"""Reviews of made-up items, which have no files, and people who have no passwords."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from anigifs.collect.collecting import Folder
from anigifs.curate.voting.decisions import Decision
from anigifs.curate.voting.items import Item
from anigifs.review.people.accounts import Account, Role
from anigifs.review.review import Review, open_review
from anigifs.review.settings import Settings, claim_settings
from anigifs.review.store.engine import engine_of, make_tables, reading, writing
from anigifs.review.store.filling import add_classes, fill, make_gold
from anigifs.review.store.schema import accounts, items, leases
from anigifs.review.work.rows import AnyRow
from anigifs.review.work.shapes import Ballot
from tests.curate.voting.voted import item_of, sha

NOW = 1_767_225_600_000  # 2026-01-01T00:00:00Z
MINUTE = 60_000
YOGA = Decision("accepted", "yoga")


@dataclass
class Votes:
    """Makes ballots, each with an id of its own."""

    made: int = 0

    def id(self) -> str:
        """Return a new UUID."""
        self.made += 1
        return str(uuid.UUID(int=self.made))

    def ballot(self, item: str, said: str = "yoga", **more: Any) -> Ballot:  # noqa: ANN401
        """Return a vote on an item by its short name or sha256.

        Args:
            item: Which one.
            said: ``skip``, a criterion that fails, or the class that is accepted.
            more: Other fields.
        """
        which = item if len(item) == 64 else sha(item)
        if said == "skip":
            return Ballot(self.id(), which, "skip", **more)
        if said in ("gif", "animated", "action"):
            return Ballot(self.id(), which, "reject", criterion=said, **more)
        return Ballot(self.id(), which, "accept", said, **more)


@dataclass
class Reviews:
    """Makes reviews in a folder of the test; all are closed in the end.

    Attributes:
        folder: Where.
        database: Of all of them: ``sqlite``, or the URL of an empty schema.
    """

    folder: Path
    database: str
    opened: list[Review] = field(default_factory=list)

    def make(
        self,
        names: Sequence[str] | Sequence[Item] = "abcdef",
        people: Sequence[str] = ("ann", "bob", "cat"),
        gold: Sequence[str] = (),
        **settings: Any,  # noqa: ANN401
    ) -> Review:
        """Return a review of some items.

        Args:
            names: Short names of items of the class yoga, or items.
            people: Annotators; ``ada`` adjudicates and ``root`` administrates always.
            gold: Short names of the items that are known to show yoga.
            settings: Other than usual; there is no gold unless it is said.
        """
        folder, collection = self.folder / "review", self.folder / "found"
        Folder(collection).store.mkdir(parents=True)
        usual = Settings(name="test", collection=str(collection), database=self.database)
        known = claim_settings(folder, replace(usual, **settings))
        engine = engine_of(known.database, folder)
        make_tables(engine, folder, known.identity)
        with writing(engine) as connection:
            found = [one if isinstance(one, Item) else item_of(one) for one in names]
            fill(connection, known, found)
            make_gold(connection, {sha(name): YOGA for name in gold})
            labels = {label for item in found for label in item.labels} | {"yoga", "squat"}
            add_classes(connection, labels, {})
        engine.dispose()
        return self._open(folder, people)

    def close(self) -> None:
        """Close all."""
        for review in self.opened:
            review.close()

    def _open(self, folder: Path, people: Sequence[str]) -> Review:
        review = open_review(folder)
        self.opened.append(review)
        roles: dict[str, Role] = dict.fromkeys(people, "annotator")
        add_people(review, {**roles, "ada": "adjudicator", "root": "administrator"})
        return review


def add_person(review: Review, name: str, role: Role = "annotator") -> Account:
    """Add an account without a password."""
    add_people(review, {name: role})
    return person(review, name)


def add_people(review: Review, roles: Mapping[str, Role]) -> None:
    """Add accounts without passwords, by their names."""
    usual = {"password_hash": "", "enabled": True, "epoch": 0, "created_ms": NOW}
    rows = [{"name": name, "role": role, **usual} for name, role in roles.items()]
    with writing(review.engine) as connection:
        connection.execute(insert(accounts), rows)


def person(review: Review, name: str) -> Account:
    """Return an account."""
    query = select(accounts).where(accounts.c.name == name)
    with reading(review.engine) as connection:
        row = connection.execute(query).one()
    return Account(row.id, row.name, row.role, row.enabled, row.epoch)


def row_of(review: Review, item: str) -> AnyRow:
    """Return the row of an item, by its short name or sha256."""
    which = item if len(item) == 64 else sha(item)
    with reading(review.engine) as connection:
        return connection.execute(select(items).where(items.c.sha256 == which)).one()


def running(review: Review) -> list[tuple[str, int]]:
    """Return all running leases as sha256 and account."""
    query = select(items.c.sha256, leases.c.account).join(items, items.c.id == leases.c.item)
    with reading(review.engine) as connection:
        return [(row[0], row[1]) for row in connection.execute(query.where(leases.c.runs))]
