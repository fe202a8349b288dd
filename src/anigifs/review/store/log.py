"""What follows from the log of votes, computed from it alone."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, select

from anigifs.curate.votes import GOLD, Role, Vote
from anigifs.review.settings import Settings
from anigifs.review.store.deriving import Derived, Stood, derive
from anigifs.review.store.engine import reading
from anigifs.review.store.schema import accounts, events, items

if TYPE_CHECKING:
    from anigifs.review.review import Review

#: The comment of the vote that stands for an undo.
UNDONE = "undone"
#: One person's votes on one item: item, account, role.
Key = tuple[int, int, Role]
#: A row of whatever columns.
AnyRow = Row[*tuple[Any, ...]]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Rebuilt:
    """What the tables should hold.

    Attributes:
        items: The derived columns of every item, by its id, as if none had been withdrawn.
        standing: The number in the log of each vote that stands.
    """

    items: Mapping[int, Derived]
    standing: Mapping[Key, int]


def rebuild(connection: Connection, settings: Settings, until_seq: int | None = None) -> Rebuilt:
    """Return what follows from the log.

    Args:
        connection: To the database.
        settings: Of the review.
        until_seq: What stands behind this number is left out; None is all of the log.
    """
    last = _last_of_each(_read(connection, until_seq))
    votes: dict[int, list[Stood]] = {}
    for event in last.values():
        votes.setdefault(event.item, []).append(_stood(event))
    known = connection.execute(select(items.c.id, items.c.gold.is_not(None).label("gold")))
    derived = {row.id: derive(votes.get(row.id, ()), settings, row.gold) for row in known}
    return Rebuilt(derived, {key: event.seq for key, event in last.items()})


def standing_votes(review: "Review", until_seq: int | None = None, raw: bool = False) -> list[Vote]:
    """Return the votes that count, in the order of the log; after these, the gold answers.

    Of each person the last vote on an item that was not undone. Votes on an item that somebody
    escalated wait until an adjudicator has decided it, so that no release has it before. An answer
    that is known is a vote of the adjudicator ``gold``, unless an adjudicator has overruled it.
    Votes on withdrawn items are among them: another file of the cluster may be released.

    Args:
        review: Whose.
        until_seq: What stands behind this number in the log is left out; None is all of it.
        raw: Return every vote that was ever cast instead, and for each undo a ``skip`` of the same
            person with the comment ``undone``: :func:`anigifs.curate.voting.decisions.decide`
            finds the same in them, but for what was escalated. No gold answers.
    """
    with reading(review.engine) as connection:
        log = list(_read(connection, until_seq))
        golds = [] if raw else list(_gold_answers(connection))
    if raw:
        return list(_raw_votes(log))
    last = _last_of_each(log)
    adjudicated = {
        one.item for one in last.values() if one.role == "adjudicator" and one.verdict != "skip"
    }
    held_up = {one.item for one in last.values() if one.escalate} - adjudicated
    counting = sorted(
        (one for one in last.values() if one.item not in held_up), key=lambda one: one.seq
    )
    answers = [vote for item, vote in golds if item not in held_up | adjudicated]
    return [_vote(one, one.at_ms) for one in counting] + answers


def time_of(at_ms: int) -> str:
    """Return a time as votes have it.

    Example:
        >>> time_of(1_767_225_600_250)
        '2026-01-01T00:00:00.250Z'
    """
    time = _EPOCH + timedelta(milliseconds=at_ms)
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _read(connection: Connection, until_seq: int | None) -> Iterator[AnyRow]:
    """Yield the log in order, with the names of items and people."""
    query = (
        select(events, items.c.sha256, accounts.c.name)
        .join(items, items.c.id == events.c.item)
        .join(accounts, accounts.c.id == events.c.account)
        .order_by(events.c.seq)
    )
    if until_seq is not None:
        query = query.where(events.c.seq <= until_seq)
    yield from connection.execute(query)


def _last_of_each(log: Iterable[AnyRow]) -> dict[Key, AnyRow]:
    """Return the votes that stand: of each person, on each item and in each role, the last."""
    cast: dict[Key, list[AnyRow]] = {}
    for event in log:
        votes = cast.setdefault((event.item, event.account, event.role), [])
        if event.kind == "undo":
            votes[:] = [vote for vote in votes if vote.id != event.undoes]
        else:
            votes.append(event)
    return {key: votes[-1] for key, votes in cast.items() if votes}


def _stood(event: AnyRow) -> Stood:
    return Stood(
        event.account, event.role, event.verdict, event.label, event.criterion, event.escalate
    )


def _raw_votes(log: Iterable[AnyRow]) -> Iterator[Vote]:
    """Yield all votes; a later one of a person on an item is never told to be the earlier one."""
    last_ms: dict[Key, int] = {}
    for event in log:
        key = (event.item, event.account, event.role)
        at_ms = last_ms[key] = max(event.at_ms, last_ms.get(key, event.at_ms))
        if event.kind == "undo":
            yield Vote(
                item=event.sha256,
                annotator=event.name,
                verdict="skip",
                role=event.role,
                at=time_of(at_ms),
                comment=UNDONE,
            )
        else:
            yield _vote(event, at_ms)


def _vote(event: AnyRow, at_ms: int) -> Vote:
    return Vote(
        item=event.sha256,
        annotator=event.name,
        verdict=event.verdict,
        label=event.label,
        criterion=event.criterion,
        style=event.style,
        role=event.role,
        at=time_of(at_ms),
        comment=event.comment,
    )


def _gold_answers(connection: Connection) -> Iterator[tuple[int, Vote]]:
    """Yield the items whose answer is known, and the answers as votes."""
    query = select(items.c.id, items.c.sha256, items.c.gold).where(items.c.gold.is_not(None))
    for row in connection.execute(query.order_by(items.c.place)):
        answer = json.loads(row.gold)
        yield row.id, Vote(item=row.sha256, annotator=GOLD, role="adjudicator", **answer)
