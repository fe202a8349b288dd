"""Agreement of each two people, against counting by hand and scikit-learn."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from anigifs.curate.voting.agreement import Draws
from anigifs.curate.voting.answers import QUESTIONS, cast_of
from anigifs.curate.voting.pairs import pairs_of
from tests.curate.voting.voted import item_of, vote

SAID = ("accept", "golf", "gif", "animated", "action")
people = ("ann", "bob", "cat")
#: Of each item, what each person said; None where somebody did not judge it.
tables = st.lists(
    st.tuples(*[st.none() | st.sampled_from(SAID)] * len(people)), min_size=1, max_size=9
)
Table = list[tuple[str | None, ...]]


def cast(table: Table) -> list[object]:
    return [
        vote(f"{number}", person, "accept" if one == "golf" else one,
             **({"label": "golf"} if one == "golf" else {}))
        for number, said in enumerate(table)
        for person, one in zip(people, said, strict=True)
        if one is not None
    ]  # fmt: skip


def answer(question: str, said: str) -> str | None:
    """Return what somebody answers, by another way than the program's."""
    order = ["gif", "animated", "action"]
    failed = order.index(said) if said in order else len(order)
    match question:
        case "verdict":
            return "no" if said in order else "yes"
        case "outcome":
            return "no" if said in order else said
    if failed < order.index(question):
        return None
    return "no" if failed == order.index(question) else "yes"


@settings(max_examples=30)
@given(tables)
def test_pairs_are_those_who_answered_the_same_question(table: Table) -> None:
    items = [item_of(f"{number}") for number in range(len(table))]
    votes = cast(table)
    found = {
        (one.question, one.first, one.second): one
        for one in pairs_of(cast_of(items, votes))  # type: ignore[arg-type]
    }
    for question, (first, second) in (
        (question, pair) for question in QUESTIONS for pair in combinations(range(3), 2)
    ):
        told = [
            (answer(question, said[first] or ""), answer(question, said[second] or ""))
            for said in table
            if said[first] is not None and said[second] is not None
        ]
        both = [pair for pair in told if None not in pair]
        key = (question, people[first], people[second])
        if not both:
            assert key not in found
            continue
        one, other = zip(*both, strict=True)
        assert found[key].items == len(both)
        assert found[key].raw == pytest.approx(np.mean([a == b for a, b in both]))
        if len({*one, *other}) > 1:
            assert found[key].cohen == pytest.approx(cohen_kappa_score(one, other), abs=1e-9)
        else:
            assert found[key].cohen is None
            assert found[key].ac1 == pytest.approx(1.0)
            assert "chance alone" in found[key].why["cohen"]


def test_each_pair_has_intervals_where_it_can() -> None:
    items = [item_of(f"{number}") for number in range(30)]
    table: Table = [
        ("accept", "accept" if number % 3 else "gif", "accept" if number == 0 else None)
        for number in range(30)
    ]
    found = pairs_of(cast_of(items, cast(table)), Draws(300), ("verdict",))  # type: ignore[arg-type]
    assert [(one.first, one.second, one.items) for one in found] == [
        ("ann", "bob", 30), ("ann", "cat", 1), ("bob", "cat", 1),
    ]  # fmt: skip
    low, high = found[0].intervals["raw"]
    assert low < 2 / 3 < high
    assert found[1].intervals == {}
    assert found[1].why["raw"] == "there are fewer than 10 families of items"


def test_of_one_person_or_nobody_there_is_no_pair() -> None:
    items = [item_of("a")]
    assert pairs_of(cast_of(items, [vote("a", "ann", "accept")]), Draws(10)) == []
    assert pairs_of(cast_of(items, []), Draws(10)) == []
