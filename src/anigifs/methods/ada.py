"""Adversarial data augmentation (ADA): the data set grows by what the network stands worst.

Source: Volpi et al., "Generalizing to Unseen Domains via Adversarial Data Augmentation" (NeurIPS
2018), the parent of RADA. Phase by phase, source clips are moved by gradient ascent on their pixels
to where the loss is higher while the last hidden features stay near, and are kept to be trained on
from then on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from anigifs.clips.batch import Batch
from anigifs.clips.processes import of_all, place_of
from anigifs.clips.tensors import to_model_input
from anigifs.foundation import UsageError, generator
from anigifs.foundation.counts import check_counts
from anigifs.methods.adversary import Ascent, Effect, ascend, effect_of, whole
from anigifs.methods.hooks import Method, Run, StepResult
from anigifs.methods.schedule import Schedule, period_of
from anigifs.models import I3D, for_inference


@dataclass(frozen=True)
class AdaOptions:
    """What ADA can be told.

    Attributes:
        period: Updates between two phases; none is the paper's 200, scaled in short runs.
        phases: At most.
        batches: Source batches, drawn anew, that a phase attacks.
        share: Of the clips of a batch that are attacked ones, once there are any, 0..1.
        most: Attacked clips that are kept; beyond that the oldest leave.
        steps: Of the ascent.
        rate: Of the ascent.
        gamma: The weight of the distance to the clean clip's features.
        normalised: Divide each clip's gradient by its Euclidean norm.
    """

    period: int | None = None
    phases: int = 6
    batches: int = 1
    share: float = 0.5
    most: int = 64
    steps: int = 15
    rate: float = 1.0
    gamma: float = 1.0
    normalised: bool = False

    def __post_init__(self) -> None:
        check_counts(self, "period", "phases", "batches", "most")
        if not 0 < self.share <= 1:
            raise UsageError(f"share is above 0 and at most 1, not {self.share}")
        _ = self.ascent  # which checks the others

    @property
    def ascent(self) -> Ascent:
        """How clips are moved."""
        return Ascent(self.steps, self.rate, self.gamma, self.normalised)


@dataclass(frozen=True, eq=False)
class Attacked:
    """A clip that is kept.

    Attributes:
        clip_CTHW: bfloat16, in [-1, 1]. In uint8 most of what an ascent does would be rounded away.
        label: Its class.
    """

    clip_CTHW: Tensor
    label: int


class Ada(Method):
    """Batches in which some clips are attacked ones of earlier phases."""

    Options = AdaOptions
    options: AdaOptions

    def build(self, model: I3D, run: Run) -> None:
        """Hold on to the model, which is attacked."""
        self._model, self._run = model, run
        # One period more than there are phases, so that the last clips are trained on, too.
        phases = self.options.phases
        period = period_of(self.options.period, run.updates, phases + 1, scaled=run.scaled)
        self._schedule = Schedule(period, last=run.updates - 1, most=phases)
        self._schedule.check("phase of attacks", run.updates)
        self._kept: dict[str, Attacked] = {}  # the oldest first; the same in all processes
        self._made, self._phases, self._replayed = 0, 0, 0.0

    def augment(self, batch: Batch, rng: np.random.Generator) -> Batch:
        """Return the batch with attacked clips, told by their names, in the places of some.

        Draws are made for the whole batch, of which this process has a share.
        """
        if not self._kept:
            return batch
        first, total = place_of(len(batch))
        chosen = rng.random(total) < self.options.share
        picks = rng.integers(len(self._kept), size=total)
        names, clip_ids, labels_B = list(self._kept), list(batch.clip_ids), batch.labels_B.clone()
        tubes_BTHW = None if batch.tubes_BTHW is None else batch.tubes_BTHW.clone()
        for row in range(len(batch)):
            if chosen[first + row]:
                clip_ids[row] = names[picks[first + row]]
                labels_B[row] = self._kept[clip_ids[row]].label
                if tubes_BTHW is not None:
                    tubes_BTHW[row] = False  # where people are in that clip is not known any more
        return replace(batch, clip_ids=tuple(clip_ids), labels_B=labels_B, tubes_BTHW=tubes_BTHW)

    def loss(self, model: nn.Module, batch: Batch) -> StepResult:
        """Run the model on the batch, attacked clips in their places."""
        kept = {row: self._kept.get(clip_id) for row, clip_id in enumerate(batch.clip_ids)}
        attacked = {row: one for row, one in kept.items() if one is not None}
        counts = {"replayed": float(len(attacked))}
        if not attacked:
            return replace(super().loss(model, batch), counts=counts)
        clips_BCTHW = to_model_input(batch.clips_BTHWC)
        for row, one in attacked.items():
            clips_BCTHW[row] = one.clip_CTHW.to(clips_BCTHW)
        logits_BK, _ = model(clips_BCTHW)
        return StepResult(functional.cross_entropy(logits_BK, batch.labels_B), logits_BK, counts)

    def after_step(self, step: int, counts: Mapping[str, float]) -> dict[str, Any] | None:
        """Count, and attack where it is time for it."""
        self._replayed += counts["replayed"]
        if not self._schedule.is_due(step):
            return None
        rng = generator(self._run.seed, "attack", step)
        before = self._made
        effect = sum((self._attack(rng) for _ in range(self.options.batches)), Effect())
        kept = self._made - before
        self._phases += kept > 0
        return {"step": step, **effect.as_line(), "kept": kept, "held": len(self._kept)}

    def has_acted(self) -> bool:
        """Return whether an attacked clip was trained on so far."""
        return self._replayed > 0

    def shortfall(self) -> str | None:
        """Return how few phases moved a clip, or that none of the clips was trained on."""
        due = self._schedule.acts
        if self._phases < due:
            return f"{self._phases} of {due} phases moved a clip"
        return None if self._replayed else "no attacked clip was trained on"

    def state_dict(self) -> dict[str, Any]:
        """Return the attacked clips, and what was counted."""
        kept = {
            name: {"clip": one.clip_CTHW, "label": one.label} for name, one in self._kept.items()
        }
        counts = {"made": self._made, "phases": self._phases, "replayed": self._replayed}
        return {"kept": kept, **counts}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take them back."""
        self._kept = {
            name: Attacked(one["clip"], one["label"]) for name, one in state["kept"].items()
        }
        self._made, self._phases = state["made"], state["phases"]
        self._replayed = state["replayed"]

    def _attack(self, rng: np.random.Generator) -> Effect:
        """Attack a batch and keep what has moved; return what that did, over all processes.

        The copy for inference computes what the model does in evaluation mode, so the model's own
        mode, statistics, gradients and generators are never touched.
        """
        network = for_inference(self._model, self._run.precision)
        batch = self._run.draw(rng).to(next(self._model.parameters()).device)
        clips_BCTHW = to_model_input(batch.clips_BTHWC)
        _, size = place_of(len(batch))
        (attacked_BCTHW,) = ascend(
            network, clips_BCTHW, batch.labels_B, [whole], self.options.ascent, size
        )
        for part in of_all(_moved(attacked_BCTHW, clips_BCTHW, batch.labels_B)):
            self._keep(part)
        effect = effect_of(network, clips_BCTHW, attacked_BCTHW, batch.labels_B, whole)
        return sum(of_all(effect), Effect())

    def _keep(self, clips: Sequence[Attacked]) -> None:
        for clip in clips:
            self._kept[f"attacked clip {self._made}"] = clip
            self._made += 1
            if len(self._kept) > self.options.most:
                del self._kept[next(iter(self._kept))]


def _moved(attacked_BCTHW: Tensor, clips_BCTHW: Tensor, labels_B: Tensor) -> list[Attacked]:
    """Return the clips of which anything has moved that bfloat16 can tell."""
    rows = zip(attacked_BCTHW.bfloat16(), clips_BCTHW.bfloat16(), labels_B.tolist(), strict=True)
    # Copies, so that the whole batch is not kept with each.
    return [
        Attacked(one.cpu().clone(memory_format=torch.contiguous_format), label)
        for one, clean, label in rows
        if not torch.equal(one, clean)
    ]
