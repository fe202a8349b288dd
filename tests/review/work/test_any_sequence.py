"""Whatever people do in whatever order: what is stored is what follows from the log."""

import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from anigifs.curate.voting.decisions import decide
from anigifs.review.people.accounts import Account
from anigifs.review.review import Review
from anigifs.review.store.deriving import Derived
from anigifs.review.store.engine import reading
from anigifs.review.store.log import rebuild, standing_votes
from anigifs.review.store.schema import events, items, leases, standing
from anigifs.review.work.adjudication import disputes
from anigifs.review.work.assignment import lease
from anigifs.review.work.shapes import Ballot, Refused
from anigifs.review.work.voting import cast, cast_and_lease, progress_of, undo
from tests.curate.voting.voted import item_of
from tests.review.made import MINUTE, NOW, Reviews, person
from tests.review.postgres import Cluster

NAMES, GOLD = "abcde", "e"
PEOPLE = ("ann", "bob", "cat", "dan")
WHO = st.integers(0, len(PEOPLE) - 1)
SAID = st.sampled_from(["yoga", "squat", "gif", "action", "skip"])
STEP = st.one_of(
    st.tuples(st.just("lease"), WHO, st.integers(0, 3)),
    st.tuples(st.just("vote"), WHO, SAID, st.booleans(), st.integers(0, 2)),
    st.tuples(st.just("vote"), WHO, SAID, st.just(False), st.just(0)),
    st.tuples(st.just("late"), WHO, SAID),
    st.tuples(st.just("undo"), WHO),
    st.tuples(st.just("decide"), SAID),
    st.tuples(st.just("clock"), st.sampled_from([1, 5, 31, 1500, -7, -45, -3000])),
)


class Work:
    """A review, and people who do as they are told."""

    def __init__(self, review: Review) -> None:
        self.review = review
        self.people: list[Account] = [person(review, name) for name in PEOPLE]
        self.ada = person(review, "ada")
        self.now_ms, self.made = NOW, 0
        self.had: dict[int, list[str]] = {one.id: [] for one in self.people}
        self.acknowledged: list[str] = []

    def do(self, kind: str, *told: object) -> None:
        """Do one thing, and look whether all is in order after it."""
        getattr(self, f"_{kind}")(*told)
        self.check()

    def _clock(self, minutes: int) -> None:
        self.now_ms += minutes * MINUTE

    def _lease(self, who: int, count: int) -> list[str]:
        one = self.people[who]
        found = [card.item for card in lease(self.review, one, count, self.now_ms)]
        self.had[one.id] += [item for item in found if item not in self.had[one.id]]
        return found

    def _vote(self, who: int, said: str, escalate: bool, place: int) -> None:
        """Judge one of the cards that a person holds."""
        held = self._lease(who, 3)
        if held:
            one = self.people[who]
            ballot = self._ballot(held[place % len(held)], said, escalate)
            turn = cast_and_lease(self.review, one, ballot, 2, self.now_ms)
            self.had[one.id] += [card.item for card in turn.items]
            self.acknowledged.append(ballot.id)
            exact = asdict(progress_of(self.review, one, self.now_ms))
            told = asdict(turn.progress)
            del exact["left"], told["left"]  # others' votes are counted in later
            assert told == exact

    def _late(self, who: int, said: str) -> None:
        """Judge something that a person once had, if they may."""
        one = self.people[who]
        if self.had[one.id]:
            ballot = self._ballot(self.had[one.id][0], said)
            with suppress(Refused):
                cast(self.review, one, ballot, self.now_ms)
                self.acknowledged.append(ballot.id)

    def _undo(self, who: int) -> None:
        event = self._id()
        with suppress(Refused):  # where an adjudicator has decided
            if undo(self.review, self.people[who], event, self.now_ms):
                self.acknowledged.append(event)

    def _decide(self, said: str) -> None:
        for dispute in disputes(self.review, self.ada, 1):
            ballot = self._ballot(dispute.card.item, said)
            cast(self.review, self.ada, ballot, self.now_ms)
            self.acknowledged.append(ballot.id)

    def _id(self) -> str:
        self.made += 1
        return str(uuid.UUID(int=self.made))

    def _ballot(self, item: str, said: str, escalate: bool = False) -> Ballot:
        if said == "skip":
            return Ballot(self._id(), item, "skip", escalate=escalate)
        if said in ("gif", "action"):
            return Ballot(self._id(), item, "reject", criterion=said, escalate=escalate)
        return Ballot(self._id(), item, "accept", said, escalate=escalate)

    def check(self) -> None:
        """Compare what is stored with the log, and with the rules for votes in files."""
        with reading(self.review.engine) as connection:
            rows = connection.execute(select(items)).all()
            rebuilt = rebuild(connection, self.review.settings)
            stands = connection.execute(select(standing)).all()
            log = list(connection.scalars(select(events.c.id).order_by(events.c.seq)))
            running = Counter(connection.scalars(select(leases.c.item).where(leases.c.runs)))
            had = connection.execute(select(func.count()).select_from(leases)).scalar_one()
        assert log == self.acknowledged
        assert {(row.item, row.account, row.role): row.seq for row in stands} == rebuilt.standing
        assert had <= len(NAMES) * len(PEOPLE)
        names = Derived.__dataclass_fields__
        for row in rows:
            assert Derived(**{name: getattr(row, name) for name in names}) == rebuilt.items[row.id]
            assert row.leased == running[row.id]
            assert row.state == "open" or not row.leased
        judged = {(row.item, row.account) for row in stands}
        assert len(judged) == len(stands)
        decided = decide(
            [item_of(name) for name in NAMES],
            standing_votes(self.review),
            least=self.review.settings.overlap,
        )
        for row in rows:
            found = decided[row.sha256]
            if row.gold is None or row.state == "decided":
                assert (row.state == "decided") is (found.state in ("accepted", "rejected"))
                assert row.outcome_label == found.label


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with TemporaryDirectory() as made:
        yield Path(made)


def run(folder: Path, database: str, steps: list[tuple]) -> None:  # type: ignore[type-arg]
    """Let people do things in a new review."""
    with TemporaryDirectory(dir=folder) as made:
        reviews = Reviews(Path(made), database)
        try:
            work = Work(reviews.make(NAMES, people=PEOPLE, gold=GOLD, gold_every=3))
            for step in steps:
                work.do(*step)
        finally:
            reviews.close()


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(steps=st.lists(STEP, min_size=5, max_size=25))
def test_in_sqlite(folder: Path, steps: list[tuple]) -> None:  # type: ignore[type-arg]
    run(folder, "sqlite", steps)


@settings(max_examples=4, suppress_health_check=[HealthCheck.too_slow])
@given(steps=st.lists(STEP, min_size=20, max_size=40))
def test_in_postgresql(folder: Path, postgres: Cluster, steps: list[tuple]) -> None:  # type: ignore[type-arg]
    run(folder, postgres.schema(), steps)
