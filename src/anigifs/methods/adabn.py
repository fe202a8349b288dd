"""Adaptive batch normalisation: the statistics of the target in the place of the source's.

Source: Li et al., "Adaptive Batch Normalization for practical domain adaptation" (Pattern
Recognition 80, 2018). Nothing is trained for it: training is ERM on the source.
"""

import copy
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, ClassVar

import torch
from torch import nn

from anigifs.clips.batch import Batch
from anigifs.foundation import UsageError
from anigifs.methods.hooks import Method, Run
from anigifs.models import I3D


class AdaBn(Method):
    """Trains by ERM, and keeps a network with the statistics of the target's training clips."""

    adapts: ClassVar[bool] = True

    def build(self, model: I3D, run: Run) -> None:
        """Hold on to what gives the target's clips."""
        if run.target_once is None:
            raise UsageError("adaptation needs a target to adapt to")
        self._target_once: Callable[[], Iterator[Batch]] = run.target_once
        self._made = 0

    def kept(self, model: I3D) -> I3D:
        """Return a copy of the network with statistics of all the target's clips, seen once.

        Every process goes over all of them, so that all have the same.
        """
        adapted = copy.deepcopy(model)
        recompute_statistics(adapted, self._target_once())
        self._made += 1
        return adapted

    def shortfall(self) -> str | None:
        """Return whether no statistics were ever made."""
        return None if self._made else "no statistics of the target were made"

    def state_dict(self) -> dict[str, Any]:
        """Return how often statistics were made."""
        return {"made": self._made}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take the count back."""
        self._made = state["made"]


@torch.no_grad()
def recompute_statistics(model: I3D, batches: Iterable[Batch]) -> None:
    """Set the running statistics of every BatchNorm to those of clips, all weighing the same.

    Each batch is normalised by its own statistics on the way up; means and variances are averages
    over batches. What the network does not run, since its head reads an earlier block, keeps its
    own. The network is left in evaluation mode.

    Args:
        model: Changed in place.
        batches: Of the clips, one at least.
    """
    model.eval()
    blocks = [model.get_submodule(name) for name in model.blocks]
    norms = [one for block in blocks for one in block.modules() if isinstance(one, nn.BatchNorm3d)]
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.reset_running_stats()
        norm.train()
    device, seen = next(model.parameters()).device, 0
    for batch in batches:
        seen += len(batch)
        for norm in norms:
            norm.momentum = len(batch) / seen
        model(batch.clips_BTHWC.to(device))
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum
    model.eval()
