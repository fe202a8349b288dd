"""Everything that votes say of those who cast them, gathered for the command line."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from anigifs.curate.votes import Vote
from anigifs.curate.voting.agreement import Agreement, Draws, agreement_of
from anigifs.curate.voting.answers import QUESTIONS, Answers, Cast, cast_of
from anigifs.curate.voting.by_class import ClassReliability, classes_of
from anigifs.curate.voting.dawid_skene import dawid_skene
from anigifs.curate.voting.decisions import State, count_foreign, count_states, decide, standing
from anigifs.curate.voting.gold import OnGold, known_outcomes, on_gold
from anigifs.curate.voting.items import Item
from anigifs.curate.voting.pairs import PairReliability, pairs_of

#: Below this many answers an item, as a mean, the model can hardly tell who errs.
FEW_ANSWERS = 2.5


@dataclass(frozen=True)
class Estimated:
    """What the model of Dawid and Skene makes of the verdicts.

    Attributes:
        iterations: Steps that were made.
        converged: Whether they were enough.
        answers_an_item: As a mean.
        accept_share: How many items are to be accepted, it thinks.
        people: Of each person, how often they accept what is to be accepted, and reject what is
            to be rejected, it thinks.
        doubts: Items whose decision it does not share, with the probability that it gives it.
    """

    iterations: int
    converged: bool
    answers_an_item: float
    accept_share: float
    people: dict[str, tuple[float, float]]
    doubts: dict[str, float]


@dataclass(frozen=True)
class VotesReport:
    """What votes say.

    Attributes:
        votes: Annotators' votes that count.
        adjudicated: Items on which an adjudicator voted, known answers left out.
        foreign: Votes on files that are in no item.
        states: Items by what is decided of them, known answers left out.
        agreement: Of all annotators.
        pairs: Of each two of them.
        classes: Of each class.
        estimated: By Dawid and Skene's model; None if no item has two votes.
        gold: How often people and decisions are right; None without known answers.
    """

    votes: int
    adjudicated: int
    foreign: int
    states: dict[State, int]
    agreement: Agreement
    pairs: tuple[PairReliability, ...]
    classes: tuple[ClassReliability, ...]
    estimated: Estimated | None
    gold: OnGold | None


def report(
    items: Sequence[Item],
    votes: Sequence[Vote],
    gold: Sequence[Vote],
    draws: Draws,
    *,
    pair_questions: tuple[str, ...] = tuple(QUESTIONS),
    class_questions: tuple[str, ...] = tuple(QUESTIONS),
) -> VotesReport:
    """Return everything that votes say.

    Args:
        items: Those of the collection, or those that were voted on.
        votes: On them; known answers are not among them.
        gold: Known answers, as votes.
        draws: How intervals are made.
        pair_questions: On which agreement of pairs is looked at.
        class_questions: On which that of classes is.
    """
    cast = cast_of(items, votes)
    compared = cast.first(cast.asked_of_all)
    decisions = decide(items, votes)
    known, unknown = known_outcomes(items, gold)
    judged = {item.cluster: decisions[item.cluster] for item in items if not item.shown.reason}
    by_item = standing(items, votes)
    adjudicated = [
        name for name, own in by_item.items() if any(one.role == "adjudicator" for one in own)
    ]
    return VotesReport(
        votes=len(cast.votes),
        adjudicated=len(adjudicated),
        foreign=count_foreign(items, votes),
        states=count_states(judged),
        agreement=agreement_of(cast, draws),
        pairs=tuple(pairs_of(compared, draws, pair_questions)),
        classes=tuple(classes_of(compared, items, decisions, draws, class_questions)),
        estimated=estimated(cast, {name: one.state for name, one in decisions.items()}),
        gold=on_gold(cast, known, unknown) if gold else None,
    )


def estimated(cast: Cast, states: dict[str, State]) -> Estimated | None:
    """Return what the model of Dawid and Skene makes of the verdicts; None if no item has two.

    Who errs shows only where several judged one item: else any rates explain the votes as well.

    Args:
        cast: The votes that count.
        states: What was decided of each item, by cluster.
    """
    if cast.votes_U.max(initial=0) < 2:
        return None
    answers, unit_V = cast.asked("verdict")
    accepts = _code_of_accept(cast, answers)
    found = dawid_skene(answers, len(cast.people), kinds=2)
    accept_U = found.posterior_UK[:, accepts]
    doubts = {}
    for unit, chance in zip(unit_V.tolist(), accept_U.tolist(), strict=True):
        cluster = cast.clusters[unit]
        of_decision = {"accepted": chance, "rejected": 1 - chance}.get(states[cluster], 1.0)
        if of_decision < 0.5:
            doubts[cluster] = of_decision
    rates_P2 = np.stack(
        [found.confusion_PKK[:, accepts, accepts], found.confusion_PKK[:, 1 - accepts, 1 - accepts]]
    ).T
    return Estimated(
        iterations=found.iterations,
        converged=found.converged,
        answers_an_item=len(cast.votes) / len(cast.clusters),
        accept_share=float(found.prior_K[accepts]),
        people={
            name: (float(accept), float(reject))
            for name, (accept, reject) in zip(cast.people, rates_P2, strict=True)
        },
        doubts=dict(sorted(doubts.items(), key=lambda one: (one[1], one[0]))),
    )


def _code_of_accept(cast: Cast, answers: Answers) -> int:
    """Return the number of the answer ``accept``; where nobody gave it, that of no answer."""
    coded = zip(cast.votes, answers.value_N.tolist(), strict=True)
    return next((code for vote, code in coded if vote.verdict == "accept"), 1)
