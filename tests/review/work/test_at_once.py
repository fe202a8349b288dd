"""Many people at the same moment, in threads, as a server serves them."""

import random
import threading
from collections import Counter
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from anigifs.curate.voting.decisions import decide
from anigifs.review.review import Review
from anigifs.review.store.engine import reading
from anigifs.review.store.log import standing_votes
from anigifs.review.store.schema import events, items, leases, standing
from anigifs.review.work.assignment import lease
from anigifs.review.work.shapes import Ballot, Refused
from anigifs.review.work.voting import cast, cast_and_lease
from tests.curate.voting.voted import item_of
from tests.review.made import NOW, Reviews, Votes, person

PEOPLE = [f"p{number}" for number in range(8)]
NAMES = [f"item {number}" for number in range(24)]


def at_once(work: Callable[[int], None], threads: int) -> None:
    """Run a function in threads; what one raises is raised."""
    faults: list[BaseException] = []
    start = threading.Barrier(threads)

    def guarded(number: int) -> None:
        try:
            start.wait()
            work(number)
        except BaseException as fault:
            faults.append(fault)

    running = [threading.Thread(target=guarded, args=(number,)) for number in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    if faults:
        raise faults[0]


def assert_within_need(review: Review) -> None:
    """Make sure that no item has more leases and votes than it needs."""
    running = (
        select(func.count()).where(leases.c.item == items.c.id, leases.c.runs).scalar_subquery()
    )
    cast_ = (
        select(func.count())
        .where(standing.c.item == items.c.id, standing.c.verdict != "skip")
        .scalar_subquery()
    )
    query = select(items, running.label("running"), cast_.label("votes"))
    with reading(review.engine) as connection:
        for row in connection.execute(query):
            assert row.leased == row.running
            assert row.cast == row.votes
            assert row.running + row.votes <= row.needed


def test_nobody_is_given_too_much_and_nothing_is_lost(reviews: Reviews) -> None:
    review = reviews.make(NAMES, people=PEOPLE, gold_every=0)
    made = [Votes(1_000_000 * number) for number in range(len(PEOPLE))]
    acknowledged: list[str] = []
    done = threading.Event()

    def vote_all(number: int) -> None:
        rng, one = random.Random(number), person(review, PEOPLE[number])
        cards = lease(review, one, 3, NOW)
        while cards:
            said = rng.choice(["yoga", "yoga", "gif", "skip"])
            ballot = made[number].ballot(cards[0].item, said)
            turn = cast_and_lease(review, one, ballot, 3, NOW)
            assert not turn.receipt.repeated
            acknowledged.append(ballot.id)
            cards = turn.items

    def look_on() -> None:
        while not done.is_set():
            assert_within_need(review)

    watcher = threading.Thread(target=look_on)
    watcher.start()
    try:
        at_once(vote_all, len(PEOPLE))
        for number in range(len(PEOPLE)):  # what became free after they had left
            vote_all(number)
    finally:
        done.set()
        watcher.join()
    assert_within_need(review)
    with reading(review.engine) as connection:
        log = connection.execute(select(events)).all()
    assert sorted(event.id for event in log) == sorted(acknowledged)
    assert max(Counter((event.item, event.account) for event in log).values()) == 1
    decided = decide([item_of(name) for name in NAMES], standing_votes(review), least=2)
    with reading(review.engine) as connection:
        for row in connection.execute(select(items)):
            accepted_or_not = decided[row.sha256].state in ("accepted", "rejected")
            assert (row.state == "decided") is accepted_or_not
            # Where it is open, everybody has skipped it who did not judge it.
            skips = sum(event.item == row.id and event.verdict == "skip" for event in log)
            assert row.state != "open" or row.cast + skips == len(PEOPLE)


def test_one_ballot_sent_at_once_is_one_vote(reviews: Reviews, votes: Votes) -> None:
    review = reviews.make("a")
    ann = person(review, "ann")
    lease(review, ann, 1, NOW)
    ballot, receipts = votes.ballot("a"), []
    at_once(lambda number: receipts.append(cast(review, ann, ballot, NOW)), 6)
    assert [one.repeated for one in receipts].count(False) == 1
    assert len({one.seq for one in receipts}) == 1


def test_one_id_sent_by_several_is_one_vote(reviews: Reviews, votes: Votes) -> None:
    review = reviews.make("abcdef", people=PEOPLE, overlap=8, most=8)
    for name in PEOPLE:
        lease(review, person(review, name), 6, NOW)
    same: list[Ballot] = [votes.ballot(name) for name in "abcdef"]
    one_id = [Ballot(same[0].id, ballot.item, "accept", "yoga") for ballot in same]
    outcomes: list[str] = []

    def send(number: int) -> None:
        try:
            cast(review, person(review, PEOPLE[number]), one_id[number], NOW)
            outcomes.append("stored")
        except Refused:
            outcomes.append("refused")

    at_once(send, 6)
    assert sorted(outcomes) == [*(5 * ["refused"]), "stored"]
    assert len(standing_votes(review)) == 1


def test_two_tabs_of_one_person_get_the_same_cards(reviews: Reviews) -> None:
    review = reviews.make(NAMES, people=PEOPLE)
    one, found = person(review, PEOPLE[0]), []
    at_once(lambda number: found.append(tuple(lease(review, one, 4, NOW))), 6)
    assert len(set(found)) == 1
    assert len(found[0]) == 4


@pytest.mark.parametrize("overlap", [1, 3])
def test_leases_that_run_out_at_once_are_given_once(reviews: Reviews, overlap: int) -> None:
    review = reviews.make(NAMES[:6], people=PEOPLE, overlap=overlap, most=3)
    for name in PEOPLE[:3]:
        lease(review, person(review, name), 6, NOW)
    later = NOW + review.settings.lease_ms

    def take(number: int) -> None:
        lease(review, person(review, PEOPLE[number]), 6, later)

    at_once(take, len(PEOPLE))
    assert_within_need(review)
    with reading(review.engine) as connection:
        leased = connection.execute(select(func.sum(items.c.leased))).scalar_one()
    assert leased <= 6 * overlap
