"""Saliency gating: where the evidence lies off the actor, only the actor may be evidence.

Source: the paper, section 4.2, after Zunino et al., "Explainable Deep Classification Models for
Domain Generalization" (CVPRW 2021). Now and then the Grad-CAM of the true class is looked at. Where
its peak lies outside of the annotated tube, the activations outside are set to zero for this clip
and this update, so that the loss flows through the inside alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from anigifs.clips.batch import Batch
from anigifs.clips.processes import of_all
from anigifs.foundation import UsageError, generator
from anigifs.foundation.counts import check_counts
from anigifs.methods.hooks import Method, Run, StepResult
from anigifs.methods.options import check_layer
from anigifs.methods.schedule import Schedule, period_of
from anigifs.models import I3D, in_test_mode
from anigifs.saliency import Pooling, energy_inside, grad_cam_of, on_grid, peak_inside

GATES = 10
"""Checks that a run has room for where the period is scaled to it."""


@dataclass(frozen=True)
class SaliencyGatingOptions:
    """What saliency gating can be told.

    Attributes:
        period: Updates between two checks; none is the paper's 200, scaled in short runs. 1 checks
            every batch.
        layer: The endpoint that is looked at and masked; none is Mixed_5c for clips of the paper's
            size, and Mixed_4f for smaller ones, whose Mixed_5c has 2 x 4 x 4 cells only.
        mask: What is masked. ``saliency``: clips whose peak lies outside of the tube, with the
            tube. The others are controls: ``elsewhere`` masks by the same rule, with the tube moved
            to where it meets itself least; ``always`` masks every clip, whatever its peak.
        persist: Keep masking a clip that was found to look outside until it is checked again.
        pooling: Grad-CAM's weights over the whole clip, or for each time cell.
    """

    period: int | None = None
    layer: str | None = None
    mask: Literal["saliency", "elsewhere", "always"] = "saliency"
    persist: bool = False
    pooling: Pooling = "clip"

    def __post_init__(self) -> None:
        check_counts(self, "period")
        if self.layer is not None:
            check_layer(self.layer)


@dataclass(frozen=True)
class Verdict:
    """What was found out about the clips of a batch.

    Attributes:
        gated_B: bool, the clips to be masked.
        counts: Of a check: clips with a tube on the grid (``checked``), with the peak inside
            (``peaks_inside``), the sum of the shares of saliency inside (``energy_inside``), and
            clips without a tube (``without_tube``).
    """

    gated_B: Tensor
    counts: Mapping[str, float] = field(default_factory=dict)


class SaliencyGating(Method):
    """Masks what lies off the actor, for clips that are recognised by it."""

    Options = SaliencyGatingOptions
    options: SaliencyGatingOptions

    def build(self, model: I3D, run: Run) -> None:
        """Hold on to the model, whose saliency is looked at."""
        if not run.boxes:
            raise UsageError("saliency gating needs boxes, and no training clip of the index has")
        self._model, self._run = model, run
        self.layer = self.options.layer or run.tap
        period = period_of(self.options.period, run.updates, GATES, scaled=run.scaled)
        self._schedule = Schedule(period, last=run.updates)
        self._schedule.check("check of saliency", run.updates)
        self._step, self._checks = 0, 0
        self._checked, self._gated = 0.0, 0.0
        self._outside: set[str] = set()  # clips that are masked until they are checked again
        self._verdicts: dict[str, bool] = {}  # of this update, in this process

    def loss(self, model: nn.Module, batch: Batch) -> StepResult:
        """Run the model on the batch, masked where that is due."""
        checks = self._schedule.is_due(self._step + 1)
        recalled = self.options.persist and not self._outside.isdisjoint(batch.clip_ids)
        if not (checks or recalled):
            return super().loss(model, batch)
        found: list[Mapping[str, float]] = []

        def edit(activations_BCTHW: Tensor) -> Tensor:
            masked_BCTHW, counts = self.gate(batch, activations_BCTHW, checks=checks)
            found.append(counts)
            return masked_BCTHW

        logits_BK, _ = model(batch.clips_BTHWC, edits={self.layer: edit})
        loss = functional.cross_entropy(logits_BK, batch.labels_B)
        return StepResult(loss, logits_BK, found[0])

    def gate(
        self, batch: Batch, activations_BCTHW: Tensor, *, checks: bool
    ) -> tuple[Tensor, Mapping[str, float]]:
        """Mask the layer's activations of the clips that are to be masked; others keep their bits.

        Args:
            batch: Clips, labels and tubes.
            activations_BCTHW: Of the layer.
            checks: Whether saliency is looked at, or earlier verdicts are followed only.

        Returns:
            The activations, and the counts of a check: those of :class:`Verdict`, and how many
            clips were masked (``gated``). Of the control ``elsewhere`` also the sum of the shares
            of the tubes that the moved ones still cover (``overlap``).
        """
        if batch.tubes_BTHW is None:
            raise UsageError("saliency gating needs boxes, and the batch has none")
        time, height, width = activations_BCTHW.shape[2:]
        tubes_BTHW = on_grid(batch.tubes_BTHW, (time, height, width))
        look = self._check if checks else self._recall
        verdict = look(batch, activations_BCTHW, tubes_BTHW)
        keep_BTHW, overlap = torch.ones_like(tubes_BTHW), 0.0
        for row in verdict.gated_B.nonzero()[:, 0].tolist():
            keep_BTHW[row] = tubes_BTHW[row]
            if self.options.mask == "elsewhere":
                rng = generator(self._run.seed, "elsewhere", self._step, batch.clip_ids[row])
                keep_BTHW[row], share = moved_away(tubes_BTHW[row], rng)
                overlap += share
        counts = dict(verdict.counts)
        if checks:
            counts["gated"] = float(verdict.gated_B.sum())
            if self.options.mask == "elsewhere":
                counts["overlap"] = overlap
        masked_BCTHW = activations_BCTHW * keep_BTHW.unsqueeze(1).to(activations_BCTHW.dtype)
        return masked_BCTHW, counts

    def after_step(self, step: int, counts: Mapping[str, float]) -> dict[str, Any] | None:
        """Count, and remember who looked outside."""
        self._step = step
        if not self._schedule.is_due(step):
            return None
        self._checks += 1
        self._checked += counts["checked"]
        self._gated += counts["gated"]
        if self.options.persist:
            for verdicts in of_all(self._verdicts):
                for clip_id, outside in verdicts.items():
                    (self._outside.add if outside else self._outside.discard)(clip_id)
        self._verdicts = {}
        return {"step": step, **counts}

    def has_acted(self) -> bool:
        """Return whether a clip was masked so far."""
        return self._gated > 0

    def shortfall(self) -> str | None:
        """Return how few batches were checked, or that no clip was ever masked."""
        due = self._schedule.acts
        if self._checks < due:
            return f"{self._checks} of {due} checks were made"
        if not self._checked:
            return f"in {due} checks no clip had a tube on the grid: nothing could be masked"
        return None if self._gated else f"in {due} checks every peak lay inside: nothing was masked"

    def state_dict(self) -> dict[str, Any]:
        """Return what was counted, and who is masked."""
        return {
            "step": self._step,
            "checks": self._checks,
            "checked": self._checked,
            "gated": self._gated,
            "outside": sorted(self._outside),
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take it back."""
        self._step, self._checks = state["step"], state["checks"]
        self._checked, self._gated = state["checked"], state["gated"]
        self._outside = set(state["outside"])

    def _check(self, batch: Batch, activations_BCTHW: Tensor, tubes_BTHW: Tensor) -> Verdict:
        """Look where the evidence is, and note whom to mask from now on."""
        # An empty mask would leave the bias alone to be trained: such a clip is passed over.
        some_B = tubes_BTHW.flatten(1).any(dim=1)
        maps_BTHW = self.maps(batch, activations_BCTHW)
        inside_B = peak_inside(maps_BTHW, tubes_BTHW)
        energy_B = energy_inside(maps_BTHW, tubes_BTHW).nan_to_num(0.0)
        gated_B = some_B if self.options.mask == "always" else some_B & ~inside_B
        self._verdicts |= dict(zip(batch.clip_ids, gated_B.tolist(), strict=True))
        counts = {
            "checked": float(some_B.sum()),
            "peaks_inside": float(inside_B.sum()),
            "energy_inside": float(energy_B.sum()),
            "without_tube": float((~some_B).sum()),
        }
        return Verdict(gated_B, counts)

    def _recall(self, batch: Batch, activations_BCTHW: Tensor, tubes_BTHW: Tensor) -> Verdict:
        """Follow the last check of each clip."""
        outside = [clip_id in self._outside for clip_id in batch.clip_ids]
        gated_B = torch.tensor(outside, device=tubes_BTHW.device)
        return Verdict(gated_B & tubes_BTHW.flatten(1).any(dim=1))

    def maps(self, batch: Batch, activations_BCTHW: Tensor) -> Tensor:
        """Return the Grad-CAM of the true classes, ``(B, T', H', W')``.

        With frozen BatchNorm what comes out of the body is the same in training and in a test, so
        the activations of the training forward serve; otherwise a test forward is made for it.
        """
        if not self._run.frozen:
            activations_BCTHW = self._tested(batch)
        activations_BCTHW = activations_BCTHW.detach()
        return grad_cam_of(
            self._model, self.layer, activations_BCTHW, batch.labels_B, self.options.pooling
        )

    @torch.no_grad()
    def _tested(self, batch: Batch) -> Tensor:
        """Return the layer's activations in a test forward."""
        with in_test_mode(self._model):
            _, tapped = self._model(batch.clips_BTHWC, taps=[self.layer])
        activations_BCTHW: Tensor = tapped[self.layer]
        return activations_BCTHW


def moved_away(mask_THW: Tensor, rng: np.random.Generator) -> tuple[Tensor, float]:
    """Return a mask moved in height and width to where it meets itself least.

    What leaves the grid on one side comes in on the other, so that as many cells are kept. Of
    several such places one is drawn. A mask of the whole grid stays what it is.

    Args:
        mask_THW: bool.
        rng: Draws.

    Returns:
        The moved mask, and the share of the mask's cells that it still covers.
    """
    height, width = mask_THW.shape[1:]
    moves = [(down, right) for down in range(height) for right in range(width)]
    moved = [torch.roll(mask_THW, move, dims=(1, 2)) for move in moves]
    overlaps = [int((one & mask_THW).sum()) for one in moved]
    least = [one for one, cells in zip(moved, overlaps, strict=True) if cells == min(overlaps)]
    return least[int(rng.integers(len(least)))], min(overlaps) / max(1, int(mask_THW.sum()))
