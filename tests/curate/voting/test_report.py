"""What the command line is told of votes."""

import numpy as np
import pytest

from anigifs.curate.votes import Vote
from anigifs.curate.voting.agreement import NO_DRAWS, Draws, agreement
from anigifs.curate.voting.answers import QUESTIONS, cast_of
from anigifs.curate.voting.report import estimated, report
from anigifs.curate.voting.unlisted import items_of_votes
from tests.curate.voting.voted import item_of, vote


def judged(items: int, people: int, seed: int = 0) -> list[Vote]:
    """Return votes of people who err in a tenth, but for the last, who accepts everything."""
    random = np.random.default_rng(seed)
    votes = []
    for number in range(items):
        truth = number % 3 > 0
        for person in range(people):
            yes = truth ^ (random.random() < 0.1) or person == people - 1
            votes.append(vote(f"{number}", f"p{person}", "accept" if yes else "action"))
    return votes


def test_the_model_finds_who_accepts_everything() -> None:
    votes = judged(120, 4)
    cast = cast_of(items_of_votes(votes), votes)
    found = estimated(cast, dict.fromkeys(cast.clusters, "accepted"))
    assert found is not None
    assert found.converged
    assert found.answers_an_item == 4
    assert found.accept_share == pytest.approx(2 / 3, abs=0.1)
    accept, reject = zip(*found.people.values(), strict=True)
    assert min(accept) > 0.8
    assert min(reject[:3]) > 0.8
    assert reject[3] < 0.1
    # Those that are to be rejected, it says, should not have been accepted; the least likely first.
    assert len(found.doubts) == pytest.approx(40, abs=5)
    assert list(found.doubts.values()) == sorted(found.doubts.values())
    assert max(found.doubts.values()) < 0.5


@pytest.mark.parametrize(("said", "share"), [("accept", 1.0), ("gif", 0.0)])
def test_the_model_takes_one_answer_for_what_it_is(said: str, share: float) -> None:
    votes = [vote(f"{number}", person, said) for number in range(9) for person in ("a", "b")]
    cast = cast_of(items_of_votes(votes), votes)
    state = "accepted" if said == "accept" else "rejected"
    found = estimated(cast, dict.fromkeys(cast.clusters, state))  # type: ignore[arg-type]
    assert found is not None
    assert found.accept_share == pytest.approx(share, abs=0.05)
    assert found.doubts == {}


@pytest.mark.parametrize("people", ["a", "abc"])
def test_where_nobody_judges_what_another_did_the_model_says_nothing(people: str) -> None:
    """It would call a third of the votes wrong, though any rates explain them as well."""
    votes = [
        vote(f"{number}", people[number % len(people)], "accept" if number % 3 else "gif")
        for number in range(40)
    ]
    cast = cast_of(items_of_votes(votes), votes)
    assert estimated(cast, dict.fromkeys(cast.clusters, "accepted")) is None


def test_everything_is_told_of_the_same_votes() -> None:
    items = [item_of(f"{number}") for number in range(13)]
    votes = [
        *judged(12, 3),
        vote("1", "eve", "accept", role="adjudicator"),
        vote("2", "eve", "skip", role="adjudicator"),  # later, perhaps
        vote("x", "p0", "accept"),
    ]
    gold = [vote("1", "gold", "accept", role="adjudicator")]
    found = report(items, votes, gold, Draws(50), class_questions=("verdict",))
    assert (found.votes, found.adjudicated, found.foreign) == (36, 1, 1)
    assert found.states["unjudged"] == 1
    assert found.agreement == agreement(items, votes, Draws(50))
    assert {one.question for one in found.pairs} == set(QUESTIONS)
    assert [list(one.questions) for one in found.classes] == [["verdict"]]
    assert found.gold is not None
    assert [one.judged for one in found.gold.people] == [1, 1, 1]
    assert found.agreement.compared == 3


def test_pairs_and_classes_are_of_the_votes_that_are_compared() -> None:
    """The third vote is there only where two differ, and would make everybody look worse."""
    votes = [
        one
        for number in range(40)
        for one in (
            vote(f"{number}", "ann", "accept", at="2026-01-01"),
            vote(f"{number}", "bob", "gif" if number < 4 else "accept", at="2026-01-02"),
            *([vote(f"{number}", "cat", "accept", at="2026-01-03")] if number < 4 else ()),
        )
    ]
    found = report(items_of_votes(votes), votes, [], NO_DRAWS)
    assert found.agreement.compared == 2
    assert found.agreement.verdict.raw == 0.9
    verdicts = [one for one in found.pairs if one.question == "verdict"]
    assert [(one.first, one.second, one.items, one.raw) for one in verdicts] == [
        ("ann", "bob", 40, 0.9)
    ]
    assert found.classes[0].questions["verdict"].pairs == 40
    assert found.classes[0].decided == 40


def test_without_votes_there_is_nothing() -> None:
    found = report([item_of("a")], [], [], Draws(20))
    assert (found.votes, found.pairs, found.estimated, found.gold) == (0, (), None, None)
    assert [(one.label, one.items, one.decided) for one in found.classes] == [("yoga", 1, 0)]
    assert found.agreement.judged == {}
