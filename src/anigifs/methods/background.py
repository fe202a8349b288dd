"""Backgrounds exchanged between clips: what else could be done with the same boxes.

A control for saliency gating, which hides what lies off the actor in the network: here it is
replaced in the picture. The idea of exchanged backgrounds is common in the field, such as in Ding
et al., "Motion-aware Contrastive Video Representation Learning via Foreground-background Merging"
(CVPR 2022).
"""

from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import nn

from anigifs.clips.batch import Batch
from anigifs.clips.processes import place_of
from anigifs.foundation import UsageError
from anigifs.methods.counted import CountedMethod
from anigifs.methods.hooks import Run, StepResult
from anigifs.models import I3D


@dataclass(frozen=True)
class BackgroundOptions:
    """What the exchange of backgrounds can be told.

    Attributes:
        share: Of the clips, on the average, that get another's background, 0..1.
    """

    share: float = 0.5

    def __post_init__(self) -> None:
        if not 0 < self.share <= 1:
            raise UsageError(f"share is above 0 and at most 1, not {self.share}")


class BackgroundRandomisation(CountedMethod):
    """Actors keep their pixels; around some of them is the background of another clip."""

    Options = BackgroundOptions
    options: BackgroundOptions
    acted_on = "exchanged"

    def build(self, model: I3D, run: Run) -> None:
        """Make sure that there are boxes."""
        if not run.boxes:
            raise UsageError(
                "randomised backgrounds need boxes, and no training clip of the index has any"
            )
        self._exchanged = 0  # clips of this process, in this update

    def augment(self, batch: Batch, rng: np.random.Generator) -> Batch:
        """Return the batch with some backgrounds exchanged, within this process's share of it.

        Draws are made for the whole batch, so that they are the same in all processes.
        """
        first, total = place_of(len(batch))
        chosen_B = (rng.random(total) < self.options.share)[first : first + len(batch)]
        drawn = int(rng.integers(1, max(2, total)))
        if batch.tubes_BTHW is None or len(batch) < 2:
            return batch
        step = 1 + (drawn - 1) % (len(batch) - 1)  # so that no clip is its own donor
        clips_BTHWC = batch.clips_BTHWC.clone()
        for row in np.flatnonzero(chosen_B):
            donor = (row + step) % len(batch)
            own_THW, donors_THW = batch.tubes_BTHW[row], batch.tubes_BTHW[donor]
            # Without a tube it is not known where the donor's actor is, who must not come along.
            if own_THW.any() and donors_THW.any():
                around_THWC = background_of(batch.clips_BTHWC[donor], donors_THW)
                clips_BTHWC[row] = torch.where(
                    own_THW.unsqueeze(3), batch.clips_BTHWC[row], around_THWC
                )
                self._exchanged += 1
        return replace(batch, clips_BTHWC=clips_BTHWC)

    def loss(self, model: nn.Module, batch: Batch) -> StepResult:
        """Return the cross-entropy, and with the first part of a batch how many were exchanged."""
        exchanged, self._exchanged = self._exchanged, 0
        return replace(super().loss(model, batch), counts={"exchanged": float(exchanged)})


def background_of(clip_THWC: torch.Tensor, tube_THW: torch.Tensor) -> torch.Tensor:
    """Return a clip whose actor is painted over with the mean colour of all that is around it.

    Args:
        clip_THWC: uint8.
        tube_THW: bool, where the actor is.
    """
    around_NC = clip_THWC[~tube_THW]
    if not len(around_NC):
        around_NC = clip_THWC.flatten(0, 2)
    colour_C = around_NC.float().mean(dim=0).round().to(torch.uint8)
    return torch.where(tube_THW.unsqueeze(3), colour_C, clip_THWC)
