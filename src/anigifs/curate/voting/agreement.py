"""How far those who judge agree, and how far beyond chance.

Krippendorff, *Computing Krippendorff's Alpha-Reliability* (2011): alpha is 1 where all agree, 0
where they agree as by chance. It takes any number of people, and items that not everybody judged.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile
from math import fsum

from anigifs.curate.votes import CRITERIA, Vote
from anigifs.curate.voting.decisions import standing
from anigifs.curate.voting.items import Item


@dataclass(frozen=True)
class Reliability:
    """How far answers to one question agree.

    Attributes:
        items: Those with two answers or more; others tell nothing of agreement.
        pairs: Pairs of answers on the same item.
        raw: The share of these pairs that are alike; None without a pair.
        alpha: Krippendorff's alpha for nominal data, at most 1; None without a pair, and where
            all answers are the same, as chance would then agree as well.
    """

    items: int
    pairs: int
    raw: float | None
    alpha: float | None


@dataclass(frozen=True)
class Agreement:
    """How far annotators agree. Adjudicators are left out, since they know what others said.

    Attributes:
        annotators: How many have judged at all.
        judged: How many items by the number of people who judged them, the fewest first.
        verdict: On whether an item is accepted, whatever its class.
        criteria: On whether an item meets each criterion. One that fails an earlier one was not
            asked for it.
    """

    annotators: int
    judged: dict[int, int]
    verdict: Reliability
    criteria: dict[str, Reliability]


def agreement(items: Sequence[Item], votes: Sequence[Vote]) -> Agreement:
    """Return how far annotators agree on items, by their votes :func:`that count <standing>`."""
    cast = [
        [vote for vote in votes_of if vote.role == "annotator"]
        for votes_of in standing(items, votes).values()
    ]
    counts = Counter(len(votes_of) for votes_of in cast if votes_of)
    return Agreement(
        annotators=len({vote.annotator for votes_of in cast for vote in votes_of}),
        judged=dict(sorted(counts.items())),
        verdict=reliability([vote.verdict for vote in votes_of] for votes_of in cast),
        criteria={
            criterion: reliability(
                [vote.criterion != criterion for vote in votes_of if _was_asked(vote, criterion)]
                for votes_of in cast
            )
            for criterion in CRITERIA
        },
    )


def reliability(units: Iterable[Sequence[Hashable]]) -> Reliability:
    """Return how far answers agree.

    Args:
        units: The answers on each item, in whatever order.

    Example:
        >>> reliability(["aa", "ab", "bb", "b"])
        Reliability(items=3, pairs=3, raw=0.6666666666666666, alpha=0.4444444444444444)
    """
    counted = [Counter(answers) for answers in units if len(answers) > 1]
    pairs = sum(_pairs(unit.total()) for unit in counted)
    alike = sum(_pairs(count) for unit in counted for count in unit.values())
    return Reliability(len(counted), pairs, alike / pairs if pairs else None, _alpha(counted))


def _alpha(units: Sequence[Counter[Hashable]]) -> float | None:
    """Return 1 - D_o / D_e by counts of answers on each item, which has two or more."""
    totals = sum(units, Counter[Hashable]())
    differing = _pairs(totals.total()) - sum(map(_pairs, totals.values()))
    if not differing:
        return None
    # Each item's pairs are weighed so that each answer weighs the same.
    observed = fsum(
        2 * (_pairs(unit.total()) - sum(map(_pairs, unit.values()))) / (unit.total() - 1)
        for unit in units
    )
    return 1 - observed * (totals.total() - 1) / (2 * differing)


def _pairs(count: int) -> int:
    return count * (count - 1) // 2


def _was_asked(vote: Vote, criterion: str) -> bool:
    """Return whether a person came to a criterion, or had rejected the item before."""
    return vote.criterion not in takewhile(lambda earlier: earlier != criterion, CRITERIA)
