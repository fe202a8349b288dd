"""A linear probe: the head alone is trained; and the probe as a first half before fine-tuning.

Controls. A probe tells what the starting features are worth; fine-tuning from a trained head
distorts them less, and did better under shifts (Kumar et al., "Fine-Tuning can Distort Pretrained
Features and Underperform Out-of-Distribution", ICLR 2022).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn
from torch.nn import functional

from anigifs.clips.batch import Batch
from anigifs.foundation import UsageError
from anigifs.methods.hooks import Method, Run, StepResult
from anigifs.models import ENDPOINTS, I3D


class LinearProbe(Method):
    """Trains the head on features that stay as they were."""

    def build(self, model: I3D, run: Run) -> None:
        """Take every weight but the head's out of the training."""
        _check_frozen(run)
        for name, parameter in model.named_parameters():
            parameter.requires_grad_(name.startswith("logits."))


@dataclass(frozen=True)
class ProbeThenTuneOptions:
    """What the probe before fine-tuning can be told.

    Attributes:
        probe_share: Of the updates that train the head alone, from the first on, 0..1.
    """

    probe_share: float = 0.5

    def __post_init__(self) -> None:
        if not 0 < self.probe_share < 1:
            raise UsageError(f"probe_share is above 0 and below 1, not {self.probe_share}")


class ProbeThenTune(Method):
    """Trains the head first, and then everything."""

    Options = ProbeThenTuneOptions
    options: ProbeThenTuneOptions
    reaches_all_weights = False

    def build(self, model: I3D, run: Run) -> None:
        """Note how long the probe lasts."""
        _check_frozen(run)
        self._probing = round(self.options.probe_share * run.updates)
        if not 0 < self._probing < run.updates:
            raise UsageError(
                f"a probe of {self._probing} of {run.updates} updates leaves one part without any"
            )
        self._step = 0

    def loss(self, model: nn.Module, batch: Batch) -> StepResult:
        """Return the cross-entropy; in the first part it stops short of the body."""
        if self._step >= self._probing:
            return super().loss(model, batch)
        logits_BK, _ = model(batch.clips_BTHWC, edits={ENDPOINTS[-1]: Tensor.detach})
        return StepResult(functional.cross_entropy(logits_BK, batch.labels_B), logits_BK)

    def after_step(self, step: int, counts: Mapping[str, float]) -> None:
        """Count the updates."""
        self._step = step

    def has_acted(self) -> bool:
        """Return whether everything has been trained, too."""
        return self._step > self._probing

    def state_dict(self) -> dict[str, Any]:
        """Return how many updates were made."""
        return {"step": self._step}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take the count back."""
        self._step = state["step"]


def _check_frozen(run: Run) -> None:
    if not run.frozen:
        raise UsageError(
            "a linear probe leaves the features as they are: keep BatchNorm statistics frozen"
        )
