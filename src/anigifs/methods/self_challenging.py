"""Representation self-challenging (RSC): the strongest evidence is hidden from some clips.

Source: Huang et al., "Self-Challenging Improves Cross-Domain Generalization" (ECCV 2020). Features
of the last map with the highest gradients of the true class's logit are set to zero, for the clips
whose probability falls most by it, so that the loss must be met by what is left.
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from anigifs.clips.batch import Batch
from anigifs.foundation import UsageError
from anigifs.methods.counted import CountedMethod
from anigifs.methods.hooks import Run, StepResult
from anigifs.models import I3D, in_test_mode
from anigifs.saliency.gradcam import gradients_of


@dataclass(frozen=True)
class SelfChallengingOptions:
    """What self-challenging can be told.

    Attributes:
        features: The share of channels or positions that is hidden from a clip.
        clips: The share of the clips that something is hidden from.
        hide: Whole channels, whole positions, or either, drawn for each update.
    """

    features: float = 1 / 3
    clips: float = 1 / 3
    hide: Literal["either", "channels", "positions"] = "either"

    def __post_init__(self) -> None:
        if not (0 < self.features < 1 and 0 < self.clips <= 1):
            raise UsageError("features is above 0 and below 1, and clips above 0 and at most 1")


class SelfChallenging(CountedMethod):
    """Hides the features that say most for the true class, from the clips that need them most."""

    Options = SelfChallengingOptions
    options: SelfChallengingOptions
    acted_on = "masked"

    def build(self, model: I3D, run: Run) -> None:
        """Hold on to the model, whose gradients are looked at."""
        self._model = model
        self.layer = model.logits.layer  # whose map the head reads
        self._channels = True

    def augment(self, batch: Batch, rng: np.random.Generator) -> Batch:
        """Decide what this update hides; the clips stay as they are."""
        drawn = rng.random() < 0.5
        self._channels = drawn if self.options.hide == "either" else self.options.hide == "channels"
        return batch

    def loss(self, model: nn.Module, batch: Batch) -> StepResult:
        """Run the model on the batch, with features of some clips hidden."""
        found: list[dict[str, float]] = []

        def edit(x_BCTHW: Tensor) -> Tensor:
            masked_BCTHW, counts = self.challenge(x_BCTHW, batch.labels_B)
            found.append(counts)
            return masked_BCTHW

        logits_BK, _ = model(batch.clips_BTHWC, edits={self.layer: edit})
        loss = functional.cross_entropy(logits_BK, batch.labels_B)
        return StepResult(loss, logits_BK, found[0])

    def challenge(self, x_BCTHW: Tensor, labels_B: Tensor) -> tuple[Tensor, dict[str, float]]:
        """Hide features of the clips whose probability falls most by it; others keep their bits.

        Args:
            x_BCTHW: The last map.
            labels_B: int64.

        Returns:
            The map, and the counts: how many clips were masked (``masked``), and the sum of what
            they lost in the probability of the true class (``probability_lost``).
        """
        now_BCTHW = x_BCTHW.detach()
        gradients_BCTHW = gradients_of(self._model, self.layer, now_BCTHW, labels_B)
        scores = score(now_BCTHW, gradients_BCTHW, channels=self._channels)
        keep = ~highest(scores, self.options.features)
        before_B = self._probability(now_BCTHW, labels_B)
        fall_B = before_B - self._probability(now_BCTHW * keep, labels_B)
        chosen_B = most_fallen(fall_B, self.options.clips)
        keep = keep | ~chosen_B.view(-1, 1, 1, 1, 1)
        counts = {
            "masked": float(chosen_B.sum()),
            "probability_lost": float(fall_B[chosen_B].sum()),
        }
        return x_BCTHW * keep, counts

    @torch.no_grad()
    def _probability(self, x_BCTHW: Tensor, labels_B: Tensor) -> Tensor:
        """Return each clip's probability of its true class, as in a test."""
        with in_test_mode(self._model):
            logits_BK = self._model.rest(self.layer, x_BCTHW)
        return logits_BK.softmax(dim=1).gather(1, labels_B.unsqueeze(1))[:, 0]


def score(x_BCTHW: Tensor, gradients_BCTHW: Tensor, *, channels: bool) -> Tensor:
    """Return how much is said for the true class by each channel, or at each position.

    A channel's score is its mean gradient. A position's is the sum of its features, each times its
    channel's mean gradient: the gradients alone are the same all over a frame, since the head takes
    the mean of it.

    Args:
        x_BCTHW: The map.
        gradients_BCTHW: Of the true class's logit by the map.
        channels: Of channels or of positions.

    Returns:
        float32 ``(B, C, 1, 1, 1)`` or ``(B, 1, T, H, W)``.
    """
    weights_BC111 = gradients_BCTHW.mean(dim=(2, 3, 4), keepdim=True)
    if channels:
        return weights_BC111
    return (x_BCTHW.float() * weights_BC111).sum(dim=1, keepdim=True)


def highest(scores: Tensor, share: float) -> Tensor:
    """Return which scores of each clip are among the highest share, rounded up; bool.

    Example:
        >>> highest(torch.tensor([[3.0, 1.0, 2.0, 0.0]]), 0.3)
        tensor([[ True, False,  True, False]])
    """
    flat = scores.flatten(1)
    places = flat.topk(math.ceil(share * flat.shape[1]), dim=1).indices
    found = torch.zeros_like(flat, dtype=torch.bool).scatter(1, places, value=True)
    return found.view_as(scores)


def most_fallen(fall_B: Tensor, share: float) -> Tensor:
    """Return which clips fell most: the share of them, rounded, but none that did not fall; bool.

    Example:
        >>> most_fallen(torch.tensor([0.1, -0.2, 0.3, 0.2]), 0.5)
        tensor([False, False,  True,  True])
        >>> most_fallen(torch.tensor([-0.1, -0.2, 0.3]), 1.0)
        tensor([False, False,  True])
    """
    places = fall_B.topk(round(share * len(fall_B))).indices
    found_B = torch.zeros_like(fall_B, dtype=torch.bool)
    found_B[places] = True
    return found_B & (fall_B > 0)
