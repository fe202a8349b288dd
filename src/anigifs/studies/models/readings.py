"""The same answers read in the words of the data, so that models of any classes stand side by side.

Only clips of classes that are asked about count. ``data`` lets a model answer with these alone,
``model`` with all that it has; a model of just these classes is the same in both.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Literal

from anigifs.evaluation import Predictions
from anigifs.studies.outcomes import Outcome

Answers = Literal["data", "model"]


def read_as(
    outcomes: Iterable[Outcome],
    known: Mapping[str, Mapping[str, str]],
    classes: Sequence[str],
    answers: Answers,
) -> tuple[Outcome, ...]:
    """Return tests with their predictions in one reading; sets without such clips are left out.

    Args:
        outcomes: The tests.
        known: For each model's key, its own name of each class of the data that it knows.
        classes: Of the data, those asked about; the models know them all.
        answers: What a model may answer.
    """
    read = [
        replace(one, predictions=in_words(one.predictions, known[one.model], classes, answers))
        for one in outcomes
    ]
    return tuple(one for one in read if len(one.predictions))


def in_words(
    said: Predictions, known: Mapping[str, str], classes: Sequence[str], answers: Answers
) -> Predictions:
    """Return predictions of the clips of some classes, under the names that the data has for them.

    Args:
        said: Under the model's own names.
        known: The model's own name of each of the data's.
        classes: The data's names of the classes that are asked about.
        answers: What the model may answer.
    """
    name_of = {known[name]: name for name in classes}
    kept = [place for place, label in enumerate(said.labels) if label in name_of]
    if answers == "data":
        columns, names = [said.classes.index(known[name]) for name in classes], tuple(classes)
    else:
        columns, names = list(range(len(said.classes))), tuple(_renamed(said.classes, name_of))
    words = {
        field: tuple(getattr(said, field)[place] for place in kept)
        for field in ("clip_ids", "groups", "domains", "styles", "frames")
    }
    return Predictions(
        **words,
        labels=tuple(name_of[said.labels[place]] for place in kept),
        classes=names,
        logits_NK=said.logits_NK[kept][:, columns],
    )


def _renamed(classes: Iterable[str], name_of: Mapping[str, str]) -> Iterable[str]:
    """Yield a model's classes under the data's names; a namesake that means another is marked."""
    taken = set(name_of.values())
    for name in classes:
        plain = f"{name} (the model's)" if name in taken else name
        yield name_of.get(name, plain)
