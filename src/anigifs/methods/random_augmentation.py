"""Random data augmentation: a fresh tuple of photometric operations for every batch.

The baseline that random-search data augmentation must beat (RDA in Volpi & Murino, "Addressing
Model Vulnerability to Distributional Shifts over Image Transformation Sets", ICCV 2019; the paper,
Table 3): the same pool and the same length, but nothing is searched for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from anigifs.clips.batch import Batch
from anigifs.foundation import UsageError
from anigifs.methods.hooks import Method, Run
from anigifs.methods.transforming import transformed
from anigifs.models import I3D
from anigifs.transforms import Statistics, draw


@dataclass(frozen=True)
class RandomAugmentationOptions:
    """What random augmentation can be told.

    Attributes:
        length: Operations in a tuple.
        share: Of the batches that are transformed, 0..1; the others stay as they are.
        statistics: Of each frame, as the originals' were, or of the whole clip.
    """

    length: int = 4
    share: float = 1.0
    statistics: Statistics = "frame"

    def __post_init__(self) -> None:
        if self.length < 1 or not 0 < self.share <= 1:
            raise UsageError("length is at least 1, and share above 0 and at most 1")


class RandomAugmentation(Method):
    """Every batch is transformed by operations drawn for it alone, the same for all its frames."""

    Options = RandomAugmentationOptions
    options: RandomAugmentationOptions

    def build(self, model: I3D, run: Run) -> None:
        """Note how long the run is."""
        if self.options.share * run.updates < 1:
            share, updates = self.options.share, run.updates
            raise UsageError(f"a share of {share} of {updates} batches is less than one")
        self._updates, self._drawn, self._transformed = run.updates, 0, 0

    def augment(self, batch: Batch, rng: np.random.Generator) -> Batch:
        """Return the batch under a fresh tuple."""
        operations = draw(rng, self.options.length)
        self._drawn += 1
        if rng.random() >= self.options.share:
            return batch
        self._transformed += 1
        return transformed(batch, operations, self.options.statistics)

    def has_acted(self) -> bool:
        """Return whether a batch was transformed so far."""
        return self._transformed > 0

    def shortfall(self) -> str | None:
        """Return how few batches it saw or transformed, if it was passed by."""
        if self._drawn < self._updates:
            return f"{self._drawn} of {self._updates} batches came by"
        return None if self._transformed else f"none of {self._updates} batches was transformed"

    def state_dict(self) -> dict[str, Any]:
        """Return how many batches came by and were transformed."""
        return {"drawn": self._drawn, "transformed": self._transformed}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take the counts back."""
        self._drawn, self._transformed = state["drawn"], state["transformed"]
