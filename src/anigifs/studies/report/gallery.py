"""Clips and what every model said of them, as cards that can be filtered."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from anigifs.studies.report.models import Named
from anigifs.studies.samples import Sample, Saying


@dataclass(frozen=True)
class Said:
    """One answer to a clip.

    Attributes:
        answer: The class.
        right: Whether it is so.
        models: The number of each model that gave it, its title, and how sure it was in percent,
            empty where that is unknown.
        everyone: Whether all models gave it.
    """

    answer: str
    right: bool
    models: tuple[tuple[int, str, str], ...]
    everyone: bool


@dataclass(frozen=True)
class Card:
    """One clip.

    Attributes:
        of_set: The number of its set among those that are shown.
        set_title: What it is called.
        label: What the clip shows.
        said: The right answer first.
        right: The numbers of the models that are right, with spaces between.
        wrong: Those of the others.
        still: A picture as a data URI; empty where there is none.
        moving: The same as it moves.
        why: Why there is no picture.
    """

    of_set: int
    set_title: str
    label: str
    said: tuple[Said, ...]
    right: str
    wrong: str
    still: str
    moving: str
    why: str


@dataclass(frozen=True)
class Gallery:
    """Cards, and what they can be filtered by: titles, whose places are the numbers in cards."""

    cards: tuple[Card, ...]
    sets: tuple[str, ...]
    models: tuple[str, ...]
    labels: tuple[str, ...]


def gallery_of(
    samples: Sequence[Sample],
    uris: Sequence[tuple[str, str]],
    sets: Sequence[Named],
    models: Sequence[Named],
) -> Gallery:
    """Return the gallery of some clips, set by set.

    Args:
        samples: The clips; those of sets that are not named are left out.
        uris: The pictures of each.
        sets: Which sets, in order.
        models: Which models, in order; what others said is left out.
    """
    spoken = {saying.model for sample in samples for saying in sample.said}
    models = [one for one in models if one.key in spoken]
    cards = [
        _card(sample, shown, (place, of_set), models)
        for place, of_set in enumerate(sets)
        for sample, shown in zip(samples, uris, strict=True)
        if sample.of_set == of_set.key
    ]
    return Gallery(
        cards=tuple(cards),
        sets=tuple(one.title for one in sets),
        models=tuple(one.title for one in models),
        labels=tuple(sorted({card.label for card in cards})),
    )


def _card(
    sample: Sample, uris: tuple[str, str], of_set: tuple[int, Named], models: Sequence[Named]
) -> Card:
    of_model = {one.key: (place, one.title) for place, one in enumerate(models)}
    found: dict[tuple[bool, str], list[tuple[int, str, str]]] = {}
    for one in sample.said:
        if one.model in of_model:
            told = (*of_model[one.model], _sure(one))
            found.setdefault((not one.right, one.answer), []).append(told)
    said = [
        Said(answer, not wrong, tuple(models), len(found) == 1)
        for (wrong, answer), models in sorted(found.items())
    ]
    still, moving = uris
    return Card(
        of_set=of_set[0],
        set_title=of_set[1].title,
        label=sample.label,
        said=tuple(said),
        right=_numbers(one for one in said if one.right),
        wrong=_numbers(one for one in said if not one.right),
        still=still,
        moving=moving,
        why="" if still else sample.error or "the page would become too large",
    )


def _numbers(said: Iterable[Said]) -> str:
    return " ".join(str(number) for one in said for number, _, _ in one.models)


def _sure(one: Saying) -> str:
    return "" if one.confidence is None else f"{100 * one.confidence:.0f}"
