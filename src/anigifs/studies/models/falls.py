"""How much deeper one model falls than another, from the source to a target, on the same clips."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from anigifs.evaluation import Ranking
from anigifs.studies.cells import Gap
from anigifs.studies.models.readings import Answers
from anigifs.studies.outcomes import Outcome
from anigifs.studies.tabulation import gap_of_values

Options = Mapping[str, Any]


@dataclass(frozen=True)
class Deeper:
    """The fall of one model minus that of another, in top-1.

    Attributes:
        answers: What the models may answer.
        model: Key of the model.
        reference: Key of the other.
        of_set: Key of the target.
        set_title: What a table calls it.
        gap: The difference, which is above zero where the model falls deeper.
    """

    answers: Answers
    model: str
    reference: str
    of_set: str
    set_title: str
    gap: Gap


def deeper_falls(
    outcomes: Sequence[Outcome], answers: Answers, options: Options
) -> tuple[Deeper, ...]:
    """Return how much deeper each model falls than the first, on every target.

    Args:
        outcomes: In one reading; the first is of the first model on the source.
        answers: Which reading.
        options: ``level``, ``replicates`` and ``seed`` of the bootstrap.
    """
    tests = {(one.model, one.set): one for one in outcomes}
    models = list(dict.fromkeys(one.model for one in outcomes))
    source, *targets = dict.fromkeys(one.set for one in outcomes)
    found = []
    for model in models[1:]:
        for target in targets:
            pairs = [
                (tests[key, source].ranking, tests[key, target].ranking)
                for key in (model, models[0])
            ]
            title = tests[model, target].set_title
            gap = deeper(pairs[0], pairs[1], options)
            found.append(Deeper(answers, model, models[0], target, title, gap))
    return tuple(found)


def deeper(one: tuple[Ranking, Ranking], other: tuple[Ranking, Ranking], options: Options) -> Gap:
    """Return the fall of one model minus that of another, groups being resampled.

    A group that is drawn brings its clips of both sets and the answers of both models, so that
    what is hard for every model, in every style, cancels out.

    Args:
        one: Its answers on the source and on the target.
        other: The other's, on the same clips.
        options: ``level``, ``replicates`` and ``seed`` of the bootstrap.
    """
    source_N, target_N = (_more_right(*pair) for pair in zip(one, other, strict=True))
    return gap_of_values((source_N, one[0].groups), (target_N, one[1].groups), options)


def _more_right(one: Ranking, other: Ranking) -> np.ndarray:
    """Return 1 where one alone is right, -1 where the other alone is, in the order of the one."""
    more_N: np.ndarray = one.right_N.astype(float) - other.in_order(one.clip_ids).right_N
    return more_N
