"""How often people, and decisions by their votes, are right on items whose answer is known."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from anigifs.curate.votes import Vote
from anigifs.curate.voting.answers import QUESTIONS, REJECTED, Cast
from anigifs.curate.voting.by_class import wilson
from anigifs.curate.voting.decisions import decide
from anigifs.curate.voting.items import Item

#: ``("accept", class)`` or :data:`~anigifs.curate.voting.answers.REJECTED`.
Outcome = tuple[str, str]


@dataclass(frozen=True)
class PersonOnGold:
    """How often one person is right.

    Attributes:
        person: Who.
        judged: Items with a known answer that they judged.
        right: Of these, accepted as the known class, or rejected as is known.
        share: ``right / judged``; None where they judged none.
        low: Lower end of Wilson's 95 % interval.
        high: Upper end.
    """

    person: str
    judged: int
    right: int
    share: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class DecidedOnGold:
    """How often decisions by so many votes are wrong, on items with a known answer.

    An item with more votes counts with all choices of so many of them, each alike. So the counts
    are means, and need not be whole.

    Attributes:
        votes: Drawn from those on each item; 0 for all of them.
        items: With a known answer, and at least so many votes.
        decided: Of these, with a strict majority.
        wrong: Of these, decided otherwise than is known.
        share: ``wrong / decided``; None where nothing is decided.
        low: Lower end of Wilson's 95 % interval of it.
        high: Upper end.
        false_accepts: The share of those decided, where a rejection is known, that is accepted.
        false_rejects: The share of those decided, where a class is known, that is rejected.
        wrong_class: The share of those that is accepted as another class.
    """

    votes: int
    items: int
    decided: float
    wrong: float
    share: float | None
    low: float | None
    high: float | None
    false_accepts: float | None
    false_rejects: float | None
    wrong_class: float | None


@dataclass(frozen=True)
class OnGold:
    """What known answers say.

    Attributes:
        known: Items with a known answer.
        unknown: Items of the gold votes that these leave undecided; they are passed over.
        usual_votes: Annotators who judged most other items, by far or by a little; 0 if none did.
        people: Everybody who judges, by name.
        decisions: With the usual number of votes; where that is even, with one more, which is the
            same as asking one more where they differ; and with all votes.
    """

    known: int
    unknown: int
    usual_votes: int
    people: tuple[PersonOnGold, ...]
    decisions: tuple[DecidedOnGold, ...]


def known_outcomes(items: Sequence[Item], gold: Sequence[Vote]) -> tuple[dict[str, Outcome], int]:
    """Return the known outcome of items, by cluster, and how many the gold votes leave open.

    Args:
        items: Those of the collection.
        gold: Votes that tell what is true; the rules of decisions apply to them.
    """
    decided = decide(items, gold)
    known: dict[str, Outcome] = {}
    for cluster, one in decided.items():
        if one.state == "accepted":
            known[cluster] = ("accept", one.label)
        elif one.state == "rejected":
            known[cluster] = REJECTED
    return known, sum(one.state == "undecided" for one in decided.values())


def on_gold(cast: Cast, known: Mapping[str, Outcome], unknown: int = 0) -> OnGold:
    """Return how often annotators and decisions by their votes are right.

    Args:
        cast: The votes that count; an adjudicator's is none of them.
        known: The known outcome of items, by cluster.
        unknown: Items that gold votes leave open.
    """
    ask = QUESTIONS["outcome"]
    judged, right = Counter[str](), Counter[str]()
    cast_on: dict[str, Counter[Outcome]] = {}
    for unit, vote in zip(cast.unit_N.tolist(), cast.votes, strict=True):
        cluster = cast.clusters[unit]
        if cluster not in known:
            continue
        outcome: Outcome = ask(vote)  # type: ignore[assignment]
        cast_on.setdefault(cluster, Counter())[outcome] += 1
        judged[vote.annotator] += 1
        right[vote.annotator] += outcome == known[cluster]
    usual = _usual(cast, known)
    sizes = [size for size in _sizes(usual) if any(one.total() >= size for one in cast_on.values())]
    pairs = [(known[cluster], counts) for cluster, counts in cast_on.items()]
    return OnGold(
        known=len(known),
        unknown=unknown,
        usual_votes=usual,
        people=tuple(_person(name, judged[name], right[name]) for name in cast.people),
        decisions=tuple(decided_on_gold(pairs, size) for size in (*sizes, 0)) if pairs else (),
    )


def decided_on_gold(
    items: Iterable[tuple[Outcome, Mapping[Outcome, int]]], votes: int
) -> DecidedOnGold:
    """Return how often a strict majority of so many votes is wrong.

    Whether an outcome has one depends on how many of its votes are drawn, which is hypergeometric.

    Args:
        items: The known outcome and the count of votes for each, item by item.
        votes: Drawn of each item's, without replacement; 0 for all. Items with fewer are left out.

    Example:
        >>> yes, no = ("accept", "yoga"), ("reject", "")
        >>> found = decided_on_gold([(yes, {yes: 3, no: 1})], votes=2)
        >>> found.decided, found.wrong  # half of the six pairs agree, none on the wrong answer
        (0.5, 0.0)
    """
    from scipy.stats import hypergeom

    table = Counter[tuple[str, str]]()
    count = 0
    for known, cast in items:
        total = sum(cast.values())
        size = votes or total
        if total < size:
            continue
        count += 1
        for outcome, those in cast.items():
            chance = float(hypergeom.sf(size // 2, total, those, size))
            table[known[0], _kind(outcome, known)] += chance  # type: ignore[assignment]
    decided = float(table.total())
    right = float(table["accept", "right"] + table["reject", "right"])
    wrong = max(0.0, decided - right)
    share = low = high = None
    if decided:
        share = wrong / decided
        low, high = wilson(wrong, decided)
    return DecidedOnGold(
        votes, count, decided, wrong, share, low, high,
        false_accepts=_share(table, "reject", "accept"),
        false_rejects=_share(table, "accept", "reject"),
        wrong_class=_share(table, "accept", "accept"),
    )  # fmt: skip


def _kind(outcome: Outcome, known: Outcome) -> str:
    return "right" if outcome == known else outcome[0]


def _share(table: Mapping[tuple[str, str], float], known: str, said: str) -> float | None:
    whole = sum(count for (truth, _), count in table.items() if truth == known)
    return float(table.get((known, said), 0.0) / whole) if whole else None


def _sizes(usual: int) -> tuple[int, ...]:
    if not usual:
        return ()
    return (usual, usual + 1) if usual % 2 == 0 else (usual,)


def _usual(cast: Cast, known: Mapping[str, Outcome]) -> int:
    """Return the number of votes that most items without a known answer have, of two the less."""
    if not cast.votes:
        return 0
    votes_U = np.bincount(cast.unit_N)
    others = [
        votes
        for cluster, votes in zip(cast.clusters, votes_U.tolist(), strict=True)
        if cluster not in known
    ]
    counts = Counter(others)
    return min(counts, key=lambda votes: (-counts[votes], votes), default=0)


def _person(name: str, judged: int, right: int) -> PersonOnGold:
    if not judged:
        return PersonOnGold(name, 0, 0, None, None, None)
    return PersonOnGold(name, judged, right, right / judged, *wilson(right, judged))
