"""Accuracy from a ranking: overall, class by class, by any breakdown, and who is taken for whom."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from anigifs.evaluation.ranking import Ranking

Breakdown = Literal["class", "style", "domain", "length"]
#: Lower ends of the bins of clip length, in frames. 9 is the least that I3D takes, 9 to 60 what the
#: paper kept of a GIF, 40 what it fed, 64 I3D's training snippet.
LENGTH_BINS = (1, 9, 17, 41, 65)
UNSTATED = "unstated"


def accuracy(ranking: Ranking, k: int = 1) -> float | None:
    """Return the share of clips whose true class is among the first ``k`` answers.

    None where there are no clips, or fewer than ``k`` ranked answers a clip are known.
    """
    within_N = ranking.within(k)
    return None if within_N is None or not within_N.size else float(within_N.mean())


def per_class(ranking: Ranking) -> dict[str, float]:
    """Return the top-1 accuracy of each true class, by name."""
    return {
        name: float(ranking.right_N[index_N].mean())
        for name, index_N in broken_down(ranking, "class").items()
    }


def mean_class(ranking: Ranking) -> float | None:
    """Return the mean over the true classes of their own top-1: each class counts alike."""
    found = per_class(ranking)
    return sum(found.values()) / len(found) if found else None


def worst_class(ranking: Ranking) -> tuple[str, float]:
    """Return the class with the lowest top-1, and it; the first by name where several tie."""
    return min(per_class(ranking).items(), key=lambda item: (item[1], item[0]))


def broken_down(ranking: Ranking, by: Breakdown) -> dict[str, np.ndarray]:
    """Return the places of the clips of each class, style, domain or bin of length.

    Empty where the clips state nothing of the kind; otherwise those that do not are ``unstated``.

    Example:
        >>> nothing, ranks = ("", ""), np.zeros(2, int)
        >>> ids, truth = ("a", "b"), ("run", "run")
        >>> ranking = Ranking(ids, ids, truth, nothing, nothing, (8, 70), truth, ranks, 1)
        >>> broken_down(ranking, "length"), broken_down(ranking, "style")
        ({'1-8': array([0]), '65-': array([1])}, {})
    """
    if by == "length":
        names: Sequence[str] = [length_bin(frames) for frames in ranking.frames]
        order = [*map(_bin_name, range(len(LENGTH_BINS))), ""]
    else:
        columns = {"class": ranking.labels, "style": ranking.styles, "domain": ranking.domains}
        names = columns[by]
        order = [*sorted(set(names) - {""}), ""]
    if not any(names):
        return {}
    places: dict[str, list[int]] = {}
    for place, name in enumerate(names):
        places.setdefault(name, []).append(place)
    return {name or UNSTATED: np.array(places[name]) for name in order if name in places}


def length_bin(frames: int) -> str:
    """Return the name of the bin of :data:`LENGTH_BINS` that a clip is in; empty for 0 frames.

    Example:
        >>> length_bin(8), length_bin(9), length_bin(64), length_bin(1000), length_bin(0)
        ('1-8', '9-16', '41-64', '65-', '')
    """
    below = sum(frames >= least for least in LENGTH_BINS)
    return _bin_name(below - 1) if below else ""


def _bin_name(index: int) -> str:
    last = "" if index == len(LENGTH_BINS) - 1 else LENGTH_BINS[index + 1] - 1
    return f"{LENGTH_BINS[index]}-{last}"


@dataclass(frozen=True)
class Confused:
    """A pair of classes that are taken for one another.

    Attributes:
        label: The true class.
        answer: What was answered instead.
        n: How often.
        share: ``n`` of all clips of the true class, 0..1.
    """

    label: str
    answer: str
    n: int
    share: float


def confusion(ranking: Ranking) -> dict[str, dict[str, int]]:
    """Return how often each class was answered, by true class; what never happened is left out."""
    counts: dict[str, dict[str, int]] = {}
    pairs = Counter(zip(ranking.labels, ranking.answers, strict=True))
    for (label, answer), times in sorted(pairs.items()):
        counts.setdefault(label, {})[answer] = times
    return counts


def most_confused(counts: Mapping[str, Mapping[str, int]], top: int = 10) -> list[Confused]:
    """Return the commonest confusions: by count, then by share of the class, then by name.

    Example:
        >>> most_confused({"run": {"run": 3, "jump": 1}, "jump": {"jump": 2}})
        [Confused(label='run', answer='jump', n=1, share=0.25)]
    """
    pairs = [
        Confused(label, answer, times, times / sum(row.values()))
        for label, row in counts.items()
        for answer, times in row.items()
        if answer != label
    ]
    return sorted(pairs, key=lambda pair: (-pair.n, -pair.share, pair.label, pair.answer))[:top]
