"""Empirical risk minimisation: cross-entropy on the source, and nothing else.

The baseline of every table. A careful one is hard to beat (Gulrajani & Lopez-Paz, "In Search of
Lost Domain Generalization", ICLR 2021).
"""

from typing import Any

import numpy as np
from torch import nn
from torch.nn import functional

from anigifs.clips.batch import Batch
from anigifs.methods.hooks import StepResult
from anigifs.models import I3D


class Erm:
    """Cross-entropy on the clips as they come."""

    def build(self, model: I3D) -> None:
        """Take nothing."""

    def augment(self, batch: Batch, rng: np.random.Generator) -> Batch:
        """Return the batch as it is."""
        return batch

    def loss(self, model: nn.Module, batch: Batch) -> StepResult:
        """Return the mean cross-entropy."""
        logits_BK, _ = model(batch.clips_BTHWC)
        return StepResult(functional.cross_entropy(logits_BK, batch.labels_B), logits_BK)

    def after_step(self, step: int) -> None:
        """Do nothing."""

    def acted(self) -> int | None:
        """Return None: there is nothing that it could fail to do."""
        return None

    def state_dict(self) -> dict[str, Any]:
        """Return nothing: it has no state."""
        return {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take nothing back."""
