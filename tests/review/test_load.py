"""Many who judge at once over HTTP, and a server that is killed meanwhile.

How quick it is, benchmarks/review.py measures; here it is counted.
"""

from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select

from anigifs.review.review import make_review, open_review
from anigifs.review.settings import Settings
from anigifs.review.store.engine import reading
from anigifs.review.store.log import rebuild
from anigifs.review.store.schema import items, standing
from benchmarks.review import draw_collection, faults, judge

PEOPLE, SECONDS, THINK_S = 12, 20.0, 0.3
FILES = 400


@pytest.mark.slow
@pytest.mark.parametrize("kill", [False, True], ids=["steady", "killed"])
def test_no_vote_is_lost_or_doubled(tmp_path: Path, database: str, kill: bool) -> None:
    draw_collection(tmp_path / "found", FILES)
    settings = Settings(name="load", collection=str(tmp_path / "found"), database=database)
    make_review(tmp_path / "found", tmp_path / "review", settings)
    staff, _ = judge(tmp_path / "review", PEOPLE, SECONDS, THINK_S, pictures=True, kill=kill)
    assert [error for one in staff for error in one.errors] == []
    acknowledged = [vote for one in staff for vote in one.acknowledged]
    assert len(acknowledged) > PEOPLE
    assert faults(tmp_path / "review", acknowledged) == []
    _check_state(tmp_path / "review")


def _check_state(folder: Path) -> None:
    """Make sure that what is stored follows from the log, and nobody was asked in vain."""
    review = open_review(folder)
    try:
        with reading(review.engine) as connection:
            rebuilt = rebuild(connection, review.settings)
            rows = connection.execute(select(items.c.id, items.c.state, items.c.cast)).all()
            votes = Counter(connection.execute(select(standing.c.item)).scalars())
    finally:
        review.close()
    assert {row.id: row.state for row in rows} == {
        item: derived.state for item, derived in rebuilt.items.items()
    }
    assert max(votes.values()) <= review.settings.most
    assert {row.id: row.cast for row in rows if row.cast} == votes
