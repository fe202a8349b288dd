"""Weights between those that training began with and those that it ended with.

A control that costs nothing: the mean of both often keeps more of the starting model's robustness
than it loses of the new skill (Wortsman et al., "Robust Fine-tuning of Zero-shot Models", CVPR
2022, known as WiSE-FT).
"""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch

from anigifs.foundation import UsageError
from anigifs.methods.hooks import Method, Run
from anigifs.models import I3D, load_model


@dataclass(frozen=True)
class WeightInterpolationOptions:
    """What the interpolation can be told.

    Attributes:
        share: Of the trained weights in what is kept, 0..1; the rest are the starting ones.
        start: The starting weights, a name or a folder; none is what the run began with. Rows of
            the head are found by the classes' names, and none may be missing.
    """

    share: float = 0.5
    start: str | None = None

    def __post_init__(self) -> None:
        if not 0 < self.share < 1:
            raise UsageError(f"share is above 0 and below 1, not {self.share}")


class WeightInterpolation(Method):
    """Trains by ERM, and keeps a mean of the trained and the starting weights."""

    Options = WeightInterpolationOptions
    options: WeightInterpolationOptions

    def build(self, model: I3D, run: Run) -> None:
        """Keep the starting weights."""
        start = model
        if self.options.start is not None:
            start, record = load_model(self.options.start, run.classes, "copy", run.seed)
            if start.width != model.width:
                widths = f"{start.width:g} and {model.width:g}"
                raise UsageError(
                    f"{self.options.start}: networks of the widths {widths} do not mix"
                )
            if start.state_dict().keys() != model.state_dict().keys():
                raise UsageError(f"{self.options.start}: networks of different heads do not mix")
            if unknown := [name for name in run.classes if name in record.untrained]:
                raise UsageError(
                    f"{self.options.start}: has no row of the head to go back to for "
                    f"{', '.join(unknown[:3])}{', ...' * (len(unknown) > 3)}"
                )
        self._start = {name: one.detach().clone() for name, one in start.state_dict().items()}

    def state_dict(self) -> dict[str, Any]:
        """Return the starting weights: where they were, others may lie after a kill."""
        return {"start": self._start}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take them back."""
        self._start = state["start"]

    @torch.no_grad()
    def kept(self, model: I3D) -> I3D:
        """Return a network of the mean weights."""
        mean = copy.deepcopy(model)
        for name, trained in mean.state_dict().items():
            if trained.is_floating_point():
                trained.copy_(
                    torch.lerp(self._start[name].to(trained), trained, self.options.share)
                )
        return mean
