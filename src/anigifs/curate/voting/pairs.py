"""How far each two people agree who judged the same items."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from anigifs.curate.voting.agreement import NO_DRAWS, Draws
from anigifs.curate.voting.answers import QUESTIONS, Answers, Cast
from anigifs.curate.voting.coefficients import pair_tally


@dataclass(frozen=True)
class PairReliability:
    """How far two people agree on one question.

    Attributes:
        first: One of them.
        second: The other, later by name.
        question: One of :data:`~anigifs.curate.voting.answers.QUESTIONS`.
        items: On which both answered.
        raw: The share of these on which they gave the same answer.
        cohen: Cohen's kappa; None where both gave one and the same answer throughout.
        ac1: Gwet's AC1.
        intervals: The 95 % interval of coefficients, by name.
        why: Why a coefficient has no value, or no interval where one was asked for, by name.
    """

    first: str
    second: str
    question: str
    items: int
    raw: float | None
    cohen: float | None
    ac1: float | None
    intervals: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    why: Mapping[str, str] = field(default_factory=dict)


def pairs_of(
    cast: Cast, draws: Draws = NO_DRAWS, questions: tuple[str, ...] = tuple(QUESTIONS)
) -> list[PairReliability]:
    """Return how far each two people agree, by question and by name.

    Args:
        cast: The votes that count.
        draws: How intervals are made; by default none are.
        questions: That are looked at.
    """
    return [one for question in questions for one in _of_question(cast, question, draws)]


def _of_question(cast: Cast, question: str, draws: Draws) -> Iterator[PairReliability]:
    answers = cast.answers(question)
    first_P, second_P = _pairs(answers)
    people = max(1, len(cast.people))
    pair_P = answers.person_N[first_P] * people + answers.person_N[second_P]
    pairs, stratum_P = np.unique(pair_P, return_inverse=True)
    sums = pair_tally(
        answers.value_N[first_P],
        answers.value_N[second_P],
        answers.group_U[answers.unit_N[first_P]],
        answers.possible,
        stratum_P,
    )
    found = draws.measured(sums, question, "pairs")
    for pair, items, one in zip(pairs.tolist(), sums.items_S.tolist(), found, strict=False):
        first, second = divmod(pair, people)
        yield PairReliability(
            first=cast.people[first],
            second=cast.people[second],
            question=question,
            items=items,
            **one.values,
            intervals=one.intervals,
            why=one.why,
        )


def _pairs(answers: Answers) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of each two answers on one item, that of the earlier person first."""
    order = np.lexsort((answers.person_N, answers.unit_N))
    unit_N = answers.unit_N[order]
    most = int(np.bincount(unit_N).max(initial=1)) if len(unit_N) else 1
    found = [
        np.stack([order[:-apart][same], order[apart:][same]])
        for apart in range(1, most)
        for same in [unit_N[:-apart] == unit_N[apart:]]
    ]
    first_P, second_P = np.concatenate([np.empty((2, 0), int), *found], axis=1)
    return first_P, second_P
