"""Leases: given, run out, given back. They change only under the lock of their item's row."""

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import Connection, and_, bindparam, delete, insert, or_, select, update

from anigifs.review.store.schema import items, leases
from anigifs.review.work.rows import SHOWN, AnyRow

_DUE = and_(leases.c.runs, leases.c.until_ms <= bindparam("now_ms"))
_FAR = and_(leases.c.runs, leases.c.until_ms > bindparam("most_ms"))
_ITEMS = leases.c.item.in_(bindparam("which", expanding=True))
_ENDED = select(leases.c.item).where(or_(_DUE, _FAR)).distinct()
_LOCK = (
    select(items.c.id)
    .where(items.c.id.in_(bindparam("which", expanding=True)))
    .with_for_update(skip_locked=True)
)
_BRING_NEAR = update(leases).where(_ITEMS, _FAR).values(until_ms=bindparam("most_ms"))
_END = update(leases).where(_ITEMS, _DUE).values(runs=False).returning(leases.c.item)
_FEWER = (
    update(items)
    .where(items.c.id == bindparam("which"))
    .values(leased=items.c.leased - bindparam("ended"))
)
_MORE = (
    update(items)
    .where(items.c.id.in_(bindparam("which", expanding=True)))
    .values(leased=items.c.leased + 1)
)
_OF = leases.c.account == bindparam("account")
_HAD = (
    select(items.c.id, leases.c.turn, leases.c.runs, leases.c.until_ms, *SHOWN)
    .join(items, items.c.id == leases.c.item)
    .where(_OF, or_(leases.c.runs, items.c.free == 1))
    .order_by(leases.c.turn)
)
_TAKE = delete(leases).where(leases.c.item == bindparam("which"), _OF).returning(leases.c.runs)
_FORGET = delete(leases).where(_ITEMS, _OF)
_GIVE = insert(leases)
_LET_GO = (
    update(leases).where(leases.c.item == bindparam("which"), leases.c.runs).values(runs=False)
)


def had_by(connection: Connection, account: int) -> Sequence[AnyRow]:
    """Return what a person was given and has not judged, in turn.

    Of leases that ran out those are among them whose item is free.
    """
    return connection.execute(_HAD, {"account": account}).all()


def expire(connection: Connection, now_ms: int, lease_ms: int) -> None:
    """Let all leases run out whose time has come.

    Where the clock was put back, a lease could run for hours: none runs for longer than it would
    if it were given now.
    """
    times = {"now_ms": now_ms, "most_ms": now_ms + lease_ms}
    found = connection.scalars(_ENDED, times).all()
    if not found:
        return
    # Who holds the others has reason to see to them.
    locked = {"which": connection.scalars(_LOCK, {"which": found}).all()}
    connection.execute(_BRING_NEAR, times | locked)
    ended = Counter(connection.scalars(_END, times | locked))
    if ended:
        connection.execute(
            _FEWER, [{"which": item, "ended": count} for item, count in ended.items()]
        )


def take(connection: Connection, item: int, account: int) -> bool | None:
    """End a person's lease on an item; return whether it ran, or None if there was none."""
    return connection.scalar(_TAKE, {"which": item, "account": account})


def give(
    connection: Connection,
    account: int,
    turns: Sequence[tuple[int, int]],
    until_ms: int,
    runs: bool = True,
    again: Sequence[int] = (),
) -> None:
    """Lease items to a person.

    Args:
        connection: In a transaction that has locked these items.
        account: Whose they become.
        turns: The id of each item, and its turn.
        until_ms: When the leases run out.
        runs: They run; else they only say that the person may vote.
        again: Those of the items that the person had had before.
    """
    if again:
        connection.execute(_FORGET, {"which": again, "account": account})
    rows = [
        {"item": item, "account": account, "until_ms": until_ms, "turn": turn, "runs": runs}
        for item, turn in turns
    ]
    connection.execute(_GIVE, rows)
    if runs:
        connection.execute(_MORE, {"which": [item for item, _ in turns]})


def let_go(connection: Connection, item: int) -> None:
    """Let nobody have an item any longer; their votes are taken all the same."""
    connection.execute(_LET_GO, {"which": item})
