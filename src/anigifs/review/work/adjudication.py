"""Disputes: what annotators do not agree on, or do not want to decide."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Connection, exists, func, select

from anigifs.review.store.engine import reading
from anigifs.review.store.schema import accounts, events, items, standing
from anigifs.review.work.rows import AnyRow, card_of
from anigifs.review.work.shapes import Card, Refused

if TYPE_CHECKING:
    from anigifs.review.people.accounts import Account
    from anigifs.review.review import Review


@dataclass(frozen=True, slots=True)
class Said:
    """A vote that stands, as an adjudicator sees it.

    Attributes:
        annotator: Name of the account.
        verdict: ``accept``, ``reject`` or ``skip``.
        label: As of a ballot.
        criterion: As of a ballot.
        style: As of a ballot.
        comment: As of a ballot.
        at_ms: When, in milliseconds since 1970, UTC.
        role: In which role: ``annotator`` or ``adjudicator``.
        escalate: This person asked for an adjudicator.
    """

    annotator: str
    verdict: str
    label: str
    criterion: str
    style: str
    comment: str
    at_ms: int
    role: str
    escalate: bool


@dataclass(frozen=True, slots=True)
class Dispute:
    """An item that an adjudicator decides, with all that was said of it.

    Attributes:
        card: The item.
        why: ``conflict``, ``escalated``, or empty where it is decided and only looked at again.
        votes: In the order in which they were cast.
    """

    card: Card
    why: str
    votes: tuple[Said, ...]


def disputes(review: "Review", account: "Account", count: int) -> list[Dispute]:
    """Return disputes in the order of their items, those last that this adjudicator has skipped.

    A decision is :func:`anigifs.review.work.voting.cast` by the adjudicator.

    Raises:
        Refused: The account is no adjudicator's.
    """
    _check(account)
    skipped = exists().where(
        standing.c.item == items.c.id,
        standing.c.account == account.id,
        standing.c.role == "adjudicator",
        standing.c.verdict == "skip",
    )
    query = select(items).where(items.c.state == "disputed")
    query = query.order_by(skipped, items.c.place).limit(count)
    with reading(review.engine) as connection:
        return _disputes(connection, connection.execute(query).all())


def count_disputes(review: "Review") -> int:
    """Return how many items wait for an adjudicator."""
    query = select(func.count()).where(items.c.state == "disputed")
    with reading(review.engine) as connection:
        return connection.execute(query).scalar_one()


def reconsider(review: "Review", account: "Account", sha256: str) -> Dispute | None:
    """Return a disputed or decided item with its votes; None if it is neither.

    Raises:
        Refused: The account is no adjudicator's.
    """
    _check(account)
    query = select(items).where(
        items.c.sha256 == sha256, items.c.state.in_(("disputed", "decided"))
    )
    with reading(review.engine) as connection:
        found = _disputes(connection, connection.execute(query).all())
    return found[0] if found else None


def _check(account: "Account") -> None:
    if account.role != "adjudicator":
        raise Refused(f"{account.name}: only adjudicators see what others said")


def _disputes(connection: Connection, rows: Sequence[AnyRow]) -> list[Dispute]:
    """Return items with the votes on them."""
    query = (
        select(events, accounts.c.name)
        .join(standing, standing.c.seq == events.c.seq)
        .join(accounts, accounts.c.id == events.c.account)
        .where(standing.c.item.in_([row.id for row in rows]))
        .order_by(events.c.seq)
    )
    votes: dict[int, list[Said]] = {row.id: [] for row in rows}
    for event in connection.execute(query):
        votes[event.item].append(
            Said(
                annotator=event.name,
                verdict=event.verdict,
                label=event.label,
                criterion=event.criterion,
                style=event.style,
                comment=event.comment,
                at_ms=event.at_ms,
                role=event.role,
                escalate=event.escalate,
            )
        )
    return [Dispute(card_of(row), row.why, tuple(votes[row.id])) for row in rows]
