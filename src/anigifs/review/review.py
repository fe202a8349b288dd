"""A review: a folder, its settings and its database; made of a collection, which it follows."""

import os
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Connection, Engine, func, select

from anigifs.collect.collecting import Folder
from anigifs.collect.store import Store
from anigifs.curate.votes import Vote
from anigifs.curate.voting.decisions import Decision, count_foreign, decide
from anigifs.curate.voting.items import Item, read_items
from anigifs.curate.voting.order import queue
from anigifs.foundation import UsageError
from anigifs.foundation.files import refusals_said
from anigifs.foundation.lock import NAME, Lock
from anigifs.review.settings import SQLITE, Settings, claim_settings, read_settings
from anigifs.review.store.engine import (
    FILE,
    check_reachable,
    check_tables,
    engine_of,
    make_tables,
    reading,
    writing,
)
from anigifs.review.store.filling import Filled, add_classes, fill, make_gold, under_known_names
from anigifs.review.store.schema import classes, items

SECRET = "secret"
SECRET_BYTES = 32
SHEETS = "sheets"
DEFINITION_CHARACTERS = 2000
_ANSWERS = ("accepted", "rejected")


@dataclass(frozen=True)
class Made:
    """What making a review did, and what there is.

    Attributes:
        added: Items that are new.
        withdrawn: Items that were in the collection before and are no longer.
        returned: Items that had been withdrawn and are there again.
        gold: Items whose answer is known, of all.
        foreign: Gold votes on files of no item, which were passed over.
        undecided: Items about which gold votes decide nothing, which were passed over.
        late: Items that were to be gold and that people have seen already; they are judged on.
        items: All that are not withdrawn.
        classes: From which people choose.
    """

    added: int
    withdrawn: int
    returned: int
    gold: int
    foreign: int
    undecided: int
    late: int
    items: int
    classes: int


@dataclass(frozen=True)
class Review:
    """An opened review; safe to use from several threads.

    Attributes:
        folder: Where it lies.
        settings: How it is run.
        engine: Of its database; :mod:`anigifs.review.store.engine` reads and writes by it.
        definitions: What each class means, where somebody said so.
        labels: The classes that people may choose, sorted.
    """

    folder: Path
    settings: Settings
    engine: Engine
    definitions: Mapping[str, str]
    labels: tuple[str, ...]

    @property
    def secret(self) -> bytes:
        """The 32 random bytes that sign sessions.

        Raises:
            UsageError: They are gone.
        """
        path = self.folder / SECRET
        found = path.read_bytes() if path.is_file() else b""
        if len(found) != SECRET_BYTES:
            raise UsageError(f"{path}: gone or damaged; `anigifs review init` again makes another")
        return found

    @property
    def sheets(self) -> Path:
        """The folder of pictures that can be made again."""
        return self.folder / SHEETS

    def file_of(self, sha256: str, kind: str) -> Path:
        """Return where the file of an item is."""
        return Store(Folder(Path(self.settings.collection)).store).path(sha256, kind)

    def close(self) -> None:
        """Close the connections to the database."""
        self.engine.dispose()


def make_review(
    collection: Path | str,
    folder: Path | str,
    settings: Settings,
    gold: Sequence[Vote] = (),
    definitions: Mapping[str, str] | None = None,
) -> Made:
    """Make a review of a collection, or let one follow what has changed there.

    Items that are new come behind the others, and those that are gone are withdrawn; what was
    judged stays as it was. No file is copied.

    Args:
        collection: That was screened, and whose duplicates were looked for.
        folder: A new one, or that of a review with these settings.
        settings: Its ``collection`` and ``identity`` are filled in.
        gold: What is known; the decision that follows from these votes is an item's answer.
        definitions: What classes mean. People may choose these, those under which items were
            found, and those of gold answers.

    Raises:
        UsageError: The collection is not ready, the folder holds something else, or another process
            makes a review in it, or the database holds another one.
        OutputError: There is no room for it, or the folder may not be written to.
        Unreachable: The database cannot be used.
    """
    folder, definitions = Path(folder), dict(definitions or {})
    found = read_items(collection)
    queued = queue(found)
    if not queued:
        raise UsageError(f"{collection}: no item is left to be judged")
    _check_definitions(definitions)
    place = str(Path(collection).resolve())
    engine = engine_of(settings.database, folder)
    try:
        check_reachable(engine)  # before a folder says for good where the database is
        with Lock(folder / NAME, f"{folder}: another process is making a review in it"):
            settings = claim_settings(folder, replace(settings, collection=place))
            _make_secret(folder / SECRET)
            make_tables(engine, folder, settings.identity)
            with writing(engine) as connection:
                return _follow(connection, settings, found, queued, gold, definitions)
    finally:
        engine.dispose()


