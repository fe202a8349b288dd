"""What votes decide of items."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from anigifs.curate.votes import CRITERIA, Vote
from anigifs.curate.voting.decisions import Decision, count_foreign, count_states, decide, standing
from anigifs.curate.voting.items import Item
from anigifs.foundation import UsageError
from tests.curate.voting.voted import item_of, sha, vote

ITEMS = [item_of("a", "a2", labels=("yoga", "golf")), item_of("b"), item_of("c")]
Ballot = tuple[str, ...]  # who, the verdict or the criterion, and the class or the role
CASES: dict[str, tuple[list[Ballot], Decision]] = {
    "nobody": ([], Decision("unjudged")),
    "one skips": ([("ann", "skip")], Decision("unjudged")),
    "one accepts": ([("ann", "accept")], Decision("accepted", "yoga", accepts=1, votes=1)),
    "one rejects": ([("ann", "gif")], Decision("rejected", criterion="gif", votes=1)),
    "one against one": (
        [("ann", "accept"), ("bob", "gif")],
        Decision("undecided", accepts=1, votes=2),
    ),
    "two against one": (
        [("ann", "accept"), ("bob", "gif"), ("cat", "accept")],
        Decision("accepted", "yoga", accepts=2, votes=3),
    ),
    "two classes": (
        [("ann", "accept"), ("bob", "accept", "golf")],
        Decision("undecided", accepts=2, votes=2),
    ),
    "two classes and a rejection": (
        [("ann", "accept"), ("bob", "accept", "golf"), ("cat", "action")],
        Decision("undecided", accepts=2, votes=3),
    ),
    "half of four": (
        [("ann", "accept"), ("bob", "accept"), ("cat", "gif"), ("dan", "accept", "golf")],
        Decision("undecided", accepts=3, votes=4),
    ),
    "rejected for two reasons": (
        [("ann", "action"), ("bob", "animated")],
        Decision("rejected", criterion="animated", votes=2),
    ),
    "rejected for the reason that more name": (
        [("ann", "action"), ("bob", "gif"), ("cat", "action")],
        Decision("rejected", criterion="action", votes=3),
    ),
    "a change of mind": (
        [("ann", "accept"), ("ann", "gif")],
        Decision("rejected", criterion="gif", votes=1),
    ),
    "a vote taken back": ([("ann", "accept"), ("ann", "skip")], Decision("unjudged")),
    "an adjudicator against two": (
        [("ann", "accept"), ("bob", "accept"), ("eve", "action", "adjudicator")],
        Decision("rejected", criterion="action", accepts=2, votes=3),
    ),
    "an adjudicator who had judged before": (
        [("ann", "accept"), ("bob", "gif"), ("bob", "accept", "adjudicator")],
        Decision("accepted", "yoga", accepts=2, votes=2),
    ),
    "a known answer, which is nobody's": (
        [("gold", "accept", "adjudicator")],
        Decision("accepted", "yoga", accepts=0, votes=0),
    ),
    "a known answer against two": (
        [("ann", "accept"), ("bob", "accept"), ("gold", "action", "adjudicator")],
        Decision("rejected", criterion="action", accepts=2, votes=2),
    ),
    "somebody whose name is that of known answers": (
        [("gold", "accept")],
        Decision("accepted", "yoga", accepts=1, votes=1),
    ),
    "two adjudicators who differ": (
        [("ann", "accept"), ("eve", "gif", "adjudicator"), ("fay", "accept", "adjudicator")],
        Decision("undecided", accepts=2, votes=3),
    ),
}


def cast(item: str, *ballots: Ballot) -> list[Vote]:
    said = {"adjudicator": "role", "golf": "label"}
    return [
        vote(item, who, verdict, **{said[word]: word for word in rest})
        for who, verdict, *rest in ballots
    ]


@pytest.mark.parametrize("case", CASES)
def test_a_strict_majority_decides(case: str) -> None:
    ballots, decision = CASES[case]
    decisions = decide(ITEMS, cast("a", *ballots))
    assert decisions == {
        sha("a"): decision,
        sha("b"): Decision("unjudged"),
        sha("c"): Decision("unjudged"),
    }


def test_a_vote_for_any_file_is_one_for_the_cluster() -> None:
    votes = [vote("a2", "ann", "accept"), vote("a", "bob", "accept"), vote("a", "ann", "gif")]
    assert decide(ITEMS, votes)[sha("a")] == Decision("undecided", accepts=1, votes=2)


def test_fewer_votes_than_are_wanted_decide_nothing_but_an_adjudicators_does() -> None:
    votes = cast("a", ("ann", "accept")) + cast("b", ("eve", "accept", "adjudicator"))
    decisions = decide(ITEMS, votes, least=2)
    assert decisions[sha("a")] == Decision("undecided", accepts=1, votes=1)
    assert decisions[sha("b")].state == "accepted"
    assert count_states(decisions) == {"accepted": 1, "rejected": 0, "undecided": 1, "unjudged": 1}
    with pytest.raises(UsageError, match="at least 0 votes"):
        decide(ITEMS, votes, least=0)


def test_the_later_vote_of_a_person_counts_wherever_it_stands() -> None:
    late = vote("a", "ann", "gif", at="2026-01-01T01:00:00+01:00")
    later = vote("a", "ann", "accept", at="2026-01-01T00:00:01")
    no_time = vote("a", "ann", "action")
    for votes in ([late, later, no_time], [no_time, later, late]):
        assert standing(ITEMS, votes)[sha("a")] == [later]


def test_the_style_is_what_most_of_those_call_it_who_accept() -> None:
    votes = [
        vote("a", "ann", "accept", style="pixel"),
        vote("a", "bob", "accept", style="cartoon"),
        vote("a", "cat", "accept"),
        vote("a", "dan", "accept"),
        vote("a", "eve", "accept", label="golf", style="pixel"),
    ]
    assert decide(ITEMS, votes)[sha("a")].style == "cartoon"
    assert decide(ITEMS, votes[2:4])[sha("a")].style == ""


def test_votes_on_other_files_are_counted_and_left_out() -> None:
    votes = [vote("x", "ann", "accept"), vote("a2", "ann", "accept")]
    assert count_foreign(ITEMS, votes) == 1
    assert set(decide(ITEMS, votes)) == {sha("a"), sha("b"), sha("c")}


@st.composite
def any_votes(draw: st.DrawFn) -> list[Vote]:
    """Votes of a few people on the first item, no two at the same time."""
    verdict = st.sampled_from(["accept", "accept", "skip", *CRITERIA])
    people = st.sampled_from(["ann", "bob", "cat", "dan"])
    votes = [
        vote(draw(st.sampled_from(["a", "a2"])), draw(people), one, role=role, at=at(number))
        for number, (one, role) in enumerate(
            draw(st.lists(st.tuples(verdict, st.sampled_from([*3 * ["annotator"], "adjudicator"]))))
        )
    ]
    labels = st.sampled_from(["yoga", "golf"])
    return [replace(one, label=draw(labels) if one.verdict == "accept" else "") for one in votes]


def at(number: int) -> str:
    return (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=number)).isoformat()


def first(items: list[Item], votes: list[Vote]) -> Decision:
    return decide(items, votes)[sha("a")]


@given(any_votes(), st.integers(0, 2**32))
def test_the_order_in_a_file_does_not_matter_where_there_are_times(
    votes: list[Vote], seed: int
) -> None:
    shuffled = Random(seed).sample(votes, len(votes))
    assert decide(ITEMS, shuffled) == decide(ITEMS, votes)


@settings(max_examples=50)
@given(any_votes())
def test_one_more_vote_for_what_was_decided_changes_nothing(votes: list[Vote]) -> None:
    before = first(ITEMS, votes)
    assume(before.state in ("accepted", "rejected"))
    agreeing = (
        vote("a", "zoe", "accept", label=before.label, at=at(99))
        if before.state == "accepted"
        else vote("a", "zoe", before.criterion, at=at(99))
    )
    after = first(ITEMS, [*votes, agreeing])
    assert (after.state, after.label, after.criterion) == (
        before.state,
        before.label,
        before.criterion,
    )
    assert after.votes == before.votes + 1


@given(any_votes())
def test_a_decision_is_the_majority_counted_by_hand(votes: list[Vote]) -> None:
    said: dict[tuple[str, str], str] = {}
    for one in votes:
        outcome = one.label if one.verdict == "accept" else one.verdict
        said[one.role, one.annotator] = outcome
    counts = {
        role: Counter(what for (of, _), what in said.items() if of == role and what != "skip")
        for role in ("annotator", "adjudicator")
    }
    deciding = counts["adjudicator"] or counts["annotator"]
    winners = [what for what, count in deciding.items() if 2 * count > deciding.total()]
    found = first(ITEMS, votes)
    if not deciding:
        assert found == Decision("unjudged")
    elif not winners:
        assert found.state == "undecided"
    else:
        assert [found.label or "reject"] == winners
        assert (found.criterion in CRITERIA) == (winners == ["reject"])
    assert 0 <= found.accepts <= found.votes <= len({one.annotator for one in votes})
