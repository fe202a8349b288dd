import subprocess
import sys

from sqlalchemy import select

from anigifs.review.store.engine import reading
from anigifs.review.store.log import rebuild
from anigifs.review.store.schema import events, items
from anigifs.review.work.assignment import lease
from anigifs.review.work.voting import cast_and_lease
from tests.conftest import REPOSITORY
from tests.review.made import NOW, Reviews, Votes, person

STORED = 7  # votes that are acknowledged before the kill


def test_a_kill_loses_no_acknowledged_vote(reviews: Reviews) -> None:
    names = [f"item {number}" for number in range(500)]
    review = reviews.make(names, gold_every=0)
    command = [sys.executable, "-m", "tests.review.work.killed", str(review.folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY) as process:
        if process.stdout is None:
            raise RuntimeError("its output is asked for")
        told = [process.stdout.readline().strip() for _ in range(STORED)]
        process.kill()
        told += process.stdout.read().split()
    with reading(review.engine) as connection:
        log = connection.scalars(select(events.c.id).order_by(events.c.seq)).all()
        rebuilt = rebuild(connection, review.settings)
        for row in connection.execute(select(items)):
            assert row.cast == rebuilt.items[row.id].cast
    assert STORED <= len(told) < len(names)
    # One more may be stored whose acknowledgement did not come through.
    assert list(log[: len(told)]) == told
    assert len(log) <= len(told) + 1
    # And the person goes on where they were, with the same ids if need be.
    ann, votes = person(review, "ann"), Votes(made=len(told))
    cards = lease(review, ann, 3, NOW)
    assert len(cards) >= 3
    if len(log) == len(told):
        assert not cast_and_lease(review, ann, votes.ballot(cards[0].item), 3, NOW).receipt.repeated
