"""Votes of a file into the log of a review, under accounts that cannot log in."""

import json
import time
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from anigifs.curate.votes import Role, Vote, check_vote
from anigifs.foundation import UsageError
from anigifs.review.people.accounts import check_name, check_person
from anigifs.review.store.deriving import Stood
from anigifs.review.store.schema import accounts, events, items, standing
from anigifs.review.work.deciding import settle
from anigifs.review.work.rows import AnyRow
from anigifs.review.work.shapes import COMMENT_CHARACTERS, LABEL_CHARACTERS, check_text
from anigifs.review.work.voting import in_one

if TYPE_CHECKING:
    from anigifs.review.review import Review

#: Ids of loaded votes follow from what they say, under this name.
NAMESPACE = uuid.UUID("6c1f2a52-6d3c-5d0c-9f0a-6f5a3f3e7c11")
#: Behind the name of an adjudicator who also voted as an annotator: nobody has two roles.
OTHER_ROLE = "-adjudicator"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
#: Names and numbers that are asked for at once; databases take no more than some thousands.
_SOME = 500
Thing = TypeVar("Thing")
#: One person's votes on one item: item, account, role.
_Key = tuple[int, int, Role]


@dataclass(frozen=True)
class Loaded:
    """What loading did.

    Attributes:
        added: Votes that are new in the log.
        repeated: Votes that were there already.
        older: Votes of somebody who has a later one on the item there; they were passed over.
        known: Known answers of a review's export; they were passed over, as only making a review
            takes these.
        people: Whose votes are among those of the file, as they are called in the review.
    """

    added: int
    repeated: int
    older: int
    known: int
    people: tuple[str, ...]


@dataclass(frozen=True)
class _New:
    """A vote that is to be stored."""

    id: str
    vote: Vote
    at_ms: int
    item: AnyRow
    account: int

    @property
    def key(self) -> _Key:
        return (self.item.id, self.account, self.vote.role)


def load(review: "Review", votes: Sequence[Vote]) -> Loaded:
    """Add votes to the log of a review, all or none; the same votes again change nothing.

    They count as any other, and were as blind as whoever gathered them saw to. Who cast them gets
    an account that is disabled and has no password.

    Args:
        review: To which.
        votes: Such as those of a file. Of each person the last on an item counts, by time; one
            without a time is older than all others, and gets the first of 1970.

    Raises:
        UsageError: A vote is on no item of the review or names no class of it, or a name is no
            account's, or that of somebody who takes part themselves.
        Unreachable: The database cannot be used.
    """
    theirs = [vote for vote in votes if not vote.is_known_answer]
    for number, vote in enumerate(votes, start=1):
        _check(review, number, vote)
    names = _names(theirs)

    def work(connection: Connection) -> tuple[int, int]:
        found = _locked_items(connection, {vote.item for vote in theirs})
        _check_items(votes, found, theirs)
        ids = {_id(vote): vote for vote in sorted(theirs, key=lambda vote: vote.when)}
        there = _stored(connection, ids)
        unknown = {one: vote for one, vote in ids.items() if one not in there}
        people = _accounts(connection, {names[_person(one)]: one.role for one in unknown.values()})
        new, older = _without_older(
            connection,
            [
                _New(one, vote, _at_ms(vote), found[vote.item], people[names[_person(vote)]])
                for one, vote in unknown.items()
            ],
        )
        _store(connection, new)
        _settle(connection, review, {one.item.id: one.item for one in new})
        return len(new), older

    added, older = in_one(review, work)
    return Loaded(
        added=added,
        repeated=len(theirs) - added - older,
        older=older,
        known=len(votes) - len(theirs),
        people=tuple(sorted(set(names.values()))),
    )


def _check(review: "Review", number: int, vote: Vote) -> None:
    try:
        check_vote(vote)
        (check_name if vote.is_known_answer else check_person)(vote.annotator)
        check_text("comment", vote.comment, COMMENT_CHARACTERS)
        check_text("style", vote.style, LABEL_CHARACTERS)
        if vote.label and vote.label not in review.labels:
            raise UsageError(f"label is {vote.label[:80]!a}, which is no class of this review")
    except UsageError as error:
        raise UsageError(f"vote {number:,}: {error}") from None


def _check_items(votes: Sequence[Vote], found: dict[str, AnyRow], theirs: Sequence[Vote]) -> None:
    strange = [vote for vote in theirs if vote.item not in found]
    if strange:
        number = votes.index(strange[0]) + 1
        raise UsageError(
            f"vote {number:,}: {strange[0].item} is no item of this review; {len(strange):,} votes "
            "are on none"
        )


def _person(vote: Vote) -> tuple[str, Role]:
    return (vote.annotator, vote.role)


def _names(votes: Iterable[Vote]) -> dict[tuple[str, Role], str]:
    """Return what each person is called, in each role; names are the same whatever their case."""
    people = dict.fromkeys(map(_person, votes))
    spelt: dict[str, str] = {}
    for name, _ in people:
        if spelt.setdefault(name.lower(), name) != name:
            raise UsageError(f"{spelt[name.lower()]} and {name}: one name, spelt in two ways")
    return {
        (name, role): f"{name}{OTHER_ROLE}"
        if role == "adjudicator" and (name, "annotator") in people
        else name
        for name, role in people
    }


