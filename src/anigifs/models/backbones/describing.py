"""What a folder of somebody else's network holds, as a record of weights, before it is loaded."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from anigifs.foundation import UsageError, WeightsError
from anigifs.models.backbones.folder import (
    MODEL,
    MODEL_TYPE,
    hash_of,
    hash_of_all,
    kind_of,
    licence_of,
    name_of,
    read_config,
)
from anigifs.models.backbones.frames import USUAL_FRAMES, frames_to_show
from anigifs.models.backbones.kinds import ZERO_SHOT, Kind
from anigifs.models.backbones.pixels import CHANNELS, Pixels, read_pixels
from anigifs.models.backbones.prompts import check_templates
from anigifs.models.weights.record import WeightsRecord
from anigifs.taxonomy import CLASS_LISTS, class_list, normalise

_WORDS = ("tokenizer.json", "tokenizer_config.json", "vocab.json", "merges.txt")


@dataclass(frozen=True)
class Backbone:
    """A folder whose settings have been read and found sound.

    Attributes:
        folder: The folder.
        kind: How such a network is asked.
        model_type: A name in :data:`~anigifs.models.backbones.kinds.KINDS`.
        said: Its ``config.json``.
        frames: How many frames the network takes, or is usually shown where any number will do.
        size: Height and width of its input.
        pixels: How bytes become its numbers.
        pixels_from: The file that says so; empty where none does.
    """

    folder: Path
    kind: Kind
    model_type: str
    said: dict[str, Any]
    frames: int
    size: int
    pixels: Pixels
    pixels_from: str

    @property
    def zero_shot(self) -> bool:
        """Whether it chooses among whatever classes it is asked for."""
        return self.model_type == ZERO_SHOT


def read_backbone(folder: Path) -> Backbone:
    """Return what a folder says of its network.

    Raises:
        WeightsError: It is of a kind that is not known, its tensors are missing, or a file of
            settings is damaged or says what cannot be.
        UsageError: The package ``transformers`` is not there.
    """
    from anigifs.models.backbones.library import read_settings

    said = read_config(folder)
    kind = kind_of(folder, said)
    settings = read_settings(folder, said)
    seeing = settings.vision_config if said[MODEL_TYPE] == ZERO_SHOT else settings
    channels = getattr(seeing, kind.channels)
    if channels != CHANNELS:
        raise WeightsError(f"{folder}: takes clips of {channels} colours; they have {CHANNELS}")
    pixels, pixels_from = read_pixels(folder, kind.pixels)
    return Backbone(
        folder=folder,
        kind=kind,
        model_type=said[MODEL_TYPE],
        said=said,
        frames=_whole(folder, settings, kind.frames) if kind.frames else USUAL_FRAMES,
        size=_whole(folder, seeing, kind.size),
        pixels=pixels,
        pixels_from=pixels_from,
    )


def _whole(folder: Path, settings: Any, name: str) -> int:  # noqa: ANN401 - of any kind
    value = getattr(settings, name)
    if isinstance(value, list | tuple) and len(set(value)) == 1:
        value = value[0]
    if not isinstance(value, int) or value < 1:
        raise WeightsError(
            f"{folder}: {name} in its config.json is {value!r}, not one whole number"
        )
    return value


def record_of(
    found: Backbone, classes: Sequence[str] | None, prompts: Sequence[str]
) -> WeightsRecord:
    """Return the record of a network's weights.

    Args:
        found: From :func:`read_backbone`.
        classes: What a zero-shot network is asked for; others have classes of their own.
        prompts: What it is asked.

    Raises:
        WeightsError: It has no head that names classes.
        UsageError: A zero-shot network is asked for no classes, or one twice, or by a prompt that
            has no place for them.
    """
    folder, asks = found.folder, found.zero_shot
    names = _asked(folder, classes, prompts) if asks else _own_classes(folder, found.said)
    taxonomy, names = _taxonomy_of(names)
    asked = {
        "classes": names,
        "prompts": tuple(prompts),
        "words": {one: hash_of(folder / one) for one in _WORDS if (folder / one).is_file()},
    }
    pixels = found.pixels.words + ("" if found.pixels_from else ", usual for it and not stated")
    return WeightsRecord(
        name=name_of(folder),
        architecture=found.model_type,
        classes=names,
        taxonomy=taxonomy,
        preprocessing=f"{pixels}; {found.frames} frames of {found.size} pixels",
        frames=frames_to_show(found.frames),
        size=found.size,
        licence=licence_of(folder),
        source=str(folder),
        source_format="transformers",
        sha256=hash_of(folder / MODEL),
        head_layer="",
        prompts=tuple(prompts) if asks else (),
        settings_sha256=hash_of_all(found.said, asdict(found.pixels), asked if asks else None),
    )


def _asked(folder: Path, classes: Sequence[str] | None, prompts: Sequence[str]) -> tuple[str, ...]:
    check_templates(prompts)
    if not classes:
        raise UsageError(
            f"{folder}: chooses among classes that it is asked for: name a list of them, such as "
            "kinetics-400, or a file with a name a line (--classes)"
        )
    if len(set(classes)) != len(classes):
        raise UsageError(f"{folder}: one of the classes that it is asked for is named twice")
    return tuple(classes)


def _own_classes(folder: Path, said: dict[str, Any]) -> tuple[str, ...]:
    """Return the classes of a head, in the order of its logits."""
    names = said.get("id2label")
    where = f"{folder}: the id2label of its config.json"
    if not isinstance(names, dict) or not names:
        raise WeightsError(f"{where} is missing: it has no head that names classes")
    if set(names) != {str(place) for place in range(len(names))}:
        raise WeightsError(f"{where} does not name classes 0 to {len(names) - 1}")
    ordered = tuple(str(names[str(place)]) for place in range(len(names)))
    if ordered == tuple(f"LABEL_{place}" for place in range(len(names))):
        raise WeightsError(f"{where} has no names, only LABEL_0 and so on: it knows no classes")
    if len(set(ordered)) != len(ordered):
        raise WeightsError(f"{where} gives one name to two classes")
    return ordered


def _taxonomy_of(names: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """Return the shipped list that has these very classes, in any order, and its spelling of them.

    Where there is none the taxonomy is ``custom``, and the names are as they were.
    """
    keys = {normalise(name) for name in names}
    for taxonomy in CLASS_LISTS:
        known = class_list(taxonomy)
        if len(known) == len(names) and {normalise(name) for name in known} == keys:
            return taxonomy, tuple(known.find(name) for name in names)
    return "custom", names
