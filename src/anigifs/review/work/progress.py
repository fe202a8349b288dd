"""How the work stands, for administrators."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Connection, case, func, select

from anigifs.curate.voting.agreement import Reliability, reliability
from anigifs.curate.voting.by_class import wilson
from anigifs.review.store.engine import reading
from anigifs.review.store.schema import accounts, items, standing

if TYPE_CHECKING:
    from anigifs.review.review import Review

STATES = ("open", "decided", "disputed", "withdrawn", "gold")
HOURS, HOUR_MS = 24, 3_600_000
_JUDGED = (standing.c.role == "annotator", standing.c.verdict != "skip")


@dataclass(frozen=True, slots=True)
class Share:
    """A share with its 95 % interval (Wilson).

    Attributes:
        right: Of ``seen``.
        seen: More than 0.
        share: ``right / seen``, 0..1.
        low: Lower end of the interval.
        high: Upper end.
    """

    right: int
    seen: int
    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Person:
    """What one account did.

    Attributes:
        name: Of the account.
        role: Its role now.
        enabled: Whether it may log in.
        votes: That stand, skips left out.
        skipped: Items that were skipped.
        an_hour: Votes in each hour of the last day in which there were any, on average; or None.
        gold: How many items whose answer is known were judged so; None if none was judged.
        last_ms: When the last vote was cast, in milliseconds since 1970; None if none was.
    """

    name: str
    role: str
    enabled: bool
    votes: int
    skipped: int
    an_hour: float | None
    gold: Share | None
    last_ms: int | None


@dataclass(frozen=True, slots=True)
class ClassRow:
    """How far a class is, by the first class under which items were found.

    Attributes:
        label: Of the class.
        items: That are not withdrawn, and no gold.
        decided: Of these.
        accepted: Of these, as whichever class.
        votes_needed: Votes that are at least missing until all are decided or disputed.
    """

    label: str
    items: int
    decided: int
    accepted: int
    votes_needed: int


@dataclass(frozen=True, slots=True)
class Overview:
    """How the work stands.

    Attributes:
        states: Items by state: ``open``, ``decided``, ``disputed``, ``withdrawn``; and ``gold``,
            which are in no other.
        hours: Votes in each of the last 24 hours, the oldest first.
        people: By name.
        conflicts: Items on which annotators differ and that are not decided.
        escalated: Items that wait for an adjudicator because somebody asked for one.
        stuck: Open items that nobody is left to judge: all who may have judged or skipped them.
        classes: Those first that lack most votes.
        agreement_items: Items that two or more annotators judged.
        raw: The share of pairs of votes on one item that have one verdict; None without a pair.
        ac1: Gwet's AC1 of the verdict; None where it cannot be said.
    """

    states: Mapping[str, int]
    hours: tuple[int, ...]
    people: tuple[Person, ...]
    conflicts: int
    escalated: int
    stuck: int
    classes: tuple[ClassRow, ...]
    agreement_items: int
    raw: float | None
    ac1: float | None


def share_of(right: int, seen: int) -> Share | None:
    """Return a share with its Wilson interval; None of nothing.

    Example:
        >>> one = share_of(9, 10)
        >>> one.share, round(one.low, 3), round(one.high, 3)
        (0.9, 0.596, 0.982)
    """
    return Share(right, seen, right / seen, *wilson(right, seen)) if seen else None


def overview(review: "Review", now_ms: int) -> Overview:
    """Return how the work stands; it reads all votes, which takes a while where there are many.

    Args:
        review: Of what.
        now_ms: The time in milliseconds since 1970, UTC.
    """
    with reading(review.engine) as connection:
        agreed = _agreement(connection, review.settings.overlap)
        return Overview(
            states=_states(connection),
            hours=_hours(connection, now_ms),
            people=_people(connection, now_ms),
            conflicts=_count(connection, items.c.why == "conflict"),
            escalated=_count(connection, items.c.why == "escalated"),
            stuck=_stuck(connection),
            classes=_classes(connection),
            agreement_items=agreed.items,
            raw=agreed.raw,
            ac1=agreed.ac1,
        )


def _count(connection: Connection, *which: ColumnElement[bool]) -> int:
    """Return how many items of the review are such."""
    query = select(func.count()).where(items.c.state != "withdrawn", *which)
    return connection.execute(query).scalar_one()


def _states(connection: Connection) -> dict[str, int]:
    gold = items.c.gold.is_not(None) & (items.c.state != "withdrawn")
    state = case((gold, "gold"), else_=items.c.state).label("state")
    rows = connection.execute(select(state, func.count()).group_by(state))
    counts = {row[0]: row[1] for row in rows}
    return {name: counts.get(name, 0) for name in STATES}


def _hours(connection: Connection, now_ms: int) -> tuple[int, ...]:
    """Return the votes of each hour of the last day that stand, the oldest hour first."""
    counts: Counter[int] = Counter()
    for _, hour, count in _by_hour(connection, now_ms):
        counts[hour] += count
    return tuple(counts[hour] for hour in range(HOURS))


def _by_hour(connection: Connection, now_ms: int) -> Iterator[tuple[int, int, int]]:
    """Yield account, hour of the last day and votes in it, of annotators."""
    start = now_ms - HOURS * HOUR_MS
    hour = ((standing.c.at_ms - start - 1) // HOUR_MS).label("hour")
    query = (
        select(standing.c.account, hour, func.count())
        .where(standing.c.at_ms > start, standing.c.at_ms <= now_ms, *_JUDGED)
        .group_by(standing.c.account, hour)
    )
    for account, number, count in connection.execute(query):
        yield account, int(number), count


def _people(connection: Connection, now_ms: int) -> tuple[Person, ...]:
    rates: dict[int, list[int]] = {}
    for account, _, count in _by_hour(connection, now_ms):
        rates.setdefault(account, []).append(count)
    skipped = case((standing.c.verdict == "skip", 1), else_=0)
    right = case((standing.c.gold_right, 1), else_=0)
    query = (
        select(
            accounts.c.id,
            accounts.c.name,
            accounts.c.role,
            accounts.c.enabled,
            func.count(standing.c.seq).label("all"),
            func.coalesce(func.sum(skipped), 0).label("skipped"),
            func.coalesce(func.sum(right), 0).label("right"),
            func.count(standing.c.gold_right).label("seen"),
            func.max(standing.c.at_ms).label("last_ms"),
        )
        .outerjoin(standing, standing.c.account == accounts.c.id)
        .group_by(accounts.c.id, accounts.c.name, accounts.c.role, accounts.c.enabled)
        .order_by(accounts.c.name)
    )
    return tuple(
        Person(
            name=row.name,
            role=row.role,
            enabled=row.enabled,
            votes=row.all - row.skipped,
            skipped=row.skipped,
            an_hour=fmean(rates[row.id]) if row.id in rates else None,
            gold=share_of(row.right, row.seen),
            last_ms=row.last_ms,
        )
        for row in connection.execute(query)
    )


def _stuck(connection: Connection) -> int:
    """Count open items on which everybody who may judge has had a say."""
    may_judge = (accounts.c.role == "annotator") & accounts.c.enabled
    people = connection.execute(select(func.count()).where(may_judge)).scalar_one()
    open_ones = (items.c.state == "open", items.c.gold.is_(None))
    if not people:
        return _count(connection, *open_ones)
    had = (
        select(standing.c.item)
        .join(accounts, accounts.c.id == standing.c.account)
        .join(items, items.c.id == standing.c.item)
        .where(may_judge, standing.c.role == "annotator", *open_ones)
        .group_by(standing.c.item)
        .having(func.count() >= people)
        .subquery()
    )
    return connection.execute(select(func.count()).select_from(had)).scalar_one()


def _classes(connection: Connection) -> tuple[ClassRow, ...]:
    is_open = items.c.state == "open"
    query = (
        select(
            items.c.label,
            func.count(),
            func.sum(case((items.c.state == "decided", 1), else_=0)),
            func.sum(case((items.c.outcome == "accept", 1), else_=0)),
            func.sum(case((is_open, items.c.needed - items.c.cast), else_=0)),
        )
        .where(items.c.state != "withdrawn", items.c.gold.is_(None))
        .group_by(items.c.label)
    )
    rows = [ClassRow(*row) for row in connection.execute(query)]
    return tuple(sorted(rows, key=lambda row: (-row.votes_needed, row.label)))


def _agreement(connection: Connection, overlap: int) -> Reliability:
    """Return how far annotators agree on whether items are accepted; gold is left out.

    A third is asked only where two differ, and is sure to be unlike one of them: the first votes
    alone tell how far people agree.
    """
    place = func.row_number().over(partition_by=standing.c.item, order_by=standing.c.seq)
    cast = (
        select(standing.c.item, standing.c.verdict, place.label("place"))
        .join(items, items.c.id == standing.c.item)
        .where(items.c.gold.is_(None), *_JUDGED)
        .subquery()
    )
    accepts = func.sum(case((cast.c.verdict == "accept", 1), else_=0))
    query = (
        select(accepts, func.count())
        .where(cast.c.place <= overlap)
        .group_by(cast.c.item)
        .having(func.count() > 1)
    )
    rows = connection.execute(query)
    return reliability("a" * yes + "r" * (every - yes) for yes, every in rows)
