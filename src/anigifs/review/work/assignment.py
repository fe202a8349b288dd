"""Who judges what next."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from anigifs.review.store.engine import writing
from anigifs.review.work.leases import expire, give, had_by
from anigifs.review.work.rows import AnyRow, card_of, lock_account
from anigifs.review.work.shapes import Card
from anigifs.review.work.walking import Walk, find_free, find_gold, is_gold_turn, keep, walk_of

if TYPE_CHECKING:
    from anigifs.review.people.accounts import Account
    from anigifs.review.review import Review


def lease(review: "Review", account: "Account", count: int, now_ms: int) -> list[Card]:
    """Return what an annotator is to judge next, in the order in which it was given out.

    What they were given and have not judged stays theirs until the lease runs out; more is added
    until there are ``count``, or nothing is left for them. They may have more than are returned.
    Where what is free lies far behind, a call may add fewer; but a person with nothing to judge
    gets some if there is anything.

    Args:
        review: Of what.
        account: An annotator; nobody else is given anything.
        count: Cards that are wanted.
        now_ms: The time in milliseconds since 1970, UTC.

    Raises:
        Refused: The account was changed meanwhile.
    """
    with writing(review.engine) as connection:
        lock_account(connection, account)
        before = walk_of(connection, account.id)
        cards, walk = top_up(connection, review, account, count, before, now_ms)
        if walk != before:
            keep(connection, account.id, walk)
        return cards


def top_up(
    connection: Connection,
    review: "Review",
    account: "Account",
    count: int,
    walk: Walk,
    now_ms: int,
    ahead: int = 0,
) -> tuple[list[Card], Walk]:
    """Return what a person is to judge next, and how far they have come by it.

    Args:
        connection: In a transaction that writes, which has locked the account.
        review: Of what.
        account: Whose.
        count: Cards that are wanted.
        walk: How far they had come.
        now_ms: The time in milliseconds since 1970, UTC.
        ahead: Where there are fewer, so many more are given out, so that for a while there are not.
    """
    if account.role != "annotator":
        return [], walk
    had = had_by(connection, account.id)
    if _held(had) < count or any(row.runs and row.until_ms <= now_ms for row in had):
        expire(connection, now_ms, review.settings.lease_ms)
        had = had_by(connection, account.id)
    held = [row for row in had if row.runs]
    new: list[tuple[int, AnyRow]] = []
    if len(held) < count:
        lost = [row.id for row in had if not row.runs]
        wanted = count + ahead - len(held)
        new, walk = _new(connection, review, account.id, lost, wanted, walk, not held)
    if new:
        turns = [(row.id, turn) for turn, row in new]
        until_ms = now_ms + review.settings.lease_ms
        give(connection, account.id, turns, until_ms, again=lost)
    shown = [*held, *(row for _, row in new)][:count]
    return [card_of(row) for row in shown], walk


def _held(had: Sequence[AnyRow]) -> int:
    return sum(row.runs for row in had)


def _new(
    connection: Connection,
    review: "Review",
    account: int,
    lost: Sequence[int],
    wanted: int,
    walk: Walk,
    empty_handed: bool,
) -> tuple[list[tuple[int, AnyRow]], Walk]:
    """Lock and return new items for a person, each with its turn."""
    golds = _golds(connection, review, account, walk, wanted)
    free, walked = find_free(connection, account, lost, wanted - len(golds), walk, empty_handed)
    dealt = _deal(walk.served, wanted, golds, free)
    return dealt, replace(walked, served=walk.served + len(dealt))


def _golds(
    connection: Connection, review: "Review", account: int, walk: Walk, wanted: int
) -> dict[int, AnyRow]:
    """Return gold items by the turns at which they are due; each once."""
    golds: dict[int, AnyRow] = {}
    for turn in range(walk.served, walk.served + wanted):
        if is_gold_turn(review.settings, account, turn):
            row = find_gold(connection, review.settings, account, turn)
            if row is not None and all(row.id != one.id for one in golds.values()):
                golds[turn] = row
    return golds


def _deal(
    first: int, wanted: int, golds: dict[int, AnyRow], free: Sequence[AnyRow]
) -> list[tuple[int, AnyRow]]:
    """Return items in turn, gold where it is due; it ends where nothing else is left."""
    ordinary = iter(free)
    dealt: list[tuple[int, AnyRow]] = []
    for turn in range(first, first + wanted):
        row = golds.get(turn) or next(ordinary, None)
        if row is None:
            break
        dealt.append((turn, row))
    return dealt
