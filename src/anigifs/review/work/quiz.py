"""The quiz: people name the class of GIFs that were accepted, and only that."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Subquery, case, exists, func, insert, select

from anigifs.foundation import UsageError, seed_of
from anigifs.review.store.engine import reading
from anigifs.review.store.schema import accounts, answers, items, standing
from anigifs.review.work.progress import Share, share_of
from anigifs.review.work.rows import lock_account
from anigifs.review.work.shapes import Card, Receipt, Refused, check_id, check_took
from anigifs.review.work.voting import in_one

if TYPE_CHECKING:
    from anigifs.review.people.accounts import Account
    from anigifs.review.review import Review


@dataclass(frozen=True, slots=True)
class Group:
    """Answers of one person, or on one class.

    Attributes:
        name: Of the account or the class.
        answers: How many.
        right: Of these.
    """

    name: str
    answers: int
    right: int


@dataclass(frozen=True, slots=True)
class Quiz:
    """How well people do.

    Attributes:
        answers: How many were given.
        top1: The share of them that are right, with its interval; None without an answer.
        classes: By the class that is right, sorted.
        people: By name.
    """

    answers: int
    top1: Share | None
    classes: tuple[Group, ...]
    people: tuple[Group, ...]


def quiz_next(review: "Review", account: "Account", now_ms: int) -> Card | None:
    """Return what an annotator is to name next, without its classes; None when they are through.

    Everybody is asked about the same items, as far as they have not judged them: of each class up
    to ``quiz_a_class`` that were accepted as it, in an order of their own.

    Args:
        review: Of what.
        account: Whose quiz.
        now_ms: The time; nothing depends on it yet.
    """
    sample = _sample(review.settings.quiz_a_class)
    judged = exists().where(standing.c.item == sample.c.id, standing.c.account == account.id)
    answered = exists().where(answers.c.item == sample.c.id, answers.c.account == account.id)
    query = select(sample.c.id, sample.c.sha256, sample.c.kind).where(~judged, ~answered)
    with reading(review.engine) as connection:
        rows = connection.execute(query).all()
    # By a hash: classes come mixed, and another class may be added without moving the others.
    row = min(
        rows,
        key=lambda row: seed_of(review.settings.seed, "quiz order", account.id, row.sha256),
        default=None,
    )
    return None if row is None else Card(row.sha256, row.kind, "", ())


def count_answers(review: "Review", account: "Account") -> int:
    """Return how many answers a person has given."""
    query = select(func.count()).where(answers.c.account == account.id)
    with reading(review.engine) as connection:
        return connection.execute(query).scalar_one()


def answer(
    review: "Review",
    account: "Account",
    id: str,  # noqa: A002 - as the client calls it
    item: str,
    label: str,
    took_ms: int,
    now_ms: int,
) -> Receipt:
    """Store an answer; the same again changes nothing.

    Args:
        review: Of what.
        account: Whose answer.
        id: A UUID that the sender makes.
        item: The sha256 of what was shown.
        label: The class that they name.
        took_ms: How long they looked.
        now_ms: The time in milliseconds since 1970, UTC.

    Raises:
        UsageError: It makes no sense.
        Refused: Its id stands for another answer, the person has answered or judged the item, or
            it is not in the quiz.
    """
    check_id(id)
    check_took(took_ms)
    if label not in review.labels:
        raise UsageError(f"label is {str(label)[:80]!a}, which is no class of this review")
    said = {"id": id, "label": label, "took_ms": took_ms, "at_ms": now_ms}
    return in_one(review, lambda connection: _answer(connection, account, item, said))


def quiz_result(review: "Review") -> Quiz:
    """Return how well people do, over all answers, by what is decided now.

    Answers on items that are not accepted any more are left out. The interval takes answers for
    independent. Those of several people on one item are not quite.
    """
    asked = items.c.outcome_label
    good = case((answers.c.label == asked, 1), else_=0)
    query = (
        select(accounts.c.name, asked, func.count(), func.sum(good))
        .join_from(answers, items, items.c.id == answers.c.item)
        .join(accounts, accounts.c.id == answers.c.account)
        .where(items.c.outcome == "accept")
        .group_by(accounts.c.name, asked)
    )
    with reading(review.engine) as connection:
        rows = [tuple(row) for row in connection.execute(query)]
    total, right = sum(row[2] for row in rows), sum(row[3] for row in rows)
    return Quiz(
        answers=total,
        top1=share_of(right, total),
        classes=_grouped((label, count, good) for _, label, count, good in rows),
        people=_grouped((name, count, good) for name, _, count, good in rows),
    )


def _sample(a_class: int) -> Subquery:
    """Return the items of the quiz, in SQL: of each class those with the least random numbers."""
    rank = func.row_number().over(partition_by=items.c.outcome_label, order_by=items.c.draw)
    accepted = (
        select(items.c.id, items.c.sha256, items.c.kind, rank.label("rank"))
        .where(items.c.outcome == "accept", items.c.state == "decided", items.c.gold.is_(None))
        .subquery()
    )
    return select(accepted).where(accepted.c.rank <= a_class).subquery()


def _answer(
    connection: Connection, account: "Account", sha256: str, said: dict[str, Any]
) -> Receipt:
    lock_account(connection, account)
    if account.role != "annotator":
        raise Refused(f"{account.name}: the quiz is for annotators")
    known = connection.execute(
        select(answers, items.c.sha256)
        .join(items, items.c.id == answers.c.item)
        .where(answers.c.id == said["id"])
    ).first()
    if known is not None:
        if (known.account, known.sha256, known.label) != (account.id, sha256, said["label"]):
            raise Refused(f"{said['id']}: this id stands for another answer")
        return Receipt(known.seq, repeated=True)
    item = connection.execute(select(items).where(items.c.sha256 == sha256)).first()
    if item is None or item.outcome != "accept" or item.gold is not None:
        raise Refused(f"{sha256}: not in the quiz")
    for table in (standing, answers):
        mine = select(table.c.item).where(table.c.item == item.id, table.c.account == account.id)
        if connection.execute(mine.limit(1)).first() is not None:
            raise Refused(f"{sha256}: you have judged it, or answered")
    row = said | {
        "item": item.id,
        "account": account.id,
        "right": said["label"] == item.outcome_label,
    }
    stored = connection.execute(insert(answers).values(row).returning(answers.c.seq))
    return Receipt(stored.scalar_one(), repeated=False)


def _grouped(rows: Iterable[tuple[str, int, int]]) -> tuple[Group, ...]:
    answers_of: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for name, count, good in rows:
        answers_of[name] += count
        right[name] += good
    return tuple(Group(name, answers_of[name], right[name]) for name in sorted(answers_of))
