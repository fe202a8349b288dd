"""Saliency gating: where the evidence lies off the actor, only the actor may be evidence.

Source: the paper, section 4.2, after Zunino et al., "Explainable Deep Classification Models for
Domain Generalization" (CVPRW 2021). Now and then the Grad-CAM of the true class is looked at. Where
its peak lies outside of the annotated tube, the activations outside are set to zero for this clip
and this update, so that the loss flows through the inside alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import Tensor, distributed, nn
from torch.nn import functional

from anigifs.clips.batch import Batch
from anigifs.foundation import UsageError, generator
from anigifs.methods.hooks import Method, Run, StepResult
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
            tube. The others are controls: ``elsewhere`` masks the same clips with the tube moved
            to a random place, ``always`` masks every clip, whatever its peak.
        persist: Keep masking a clip that was found to look outside until it is checked again.
        pooling: Grad-CAM's weights over the whole clip, or for each time cell.
    """

    period: int | None = None
    layer: str | None = None
    mask: Literal["saliency", "elsewhere", "always"] = "saliency"
    persist: bool = False
    pooling: Pooling = "clip"

    def __post_init__(self) -> None:
        if self.period is not None and self.period < 1:
            raise UsageError(f"period is at least 1, not {self.period}")


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
        self._step, self._checks, self._gated = 0, 0, 0.0
        self._outside: set[str] = set()  # clips that are masked until they are checked again
        self._verdicts: dict[str, bool] = {}  # of this update, in this process

    def loss(self, model: nn.Module, batch: Batch) -> StepResult:
        """Run the model on the batch, masked where that is due."""
        checks = self._schedule.is_due(self._step + 1)
        masks_anyway = self.options.persist and not self._outside.isdisjoint(batch.clip_ids)
        if not (checks or masks_anyway):
            return super().loss(model, batch)
        gate = Gate(self, batch, checks=checks)
        logits_BK, _ = model(batch.clips_BTHWC, edits={self.layer: gate})
        loss = functional.cross_entropy(logits_BK, batch.labels_B)
        self._verdicts |= gate.verdicts
        return StepResult(loss, logits_BK, gate.counts if checks else {})

    def after_step(self, step: int, counts: Mapping[str, float]) -> dict[str, Any] | None:
        """Count, and remember who looked outside."""
        self._step = step
        if not self._schedule.is_due(step):
            return None
        self._checks += 1
        self._gated += counts["gated"]
        if self.options.persist:
            for clip_id, outside in _of_all_processes(self._verdicts).items():
                (self._outside.add if outside else self._outside.discard)(clip_id)
        self._verdicts = {}
        return {"step": step, **counts}

    def shortfall(self) -> str | None:
        """Return how few batches were checked, or that no clip was ever masked."""
        due = self._schedule.acts
        if due == 0:
            period = self._schedule.period
            return f"no check in {self._run.updates} updates: one is due every {period}"
        if self._checks < due:
            return f"{self._checks} of {due} checks were made"
        return None if self._gated else f"in {due} checks every peak lay inside: nothing was masked"

    def state_dict(self) -> dict[str, Any]:
        """Return what was counted, and who is masked."""
        return {
            "step": self._step,
            "checks": self._checks,
            "gated": self._gated,
            "outside": sorted(self._outside),
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take it back."""
        self._step, self._checks = state["step"], state["checks"]
        self._gated, self._outside = state["gated"], set(state["outside"])

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

    def masked(self, clip_id: str) -> bool:
        """Return whether a clip is masked by its last check."""
        return self.options.persist and clip_id in self._outside

    def place(self, clip_id: str, mask_THW: Tensor) -> Tensor:
        """Return the mask that a clip gets: its tube, or as a control the tube moved away."""
        if self.options.mask != "elsewhere":
            return mask_THW
        rng = generator(self._run.seed, "elsewhere", self._step, clip_id)
        height, width = mask_THW.shape[1:]
        # Not to where it came from: the tube must not be its own control.
        moves = [(down, right) for down in range(height) for right in range(width)][1:]
        return torch.roll(mask_THW, moves[int(rng.integers(len(moves)))], dims=(1, 2))


class Gate:
    """The edit of one batch at the layer: looks at it, decides clip by clip, and masks.

    Args:
        method: Whose options and network are used.
        batch: Clips, labels and tubes.
        checks: Whether saliency is looked at, or earlier verdicts are followed only.

    Attributes:
        counts: After the forward: clips with a tube (``checked``), masked (``gated``), with the
            peak inside (``peaks_inside``), the sum of the shares of saliency inside
            (``energy_inside``), and clips without a tube on the grid (``without_tube``).
        verdicts: Whether each checked clip is to be masked from now on.
    """

    def __init__(self, method: SaliencyGating, batch: Batch, *, checks: bool) -> None:
        self.method, self.batch, self.checks = method, batch, checks
        self.counts: dict[str, float] = {}
        self.verdicts: dict[str, bool] = {}

    def __call__(self, activations_BCTHW: Tensor) -> Tensor:
        """Return the activations, masked for the clips that are gated; the others' bits stay."""
        batch, method = self.batch, self.method
        if batch.tubes_BTHW is None:
            raise UsageError("saliency gating needs boxes, and the batch has none")
        grid = (*activations_BCTHW.shape[2:],)
        tubes_BTHW = on_grid(batch.tubes_BTHW, (grid[0], grid[1], grid[2]))
        # An empty mask would leave the bias alone to be trained: such a clip is passed over.
        some_B = tubes_BTHW.flatten(1).any(dim=1)
        gated_B = some_B & self._decide(activations_BCTHW, tubes_BTHW, some_B)
        keep_BTHW = torch.ones_like(tubes_BTHW)
        for row, clip_id in enumerate(batch.clip_ids):
            if gated_B[row]:
                keep_BTHW[row] = method.place(clip_id, tubes_BTHW[row])
        if self.checks:
            self.counts["gated"] = float(gated_B.sum())
        return activations_BCTHW * keep_BTHW.unsqueeze(1).to(activations_BCTHW.dtype)

    def _decide(self, activations_BCTHW: Tensor, tubes_BTHW: Tensor, some_B: Tensor) -> Tensor:
        if not self.checks:
            earlier = [self.method.masked(clip_id) for clip_id in self.batch.clip_ids]
            return torch.tensor(earlier, device=some_B.device)
        maps_BTHW = self.method.maps(self.batch, activations_BCTHW)
        inside_B = peak_inside(maps_BTHW, tubes_BTHW) & some_B
        energy_B = energy_inside(maps_BTHW, tubes_BTHW).nan_to_num(0.0) * some_B
        self.counts = {
            "checked": float(some_B.sum()),
            "peaks_inside": float(inside_B.sum()),
            "energy_inside": float(energy_B.sum()),
            "without_tube": float((~some_B).sum()),
        }
        gated_B = torch.ones_like(some_B) if self.method.options.mask == "always" else ~inside_B
        verdicts = zip(self.batch.clip_ids, (gated_B & some_B).tolist(), strict=True)
        self.verdicts = dict(verdicts)
        return gated_B


def _of_all_processes(own: dict[str, bool]) -> dict[str, bool]:
    if not distributed.is_initialized():
        return own
    parts: list[dict[str, bool]] = [{}] * distributed.get_world_size()
    distributed.all_gather_object(parts, own)
    return {clip_id: verdict for part in parts for clip_id, verdict in part.items()}
