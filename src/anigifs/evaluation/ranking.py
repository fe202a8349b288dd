"""Where the true class stands in each clip's answers: all that accuracy needs, from any model."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

#: The rank of a true class that is not among the ranked answers.
UNRANKED = sys.maxsize


@dataclass(frozen=True, eq=False)
class Ranking:
    """One row a clip: what it is, what was answered, and how many answers stood before the truth.

    A model's scores and a bare list of ranked labels both become this; probabilities are there in
    the first case only.

    Attributes:
        clip_ids: One a clip, no two alike.
        groups: What must not be separated: clips of one group are not independent.
        labels: The true classes.
        domains: Such as ``animated-gif``; empty where it is not known.
        styles: Empty where it is not known.
        frames: Frames of the clip; 0 where it is not known.
        answers: The first answers.
        rank_N: int64, answers that stand before the true class; ``UNRANKED`` if it is in none.
        places: How many ranked answers of every clip are known.
        classes: How many classes the model can answer; None where it is not known.
        confidence_N: float64, probability of the first answer, 0..1.
        log_likelihood_N: float64, natural logarithm of the true class's probability; minus
            infinity where the model does not know the class.
    """

    clip_ids: tuple[str, ...]
    groups: tuple[str, ...]
    labels: tuple[str, ...]
    domains: tuple[str, ...]
    styles: tuple[str, ...]
    frames: tuple[int, ...]
    answers: tuple[str, ...]
    rank_N: np.ndarray
    places: int
    classes: int | None = None
    confidence_N: np.ndarray | None = None
    log_likelihood_N: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.clip_ids)

    @property
    def right_N(self) -> np.ndarray:
        """Whether the first answer is right."""
        return np.asarray(self.rank_N == 0)

    def within(self, k: int) -> np.ndarray | None:
        """Return whether the truth is among the first ``k`` answers.

        None where fewer are known, and where there are no others: top-5 of five classes says
        nothing.
        """
        if self.places < k or (self.classes is not None and 1 < self.classes <= k):
            return None
        return np.asarray(self.rank_N < k)

    @cached_property
    def group_N(self) -> np.ndarray:
        """The groups as int64 codes, equal where the groups are."""
        return np.unique(np.array(self.groups, dtype=str), return_inverse=True)[1]

    def in_order(self, clip_ids: Sequence[str]) -> "Ranking":
        """Return these clips, in this order.

        Raises:
            KeyError: One of them is not there.
        """
        place_of = {clip_id: place for place, clip_id in enumerate(self.clip_ids)}
        return self.take([place_of[clip_id] for clip_id in clip_ids])

    def take(self, places: Sequence[int] | np.ndarray) -> "Ranking":
        """Return the clips at ``places``, in that order."""
        index_N = np.asarray(places, dtype=int)

        def pick(array_N: np.ndarray | None) -> np.ndarray | None:
            return None if array_N is None else array_N[index_N]

        return replace(
            self,
            clip_ids=tuple(self.clip_ids[i] for i in index_N),
            groups=tuple(self.groups[i] for i in index_N),
            labels=tuple(self.labels[i] for i in index_N),
            domains=tuple(self.domains[i] for i in index_N),
            styles=tuple(self.styles[i] for i in index_N),
            frames=tuple(self.frames[i] for i in index_N),
            answers=tuple(self.answers[i] for i in index_N),
            rank_N=self.rank_N[index_N],
            confidence_N=pick(self.confidence_N),
            log_likelihood_N=pick(self.log_likelihood_N),
        )


def ranks(logits_NK: np.ndarray, truth_N: np.ndarray) -> np.ndarray:
    """Return how many classes stand before the true one, ties going to the lower index.

    Args:
        logits_NK: Finite scores, a row a clip.
        truth_N: Index of the true class; negative where the model does not know it, which ranks
            as ``UNRANKED``.

    Example:
        >>> ranks(np.array([[0.1, 0.7, 0.7]]), np.array([2])).tolist()
        [1]
    """
    known_N = truth_N >= 0
    index_N = np.where(known_N, truth_N, 0)
    true_N1 = np.take_along_axis(logits_NK, index_N[:, None], axis=1)
    # Counting is exact like a stable sort of each row, and several times faster.
    higher_N = (logits_NK > true_N1).sum(axis=1)
    earlier_NK = np.arange(logits_NK.shape[1]) < index_N[:, None]
    tied_N = ((logits_NK == true_N1) & earlier_NK).sum(axis=1)
    return np.where(known_N, higher_N + tied_N, UNRANKED)
