"""How often people and decisions are right, against counting all choices of votes."""

from collections import Counter
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anigifs.curate.voting.answers import REJECTED, cast_of
from anigifs.curate.voting.by_class import wilson
from anigifs.curate.voting.gold import Outcome, decided_on_gold, known_outcomes, on_gold
from tests.curate.voting.voted import item_of, sha, vote

YOGA: Outcome = ("accept", "yoga")
GOLF: Outcome = ("accept", "golf")
ITEMS = [item_of("a", "a2"), item_of("b"), item_of("c"), item_of("d"), item_of("e")]
GOLD = [
    vote("a2", "gold", "accept", role="adjudicator"),
    vote("b", "gold", "action", role="adjudicator"),
    vote("c", "gold", "accept", role="adjudicator"),
    vote("c", "more", "gif", role="adjudicator"),
]
VOTES = [
    vote("a", "ann", "accept"),
    vote("a", "bob", "accept", label="golf"),
    vote("a", "cat", "accept"),
    vote("b", "ann", "gif"),
    vote("b", "bob", "accept"),
    vote("b", "cat", "skip"),
    vote("c", "ann", "accept"),
    vote("d", "ann", "accept"),
    vote("d", "bob", "accept"),
    vote("e", "ann", "accept"),
    vote("e", "bob", "accept"),
    vote("e", "eve", "accept", role="adjudicator"),
]


def test_known_answers_follow_the_rules_of_decisions() -> None:
    known, unknown = known_outcomes(ITEMS, GOLD)
    assert known == {sha("a"): YOGA, sha("b"): REJECTED}
    assert unknown == 1


def test_people_are_right_by_verdict_and_class() -> None:
    """Whatever the criterion that a rejection names."""
    known, unknown = known_outcomes(ITEMS, GOLD)
    found = on_gold(cast_of(ITEMS, VOTES), known, unknown)
    assert [(one.person, one.judged, one.right) for one in found.people] == [
        ("ann", 2, 2), ("bob", 2, 0), ("cat", 1, 1),
    ]  # fmt: skip
    assert (found.people[0].low, found.people[0].high) == pytest.approx(wilson(2, 2))
    assert (found.known, found.unknown, found.usual_votes) == (2, 1, 2)
    by_two, by_three, by_all = found.decisions
    # a: one pair of three agrees, rightly; b: the two differ.
    assert (by_two.votes, by_two.items) == (2, 2)
    assert (by_two.decided, by_two.wrong) == pytest.approx((1 / 3, 0))
    assert (by_three.votes, by_three.items) == (3, 1)
    assert by_three.decided == pytest.approx(1)
    assert (by_all.votes, by_all.items, by_all.decided, by_all.share) == (0, 2, 1.0, 0.0)


outcomes = st.sampled_from([YOGA, GOLF, REJECTED])
judged = st.lists(st.tuples(outcomes, st.lists(outcomes, min_size=1, max_size=6)), max_size=5)


def majority(votes: tuple[Outcome, ...]) -> Outcome | None:
    outcome, count = Counter(votes).most_common(1)[0]
    return outcome if 2 * count > len(votes) else None


@settings(max_examples=50)
@given(judged, st.integers(0, 4))
def test_errors_are_those_of_all_choices_of_votes(
    items: list[tuple[Outcome, list[Outcome]]], size: int
) -> None:
    found = decided_on_gold([(known, Counter(votes)) for known, votes in items], size)
    decided = wrong = 0.0
    accepted_badly: list[float] = []
    bad = 0.0
    some = [(known, votes) for known, votes in items if len(votes) >= (size or 1)]
    for known, votes in some:
        results = [majority(one) for one in combinations(votes, size or len(votes))]
        decided += float(np.mean([one is not None for one in results]))
        wrong += float(np.mean([one not in (None, known) for one in results]))
        if known == REJECTED:
            bad += float(np.mean([one is not None for one in results]))
            accepted_badly.append(float(np.mean([one in (YOGA, GOLF) for one in results])))
    assert (found.items, found.votes) == (len(some), size)
    assert (found.decided, found.wrong) == pytest.approx((decided, wrong), abs=1e-9)
    if decided:
        assert found.share == pytest.approx(wrong / decided, abs=1e-9)
    else:
        assert (found.share, found.low, found.high) == (None, None, None)
    if bad:
        assert found.false_accepts == pytest.approx(sum(accepted_badly) / bad, abs=1e-9)
    else:
        assert found.false_accepts is None


@given(st.lists(outcomes, min_size=3, max_size=7))
def test_one_more_vote_where_two_differ_is_the_best_of_three(votes: list[Outcome]) -> None:
    """So that decisions by three votes are those of a review that asks a third person."""
    known = YOGA
    wrong = decided = 0.0
    chosen = list(combinations(votes, 3))
    for three in chosen:
        for order in ((0, 1, 2), (0, 2, 1), (1, 2, 0)):
            first, second, third = (three[place] for place in order)
            found = first if first == second else majority((first, second, third))
            decided += (found is not None) / (3 * len(chosen))
            wrong += (found not in (None, known)) / (3 * len(chosen))
    three_votes = decided_on_gold([(known, Counter(votes))], 3)
    assert (three_votes.decided, three_votes.wrong) == pytest.approx((decided, wrong), abs=1e-9)


def test_errors_of_independent_people_are_those_of_theory() -> None:
    """With a share e of errors, two who agree are wrong in e^2 of e^2 + (1 - e)^2."""
    random = np.random.default_rng(0)
    error = 0.2
    pairs = []
    for _ in range(3000):
        wrong = int((random.random(5) < error).sum())
        pairs.append((YOGA, Counter({YOGA: 5 - wrong, REJECTED: wrong})))
    two, three = (decided_on_gold(pairs, size) for size in (2, 3))
    assert two.share == pytest.approx(error**2 / (error**2 + (1 - error) ** 2), abs=0.01)
    assert three.share == pytest.approx(error**3 + 3 * error**2 * (1 - error), abs=0.015)
    assert (two.low or 0) < (two.share or 0) < (two.high or 0)
    assert two.false_rejects == pytest.approx(two.share)
    assert (two.false_accepts, two.wrong_class) == (None, 0.0)


def test_where_nobody_judged_known_items_nothing_is_said() -> None:
    found = on_gold(cast_of(ITEMS, VOTES[-3:]), {sha("a"): YOGA})
    assert found.decisions == ()
    assert [(one.judged, one.share, one.low) for one in found.people] == [(0, None, None)] * 2
    empty = on_gold(cast_of(ITEMS, []), {sha("a"): YOGA})
    assert (empty.people, empty.decisions, empty.usual_votes) == ((), (), 0)
