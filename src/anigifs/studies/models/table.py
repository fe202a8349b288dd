"""What the study shows: each model on each set in both readings, and whose fall is the deeper."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from anigifs.evaluation.intervals import LEVEL, REPLICATES
from anigifs.foundation import UsageError
from anigifs.studies.cells import Table
from anigifs.studies.models.contestants import Contestant, shared_classes
from anigifs.studies.models.falls import Deeper, deeper_falls
from anigifs.studies.models.readings import Answers, read_as
from anigifs.studies.outcomes import Outcome
from anigifs.studies.tabulation import tabulate

TITLE = "Models as they are, nothing trained"


@dataclass(frozen=True)
class ModelsTable:
    """All numbers of the study.

    Attributes:
        models: Who took part.
        classes: Of the data, those that all models know: the numbers are of their clips alone.
        readings: For what models may answer, the table of the models.
        deeper: Whose fall is the deeper, in the same readings.
        own: For each model that knows more classes than all do, its numbers on all that it knows.
        notes: What is to be known besides.
    """

    models: tuple[Contestant, ...]
    classes: tuple[str, ...]
    readings: dict[Answers, Table]
    deeper: tuple[Deeper, ...]
    own: dict[str, Table]
    notes: tuple[str, ...] = ()


def tabulate_models(
    models: Sequence[Contestant],
    outcomes: Sequence[Outcome],
    notes: Sequence[str] = (),
    *,
    level: float = LEVEL,
    replicates: int = REPLICATES,
    seed: int = 0,
) -> ModelsTable:
    """Return the numbers of a study; a pure function of the predictions.

    Args:
        models: Who took part, the one that others are compared with first.
        outcomes: Each model on each set, the source first.
        notes: What is to be known besides.
        level: Of the intervals, 0..1.
        replicates: Draws of the bootstrap and of the permutation test.
        seed: The same seed gives the same numbers.

    Raises:
        UsageError: The models have no class in common, or none of the source's, or were tested on
            different clips.
    """
    options: dict[str, Any] = {"level": level, "replicates": replicates, "seed": seed}
    classes = shared_classes(models)
    known = {one.key: one.known for one in models}
    # Where no model has other classes than the data's, both readings are one.
    kinds: list[Answers] = ["data"]
    if any(set(one.record.classes) != {one.known[name] for name in classes} for one in models):
        kinds.append("model")
    readings: dict[Answers, Table] = {}
    deeper: list[Deeper] = []
    for answers in kinds:
        read = read_as(outcomes, known, classes, answers)
        if not read or read[0].set != outcomes[0].set:
            raise UsageError(
                f"the set {outcomes[0].set_title!r}: no clips of classes that all models know, so "
                "no fall can be counted from it"
            )
        title = f"{TITLE}: {title_of(answers, len(classes), models[0].classes_there)}"
        readings[answers] = tabulate(read, title, **options)
        deeper += deeper_falls(read, answers, options)
    own = {
        one.key: tabulate(
            read_as(_of(one, outcomes), known, tuple(sorted(one.known)), "data"), one.key, **options
        )
        for one in models
        if len(one.known) > len(classes)
    }
    return ModelsTable(tuple(models), classes, readings, tuple(deeper), own, tuple(notes))


def title_of(answers: Answers, count: int, there: int) -> str:
    """Return what a reading is called.

    Args:
        answers: Which reading.
        count: Classes of the data that all models know.
        there: Classes of the data.

    Example:
        >>> title_of("data", 12, 16)
        'answers within the 12 of 16 classes of the data that all models know'
        >>> title_of("model", 16, 16)
        'answers among all classes of each model, clips of the 16 classes of the data'
    """
    which = f"{count} classes of the data"
    if count < there:
        which = f"{count} of {there} classes of the data that all models know"
    if answers == "data":
        return f"answers within the {which}"
    return f"answers among all classes of each model, clips of the {which}"


def _of(model: Contestant, outcomes: Sequence[Outcome]) -> list[Outcome]:
    return [one for one in outcomes if one.model == model.key]
