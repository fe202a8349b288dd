"""Whether a model that says 80 % is right four times in five."""

from dataclasses import dataclass

import numpy as np

from anigifs.evaluation.ranking import Ranking

BINS = 15


@dataclass(frozen=True)
class Bin:
    """The clips whose first answer has a probability in one range.

    Attributes:
        low: Lower end, not in the bin (but 0 is in the first).
        high: Upper end, in the bin.
        n: Clips in it.
        confidence: Their mean probability; None where there are none.
        accuracy: Share of them that are right.
    """

    low: float
    high: float
    n: int
    confidence: float | None
    accuracy: float | None


@dataclass(frozen=True)
class Calibration:
    """How far stated probabilities are from what happens.

    Attributes:
        ece: Expected calibration error, 0..1: the mean over clips of their bin's distance between
            confidence and accuracy (Guo et al., 2017, doi 10.48550/arXiv.1706.04599).
        nll: Mean negative log-likelihood of the true class, in nats, over the clips whose class the
            model knows; None where it knows none.
        bins: The reliability table, equally wide bins.
    """

    ece: float
    nll: float | None
    bins: tuple[Bin, ...]


def calibration(ranking: Ranking, bins: int = BINS) -> Calibration | None:
    """Return the calibration of the first answers; None without probabilities or clips.

    Example:
        >>> one, words = ("a",), ("run",)
        >>> ranking = Ranking(one, one, words, ("",), ("",), (0,), words, np.array([0]), 1,
        ...                   None, np.array([0.75]), np.log([0.75]))
        >>> calibration(ranking).ece
        0.25
    """
    confidence_N, log_N = ranking.confidence_N, ranking.log_likelihood_N
    if confidence_N is None or log_N is None or not len(ranking):
        return None
    edges = np.arange(bins + 1) / bins
    # The bin (low, high] of each clip, as Guo et al. have it.
    index_N = np.clip(np.searchsorted(edges, confidence_N, side="left") - 1, 0, bins - 1)
    n_B = np.bincount(index_N, minlength=bins)
    confidence_B = np.bincount(index_N, confidence_N, bins)
    right_B = np.bincount(index_N, ranking.right_N, bins)
    known_N = np.isfinite(log_N)
    return Calibration(
        ece=float(np.abs(confidence_B - right_B).sum() / len(ranking)),
        nll=float(-log_N[known_N].mean()) if known_N.any() else None,
        bins=tuple(
            Bin(
                low=float(edges[b]),
                high=float(edges[b + 1]),
                n=int(n_B[b]),
                confidence=float(confidence_B[b] / n_B[b]) if n_B[b] else None,
                accuracy=float(right_B[b] / n_B[b]) if n_B[b] else None,
            )
            for b in range(bins)
        ),
    )
