"""Which items a person is given: found by steps of bounded length, however many there are.

Free items stand in one index by their place. Everybody walks along it. In front of a person lies
what they have not seen. Behind lies what they have judged and what others had at the time, which
may be free again, or in want of a third vote. Each request looks at some of what lies behind, in
turn, and takes the rest from the front. So no request looks at all that a person has judged,
unless there is nothing else to be found.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    FromClause,
    bindparam,
    func,
    insert,
    select,
    update,
)

from anigifs.foundation import seed_of
from anigifs.review.settings import Settings
from anigifs.review.store.schema import items, leases, standing, walks
from anigifs.review.work.rows import SHOWN, AnyRow

#: Places that each request looks at, behind a person and in front beyond what is wanted.
SWEEP = 50
_NOWHERE = -1
#: Behind all places.
_END = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Walk:
    """How far a person has come.

    Attributes:
        served: Cards that they were given in all.
        front: The furthest place that was looked at.
        sweep: The place behind it that was looked at last.
        progress: What they were told last, in JSON; None if it is to be counted.
        counted_ms: When it was counted, in milliseconds since 1970, UTC.
    """

    served: int = 0
    front: int = _NOWHERE
    sweep: int = _NOWHERE
    progress: str | None = None
    counted_ms: int = 0


_OF: BindParameter[int] = bindparam("account")


def _one(table: FromClause) -> ColumnElement[int | None]:
    """Return the item itself where a person has a row on it, else null.

    Not an EXISTS: PostgreSQL would read all rows of the person at once, for the sake of a few.
    """
    mine = select(table.c.item).where(table.c.item == items.c.id, table.c.account == _OF)
    return mine.limit(1).scalar_subquery()


#: An item was judged by a person, or given to them.
_HAD = (_one(standing).is_not(None) | _one(leases).is_not(None)).label("had")
_FREE = items.c.free == 1
#: The same, said so that no index of it is used: others find the few rows that are looked at.
_STILL_FREE = items.c.free + 0 == 1
_STILL_OPEN = items.c.state.concat("") == "open"
_WALK = select(*(walks.c[name] for name in Walk.__dataclass_fields__)).where(walks.c.account == _OF)
_BEGIN = insert(walks)
_KEEP = update(walks).where(walks.c.account == bindparam("whose"))
_FORGET = _KEEP.values(progress=None)
_STEP = (
    select(items.c.id, items.c.place, _HAD)
    .where(_FREE, items.c.place > bindparam("after"), items.c.place <= bindparam("until"))
    .order_by(items.c.place)
    .limit(bindparam("most"))
)
_ANYWHERE = (
    select(items.c.id).where(_FREE, ~_HAD.element).order_by(items.c.place).limit(bindparam("most"))
)
_LOCK = (
    select(items.c.id, *SHOWN)
    .where(items.c.id.in_(bindparam("which", expanding=True)), _STILL_FREE)
    .order_by(items.c.place)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_IS_GOLD = items.c.gold.is_not(None)
_LAST_GOLD = select(func.max(items.c.place)).where(_IS_GOLD)
_GOLD = (
    select(items.c.id, *SHOWN)
    .where(
        _IS_GOLD,
        _STILL_OPEN,
        ~_HAD.element,
        items.c.place >= bindparam("start"),
        items.c.place < bindparam("until"),
    )
    .order_by(items.c.place)
    .limit(1)
    .with_for_update(skip_locked=True)
)


def walk_of(connection: Connection, account: int) -> Walk:
    """Return how far a person has come; somebody new begins."""
    row = connection.execute(_WALK, {"account": account}).first()
    if row is None:
        connection.execute(_BEGIN, {"account": account})
        return Walk()
    return Walk(*row)


def keep(connection: Connection, account: int, walk: Walk) -> None:
    """Store how far a person has come."""
    connection.execute(_KEEP, asdict(walk) | {"whose": account})


def forget_progress(connection: Connection, account: int) -> None:
    """Let what a person has done be counted again."""
    connection.execute(_FORGET, {"whose": account})


def is_gold_turn(settings: Settings, account: int, turn: int) -> bool:
    """Return whether a card is one whose answer is known: one of each ``gold_every``, at random."""
    if not settings.gold_every:
        return False
    block, within = divmod(turn, settings.gold_every)
    return seed_of(settings.seed, "gold turn", account, block) % settings.gold_every == within


def find_gold(connection: Connection, settings: Settings, account: int, turn: int) -> AnyRow | None:
    """Lock and return a gold item that a person has not had, at random; None if there is none."""
    last = connection.scalar(_LAST_GOLD)
    if last is None:
        return None
    start = seed_of(settings.seed, "gold place", account, turn) % (last + 1)
    for first, until in ((start, _END), (0, start)):
        span = {"account": account, "start": first, "until": until}
        if (found := connection.execute(_GOLD, span).first()) is not None:
            return found
    return None


def find_free(
    connection: Connection,
    account: int,
    lost: Sequence[int],
    wanted: int,
    walk: Walk,
    empty_handed: bool,
) -> tuple[list[AnyRow], Walk]:
    """Lock and return up to ``wanted`` free items that a person has not judged.

    Args:
        connection: In a transaction that writes, which has locked the account.
        account: Whose.
        lost: Free items that they had been given before; these come first.
        wanted: How many, at most.
        walk: How far they have come.
        empty_handed: They have nothing to judge: if there is anything at all, find it.

    Returns:
        The items, and how far the person has come by that.
    """
    found = _lock(connection, lost, wanted)
    if len(found) < wanted and walk.front > _NOWHERE:
        missing = wanted - len(found)
        behind = _step(connection, account, (walk.sweep, walk.front), SWEEP, missing)
        walk = replace(walk, sweep=_NOWHERE if behind.ended else behind.last)
        found += _lock(connection, behind.items, missing)
    if len(found) < wanted:
        missing = wanted - len(found)
        ahead = _step(connection, account, (walk.front, _END), missing + SWEEP, missing)
        walk = replace(walk, front=ahead.last)
        found += _lock(connection, ahead.items, missing)
    if not found and empty_handed:
        few = {"account": account, "most": wanted + SWEEP}
        found = _lock(connection, connection.scalars(_ANYWHERE, few).all(), wanted)
    return found, walk


@dataclass(frozen=True, slots=True)
class _Step:
    """What was seen along a stretch of free items: those that may be taken, and where it ended."""

    items: list[int]
    last: int
    ended: bool


def _step(
    connection: Connection, account: int, between: tuple[int, int], most: int, wanted: int
) -> _Step:
    """Look at up to ``most`` free items behind a place, until ``wanted`` may be taken."""
    after, until = between
    stretch = {"account": account, "after": after, "until": until, "most": most}
    rows = connection.execute(_STEP, stretch).all()
    found: list[int] = []
    last = after
    for row in rows:
        if len(found) == wanted:
            return _Step(found, last, ended=False)
        last = row.place
        if not row.had:
            found.append(row.id)
    return _Step(found, last, ended=len(rows) < most)


def _lock(connection: Connection, found: Sequence[int], most: int) -> list[AnyRow]:
    """Lock and return those of some items that are free still and that nobody else holds."""
    if not found or most < 1:
        return []
    return list(connection.execute(_LOCK, {"which": found, "most": most}))
