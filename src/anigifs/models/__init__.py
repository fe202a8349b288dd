"""Networks and their weights: the I3D, its fast copy for inference, and where weights come from.

``load_model("i3d-kinetics-400")`` is the door. ``model(clips, edits, taps)`` classifies, and lets
a method see and replace what every endpoint puts out. ``load_classifier`` is the door to all that
can be tested: the I3D, and networks of other people's making (:mod:`anigifs.models.backbones`).
Names are handed out lazily, so that what needs only the list of weights does not pay for torch.
"""

from typing import TYPE_CHECKING

from anigifs.foundation.lazy import lazily

if TYPE_CHECKING:
    from anigifs.models.backbones import (
        Classifier,
        find_classifier,
        load_classifier,
        ready_classifier,
    )
    from anigifs.models.build import build_i3d, load_model, rehead, save_model, state_sha256
    from anigifs.models.i3d import ENDPOINTS, I3D, MIN_FRAMES, Edits
    from anigifs.models.inference import fastest_dtype, for_inference
    from anigifs.models.loading import Loading
    from anigifs.models.modes import in_test_mode
    from anigifs.models.weights import WeightsRecord

__all__ = [
    "ENDPOINTS",
    "I3D",
    "MIN_FRAMES",
    "Classifier",
    "Edits",
    "Loading",
    "WeightsRecord",
    "build_i3d",
    "fastest_dtype",
    "find_classifier",
    "for_inference",
    "in_test_mode",
    "load_classifier",
    "load_model",
    "ready_classifier",
    "rehead",
    "save_model",
    "state_sha256",
]

_HOMES = {
    "ENDPOINTS": "i3d",
    "I3D": "i3d",
    "MIN_FRAMES": "i3d",
    "Classifier": "backbones",
    "Edits": "i3d",
    "Loading": "loading",
    "WeightsRecord": "weights",
    "build_i3d": "build",
    "fastest_dtype": "inference",
    "find_classifier": "backbones",
    "for_inference": "inference",
    "in_test_mode": "modes",
    "load_classifier": "backbones",
    "load_model": "build",
    "ready_classifier": "backbones",
    "rehead": "build",
    "save_model": "build",
    "state_sha256": "build",
}

__getattr__ = lazily(__name__, _HOMES)


def __dir__() -> list[str]:
    return __all__
