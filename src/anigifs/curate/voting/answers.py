"""Answers to one question as numbers: who said what of which item."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

import numpy as np

from anigifs.curate.votes import CRITERIA, Vote
from anigifs.curate.voting.decisions import standing
from anigifs.curate.voting.items import Item

#: So many of the items that two people judged must have as many votes as are compared.
MOST_ITEMS = 0.95
#: What is answered by who rejects an item, where the question is which class it shows.
REJECTED = ("reject", "")


@dataclass(frozen=True)
class Answers:
    """The answers to one question, each a row of the three arrays.

    Attributes:
        unit_N: Of which item; 0..U-1, each with at least one answer, in order.
        person_N: Whose answer.
        value_N: Which answer; 0..K-1, each given at least once.
        group_U: The family of each item; families are independent of each other.
        possible: How many different answers may be given, at least 2.
    """

    unit_N: np.ndarray
    person_N: np.ndarray
    value_N: np.ndarray
    group_U: np.ndarray
    possible: int


@dataclass(frozen=True)
class Cast:
    """The votes that count of annotators; adjudicators know what others said, and are left out.

    Attributes:
        votes: Item by item, on each in the order in which people first judged it.
        unit_N: Of which item each is.
        person_N: Whose each is.
        people: Their names, sorted.
        clusters: The items that were judged, by name.
        families: The family of each.
        labels: The class that each was asked for: under which it was found by most hits, else
            which most of its votes name; empty where nothing does.
    """

    votes: tuple[Vote, ...]
    unit_N: np.ndarray
    person_N: np.ndarray
    people: tuple[str, ...]
    clusters: tuple[str, ...]
    families: tuple[str, ...]
    labels: tuple[str, ...]

    @property
    def votes_U(self) -> np.ndarray:
        """How many votes each item has."""
        return np.bincount(self.unit_N, minlength=len(self.clusters))

    @property
    def asked_of_all(self) -> int:
        """How many votes nearly every item has that two people or more judged; at least 2.

        Where a third person is asked only if two differ, this is 2. Agreement is then that of the
        first two: who knows that there are just two votes knows that these agree, and a third is
        sure to be unlike one of the others.
        """
        votes = np.sort(self.votes_U[self.votes_U > 1])[::-1]
        return int(votes[int(np.ceil(MOST_ITEMS * len(votes))) - 1]) if len(votes) else 2

    def first(self, count: int) -> "Cast":
        """Return the first so many votes on each item."""
        starts_U = np.cumsum(self.votes_U) - self.votes_U
        kept = np.flatnonzero(np.arange(len(self.votes)) - starts_U[self.unit_N] < count)
        return replace(
            self,
            votes=tuple(self.votes[row] for row in kept.tolist()),
            unit_N=self.unit_N[kept],
            person_N=self.person_N[kept],
        )

    def answers(self, question: str) -> Answers:
        """Return the answers to one of :data:`QUESTIONS`, of those who came to it."""
        return self.asked(question)[0]

    def asked(self, question: str) -> tuple[Answers, np.ndarray]:
        """Return the answers to a question, and which of the items each of theirs is."""
        ask = QUESTIONS[question]
        given = [ask(vote) for vote in self.votes]
        asked = np.array([one is not None for one in given], bool)
        codes: dict[Hashable, int] = {}
        value_N = [codes.setdefault(one, len(codes)) for one in given if one is not None]
        kept, unit_N = np.unique(self.unit_N[asked], return_inverse=True)
        group_U = np.unique(np.array(self.families, str), return_inverse=True)[1][kept]
        answers = Answers(
            unit_N, self.person_N[asked], np.array(value_N, int), group_U, max(2, len(codes))
        )
        return answers, kept


def cast_of(items: Sequence[Item], votes: Iterable[Vote]) -> Cast:
    """Return the annotators' votes :func:`that count <standing>` on items."""
    by_cluster = standing(items, votes)
    rows: list[tuple[int, Vote]] = []
    judged: list[tuple[Item, str]] = []
    for item in items:
        of_item = [vote for vote in by_cluster[item.cluster] if vote.role == "annotator"]
        if of_item:
            rows += ((len(judged), vote) for vote in of_item)
            judged.append((item, _label(item, of_item)))
    people = sorted({vote.annotator for _, vote in rows})
    codes = {name: code for code, name in enumerate(people)}
    return Cast(
        votes=tuple(vote for _, vote in rows),
        unit_N=np.array([unit for unit, _ in rows], int),
        person_N=np.array([codes[vote.annotator] for _, vote in rows], int),
        people=tuple(people),
        clusters=tuple(item.cluster for item, _ in judged),
        families=tuple(item.family for item, _ in judged),
        labels=tuple(label for _, label in judged),
    )


def answers_of(units: Iterable[Sequence[Hashable | None]], possible: int = 2) -> Answers:
    """Return answers that are told item by item.

    Args:
        units: Of each item, what each person answered, None where somebody did not. Each item is
            a family of its own.
        possible: How many different answers may be given; more are, if more were.

    Example:
        >>> answers = answers_of(["aab", (None, None, None), (None, "b")])
        >>> answers.unit_N.tolist(), answers.person_N.tolist(), answers.value_N.tolist()
        ([0, 0, 0, 1], [0, 1, 2, 1], [0, 0, 1, 1])
    """
    codes: dict[Hashable, int] = {}
    rows = [
        (unit, person, codes.setdefault(answer, len(codes)))
        for unit, answers in enumerate(units)
        for person, answer in enumerate(answers)
        if answer is not None
    ]
    unit_N, person_N, value_N = np.array(rows, int).reshape(-1, 3).T
    kept, unit_N = np.unique(unit_N, return_inverse=True)
    return Answers(unit_N, person_N, value_N, np.arange(len(kept)), max(possible, len(codes)))


def _label(item: Item, votes: Sequence[Vote]) -> str:
    if item.labels:
        return item.labels[0]
    named = [vote.label for vote in votes if vote.label]
    return min(named, key=lambda label: (-named.count(label), label), default="")


def _verdict(vote: Vote) -> Hashable:
    return vote.verdict


def _outcome(vote: Vote) -> Hashable:
    return (vote.verdict, vote.label) if vote.verdict == "accept" else REJECTED


def _meets(criterion: str) -> Callable[[Vote], Hashable | None]:
    """Return what somebody says of a criterion; None of who rejected the item before."""
    earlier = frozenset(takewhile(lambda name: name != criterion, CRITERIA))
    return lambda vote: None if vote.criterion in earlier else vote.criterion != criterion


#: What is asked of an item, by name, and what a vote answers; None where it was not asked.
QUESTIONS: Mapping[str, Callable[[Vote], Hashable | None]] = {
    "verdict": _verdict,
    "outcome": _outcome,
    **{criterion: _meets(criterion) for criterion in CRITERIA},
}
