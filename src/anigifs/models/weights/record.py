"""What is known about a set of weights: the small file that lies beside the large one."""

import dataclasses
import json
from dataclasses import dataclass
from typing import Any, Literal, get_args

from anigifs.foundation import WeightsError
from anigifs.models.weights.names import MIXED

_WIDEST = 16
HeadKind = Literal["linear", "pyramid"]

_ADDED_LATER: dict[str, Any] = {
    "untrained": [],
    "frames": 40,
    "size": 224,
    "head": "linear",
    "head_layer": "Mixed_5c",
    "prompts": [],
    "settings_sha256": "",
    "pretraining": [],
}
_LISTS = ("classes", "untrained", "prompts", "pretraining")
_CHOICES: dict[str, tuple[str, ...]] = {"head": get_args(HeadKind), "head_layer": MIXED}


@dataclass(frozen=True, kw_only=True)
class WeightsRecord:
    """Where a set of weights comes from, what it predicts, and how it wants its input.

    Attributes:
        name: A safe single component of a path.
        architecture: The network the tensors belong to: ``i3d``, which alone is kept in the cache,
            or a kind of backbone, a key of :data:`anigifs.models.backbones.KINDS`.
        width: The network's channel multiplier; 1.0 is the published network.
        classes: The class names in the order of the logits.
        taxonomy: The class list they are from, such as ``kinetics-400``, or ``custom``.
        preprocessing: What the network was trained to see, in words.
        frames: How many frames of a clip it is best shown; the paper's 40 unless it was trained on
            others.
        size: Their height and width, in pixels.
        licence: Of the weights, as far as it is known.
        source: Where they come from, in words that let a reader find them.
        source_format: A key of :data:`anigifs.models.weights.sources.READERS`, ``anigifs``, or
            ``transformers`` for a backbone.
        source_sha256: Of the file they were converted from; empty where there is none.
        sha256: Of ``model.safetensors``; empty until that is written.
        untrained: The classes whose rows of the head are fresh: the network cannot know them yet.
        head: What comes after the body: ``linear``, or a ``pyramid``, a
            :class:`~anigifs.models.pyramid.PyramidHead`, whose tensors say how many cells it reads.
        head_layer: The endpoint that the head reads; empty for a backbone.
        prompts: What a zero-shot backbone is asked, with ``{class}`` where a name goes.
        settings_sha256: Of all that decides a backbone's answers beside its tensors: settings,
            preprocessing, prompts and their classes; empty for an I3D.
        pretraining: The class lists of clips that the network learnt from before it had its head.
    """

    name: str
    architecture: str = "i3d"
    width: float = 1.0
    classes: tuple[str, ...]
    taxonomy: str = "custom"
    preprocessing: str = "RGB in [-1, 1]; shorter side 224, centre crop 224; 25 frames a second"
    frames: int = 40
    size: int = 224
    licence: str
    source: str
    source_format: str = "anigifs"
    source_sha256: str = ""
    sha256: str = ""
    untrained: tuple[str, ...] = ()
    head: HeadKind = "linear"
    head_layer: str = "Mixed_5c"
    prompts: tuple[str, ...] = ()
    settings_sha256: str = ""
    pretraining: tuple[str, ...] = ()

    @property
    def settings(self) -> dict[str, Any]:
        """What a result depends on beside the tensors; nothing for an I3D, whose they say all."""
        if not self.settings_sha256:
            return {}
        asked = {"prompts": list(self.prompts)} if self.prompts else {}
        return {
            "architecture": self.architecture,
            "settings_sha256": self.settings_sha256,
            "preprocessing": self.preprocessing,
            **asked,
        }

    def to_json(self) -> str:
        """Return the record as a JSON object, one field a line."""
        return json.dumps(dataclasses.asdict(self), ensure_ascii=False, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str, where: str) -> "WeightsRecord":
        """Read what :meth:`to_json` wrote.

        Args:
            text: The JSON object.
            where: The file's name, for the error.

        Raises:
            WeightsError: A field is missing, unknown, or of the wrong type.
        """
        values = {**_ADDED_LATER, **_json_object(text, where)}
        fields = [field.name for field in dataclasses.fields(cls)]
        if missing := [name for name in fields if name not in values]:
            raise WeightsError(f"{where}: the weights record has no field {', '.join(missing)}")
        if odd := [name for name in values if name not in fields]:
            raise WeightsError(f"{where}: the weights record has unknown fields {', '.join(odd)}")
        for name, value in values.items():
            _check_type(name, value, where)
        lists = {name: tuple(values[name]) for name in _LISTS}
        return cls(**{**values, **lists})


def _json_object(text: str, where: str) -> dict[str, Any]:
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise WeightsError(f"{where}: not a weights record: {error}") from None
    if not isinstance(values, dict):
        raise WeightsError(f"{where}: a weights record is a JSON object")
    return values


def _check_type(name: str, value: object, where: str) -> None:
    if name in _LISTS:
        right = isinstance(value, list) and all(isinstance(one, str) for one in value)
        wanted = "a list of names"
    elif name in ("frames", "size"):
        right = isinstance(value, int) and not isinstance(value, bool) and value > 0
        wanted = "a whole number above 0"
    elif name == "width":
        number = isinstance(value, int | float) and not isinstance(value, bool)
        right = number and 0 < float(str(value)) <= _WIDEST
        wanted = f"a number above 0, and at most {_WIDEST}"
    else:
        right, wanted = isinstance(value, str), "text"
        if name in _CHOICES:
            right, wanted = value in _CHOICES[name], f"one of {', '.join(_CHOICES[name])}"
    if not right:
        raise WeightsError(f"{where}: {name} in the weights record is not {wanted}")
