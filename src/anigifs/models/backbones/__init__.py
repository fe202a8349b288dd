"""Networks of other people's making, from a folder of theirs, behind what evaluation asks of any.

``load_classifier("/models/videomae")`` is the door; it takes names of I3D weights, too. A folder
holds ``config.json`` and ``model.safetensors`` as Hugging Face's ``transformers`` writes them. What
kinds are known stands in :data:`~anigifs.models.backbones.kinds.KINDS`. Nothing is ever downloaded.
"""

from typing import TYPE_CHECKING

from anigifs.foundation.lazy import lazily

if TYPE_CHECKING:
    from anigifs.models.backbones.classifier import Classifier
    from anigifs.models.backbones.folder import is_backbone, is_zero_shot
    from anigifs.models.backbones.kinds import KINDS
    from anigifs.models.backbones.load import find_classifier, load_classifier, ready_classifier
    from anigifs.models.backbones.prompts import PROMPTS, asked_of

__all__ = [
    "KINDS",
    "PROMPTS",
    "Classifier",
    "asked_of",
    "find_classifier",
    "is_backbone",
    "is_zero_shot",
    "load_classifier",
    "ready_classifier",
]

_HOMES = {
    "KINDS": "kinds",
    "PROMPTS": "prompts",
    "Classifier": "classifier",
    "asked_of": "prompts",
    "find_classifier": "load",
    "is_backbone": "folder",
    "is_zero_shot": "folder",
    "load_classifier": "load",
    "ready_classifier": "load",
}

__getattr__ = lazily(__name__, _HOMES)


def __dir__() -> list[str]:
    return __all__
