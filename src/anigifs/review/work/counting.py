"""How far a person has come: quickly, as it is told after each vote."""

import json
from dataclasses import asdict, dataclass, replace

from sqlalchemy import Connection, bindparam, case, func, select

from anigifs.curate.votes import Verdict
from anigifs.review.store.schema import items, standing
from anigifs.review.work.shapes import Progress
from anigifs.review.work.walking import Walk

#: All is counted anew after so long, as others' votes change what is left.
STALE_MS = 600_000
DAY_MS = 86_400_000
_MINE = (standing.c.account == bindparam("account"), standing.c.role == "annotator")
_RIGHT = standing.c.gold_right
_VOTES = (
    select(
        standing.c.verdict,
        func.count().label("votes"),
        func.sum(case((standing.c.at_ms >= bindparam("midnight"), 1), else_=0)).label("today"),
        func.count(_RIGHT).label("seen"),
        func.sum(case((_RIGHT, 1), else_=0)).label("right"),
    )
    .where(*_MINE)
    .group_by(standing.c.verdict)
)
_OPEN = select(func.count()).where(items.c.state == "open")
_OPEN_GOLD = _OPEN.where(items.c.gold.is_not(None))
_OPEN_MINE = (
    select(func.count())
    .join_from(standing, items, items.c.id == standing.c.item)
    .where(*_MINE, items.c.state == "open", items.c.gold.is_(None))
)
_LEFT = select(
    _OPEN.scalar_subquery() - _OPEN_GOLD.scalar_subquery() - _OPEN_MINE.scalar_subquery()
)


@dataclass(frozen=True, slots=True)
class Effect:
    """What a vote changes of its voter's progress.

    Attributes:
        verdict: Of the vote.
        right: Whether it is the answer that is known; None where there is nothing to say.
        was_left: Its item had been among those that were left.
    """

    verdict: Verdict
    right: bool | None
    was_left: bool


def progress(connection: Connection, account: int, now_ms: int) -> Progress:
    """Return how far a person has come.

    Args:
        connection: To the database.
        account: Whose.
        now_ms: The time in milliseconds since 1970, UTC.
    """
    known = {"account": account, "midnight": now_ms - now_ms % DAY_MS}
    rows = {row.verdict: row for row in connection.execute(_VOTES, known)}
    votes = {verdict: row.votes for verdict, row in rows.items()}
    judged = [row for verdict, row in rows.items() if verdict != "skip"]
    return Progress(
        votes=sum(row.votes for row in judged),
        today=sum(row.today for row in judged),
        accepted=votes.get("accept", 0),
        rejected=votes.get("reject", 0),
        skipped=votes.get("skip", 0),
        gold_right=sum(row.right for row in judged),
        gold_seen=sum(row.seen for row in judged),
        left=connection.execute(_LEFT, {"account": account}).scalar_one(),
    )


def after_vote(
    connection: Connection,
    account: int,
    walk: Walk,
    vote: Effect,
    now_ms: int,
) -> tuple[Progress, Walk]:
    """Return how far a person has come by a vote that was just stored.

    Args:
        connection: To the database.
        account: Whose vote.
        walk: As it was before.
        vote: What it changes.
        now_ms: The time in milliseconds since 1970, UTC.

    Returns:
        That, and a walk that knows of it.
    """
    same_day = now_ms // DAY_MS == walk.counted_ms // DAY_MS
    if walk.progress and same_day and 0 <= now_ms - walk.counted_ms < STALE_MS:
        counted = _with_vote(Progress(**json.loads(walk.progress)), vote)
    else:
        counted, walk = progress(connection, account, now_ms), replace(walk, counted_ms=now_ms)
    return counted, replace(walk, progress=json.dumps(asdict(counted)))


def _with_vote(before: Progress, vote: Effect) -> Progress:
    judged = vote.verdict != "skip"
    return Progress(
        votes=before.votes + judged,
        today=before.today + judged,
        accepted=before.accepted + (vote.verdict == "accept"),
        rejected=before.rejected + (vote.verdict == "reject"),
        skipped=before.skipped + (not judged),
        gold_right=before.gold_right + bool(vote.right),
        gold_seen=before.gold_seen + (vote.right is not None),
        left=max(before.left - vote.was_left, 0),
    )
