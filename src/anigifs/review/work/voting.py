"""Casting a vote and taking it back."""

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import Connection, bindparam, delete, insert, select
from sqlalchemy.exc import IntegrityError

from anigifs.curate.votes import Role
from anigifs.foundation import UsageError
from anigifs.review.store.deriving import Stood
from anigifs.review.store.engine import reading, writing
from anigifs.review.store.schema import events, standing
from anigifs.review.work.assignment import top_up
from anigifs.review.work.counting import Effect, after_vote, progress
from anigifs.review.work.deciding import settle, votes_on
from anigifs.review.work.leases import give, had_by, take
from anigifs.review.work.rows import AnyRow, card_of, event_of, lock_account, lock_item
from anigifs.review.work.shapes import (
    Ballot,
    Progress,
    Receipt,
    Refused,
    Turn,
    Undone,
    check_ballot,
    check_id,
)
from anigifs.review.work.walking import forget_progress, keep, walk_of

if TYPE_CHECKING:
    from anigifs.review.people.accounts import Account
    from anigifs.review.review import Review

Result = TypeVar("Result")
#: What a ballot says, in the columns of the log; not how long it took.
_SAID = ("verdict", "label", "criterion", "style", "comment", "escalate")
_WRITE = insert(events).returning(events.c.seq)
_STAND = insert(standing)
_FALL = delete(standing).where(
    standing.c.item == bindparam("which"),
    standing.c.account == bindparam("account"),
    standing.c.role == bindparam("role"),
)
_LAST = (
    select(events.c.id)
    .join(standing, standing.c.seq == events.c.seq)
    .where(standing.c.account == bindparam("account"), standing.c.role == "annotator")
    .order_by(standing.c.seq.desc())
    .limit(1)
)

#: What a person said of an item before all else, if they ever judged it.
_FIRST = (
    select(events.c.verdict, events.c.label)
    .where(
        events.c.item == bindparam("which"),
        events.c.account == bindparam("account"),
        events.c.kind == "vote",
        events.c.role == "annotator",
        events.c.verdict != "skip",
    )
    .order_by(events.c.seq)
    .limit(1)
)


def cast(review: "Review", account: "Account", ballot: Ballot, now_ms: int) -> Receipt:
    """Store a vote; the same ballot again changes nothing.

    An annotator votes on what they were given, even if the lease has run out; an adjudicator on
    what is disputed or decided, where their later vote takes the place of their earlier one.

    Raises:
        UsageError: The ballot makes no sense.
        Refused: Its id stands for another vote, the item is not theirs, or they have voted on it.
    """
    _check(review, ballot)

    def work(connection: Connection) -> Receipt:
        receipt, _ = _cast(connection, review, account, ballot, now_ms)
        forget_progress(connection, account.id)
        return receipt

    return in_one(review, work)


def cast_and_lease(
    review: "Review", account: "Account", ballot: Ballot, count: int, now_ms: int
) -> Turn:
    """Store an annotator's vote, and return what follows, in one transaction: the quick way.

    The person may have up to half as many cards more than are returned, so that not every vote has
    to look for another one.

    Raises:
        UsageError: As :func:`cast`.
        Refused: As :func:`cast`.
    """
    _check(review, ballot)

    return in_one(
        review,
        lambda connection: _cast_and_lease(connection, review, account, ballot, count, now_ms),
    )


def undo(review: "Review", account: "Account", event_id: str, now_ms: int) -> Undone | None:
    """Take back an annotator's last vote that stands, and give them the item again.

    The same id again changes nothing and returns the same.

    Args:
        review: Of what.
        account: Whose vote.
        event_id: A UUID for this undo.
        now_ms: The time in milliseconds since 1970, UTC.

    Returns:
        None if they have no vote that stands.

    Raises:
        UsageError: The id is no UUID.
        Refused: An adjudicator has decided the item, or the id stands for something else.
    """
    check_id(event_id)
    return in_one(review, lambda connection: _undo(connection, review, account, event_id, now_ms))


def progress_of(review: "Review", account: "Account", now_ms: int) -> Progress:
    """Return how far a person has come."""
    with reading(review.engine) as connection:
        return progress(connection, account.id, now_ms)


def in_one(review: "Review", work: Callable[[Connection], Result]) -> Result:
    """Return what some work returns, done in one transaction.

    Where two people send one id at the same moment, the database lets one of them have it; the
    other's work is done again and finds it taken.
    """
    try:
        with writing(review.engine) as connection:
            return work(connection)
    except IntegrityError:
        with writing(review.engine) as connection:
            return work(connection)


