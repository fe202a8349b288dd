"""What a training strategy is to the loop: five moments in which it may act."""

from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from torch import Tensor, nn

from anigifs.clips.batch import Batch
from anigifs.models import I3D


@dataclass(frozen=True)
class StepResult:
    """What one batch gave.

    Attributes:
        loss: Scalar, the mean over the batch, with its graph.
        logits_BK: Of the clips that were trained on.
        logs: Numbers worth a line in ``metrics.jsonl``.
    """

    loss: Tensor
    logits_BK: Tensor
    logs: dict[str, float] = field(default_factory=dict)


class Method(Protocol):
    """The hooks of a training strategy, in the order in which the loop calls them.

    Everything random comes from the generator that is handed in, and everything that must outlive
    a kill is in ``state_dict``, as numbers, strings, lists, dicts and tensors. All processes of a
    run hold the same state.
    """

    def build(self, model: I3D) -> None:
        """Take the model before training begins; a method may add to it or hold on to it."""

    def augment(self, batch: Batch, rng: np.random.Generator) -> Batch:
        """Return the batch to train on; ``rng`` is the same for every process at this step."""

    def loss(self, model: nn.Module, batch: Batch) -> StepResult:
        """Run the model on the batch; ``model`` is wrapped where several processes train it."""

    def after_step(self, step: int) -> None:
        """Act after the weights have moved for the ``step``-th time, counted from 1."""

    def acted(self) -> int | None:
        """Return how often it did what sets it apart from ERM; None where nothing does."""

    def state_dict(self) -> dict[str, Any]:
        """Return what a resume needs."""

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take back what :meth:`state_dict` returned."""