def open_review(folder: Path | str) -> Review:
    """Return the review in a folder, opened.

    Raises:
        UsageError: There is none, its collection is gone, or its tables are of another version.
        Unreachable: Its database cannot be used.
    """
    folder = Path(folder)
    settings = read_settings(folder)
    if not Folder(Path(settings.collection)).store.is_dir():
        raise UsageError(
            f"{settings.collection}: no collection; if it was moved, say so in "
            f"{folder / 'review.json'}"
        )
    if settings.database == SQLITE and not (folder / FILE).is_file():
        raise UsageError(f"{folder / FILE}: gone; run `anigifs review init` again")
    engine = engine_of(settings.database, folder)
    try:
        check_tables(engine, settings.identity)
        with reading(engine) as connection:
            rows = connection.execute(select(classes)).all()
    except BaseException:
        engine.dispose()
        raise
    return Review(
        folder=folder,
        settings=settings,
        engine=engine,
        definitions={row.label: row.definition for row in rows if row.definition},
        labels=tuple(sorted(row.label for row in rows)),
    )


def _follow(
    connection: Connection,
    settings: Settings,
    found: Sequence[Item],
    queued: Sequence[Item],
    gold: Sequence[Vote],
    definitions: Mapping[str, str],
) -> Made:
    """Bring all tables to what is in the collection."""
    queued = under_known_names(connection, queued)
    filled = fill(connection, settings, queued)
    decisions = decide(queued, gold)
    answers = {name: one for name, one in decisions.items() if one.state in _ANSWERS}
    late = make_gold(connection, answers)
    add_classes(connection, _labels(queued, answers.values()), definitions)
    undecided = sum(one.state == "undecided" for one in decisions.values())
    return _account(connection, filled, count_foreign(found, gold), undecided, late)


def _labels(queued: Sequence[Item], answers: Iterable[Decision]) -> set[str]:
    return {label for item in queued for label in item.labels} | {one.label for one in answers}


def _account(
    connection: Connection, filled: Filled, foreign: int, undecided: int, late: int
) -> Made:
    there = select(func.count()).where(items.c.state != "withdrawn")
    return Made(
        added=filled.added,
        withdrawn=filled.withdrawn,
        returned=filled.returned,
        gold=connection.execute(there.where(items.c.gold.is_not(None))).scalar_one(),
        foreign=foreign,
        undecided=undecided,
        late=late,
        items=connection.execute(there).scalar_one(),
        classes=connection.execute(select(func.count()).select_from(classes)).scalar_one(),
    )


def _check_definitions(definitions: Mapping[str, str]) -> None:
    for label, text in definitions.items():
        if not label.strip() or not label.isprintable():
            raise UsageError(f"class {label[:80]!a}: its name is empty, or cannot be printed")
        if len(text) > DEFINITION_CHARACTERS or "\0" in text:
            raise UsageError(
                f"class {label[:80]!a}: its definition has more than {DEFINITION_CHARACTERS:,} "
                "characters, or is no text"
            )


def _make_secret(path: Path) -> None:
    """Write random bytes that only this user can read, unless they are there."""
    if path.exists():
        return
    part = path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")
    try:
        with (
            refusals_said(path),
            os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file,
        ):
            file.write(secrets.token_bytes(SECRET_BYTES))
            file.flush()
            os.fsync(file.fileno())
            part.replace(path)
    finally:
        part.unlink(missing_ok=True)