def _check(review: "Review", ballot: Ballot) -> None:
    check_ballot(ballot)
    if ballot.label and ballot.label not in review.labels:
        raise UsageError(f"label is {ballot.label[:80]!a}, which is no class of this review")


def _cast_and_lease(
    connection: Connection,
    review: "Review",
    account: "Account",
    ballot: Ballot,
    count: int,
    now_ms: int,
) -> Turn:
    receipt, effect = _cast(connection, review, account, ballot, now_ms)
    before = walk_of(connection, account.id)
    ahead = count // 2  # looking for cards takes as long as all the rest
    cards, walk = top_up(connection, review, account, count, before, now_ms, ahead)
    if effect is None:
        told = progress(connection, account.id, now_ms)
    else:
        told, walk = after_vote(connection, account.id, walk, effect, now_ms)
    if walk != before:
        keep(connection, account.id, walk)
    return Turn(receipt, cards, told)


def _cast(
    connection: Connection, review: "Review", account: "Account", ballot: Ballot, now_ms: int
) -> tuple[Receipt, Effect | None]:
    """Store a vote; return its receipt and what it changes: nothing, if it was stored before."""
    lock_account(connection, account)
    if (known := event_of(connection, ballot.id)) is not None:
        return _again(known, account, ballot), None
    item = lock_item(connection, ballot.item)
    if item is None:
        raise Refused(f"{ballot.item}: no item of this review")
    votes = votes_on(connection, item)
    if account.role == "annotator":
        freed = _check_judges(connection, account, item, votes)
    else:
        freed = _check_decides(account, item, ballot, votes)
    right = _is_right(connection, item, ballot, account)
    seq = _store(connection, account, item, ballot, right, now_ms)
    votes = [vote for vote in votes if (vote.account, vote.role) != (account.id, account.role)]
    settle(connection, review.settings, item, [*votes, _stood(account, ballot)], freed)
    # Gold counts as well until all is counted anew: else what is left would tell which it is.
    return Receipt(seq, repeated=False), Effect(ballot.verdict, right, item.state == "open")


def _again(known: AnyRow, account: "Account", ballot: Ballot) -> Receipt:
    """Return the receipt of a vote that was stored before.

    Raises:
        Refused: It is another one.
    """
    stored = {name: getattr(known, name) for name in _SAID} | {
        "kind": known.kind,
        "account": known.account,
        "item": known.sha256,
    }
    sent = {name: getattr(ballot, name) for name in _SAID} | {
        "kind": "vote",
        "account": account.id,
        "item": ballot.item,
    }
    if stored != sent:
        raise Refused(f"{ballot.id}: this id stands for another vote")
    return Receipt(known.seq, repeated=True)


def _stood(account: "Account", ballot: Ballot) -> Stood:
    role: Role = "annotator" if account.role == "annotator" else "adjudicator"
    said = ballot.verdict, ballot.label, ballot.criterion, ballot.escalate
    return Stood(account.id, role, *said)


def _check_judges(
    connection: Connection, account: "Account", item: AnyRow, votes: Sequence[Stood]
) -> int:
    """Make sure that an annotator may vote; return how many running leases that ends, 0 or 1."""
    if any(vote.account == account.id for vote in votes):
        raise Refused(f"{item.sha256}: you have voted on it")
    ran = take(connection, item.id, account.id)
    if ran is None:
        raise Refused(f"{item.sha256}: it was not given to you")
    return int(ran)


def _check_decides(account: "Account", item: AnyRow, ballot: Ballot, votes: Sequence[Stood]) -> int:
    """Make sure that an adjudicator may vote; they have no leases."""
    if account.role != "adjudicator":
        raise Refused(f"{account.name}: an {account.role} does not judge")
    if item.state not in ("disputed", "decided"):
        raise Refused(f"{item.sha256}: it is not in dispute")
    if ballot.escalate:
        raise Refused(f"{item.sha256}: an adjudicator decides, and cannot escalate")
    own = [vote for vote in votes if (vote.account, vote.role) == (account.id, "adjudicator")]
    if ballot.verdict == "skip" and any(vote.verdict != "skip" for vote in own):
        raise Refused(f"{item.sha256}: you have decided it; decide anew, or leave it as it is")
    return 0