def _id(vote: Vote) -> str:
    said = [getattr(vote, name) for name in Vote.__dataclass_fields__]
    return str(uuid.uuid5(NAMESPACE, json.dumps(said)))


def _at_ms(vote: Vote) -> int:
    return (vote.when - _EPOCH) // _MILLISECOND if vote.at else 0


def _locked_items(connection: Connection, names: Iterable[str]) -> dict[str, AnyRow]:
    """Return the rows of items, which nobody else can change until the transaction ends."""
    found = {}
    for some in _parts(sorted(names)):
        query = select(items).where(items.c.sha256.in_(some)).order_by(items.c.sha256)
        found.update({row.sha256: row for row in connection.execute(query.with_for_update())})
    return found


def _stored(connection: Connection, ids: Iterable[str]) -> set[str]:
    """Return those of some ids that are in the log."""
    found: set[str] = set()
    for some in _parts(list(ids)):
        found.update(connection.scalars(select(events.c.id).where(events.c.id.in_(some))))
    return found


def _accounts(connection: Connection, voting: Mapping[str, Role]) -> dict[str, int]:
    """Return the accounts under which new votes are stored, made where they are not there."""
    found = {}
    for name, role in sorted(voting.items()):
        row = connection.execute(
            select(accounts).where(func.lower(accounts.c.name) == name.lower())
        ).first()
        if row is None:
            made = {"name": name, "role": role, "password_hash": "", "enabled": False, "epoch": 0}
            added = (
                insert(accounts)
                .values(**made, created_ms=time.time_ns() // 1_000_000)
                .returning(accounts.c.id)
            )
            found[name] = connection.execute(added).scalar_one()
        elif (row.name, row.role, row.password_hash, row.enabled) == (name, role, "", False):
            found[name] = row.id
        else:
            raise UsageError(
                f"there is an account {row.name} already, whose votes are its own; give the person "
                "of the file another name"
            )
    return found


def _without_older(connection: Connection, new: Sequence[_New]) -> tuple[list[_New], int]:
    """Leave out votes of people who have a later one on the item in the log."""
    last: dict[_Key, int] = {}
    for some in _parts(sorted({one.item.id for one in new})):
        query = select(standing.c.item, standing.c.account, standing.c.role, standing.c.at_ms)
        for item, account, role, at_ms in connection.execute(
            query.where(standing.c.item.in_(some))
        ):
            last[item, account, role] = at_ms
    kept = [one for one in new if one.at_ms >= last.get(one.key, one.at_ms)]
    return kept, len(new) - len(kept)


def _store(connection: Connection, new: Sequence[_New]) -> None:
    """Write votes into the log, and the last of each person among those that stand."""
    if not new:
        return
    returned = insert(events).returning(events.c.seq, sort_by_parameter_order=True)
    numbers = connection.scalars(returned, [_event(one) for one in new]).all()
    last = {one.key: (one, seq) for one, seq in zip(new, numbers, strict=True)}
    fall = delete(standing).where(
        standing.c.item == bindparam("which"),
        standing.c.account == bindparam("whose"),
        standing.c.role == bindparam("as_role"),
    )
    keys = [{"which": item, "whose": account, "as_role": role} for item, account, role in last]
    connection.execute(fall, keys)
    connection.execute(insert(standing), [_stands(one, seq) for one, seq in last.values()])


def _event(one: _New) -> dict[str, Any]:
    judged = one.vote.role == "annotator"
    return {
        **_said(one),
        "id": one.id,
        "kind": "vote",
        "comment": one.vote.comment,
        "gold": judged and one.item.gold is not None,
    }


def _stands(one: _New, seq: int) -> dict[str, Any]:
    return {**_said(one), "seq": seq, "gold_right": _is_right(one)}


def _said(one: _New) -> dict[str, Any]:
    names = ("role", "verdict", "label", "criterion", "style")
    said = {name: getattr(one.vote, name) for name in names}
    return {**said, "item": one.item.id, "account": one.account, "at_ms": one.at_ms}


def _is_right(one: _New) -> bool | None:
    """Return whether an annotator's vote has the outcome that is known, where one is."""
    if one.item.gold is None or one.vote.verdict == "skip" or one.vote.role == "adjudicator":
        return None
    known = json.loads(one.item.gold)
    same_label = one.vote.verdict == "reject" or known["label"] == one.vote.label
    return bool(known["verdict"] == one.vote.verdict and same_label)


def _settle(connection: Connection, review: "Review", changed: dict[int, AnyRow]) -> None:
    """Bring items to what the votes that stand on them say."""
    columns = [standing.c[name] for name in Stood.__dataclass_fields__]
    for some in _parts(sorted(changed)):
        votes: dict[int, list[Stood]] = defaultdict(list)
        query = select(standing.c.item, *columns).where(standing.c.item.in_(some))
        for item, *said in connection.execute(query):
            votes[item].append(Stood(*said))
        for item in some:
            settle(connection, review.settings, changed[item], votes[item], freed=0)


def _parts(things: Sequence[Thing]) -> Iterator[Sequence[Thing]]:
    for start in range(0, len(things), _SOME):
        yield things[start : start + _SOME]
