"""Votes of a file in the log of a review: as if they had been cast there."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from anigifs.curate.votes import Vote
from anigifs.curate.voting.decisions import decide
from anigifs.foundation import UsageError
from anigifs.review.exchange.loading import load
from anigifs.review.people.accounts import NotLetIn, find, log_in
from anigifs.review.people.throttle import Throttle
from anigifs.review.review import Review
from anigifs.review.store.engine import reading, writing
from anigifs.review.store.log import rebuild, standing_votes
from anigifs.review.store.schema import accounts, events, items, leases, standing
from anigifs.review.work.assignment import lease
from anigifs.review.work.voting import cast
from tests.curate.voting.voted import item_of, sha, vote
from tests.review.made import NOW, Reviews, Votes, person, row_of

CAST = [
    vote("a", "dan", "accept", style="pixel art", comment="so", at="2026-01-01T00:00:00.250Z"),
    vote("a", "eve", "accept", at="2026-01-01T00:00:01.000Z"),
    vote("b", "dan", "accept", at="2026-01-01T00:00:02.000Z"),
    vote("b", "eve", "gif", at="2026-01-01T00:00:03.000Z"),
    vote("c", "eve", "skip", at="2026-01-01T00:00:04.000Z"),
]


def check_rebuilt(review: Review) -> None:
    """Make sure that what is stored is what the log says."""
    with reading(review.engine) as connection:
        rebuilt = rebuild(connection, review.settings)
        for row in connection.execute(select(items)):
            derived = rebuilt.items[row.id]
            for name in ("state", "hidden", "needed", "cast", "why", "outcome", "outcome_label"):
                assert getattr(row, name) == getattr(derived, name), name
        stored = {
            (row.item, row.account, row.role): row.seq
            for row in connection.execute(select(standing))
        }
        assert stored == rebuilt.standing


def count(review: Review) -> int:
    with reading(review.engine) as connection:
        return len(connection.execute(select(events.c.seq)).all())


def test_votes_count_as_if_they_had_been_cast_there(reviews: Reviews) -> None:
    review = reviews.make("abc")
    loaded = load(review, CAST)
    assert (loaded.added, loaded.repeated, loaded.older, loaded.known) == (5, 0, 0, 0)
    assert loaded.people == ("dan", "eve")
    assert standing_votes(review) == CAST
    assert [row_of(review, name).state for name in "abc"] == ["decided", "open", "open"]
    assert row_of(review, "b").needed == 3
    check_rebuilt(review)


def test_the_same_file_again_changes_nothing(reviews: Reviews) -> None:
    review = reviews.make("abc")
    load(review, CAST)
    again = load(review, [*CAST, CAST[0]])
    assert (again.added, again.repeated, count(review)) == (0, 6, 5)
    more = load(review, [*CAST, vote("c", "dan", "action", at="2026-01-02")])
    assert (more.added, more.repeated, count(review)) == (1, 5, 6)
    check_rebuilt(review)


def test_who_voted_elsewhere_cannot_log_in(lite: Reviews) -> None:
    review = lite.make("abc")
    load(review, CAST)
    dan = find(review, "dan")
    assert dan is not None
    assert (dan.role, dan.enabled) == ("annotator", False)
    for password in ("", "a long enough password"):
        with pytest.raises(NotLetIn):
            log_in(review, Throttle(), "dan", password, "::1", NOW)


def test_a_later_vote_takes_the_place_of_an_earlier_one(reviews: Reviews) -> None:
    """By time, whatever the order in the files; a vote without a time is the earliest."""
    review = reviews.make("ab")
    early, late = CAST[0], replace(CAST[0], verdict="skip", at="2026-01-05")
    untimed = replace(CAST[0], label="squat", at="")
    assert load(review, [late, early, untimed]).added == 3
    assert [(one.verdict, one.at) for one in standing_votes(review)] == [
        ("skip", "2026-01-05T00:00:00.000Z")
    ]
    older = load(review, [replace(early, at="2026-01-02")])
    assert (older.added, older.older) == (0, 1)
    assert load(review, [replace(early, at="2026-01-06")]).added == 1
    assert [one.verdict for one in standing_votes(review)] == ["accept"]
    check_rebuilt(review)


def test_leases_end_where_nothing_is_left_to_judge(reviews: Reviews) -> None:
    review = reviews.make("ab")
    cards = lease(review, person(review, "ann"), 2, NOW)
    assert len(cards) == 2
    load(review, CAST[:2])
    with reading(review.engine) as connection:
        query = select(items.c.sha256).join(leases).where(leases.c.runs)
        assert list(connection.scalars(query)) == [sha("b")]
    assert (row_of(review, "a").leased, row_of(review, "b").leased) == (0, 1)


def test_those_who_judge_here_go_on_beside_them(reviews: Reviews, votes: Votes) -> None:
    review = reviews.make("a")
    ann = person(review, "ann")
    lease(review, ann, 1, NOW)
    load(review, [CAST[0]])
    assert row_of(review, "a").state == "open"
    cast(review, ann, votes.ballot("a"), NOW)
    assert row_of(review, "a").state == "decided"
    check_rebuilt(review)


def test_an_adjudicator_decides_and_may_have_been_an_annotator(reviews: Reviews) -> None:
    review = reviews.make("ab")
    loaded = load(
        review,
        [
            vote("a", "dan", "accept", at="2026-01-01"),
            vote("a", "dan", "gif", role="adjudicator", at="2026-01-02"),
            vote("b", "kim", "accept", role="adjudicator", at="2026-01-02"),
        ],
    )
    assert loaded.people == ("dan", "dan-adjudicator", "kim")
    assert row_of(review, "a").outcome == "reject"
    assert row_of(review, "b").outcome == "accept"
    roles = {one.annotator: one.role for one in standing_votes(review)}
    assert roles == {"dan": "annotator", "dan-adjudicator": "adjudicator", "kim": "adjudicator"}
    check_rebuilt(review)


def test_known_answers_are_not_loaded_and_votes_on_them_are_judged(reviews: Reviews) -> None:
    review = reviews.make("ab", gold="a")
    loaded = load(
        review,
        [
            vote("a", "gold", "accept", role="adjudicator"),
            vote("a", "dan", "accept", at="2026-01-01"),
            vote("a", "eve", "accept", label="squat", at="2026-01-01"),
            vote("a", "fay", "skip", at="2026-01-01"),
            vote("a", "gil", "gif", at="2026-01-01"),
        ],
    )
    assert (loaded.added, loaded.known) == (4, 1)
    with reading(review.engine) as connection:
        query = select(accounts.c.name, standing.c.gold_right).join(
            standing, standing.c.account == accounts.c.id
        )
        assert dict(connection.execute(query).all()) == {
            "dan": True, "eve": False, "fay": None, "gil": False,
        }  # fmt: skip
        assert all(connection.scalars(select(events.c.gold)))
    assert row_of(review, "a").state == "open"
    check_rebuilt(review)


FAULTS: list[tuple[list[Vote], str]] = [
    ([CAST[0], vote("x", "dan", "accept"), vote("y", "dan", "accept")], "vote 2: "),
    ([vote("x", "dan", "accept")], "is no item of this review; 1 votes are on none"),
    ([vote("a", "dan", "accept", label="golf")], "vote 1: label is 'golf', which is no class"),
    ([vote("a", "Dan Smith", "accept")], "vote 1: name is 'Dan Smith'; give"),
    ([vote("a", "Gold", "accept")], "vote 1: name is 'Gold', under which known answers stand"),
    ([CAST[0], vote("a", "Dan", "accept")], "dan and Dan: one name, spelt in two ways"),
    ([vote("a", "dan", "accept", comment="x" * 2001)], "comment has 2,001 characters"),
    ([vote("a", "dan", "accept", comment="\0")], "vote 1: comment is no text"),
    ([vote("a", "ann", "accept")], "there is an account ann already"),
    ([vote("a", "ANN", "accept")], "there is an account ann already"),
    ([vote("a", "ada", "accept", role="adjudicator")], "there is an account ada already"),
    ([replace(CAST[0], verdict="maybe")], "vote 1: verdict is 'maybe'"),  # type: ignore[arg-type]
]


@pytest.mark.parametrize(("cast_there", "fault"), FAULTS)
def test_all_or_nothing_is_loaded(lite: Reviews, cast_there: list[Vote], fault: str) -> None:
    review = lite.make("abc")
    load(review, CAST)
    with pytest.raises(UsageError) as error:
        load(review, [vote("c", "zoe", "accept", at="2026-01-01"), *cast_there])
    assert fault.replace("vote 2", "vote 3").replace("vote 1", "vote 2") in str(error.value)
    assert len(str(error.value).splitlines()) == 1
    assert standing_votes(review) == CAST
    assert find(review, "zoe") is None


def test_an_account_that_somebody_can_use_keeps_its_votes_to_itself(lite: Reviews) -> None:
    """An administrator may let a person in who voted elsewhere; then their votes are their own."""
    review = lite.make("abc")
    load(review, CAST)
    with writing(review.engine) as connection:
        connection.execute(accounts.update().values(enabled=True))
    assert load(review, CAST).repeated == 5
    with pytest.raises(UsageError, match="there is an account dan already"):
        load(review, [vote("c", "dan", "accept")])


def test_many_votes_are_loaded_in_parts(lite: Reviews) -> None:
    names = [f"{number}" for number in range(300)]
    review = lite.make([item_of(name) for name in names])
    cast_there = [
        vote(name, person, "accept", at="2026-01-01T00:00:00.000Z")
        for name in names
        for person in ("dan", "eve")
    ]
    assert load(review, cast_there).added == 600
    assert load(review, cast_there).repeated == 600
    check_rebuilt(review)
    with reading(review.engine) as connection:
        assert set(connection.scalars(select(items.c.state))) == {"decided"}


said = st.sampled_from(["accept", "squat", "gif", "action", "skip"])
histories = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from(["dan", "eve", "fay"]), said,
              st.integers(1, 28), st.sampled_from(["annotator", "adjudicator"])),
    min_size=6,
    max_size=20,
)  # fmt: skip


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories)
def test_what_is_decided_is_what_the_file_decides(
    tmp_path_factory: pytest.TempPathFactory, history: list[tuple[Any, ...]]
) -> None:
    made = Reviews(tmp_path_factory.mktemp("loaded"), "sqlite")
    review = made.make("abc")
    told = {}  # of one person on one item at one time, one vote: else which is later is not known
    for item, name, what, day, role in history:
        label = {"accept": "yoga", "squat": "squat"}.get(what, "")
        verdict = "accept" if label else what
        at = f"2026-01-{day:02}T00:00:00.000Z"
        told[item, name, role, at] = vote(item, name, verdict, label=label, role=role, at=at)
    cast_there = list(told.values())
    load(review, cast_there)
    check_rebuilt(review)
    one_each = [item_of(name) for name in "abc"]
    for decided in (standing_votes(review), standing_votes(review, raw=True)):
        found, wanted = decide(one_each, decided), decide(one_each, cast_there)
        for name in "abc":
            left, right = found[sha(name)], wanted[sha(name)]
            assert (left.state, left.label) == (right.state, right.label)
    made.close()


def test_what_one_review_exports_another_one_loads(lite: Reviews, tmp_path: Path) -> None:
    first = lite.make("abc")
    load(first, CAST)
    other = Reviews(tmp_path / "other", "sqlite")
    second = other.make("abc")
    assert load(second, standing_votes(first)).added == 5
    assert standing_votes(second) == standing_votes(first)
    other.close()


def test_the_log_says_who_and_when(lite: Reviews) -> None:
    review = lite.make("a")
    load(review, [CAST[0], vote("a", "eve", "accept")])
    with reading(review.engine) as connection:
        rows = connection.execute(select(events.c.at_ms, events.c.comment, events.c.kind)).all()
        made = connection.execute(select(accounts).where(accounts.c.name == "dan")).one()
    assert sorted(rows) == [(0, "", "vote"), (1_767_225_600_250, "so", "vote")]
    assert made.password_hash == ""
