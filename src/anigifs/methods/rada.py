"""Robust adversarial domain augmentation (RADA): two adversaries, one for each pyramid level.

Source: Yao et al., "VideoDG: Generalizing Temporal Relations in Videos to Novel Domains" (TPAMI
2021, arXiv 1912.03716), as their code has it; the paper, section 5.3, attacks every 200 batches
rather than every one. Now and then the pixels of a batch are moved to where the loss is higher,
once for the pyramid's answer and once for that of its local relations, and the network is trained
on the clean and both attacked batches together.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from anigifs.clips.batch import Batch
from anigifs.clips.processes import of_all, place_of
from anigifs.clips.tensors import to_model_input
from anigifs.foundation.counts import check_counts
from anigifs.methods.adversary import (
    Ascent,
    Effect,
    ascend,
    effect_of,
    local,
    whole,
)
from anigifs.methods.hooks import Method, Run, StepResult
from anigifs.methods.schedule import Schedule, period_of
from anigifs.models import I3D, for_inference

ATTACKS = 10
"""Attacks that a run has room for where the period is scaled to it."""
LEVELS = {"whole": whole, "local": local}
"""The two adversaries."""


@dataclass(frozen=True)
class RadaOptions:
    """What RADA can be told.

    Attributes:
        period: Updates between two attacks; none is the paper's 200, scaled in short runs. 1
            attacks every batch, as the authors do.
        steps: Of the ascent.
        rate: Of the ascent.
        alpha: The weight of the distance to the clean clip's features.
        normalised: Divide each clip's gradient by its Euclidean norm.
    """

    period: int | None = None
    steps: int = 5
    rate: float = 1.0
    alpha: float = 0.01
    normalised: bool = False

    def __post_init__(self) -> None:
        check_counts(self, "period")
        _ = self.ascent  # which checks the others

    @property
    def ascent(self) -> Ascent:
        """How clips are moved."""
        return Ascent(self.steps, self.rate, self.alpha, self.normalised)


class Rada(Method):
    """Batches that are attacked, and trained on together with what came of it."""

    Options = RadaOptions
    options: RadaOptions

    def build(self, model: I3D, run: Run) -> None:
        """Hold on to the model, which is attacked."""
        self._model, self._run = model, run
        period = period_of(self.options.period, run.updates, ATTACKS, scaled=run.scaled)
        self._schedule = Schedule(period, last=run.updates)
        self._schedule.check("attack", run.updates)
        self._step, self._attacks, self._moved = 0, 0, 0
        self._batch_size = 0  # of this update, over all processes
        self._effects: dict[str, Effect] = {}  # of this update, in this process

    def augment(self, batch: Batch, rng: np.random.Generator) -> Batch:
        """Note how many clips the update has."""
        if self._schedule.is_due(self._step + 1):
            _, self._batch_size = place_of(len(batch))
        return batch

    def loss(self, model: nn.Module, batch: Batch) -> StepResult:
        """Run the model on the batch, and where that is due on its attacked twins as well."""
        if not self._schedule.is_due(self._step + 1):
            return super().loss(model, batch)
        clips_BCTHW = to_model_input(batch.clips_BTHWC)
        attacked = self.attack(clips_BCTHW, batch.labels_B)
        logits_BK, _ = model(torch.cat([clips_BCTHW, *attacked]))
        labels_B = batch.labels_B.repeat(1 + len(attacked))
        return StepResult(functional.cross_entropy(logits_BK, labels_B), logits_BK)

    def attack(self, clips_BCTHW: Tensor, labels_B: Tensor) -> list[Tensor]:
        """Return the clips as the two adversaries make them, and note what they did.

        A copy of the network is attacked, so that no gradient gets into the trained weights. It
        keeps BatchNorm's running statistics, and its head draws as it does in training.
        """
        network = for_inference(self._model, self._run.precision)
        network.logits.train()
        levels = list(LEVELS.values())
        attacked = ascend(
            network, clips_BCTHW, labels_B, levels, self.options.ascent, self._batch_size
        )
        network.logits.eval()
        for (name, level), clips in zip(LEVELS.items(), attacked, strict=True):
            effect = effect_of(network, clips_BCTHW, clips, labels_B, level)
            self._effects[name] = self._effects.get(name, Effect()) + effect
        return attacked

    def after_step(self, step: int, counts: Mapping[str, float]) -> dict[str, Any] | None:
        """Count the attack, and return what each adversary did."""
        self._step = step
        if not self._schedule.is_due(step):
            return None
        found = of_all(self._effects)
        total = {name: sum((one[name] for one in found), Effect()) for name in LEVELS}
        self._effects = {}
        self._attacks += 1
        self._moved += any(effect.most > 0 for effect in total.values())
        return {"step": step, **{name: effect.as_line() for name, effect in total.items()}}

    def has_acted(self) -> bool:
        """Return whether an attack has moved a pixel so far."""
        return self._moved > 0

    def shortfall(self) -> str | None:
        """Return how few attacks were made, or that some moved no pixel."""
        due = self._schedule.acts
        if self._attacks < due:
            return f"{self._attacks} of {due} attacks were made"
        return None if self._moved == due else f"{self._moved} of {due} attacks moved a pixel"

    def state_dict(self) -> dict[str, Any]:
        """Return what was counted."""
        return {"step": self._step, "attacks": self._attacks, "moved": self._moved}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take it back."""
        self._step, self._attacks, self._moved = state["step"], state["attacks"], state["moved"]
