"""How far those who judge agree, and how far beyond chance: on each question, with intervals."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from anigifs.curate.votes import CRITERIA, Vote
from anigifs.curate.voting.answers import Answers, Cast, answers_of, cast_of
from anigifs.curate.voting.bootstrap import REPLICATES, Measured, measured
from anigifs.curate.voting.coefficients import Tally, tally
from anigifs.curate.voting.items import Item
from anigifs.foundation import generator


@dataclass(frozen=True)
class Draws:
    """How intervals are made.

    Attributes:
        replicates: How often all items are drawn; 0 makes no intervals.
        seed: The same seed gives the same intervals.
    """

    replicates: int = REPLICATES
    seed: int = 0

    def measured(self, sums: Tally, *names: str) -> list[Measured]:
        """Return the coefficients of each stratum; the names are of what is drawn."""
        rng = generator(self.seed, "agreement", *names) if self.replicates else None
        return measured(sums, rng, self.replicates)


NO_DRAWS = Draws(replicates=0)


@dataclass(frozen=True)
class Reliability:
    """How far answers to one question agree; each coefficient is at most 1.

    Attributes:
        items: Those with two answers or more; others tell nothing of agreement.
        pairs: Pairs of answers on the same item.
        raw: The share of these pairs that are alike; None without a pair.
        alpha: Krippendorff's alpha for nominal data; None without a pair, and where all answers
            are the same, as chance would then agree as well.
        ac1: Gwet's AC1; None without a pair.
        fleiss: Fleiss' kappa on the items with one number of answers; None as for alpha.
        fleiss_answers: That number, the most frequent from two on; 0 without such an item.
        fleiss_items: How many items have it.
        people: How many answered, if only once.
        intervals: The 95 % interval of coefficients, by name.
        why: Why a coefficient has no value, or no interval where one was asked for, by name.
    """

    items: int
    pairs: int
    raw: float | None
    alpha: float | None
    ac1: float | None
    fleiss: float | None
    fleiss_answers: int
    fleiss_items: int
    people: int
    intervals: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    why: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Agreement:
    """How far annotators agree. Adjudicators are left out, since they know what others said.

    Attributes:
        annotators: How many have judged at all.
        judged: How many items by the number of people who judged them, the fewest first.
        compared: The first so many votes on each item are compared. Others were cast because
            earlier ones differed, or on items that everybody is shown, and would mislead.
        verdict: On whether an item is accepted, whatever its class.
        outcome: On as which class it is accepted, or that it is rejected.
        criteria: On whether an item meets each criterion. One that fails an earlier one was not
            asked for it.
    """

    annotators: int
    judged: dict[int, int]
    compared: int
    verdict: Reliability
    outcome: Reliability
    criteria: dict[str, Reliability]

    @property
    def questions(self) -> dict[str, Reliability]:
        """The answers to every question, by its name."""
        return {"verdict": self.verdict, "outcome": self.outcome, **self.criteria}


def agreement(items: Sequence[Item], votes: Sequence[Vote], draws: Draws = NO_DRAWS) -> Agreement:
    """Return how far annotators agree on items, by their votes that count.

    Args:
        items: Those of the collection; families of them are drawn for intervals.
        votes: All; :func:`~anigifs.curate.voting.decisions.standing` says which count.
        draws: How intervals are made; by default none are.
    """
    return agreement_of(cast_of(items, votes), draws)


def agreement_of(cast: Cast, draws: Draws = NO_DRAWS) -> Agreement:
    """Return how far annotators agree, by the votes that count."""
    compared = cast.first(cast.asked_of_all)

    def asked(question: str) -> Reliability:
        return reliability_of(compared.answers(question), draws, question)

    return Agreement(
        annotators=len(cast.people),
        judged=dict(sorted(Counter(cast.votes_U.tolist()).items())),
        compared=cast.asked_of_all,
        verdict=asked("verdict"),
        outcome=asked("outcome"),
        criteria={criterion: asked(criterion) for criterion in CRITERIA},
    )


def reliability(units: Iterable[Sequence[Hashable | None]], possible: int = 2) -> Reliability:
    """Return how far answers agree that are told item by item.

    Args:
        units: Of each item, what each person answered, None where somebody did not.
        possible: How many different answers may be given; more are, if more were.

    Example:
        >>> found = reliability(["aa", "ab", "bb", "b"])
        >>> found.items, found.pairs, round(found.raw, 3), round(found.alpha, 3)
        (3, 3, 0.667, 0.444)
    """
    return reliability_of(answers_of(units, possible))


def reliability_of(answers: Answers, draws: Draws = NO_DRAWS, *names: str) -> Reliability:
    """Return how far answers to one question agree.

    Args:
        answers: To one question.
        draws: How intervals are made.
        names: Of the question, so that its draws are of its own.
    """
    return reliabilities_of(answers, np.zeros(len(answers.group_U), int), draws, *names)[0]


def reliabilities_of(
    answers: Answers, stratum_U: np.ndarray, draws: Draws = NO_DRAWS, *names: str
) -> list[Reliability]:
    """Return how far answers to one question agree, in each stratum by itself.

    Args:
        answers: To one question.
        stratum_U: In which stratum each item is, 0..S-1, each with at least one.
        draws: How intervals are made.
        names: Of the question and of what the strata are.
    """
    sums, fleiss = tally(answers, stratum_U)
    seen = np.unique(np.stack([stratum_U[answers.unit_N], answers.person_N]), axis=1)
    people_S = np.bincount(seen[0], minlength=len(sums.items_S))
    return [
        Reliability(
            items=int(sums.items_S[stratum]),
            pairs=int(sums.pairs_S[stratum]),
            **one.values,
            fleiss_answers=int(fleiss.answers_S[stratum]),
            fleiss_items=int(fleiss.items_S[stratum]),
            people=int(people_S[stratum]),
            intervals=one.intervals,
            why=one.why,
        )
        for stratum, one in enumerate(draws.measured(sums, *names))
    ]
