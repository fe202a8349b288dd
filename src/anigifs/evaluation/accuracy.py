"""Top-1, top-5 and mean-class accuracy, where a model's classes may not be the data's."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from anigifs.evaluation.ranking import ranks

TOP = 5


@dataclass(frozen=True)
class Score:
    """One reading of the same predictions.

    Attributes:
        clips: ``all`` counts a clip whose class the model does not know as wrong; ``covered``
            leaves such clips out.
        classes: ``model`` lets the model answer with any of its classes, ``data`` only with those
            of the data that it knows.
        n: Clips scored.
        classes_n: Classes of the data among them.
        top1: Share of clips whose first answer is right, 0..1; None where nothing was scored.
        top5: Share of clips whose first five answers hold the right one; None where the model
            has no more than five classes to answer with, and would always be right.
        mean_class: Mean over the data's classes of their own top-1.
    """

    clips: Literal["all", "covered"]
    classes: Literal["model", "data"]
    n: int
    classes_n: int
    top1: float | None
    top5: float | None
    mean_class: float | None


def score_all_readings(
    logits_NK: np.ndarray, labels: Sequence[str], index_of: dict[str, int]
) -> list[Score]:
    """Score one set of predictions in every honest reading.

    ``index_of`` holds all classes of the data: one of which no clip could be read is a rival still.

    Where each class of the data is known to the model, ``all`` and ``covered`` are the same, and
    only one is returned.

    Args:
        logits_NK: A row a clip.
        labels: Each clip's class, in the data's own words.
        index_of: The model's index of each class of the data that it knows.
    """
    readings: list[Literal["all", "covered"]] = ["all"]
    if any(label not in index_of for label in labels):
        readings.append("covered")
    return [
        score(logits_NK, labels, index_of, clips=clips, classes=classes)
        for clips in readings
        for classes in ("model", "data")
    ]


def score(
    logits_NK: np.ndarray,
    labels: Sequence[str],
    index_of: dict[str, int],
    *,
    clips: Literal["all", "covered"] = "all",
    classes: Literal["model", "data"] = "model",
) -> Score:
    """Score predictions in one reading; see :class:`Score` for what the words mean.

    Ties are broken towards the lower index, as ``argmax`` does.

    Example:
        >>> logits = np.array([[2.0, 1.0, 0.0], [2.0, 1.0, 0.0]])
        >>> score(logits, ["run", "jump"], {"run": 0, "jump": 1}).top1
        0.5
    """
    kept = [i for i, label in enumerate(labels) if clips == "all" or label in index_of]
    truth_N = np.array([index_of.get(labels[i], -1) for i in kept], dtype=int)
    names = [labels[i] for i in kept]
    allowed = None if classes == "model" else sorted(index_of.values())
    answers = logits_NK.shape[1] if allowed is None else len(allowed)
    kept_NK = logits_NK[kept] if allowed is None else _only(logits_NK[kept], allowed)
    rank_N = ranks(kept_NK, truth_N)
    right_N = rank_N == 0
    by_class = [
        float(right_N[[name == one for name in names]].mean()) for one in sorted(set(names))
    ]
    return Score(
        clips=clips,
        classes=classes,
        n=len(kept),
        classes_n=len(by_class),
        top1=_mean(right_N),
        top5=_mean(rank_N < TOP) if answers > TOP else None,
        mean_class=_mean(np.array(by_class)),
    )


def _only(logits_NK: np.ndarray, allowed: list[int]) -> np.ndarray:
    """Return the logits with those of every other class below all."""
    masked_NK = np.full_like(logits_NK, -np.inf)
    masked_NK[:, allowed] = logits_NK[:, allowed]
    return masked_NK


def _mean(values_N: np.ndarray) -> float | None:
    return float(values_N.mean()) if values_N.size else None
