"""A model that is asked, and what it says of a clip: an answer, and where the evidence lies."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from anigifs.clips import Geometry
from anigifs.evaluation.predict import probabilities
from anigifs.foundation import UsageError
from anigifs.models import ENDPOINTS, I3D, WeightsRecord
from anigifs.saliency import grad_cam_of
from anigifs.taxonomy.lists import ClassList
from anigifs.training.config import PRESETS, TAPS

Of = Literal["answer", "label"]


@dataclass(frozen=True, eq=False)
class Viewer:
    """A model that is asked.

    Attributes:
        name: What pictures and tables call it.
        model: Ready to classify.
        weights: The record of its weights.
        layer: The endpoint whose evidence is mapped.
        place_of: The model's index of each label of the data that it knows.
    """

    name: str
    model: I3D
    weights: WeightsRecord
    layer: str
    place_of: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Look:
    """What a model said of one clip, and on what evidence.

    Attributes:
        shares_K: Probabilities of the classes.
        explained: Index of the class that the map is of.
        map_THW: float32, 0 or more, on the layer's grid.
    """

    shares_K: np.ndarray
    explained: int
    map_THW: Tensor

    @property
    def answer(self) -> int:
        """Index of the likeliest class."""
        return int(self.shares_K.argmax())

    def best(self, count: int) -> list[int]:
        """Return the likeliest classes, best first."""
        return [int(place) for place in (-self.shares_K).argsort(kind="stable")[:count]]


@dataclass(frozen=True)
class Wanted:
    """Which class is explained.

    Attributes:
        of: The model's own ``answer``, or the clip's ``label``.
        name: One class for all clips instead, as the model spells it.
    """

    of: Of = "answer"
    name: str | None = None

    def place(self, viewer: Viewer, label: str | None) -> int | None:
        """Return the index of the class to explain; None is the answer, which is not known yet."""
        if self.name is not None:
            return viewer.weights.classes.index(self.name)
        return viewer.place_of[label] if self.of == "label" and label is not None else None

    def __str__(self) -> str:
        """Of what a map is evidence, in words."""
        if self.name is not None:
            return self.name
        return "the answer" if self.of == "answer" else "the true class"


def look(viewer: Viewer, clips_BTHWC: Tensor, wanted: Sequence[int | None]) -> list[Look]:
    """Ask a model of a batch of clips, in one pass.

    Args:
        viewer: The model.
        clips_BTHWC: uint8.
        wanted: The class to explain for each clip; None is the model's answer.
    """
    with torch.inference_mode():
        logits_BK, tapped = viewer.model(clips_BTHWC, taps=[viewer.layer])
    answers_B = logits_BK.argmax(dim=1)
    places = [
        int(answer) if place is None else place
        for place, answer in zip(wanted, answers_B, strict=True)
    ]
    maps_BTHW = grad_cam_of(viewer.model, viewer.layer, tapped[viewer.layer], torch.tensor(places))
    return [
        Look(probabilities(logits_K.double().numpy()), place, map_THW)
        for logits_K, place, map_THW in zip(logits_BK, places, maps_BTHW, strict=True)
    ]


def probability_of(viewer: Viewer, place: int, clips_BTHWC: Tensor) -> Tensor:
    """Return the probability that a model gives to one class, for each clip of a batch."""
    logits_BK: Tensor
    with torch.inference_mode():
        logits_BK, _ = viewer.model(clips_BTHWC)
        return logits_BK.double().softmax(dim=1)[:, place]


def layer_for(geometry: Geometry, asked: str | None = None) -> str:
    """Return the endpoint to look at: of small clips the last map has too few cells.

    Raises:
        UsageError: There is none of the name that was asked for.

    Example:
        >>> layer_for(Geometry(16, 112)), layer_for(Geometry(40, 224))
        ('Mixed_4f', 'Mixed_5c')
    """
    if asked is None:
        return TAPS["paper" if geometry.size >= PRESETS["paper"][1] else "laptop"]
    if asked not in ENDPOINTS:
        raise UsageError(f"no layer {asked!r}; the layers are {', '.join(ENDPOINTS)}")
    return asked


def class_named(text: str, weights: WeightsRecord) -> str:
    """Return the model's class that a name spells.

    Raises:
        UsageError: It has none, or several.
    """
    return ClassList(weights.name, weights.classes, "", "").find(text)


def names_of(first: WeightsRecord, second: WeightsRecord) -> tuple[str, str]:
    """Return short names of two sets of weights that tell them apart.

    Weights that were trained are called after their method and what they started from; of two seeds
    of one method these are the same, and the beginning of the hash is added.

    Raises:
        UsageError: They are the same weights.
    """
    if first.sha256 == second.sha256:
        raise UsageError(f"{second.name}: the same weights twice; there is nothing to compare")
    names = first.name, second.name
    short = names[0].partition(" from ")[0], names[1].partition(" from ")[0]
    for pair in (short, names):
        if pair[0] != pair[1]:
            return pair
    return f"{short[0]} {first.sha256[:6]}", f"{short[1]} {second.sha256[:6]}"


def check_pair(first: WeightsRecord, second: WeightsRecord) -> None:
    """Refuse two models that cannot stand side by side.

    Raises:
        UsageError: They have other classes.
    """
    if set(first.classes) != set(second.classes):
        only = sorted(set(first.classes) ^ set(second.classes))
        raise UsageError(
            f"{second.name} has other classes than {first.name}, such as {only[0]!r}; models that "
            "are shown beside each other have the same"
        )
