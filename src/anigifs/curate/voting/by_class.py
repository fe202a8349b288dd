"""Each class by itself: how far people agree on it, and how well its accepted share is known."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np

from anigifs.curate.voting.agreement import NO_DRAWS, Draws, Reliability, reliabilities_of
from anigifs.curate.voting.answers import QUESTIONS, Cast
from anigifs.curate.voting.decisions import Decision
from anigifs.curate.voting.items import Item

#: Half the width of an interval that is narrow enough, unless somebody wants another one.
HALF_WIDTH = 0.1
_Z = 1.959963984540054  # of a 95 % interval


@dataclass(frozen=True)
class ClassReliability:
    """One class: items that were asked for as it, whatever they were accepted as.

    Attributes:
        label: The class; empty for items of none.
        items: Of it, if the collection is known, else those that were voted on.
        decided: Accepted or rejected.
        accepted: Of these, as whatever class.
        share: ``accepted / decided``; None where nothing is decided.
        low: Lower end of Wilson's 95 % interval of it.
        high: Upper end.
        more: About how many more items would have to be decided until the interval is no more
            than 0.1 to either side; not more than there are.
        questions: How far people agree on each question.
    """

    label: str
    items: int
    decided: int
    accepted: int
    share: float | None
    low: float | None
    high: float | None
    more: int
    questions: Mapping[str, Reliability]


def classes_of(
    cast: Cast,
    items: Sequence[Item],
    decisions: Mapping[str, Decision],
    draws: Draws = NO_DRAWS,
    questions: tuple[str, ...] = tuple(QUESTIONS),
) -> list[ClassReliability]:
    """Return every class, by name.

    Args:
        cast: The votes that count.
        items: Those of the collection, or those that were voted on.
        decisions: What was decided of each.
        draws: How intervals of coefficients are made; by default none are.
        questions: On which agreement is looked at.
    """
    labels = dict(zip(cast.clusters, cast.labels, strict=True))
    of_item = {
        item.cluster: labels.get(item.cluster) or (item.labels or ("",))[0]
        for item in items
        if not item.shown.reason
    }
    counts = Counter(of_item.values())
    states = Counter((label, decisions[cluster].state) for cluster, label in of_item.items())
    agreed = _by_label(cast, draws, questions)
    return [
        _one(
            label, counts[label], states[label, "accepted"], states[label, "rejected"],
            agreed.get(label, {}),
        )
        for label in sorted(counts.keys() | agreed.keys())
    ]  # fmt: skip


def wilson(count: float, of: float) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson, 1927, doi 10.1080/01621459.1927.10502953).

    Args:
        count: 0 or more.
        of: No less than ``count``, and more than 0. Both may be means of chances.

    Example:
        >>> low, high = wilson(9, 10)
        >>> round(low, 3), round(high, 3)
        (0.596, 0.982)
    """
    from statsmodels.stats.proportion import proportion_confint

    low, high = proportion_confint(count, of, alpha=0.05, method="wilson")
    return float(low), float(high)


def more_for(share: float, decided: int, half: float = HALF_WIDTH) -> int:
    """Return about how many more items Wilson's interval needs to be so narrow.

    Half its width is that of ``z sqrt(p (1 - p) / n + z^2 / 4 n^2) / (1 + z^2 / n)``; the share
    is taken to stay as it is.

    Example:
        >>> more_for(0.5, 20), more_for(0.5, 93)
        (73, 0)
    """
    wanted = 1
    while _half(share, wanted) > half:
        wanted += 1
    return max(0, ceil(wanted - decided))


def _half(share: float, count: int) -> float:
    square = _Z**2 / count
    return float(np.sqrt(share * (1 - share) * square + square**2 / 4) / (1 + square))


def _by_label(
    cast: Cast, draws: Draws, questions: tuple[str, ...]
) -> dict[str, dict[str, Reliability]]:
    label_U = np.array(cast.labels, str)
    found: dict[str, dict[str, Reliability]] = {label: {} for label in cast.labels}
    for question in questions:
        answers, unit_V = cast.asked(question)
        names, stratum_V = np.unique(label_U[unit_V], return_inverse=True)
        agreed = reliabilities_of(answers, stratum_V, draws, question, "classes")
        for name, one in zip(names.tolist(), agreed, strict=False):
            found[name][question] = one
    return found


def _one(
    label: str, items: int, accepted: int, rejected: int, questions: Mapping[str, Reliability]
) -> ClassReliability:
    decided = accepted + rejected
    share = low = high = None
    more = items
    if decided:
        share, (low, high) = accepted / decided, wilson(accepted, decided)
        more = min(more_for(share, decided), items - decided)
    return ClassReliability(label, items, decided, accepted, share, low, high, more, questions)