def _store(
    connection: Connection,
    account: "Account",
    item: AnyRow,
    ballot: Ballot,
    right: bool | None,
    now_ms: int,
) -> int:
    """Write a vote into the log and among those that stand; return its number."""
    judged = account.role == "annotator"
    said = {name: getattr(ballot, name) for name in _SAID}
    event = said | {
        "id": ballot.id,
        "kind": "vote",
        "item": item.id,
        "account": account.id,
        "role": account.role,
        "took_ms": ballot.took_ms,
        "at_ms": now_ms,
        "gold": judged and item.gold is not None,
    }
    seq: int = connection.execute(_WRITE, event).scalar_one()
    del said["comment"]
    stands = said | {
        "item": item.id,
        "account": account.id,
        "role": account.role,
        "seq": seq,
        "at_ms": now_ms,
        "gold_right": right,
    }
    if not judged:
        _remove(connection, item.id, account)
    connection.execute(_STAND, stands)
    return seq


def _is_right(
    connection: Connection, item: AnyRow, ballot: Ballot, account: "Account"
) -> bool | None:
    """Return whether a person knew the known outcome; None where there is nothing to say.

    The first vote tells: a later one, after an undo, may follow from what became of the first.
    """
    if item.gold is None or account.role != "annotator" or ballot.verdict == "skip":
        return None
    first = connection.execute(_FIRST, {"which": item.id, "account": account.id}).first()
    said = first or ballot
    answer = json.loads(item.gold)
    same_label = said.verdict == "reject" or answer["label"] == said.label
    return bool(answer["verdict"] == said.verdict and same_label)


def _remove(connection: Connection, item: int, account: "Account") -> None:
    mine = {"which": item, "account": account.id, "role": account.role}
    connection.execute(_FALL, mine)


def _undo(
    connection: Connection, review: "Review", account: "Account", event_id: str, now_ms: int
) -> Undone | None:
    lock_account(connection, account)
    if account.role != "annotator":
        raise Refused(f"{account.name}: only annotators undo; decide again instead")
    if (known := event_of(connection, event_id)) is not None:
        return _undone_before(connection, known, account)
    last = _last_vote(connection, account)
    if last is None:
        return None
    item = lock_item(connection, last.sha256)
    if item is None:
        raise RuntimeError(f"{last.id} is a vote on an item that is not there")
    votes = votes_on(connection, item)
    if any(vote.role == "adjudicator" and vote.verdict != "skip" for vote in votes):
        raise Refused(f"{last.sha256}: an adjudicator has decided it")
    _store_undo(connection, account, event_id, last, now_ms)
    others = [vote for vote in votes if vote.account != account.id]
    state = settle(connection, review.settings, item, others, freed=0)
    _give_back(connection, review, account, item, state == "open", now_ms)
    forget_progress(connection, account.id)
    return Undone(card_of(item), _ballot_of(last))


def _undone_before(connection: Connection, known: AnyRow, account: "Account") -> Undone:
    if known.kind != "undo" or known.account != account.id:
        raise Refused(f"{known.id}: this id stands for something else")
    vote, item = event_of(connection, known.undoes), lock_item(connection, known.sha256)
    if vote is None or item is None:
        raise RuntimeError(f"{known.id} undoes a vote that is not there")
    return Undone(card_of(item), _ballot_of(vote))


def _last_vote(connection: Connection, account: "Account") -> AnyRow | None:
    """Return a person's last vote that stands, as the log has it."""
    found = connection.scalar(_LAST, {"account": account.id})
    return None if found is None else event_of(connection, found)


def _store_undo(
    connection: Connection, account: "Account", event_id: str, vote: AnyRow, now_ms: int
) -> None:
    event = {
        "id": event_id,
        "kind": "undo",
        "item": vote.item,
        "account": account.id,
        "role": account.role,
        "undoes": vote.id,
        "at_ms": now_ms,
    }
    connection.execute(_WRITE, event)
    _remove(connection, vote.item, account)


def _give_back(
    connection: Connection,
    review: "Review",
    account: "Account",
    item: AnyRow,
    runs: bool,
    now_ms: int,
) -> None:
    """Lease an item to a person before all others that they have; if it is not open, let it lie."""
    first = min((row.turn for row in had_by(connection, account.id)), default=0) - 1
    until_ms = now_ms + review.settings.lease_ms
    give(connection, account.id, [(item.id, first)], until_ms, runs)


def _ballot_of(vote: AnyRow) -> Ballot:
    said = {name: getattr(vote, name) for name in _SAID}
    return Ballot(id=vote.id, item=vote.sha256, took_ms=vote.took_ms, **said)
