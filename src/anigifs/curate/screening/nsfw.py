"""Whether a file is safe for work, if somebody wants to know: an optional detector.

NudeNet was trained on photographs and is weak on drawings. So its answer is a flag for those who
judge and rejects nothing.
"""

import importlib.util
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Protocol

import numpy as np

from anigifs.foundation import UsageError

#: What NudeNet names that is not safe for work, bare.
EXPOSED = frozenset(
    {
        "ANUS_EXPOSED",
        "BUTTOCKS_EXPOSED",
        "FEMALE_BREAST_EXPOSED",
        "FEMALE_GENITALIA_EXPOSED",
        "MALE_GENITALIA_EXPOSED",
    }
)
PACKAGE = "nudenet"


class Detector(Protocol):
    """Says of frames how sure it is that they are not safe for work."""

    def __call__(self, frames: Sequence[np.ndarray], /) -> float:
        """Return the probability of the worst frame, 0..1; frames are uint8 RGB ``(H, W, 3)``."""


#: Makes a detector; processes import it by its name.
Maker = Callable[[], Detector]


def check_installed() -> None:
    """Raise UsageError where the optional package is not installed."""
    if importlib.util.find_spec(PACKAGE) is None:
        raise UsageError(f"--nsfw needs the package {PACKAGE}: pip install 'anigifs[nsfw]'")


@cache
def load_nudenet() -> Detector:
    """Return NudeNet with the model that comes with its package.

    Raises:
        UsageError: It is not installed.
    """
    check_installed()
    model: Any = importlib.import_module(PACKAGE).NudeDetector()

    def detect(frames: Sequence[np.ndarray]) -> float:
        # It takes pictures as OpenCV holds them, blue first.
        found = [one for frame in frames for one in model.detect(frame[..., ::-1].copy())]
        return max((float(one["score"]) for one in found if one["class"] in EXPOSED), default=0.0)

    return detect
