"""Rows of the tables, read and locked: what a transaction of the work begins with.

Statements are made once and given their values later: making one takes longer than running it.
"""

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, bindparam, select

from anigifs.review.store.schema import accounts, events, items
from anigifs.review.work.shapes import Card, Refused

if TYPE_CHECKING:
    from anigifs.review.people.accounts import Account

#: A row of whatever columns.
AnyRow = Row[*tuple[Any, ...]]
#: What is needed of an item to show it.
SHOWN = (items.c.sha256, items.c.kind, items.c.label, items.c.labels)
_LOCK_ACCOUNT = (
    select(accounts.c.role, accounts.c.enabled)
    .where(accounts.c.id == bindparam("account"))
    .with_for_update(key_share=True)
)
_LOCK_ITEM = select(items).where(items.c.sha256 == bindparam("which")).with_for_update()
_EVENT = (
    select(events, items.c.sha256)
    .join(items, items.c.id == events.c.item)
    .where(events.c.id == bindparam("which"))
)


def lock_account(connection: Connection, account: "Account") -> None:
    """Let other transactions of this person wait, so that nothing of theirs happens twice.

    Locks are taken in one order, so that none waits for another in a circle: a person's account,
    the item that they vote on, and then only rows that nobody else holds.

    Raises:
        Refused: The account may no longer do this.
    """
    row = connection.execute(_LOCK_ACCOUNT, {"account": account.id}).first()
    if row is None or not row.enabled or row.role != account.role:
        raise Refused(f"{account.name}: the account was changed; log in again")


def lock_item(connection: Connection, sha256: str) -> AnyRow | None:
    """Return the row of an item, which nobody else can change until the transaction ends."""
    return connection.execute(_LOCK_ITEM, {"which": sha256}).first()


def event_of(connection: Connection, event_id: str) -> AnyRow | None:
    """Return what is stored under an id, with the sha256 of its item."""
    return connection.execute(_EVENT, {"which": event_id}).first()


def card_of(row: AnyRow) -> Card:
    """Return an item as it is shown."""
    return Card(row.sha256, row.kind, row.label, tuple(json.loads(row.labels)))
