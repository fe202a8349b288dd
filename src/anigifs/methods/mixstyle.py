"""MixStyle: features take on a mean of their own style and another clip's.

Source: Zhou et al., "Domain Generalization with MixStyle" (ICLR 2021), the variant with a random
shuffle, which needs no domain labels. A style is the mean and the deviation of each channel of an
early map. For video they are taken over time, height and width together, as in Lin et al.,
"Diversifying Spatial-Temporal Perception for Video Domain Generalization" (NeurIPS 2023).
"""

from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from anigifs.clips.batch import Batch
from anigifs.foundation import UsageError, generator
from anigifs.methods.counted import CountedMethod
from anigifs.methods.hooks import Run, StepResult
from anigifs.methods.options import check_layer
from anigifs.models import I3D

EPS = 1e-6
"""Added to each variance, as the authors have it."""


@dataclass(frozen=True)
class MixStyleOptions:
    """What MixStyle can be told.

    Attributes:
        layers: The endpoints after which styles are mixed, joined by commas.
        p: The probability of mixing at a layer in an update, 0..1; each layer decides on its own.
        alpha: A clip keeps a share of its own style that is drawn from Beta(alpha, alpha).
    """

    layers: str = "MaxPool3d_3a_3x3,MaxPool3d_4a_3x3"
    p: float = 0.5
    alpha: float = 0.1

    def __post_init__(self) -> None:
        for layer in self.endpoints:
            check_layer(layer)
        if len(set(self.endpoints)) < len(self.endpoints):
            raise UsageError(f"layers names one twice: {self.layers}")
        if not (0 < self.p <= 1 and 0 < self.alpha < float("inf")):
            raise UsageError("p is above 0 and at most 1, and alpha above 0")

    @property
    def endpoints(self) -> tuple[str, ...]:
        """The layers, one by one."""
        return tuple(self.layers.split(","))


@dataclass(frozen=True)
class StyleDraw:
    """Whose style is mixed in, and how much of its own a clip keeps.

    Attributes:
        partners_B: int64, rows of the batch; a row may be its own partner.
        own_B: float32, shares in 0..1.
    """

    partners_B: Tensor
    own_B: Tensor

    @property
    def mixed_B(self) -> Tensor:
        """Which clips have another one for a partner; bool."""
        return self.partners_B != torch.arange(len(self.partners_B))


class MixStyle(CountedMethod):
    """Mixes styles between the clips of a batch, at some layers of some updates."""

    Options = MixStyleOptions
    options: MixStyleOptions
    acted_on = "mixed"

    def build(self, model: I3D, run: Run) -> None:
        """Begin with nothing to mix."""
        self._active: list[str] = []
        self._seed = 0

    def augment(self, batch: Batch, rng: np.random.Generator) -> Batch:
        """Decide at which layers this update mixes; the clips stay as they are."""
        layers = self.options.endpoints
        # Drawn here, where all processes and all parts of the batch can have the same.
        self._active = [layer for layer in layers if rng.random() < self.options.p]
        self._seed = int(rng.integers(1 << 62))
        return batch

    def loss(self, model: nn.Module, batch: Batch) -> StepResult:
        """Run the model on the batch, with styles mixed between its clips."""
        draws = {layer: self._draw(layer, batch) for layer in self._active}
        edits = {layer: partial(with_mixed_styles, draw=draw) for layer, draw in draws.items()}
        logits_BK, _ = model(batch.clips_BTHWC, edits=edits)
        loss = functional.cross_entropy(logits_BK, batch.labels_B)
        mixed_B = torch.zeros(len(batch), dtype=torch.bool)
        for draw in draws.values():
            mixed_B |= draw.mixed_B
        return StepResult(loss, logits_BK, {"mixed": float(mixed_B.sum())})

    def _draw(self, layer: str, batch: Batch) -> StyleDraw:
        """Draw for the clips that are computed together, which alone can be partners."""
        rng = generator(self._seed, layer, *batch.clip_ids)
        partners_B = torch.from_numpy(rng.permutation(len(batch)))
        own_B = rng.beta(self.options.alpha, self.options.alpha, len(batch))
        return StyleDraw(partners_B, torch.from_numpy(own_B).float())


def with_mixed_styles(x_BCTHW: Tensor, draw: StyleDraw) -> Tensor:
    """Return features that have lost their own mean and deviation, and got mixed ones.

    No gradient flows through the statistics.

    Args:
        x_BCTHW: Features.
        draw: Whose style goes to whom.

    Returns:
        float32, of the same shape.
    """
    x_BCTHW = x_BCTHW.float()
    axes = (2, 3, 4)
    mean = x_BCTHW.detach().mean(dim=axes, keepdim=True)
    deviation = (x_BCTHW.detach().var(dim=axes, keepdim=True) + EPS).sqrt()
    partners_B = draw.partners_B.to(x_BCTHW.device)
    own = draw.own_B.to(x_BCTHW.device).view(-1, 1, 1, 1, 1)
    new_mean = torch.lerp(mean[partners_B], mean, own)
    new_deviation = torch.lerp(deviation[partners_B], deviation, own)
    return (x_BCTHW - mean) / deviation * new_deviation + new_mean
