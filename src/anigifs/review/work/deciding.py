"""Bringing an item to what the votes on it say."""

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import Connection, bindparam, select, update

from anigifs.review.settings import Settings
from anigifs.review.store.deriving import Stood, derive
from anigifs.review.store.schema import items, standing
from anigifs.review.work.leases import let_go
from anigifs.review.work.rows import AnyRow

_VOTES = select(*(standing.c[name] for name in Stood.__dataclass_fields__)).where(
    standing.c.item == bindparam("which")
)
_STORE = update(items).where(items.c.id == bindparam("which"))


def votes_on(connection: Connection, item: AnyRow) -> list[Stood]:
    """Return the votes that stand on an item."""
    return [Stood(*row) for row in connection.execute(_VOTES, {"which": item.id})]


def settle(
    connection: Connection, settings: Settings, item: AnyRow, votes: Sequence[Stood], freed: int
) -> str:
    """Store what follows from the votes that stand on an item, and return its state.

    Args:
        connection: In a transaction that has locked the item.
        settings: Of the review.
        item: As it was.
        votes: All that stand now.
        freed: Running leases on it that have ended.
    """
    derived = derive(votes, settings, item.gold is not None)
    state = "withdrawn" if item.state == "withdrawn" else derived.state
    leased = item.leased - freed
    if state != "open" and leased:
        let_go(connection, item.id)
        leased = 0
    values = asdict(derived) | {"state": state, "leased": leased, "which": item.id}
    connection.execute(_STORE, values)
    return state
