"""What to compare, and with which model."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from anigifs.clips import Geometry, Sampler
from anigifs.foundation.work import Executor, Local
from anigifs.gap.resampling import Resampling

if TYPE_CHECKING:
    from anigifs.models import Classifier, WeightsRecord


@dataclass(frozen=True)
class GapConfig:
    """What to compare, and how.

    Attributes:
        a: The first side, as :func:`anigifs.gap.sides.read_side` takes it.
        b: The second.
        store: Where prepared clips and what was measured of them are kept.
        geometry: Frames, size and crop.
        endpoints: Whose features to compare, each once; ``logits``, too.
        split: Rows of this split only; None takes all.
        sampler: Which frames the model sees.
        background: RGB shown by transparent pixels.
        clips: The most of each side, drawn by seed in whole groups.
        how: Of intervals and tests.
        reading: Reads the files.
        executor: Shows the clips to the model; None is this process, with all its threads.
    """

    a: str
    b: str
    store: Path
    geometry: Geometry
    endpoints: tuple[str, ...]
    split: str | None = None
    sampler: Sampler = "whole"
    background: tuple[int, int, int] = (0, 0, 0)
    clips: int = 1000
    how: Resampling = field(default_factory=Resampling)
    reading: Executor = field(default_factory=Local)
    executor: Executor | None = None


@dataclass(frozen=True)
class Weights:
    """The model to ask.

    Attributes:
        record: Of its weights.
        precision: What it computes in.
        load: Loads it, ready to classify; with an executor, a function that can be pickled, such as
            :meth:`anigifs.models.Loading.load`.
        threads: What it computes with; None is whatever a process does.
    """

    record: "WeightsRecord"
    precision: str
    load: "Callable[[], Classifier]"
    threads: int | None = None
