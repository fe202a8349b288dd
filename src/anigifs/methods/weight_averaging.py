"""Weight averaging: the uniform mean of the weights after each update of the end of a run.

Sources: Izmailov et al., "Averaging Weights Leads to Wider Optima and Better Generalization" (UAI
2018, SWA), for a mean over a fixed last part of a run; Cha et al., "SWAD: Domain Generalization by
Seeking Flat Minima" (NeurIPS 2021), for one that takes every update. SWAD also finds by the loss on
source validation where the mean begins and ends, which is not done here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from anigifs.foundation import UsageError
from anigifs.methods.hooks import Method, Run
from anigifs.methods.running_mean import RunningMean
from anigifs.models import I3D


@dataclass(frozen=True)
class WeightAveragingOptions:
    """What weight averaging can be told.

    Attributes:
        after: The share of the run after which updates count, at least 0 and below 1.
    """

    after: float = 0.75

    def __post_init__(self) -> None:
        if not 0 <= self.after < 1:
            raise UsageError(f"after is at least 0 and below 1, not {self.after}")


class WeightAveraging(Method):
    """Trains by ERM, and keeps the mean of the weights of the run's last part."""

    Options = WeightAveragingOptions
    options: WeightAveragingOptions

    def build(self, model: I3D, run: Run) -> None:
        """Hold on to the model, whose weights are averaged."""
        if not run.frozen:
            raise UsageError(
                "averaged weights do not fit the BatchNorm statistics of any update: keep "
                "BatchNorm statistics frozen"
            )
        if run.averaged:
            raise UsageError("two averages of weights at once: leave the run's own, average, at 0")
        self._before = int(self.options.after * run.updates)
        self._due = run.updates - self._before
        if self._due < 2:
            raise UsageError(
                f"from {self.options.after} on a run of {run.updates} updates has "
                f"{self._due} to average: begin earlier, or give the run more updates"
            )
        self._model, self._mean = model, RunningMean(model)

    def after_step(self, step: int, counts: Mapping[str, float]) -> dict[str, Any] | None:
        """Take the weights into the mean where its time has come."""
        if step > self._before:
            self._mean.update(self._model)
        return None

    def kept(self, model: I3D) -> I3D:
        """Return the mean network; before its time has come, the trained one."""
        return self._mean.network() if self._mean.count else model

    def has_acted(self) -> bool:
        """Return whether there is a mean of two updates at least; of one it is ERM."""
        return self._mean.count > 1

    def shortfall(self) -> str | None:
        """Return how few updates are in the mean, if fewer than were due."""
        count = self._mean.count
        return None if count == self._due else f"{count} of {self._due} updates were averaged"

    def state_dict(self) -> dict[str, Any]:
        """Return the mean."""
        return {"mean": self._mean.state_dict()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take the mean back."""
        self._mean.load_state_dict(state["mean"])
