"""What adaptation methods share: each update sees clips of the target, whose labels are unknown.

It is a track apart from domain generalisation, which sees no target at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from anigifs.clips.batch import Batch
from anigifs.foundation import UsageError
from anigifs.methods.auxiliary import Auxiliary
from anigifs.methods.gathering import gathered
from anigifs.methods.hooks import Method, Run, StepResult
from anigifs.models import I3D


@dataclass(frozen=True)
class Seen:
    """What the network made of clips of the source and, below them, of as many of the target.

    Attributes:
        logits_NK: Scores, float32.
        taps: Outputs of endpoints, ``(N, C, T', H', W')``, float32.
        last: The endpoint that the head reads, ``Mixed_5c`` of the usual one.
        labels_B: Of the source's clips, the first B.
    """

    logits_NK: Tensor
    taps: Mapping[str, Tensor]
    last: str
    labels_B: Tensor

    def sides(self, both: Tensor) -> tuple[Tensor, Tensor]:
        """Return the rows of the source, and those of the target."""
        count = len(self.labels_B)
        return both[:count], both[count:]

    @property
    def features_ND(self) -> Tensor:
        """The last map, its mean over time, height and width: 1,024 numbers a clip."""
        return self.taps[self.last].mean(dim=(2, 3, 4))

    @property
    def target_N(self) -> Tensor:
        """1 for clips of the target and 0 for others, float32."""
        target_N = torch.ones(len(self.logits_NK), device=self.logits_NK.device)
        target_N[: len(self.labels_B)] = 0
        return target_N


class Adaptation(Method):
    """Cross-entropy on the source, and a loss that brings the target closer to it.

    Source and target go through the network as one batch. With frozen BatchNorm they do not touch
    one another there. A method says what is aligned, in :meth:`align`.

    Attributes:
        last: The endpoint that the head reads.
        looks_at: Endpoints whose output :meth:`align` needs.
    """

    adapts: ClassVar[bool] = True

    def build(self, model: I3D, run: Run) -> None:
        """Hold on to the model and the run."""
        if run.target is None:
            raise UsageError("adaptation needs a target to adapt to")
        self._model, self._run = model, run
        self._draw = run.target
        self.last = model.logits.layer
        self.looks_at: tuple[str, ...] = (self.last,)
        self._step, self._updates_seen = 0, 0

    def align(self, seen: Seen) -> tuple[Tensor, dict[str, float]]:
        """Return what is added to the cross-entropy, and counts; it runs in float32."""
        raise NotImplementedError

    @property
    def progress(self) -> float:
        """The share of the run that is done, 0..1."""
        return self._step / self._run.updates

    def augment(self, batch: Batch, rng: np.random.Generator) -> Batch:
        """Draw as many clips of the target, and leave the source's as they are."""
        self._drawn_BTHWC, self._taken = self._draw(rng).clips_BTHWC, 0
        return batch

    def loss(self, model: nn.Module, batch: Batch) -> StepResult:
        """Run the model on both, and add what aligns them."""
        count, device = len(batch), batch.clips_BTHWC.device
        target_BTHWC = self._drawn_BTHWC[self._taken : self._taken + count].to(device)
        self._taken += count
        clips_NTHWC = torch.cat([batch.clips_BTHWC, target_BTHWC])
        logits_NK, taps = model(clips_NTHWC, taps=self.looks_at)
        # Covariances and kernels of half precision would be noise.
        with torch.autocast(device.type, enabled=False):
            floats = {name: one.float() for name, one in taps.items()}
            seen = Seen(logits_NK, floats, self.last, batch.labels_B)
            aligned, counts = self.align(seen)
            classified = functional.cross_entropy(logits_NK[:count], batch.labels_B)
        told = {
            "target_clips": float(len(target_BTHWC)),
            "alignment": float(aligned.detach()) * count,
        }
        return StepResult(classified + aligned, logits_NK[:count], {**told, **counts})

    def after_step(self, step: int, counts: Mapping[str, float]) -> dict[str, Any] | None:
        """Count the updates that saw the target."""
        self._step = step
        self._updates_seen += counts["target_clips"] > 0
        return None

    def has_acted(self) -> bool:
        """Return whether an update saw the target so far."""
        return self._updates_seen > 0

    def shortfall(self) -> str | None:
        """Return how few updates saw the target."""
        seen, due = self._updates_seen, self._run.updates
        return None if seen == due else f"{seen} of {due} updates saw the target"

    def state_dict(self) -> dict[str, Any]:
        """Return how far it has come."""
        return {"step": self._step, "updates_seen": self._updates_seen}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take it back."""
        self._step, self._updates_seen = state["step"], state["updates_seen"]


class Aided(Adaptation):
    """Adaptation with networks beside the model, which are trained at ``options.rate``."""

    def networks(self, model: I3D, run: Run) -> nn.Module:
        """Return them, fresh."""
        raise NotImplementedError

    def build(self, model: I3D, run: Run) -> None:
        """Make them."""
        super().build(model, run)
        device = next(model.parameters()).device
        self.auxiliary = Auxiliary(
            lambda: self.networks(model, run), run, self.options.rate, device
        )

    def after_step(self, step: int, counts: Mapping[str, float]) -> dict[str, Any] | None:
        """Move them, too."""
        self.auxiliary.step()
        return super().after_step(step, counts)

    def state_dict(self) -> dict[str, Any]:
        """Return how far it has come, and the networks."""
        return {**super().state_dict(), "auxiliary": self.auxiliary.state_dict()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take both back."""
        super().load_state_dict(state)
        self.auxiliary.load_state_dict(state["auxiliary"])


def whole_batch(seen: Seen, both_ND: Tensor) -> tuple[Tensor, Tensor]:
    """Return the source's and the target's rows of all processes: two of each, at least.

    Raises:
        UsageError: There is one of each, of which nobody can say how it varies.
    """
    source_BD, target_BD = (gathered(one) for one in seen.sides(both_ND))
    if min(len(source_BD), len(target_BD)) < 2:
        raise UsageError(
            "alignment compares how clips vary, and there is one clip of each domain at a time: "
            "take a larger batch, or fewer parts of it"
        )
    return source_BD, target_BD


def channels_of(model: I3D, endpoint: str) -> int:
    """Return how many channels an Inception block puts out: 1,024 at the last one."""
    return int(model.get_submodule(endpoint).channels_out)  # type: ignore[arg-type]


def check_positive(**values: float) -> None:
    """Refuse the weight of a loss, or a learning rate, that cannot be.

    Raises:
        UsageError: One is not above 0 and at most 1,000.
    """
    for name, value in values.items():
        if not 0 < value <= 1000:
            raise UsageError(f"{name} is above 0 and at most 1000, not {value}")
