"""Mixup, CutMix and VideoMix: two clips in one, and their labels by the share of each.

Sources: Zhang et al., "mixup: Beyond Empirical Risk Minimization" (ICLR 2018), with the constant of
Gulrajani & Lopez-Paz (ICLR 2021); Yun et al., "CutMix: Regularization Strategy to Train Strong
Classifiers with Localizable Features" (ICCV 2019); Yun et al., "VideoMix: Rethinking Data
Augmentation for Video Classification" (arXiv 2012.03457).
"""

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from anigifs.clips.batch import Batch
from anigifs.clips.processes import place_of
from anigifs.foundation import UsageError
from anigifs.methods.counted import CountedMethod
from anigifs.methods.hooks import Run, StepResult
from anigifs.models import I3D

Kind = Literal["mixup", "spatial", "temporal", "cuboid"]
Part = tuple[slice, slice, slice]

CUT_AXES: dict[Kind, tuple[int, ...]] = {"spatial": (1, 2), "temporal": (0,), "cuboid": (0, 1, 2)}
"""Along which axes of (T, H, W) the part that is cut out is shorter than the clip."""


@dataclass(frozen=True)
class VideoMixOptions:
    """What the mixing of clips can be told.

    Attributes:
        kind: ``mixup`` blends all pixels. The others cut a part out of the other clip: ``spatial``
            a box at the same place in all frames (CutMix; VideoMix's spatial form), ``temporal``
            some frames in a row, ``cuboid`` a box in some frames in a row.
        p: Of the updates, on the average, that mix, 0..1.
        alpha: The share of the other clip is drawn from Beta(alpha, alpha); none is 0.2 for
            mixup, and 1, which is any share alike, for the others.
    """

    kind: Kind = "spatial"
    p: float = 1.0
    alpha: float | None = None

    def __post_init__(self) -> None:
        if not (0 < self.p <= 1 and 0 < self.beta < float("inf")):
            raise UsageError("p is above 0 and at most 1, and alpha above 0")

    @property
    def beta(self) -> float:
        """Both parameters of the Beta distribution."""
        if self.alpha is not None:
            return self.alpha
        return 0.2 if self.kind == "mixup" else 1.0


class VideoMix(CountedMethod):
    """Trains on two clips in one; the loss is that of both labels, by the share of each."""

    Options = VideoMixOptions
    options: VideoMixOptions
    acted_on = "mixed"

    def build(self, model: I3D, run: Run) -> None:
        """Begin with nothing mixed."""
        self._labels_B, self._shares_B = torch.empty(0, dtype=torch.int64), torch.empty(0)

    def augment(self, batch: Batch, rng: np.random.Generator) -> Batch:
        """Return the batch mixed with itself in another order, by one share for all its clips.

        The order is drawn for the whole batch; a process mixes its own clips in it.
        """
        time, height, width = batch.clips_BTHWC.shape[1:4]
        share, part = self._draw(rng, (time, height, width))
        first, total = place_of(len(batch))
        order = rng.permutation(total) - first
        partners_B = torch.from_numpy(order[(order >= 0) & (order < len(batch))])
        # A clip that is its own partner is mixed with nothing.
        self._shares_B = share * (partners_B != torch.arange(len(batch))).float()
        self._labels_B = batch.labels_B[partners_B]
        return batch if share == 0 else mixed(batch, partners_B, share, part)

    def loss(self, model: nn.Module, batch: Batch) -> StepResult:
        """Return the cross-entropy to both labels, by the share of each; parts come in order."""
        count = len(batch)
        shares_B, self._shares_B = self._shares_B[:count], self._shares_B[count:]
        labels_B, self._labels_B = self._labels_B[:count], self._labels_B[count:]
        logits_BK, _ = model(batch.clips_BTHWC)
        own_B = functional.cross_entropy(logits_BK, batch.labels_B, reduction="none")
        other_B = functional.cross_entropy(
            logits_BK, labels_B.to(logits_BK.device), reduction="none"
        )
        loss = torch.lerp(own_B, other_B, shares_B.to(own_B)).mean()
        counts = {"mixed": float((shares_B > 0).sum()), "share_of_others": float(shares_B.sum())}
        return StepResult(loss, logits_BK, counts)

    def _draw(
        self, rng: np.random.Generator, whole: tuple[int, int, int]
    ) -> tuple[float, Part | None]:
        """Return the share of the other clip, and what is cut out of it; None where all is."""
        mixes = rng.random() < self.options.p
        share = float(rng.beta(self.options.beta, self.options.beta)) if mixes else 0.0
        if self.options.kind == "mixup":
            return share, None
        part = cut_out(rng, share, whole, CUT_AXES[self.options.kind])
        voxels = math.prod(edge.stop - edge.start for edge in part)
        return voxels / math.prod(whole), part


def mixed(batch: Batch, partners_B: Tensor, share: float, part: Part | None) -> Batch:
    """Return the batch with every clip mixed with its partner; labels and names stay.

    Args:
        batch: Clips and tubes.
        partners_B: int64, rows of the batch.
        share: Of the partner, where clips are blended.
        part: What of the partner takes the clip's own place; None blends them.
    """
    own_BTHWC, tubes_BTHW = batch.clips_BTHWC, batch.tubes_BTHW
    other_BTHWC = own_BTHWC[partners_B]
    if part is None:
        clips_BTHWC = blended(own_BTHWC, other_BTHWC, share)
    else:
        clips_BTHWC = pasted(own_BTHWC, other_BTHWC, part)
    if tubes_BTHW is not None:
        tubes_BTHW = mixed_tubes(tubes_BTHW, tubes_BTHW[partners_B], part)
    return replace(batch, clips_BTHWC=clips_BTHWC, tubes_BTHW=tubes_BTHW)


def cut_out(
    rng: np.random.Generator, share: float, whole: tuple[int, int, int], axes: tuple[int, ...]
) -> Part:
    """Return a part of a clip of nearly a share, around a point drawn uniformly.

    All its sides have the same share of the clip's along the axes. What would stick out of the clip
    is cut off, as in CutMix, so the part's true share is often smaller.

    Args:
        rng: Draws the point.
        share: 0..1.
        whole: Time, height and width of the clip.
        axes: Along which the part is shorter than the clip.
    """
    part = [slice(0, size) for size in whole]
    for axis in axes:
        side = round(whole[axis] * share ** (1 / len(axes)))
        begin = int(rng.integers(whole[axis])) - side // 2
        part[axis] = slice(max(0, begin), min(whole[axis], begin + side))
    return part[0], part[1], part[2]


def blended(own_BTHWC: Tensor, other_BTHWC: Tensor, share: float) -> Tensor:
    """Return the pixels of both clips by their shares, rounded to whole levels; uint8."""
    # One by one, since floats take four times the room.
    clips = [
        torch.lerp(own_THWC.float(), other_THWC.float(), share).round().byte()
        for own_THWC, other_THWC in zip(own_BTHWC, other_BTHWC, strict=True)
    ]
    return torch.stack(clips)


def pasted(own: Tensor, other: Tensor, part: Part) -> Tensor:
    """Return what is ``(B, T, H, W, ...)`` with a part of the other in its place."""
    result = own.clone()
    result[:, *part] = other[:, *part]
    return result


def mixed_tubes(own_BTHW: Tensor, other_BTHW: Tensor, part: Part | None) -> Tensor:
    """Return where people with either label are in mixed clips.

    Where one clip of a pair has no tube it is not known where its people are, and of the mix
    neither: such a pair has no tube.

    Args:
        own_BTHW: bool.
        other_BTHW: bool, of the partners.
        part: What was cut out of the partners; None where clips were blended.
    """
    both = own_BTHW | other_BTHW if part is None else pasted(own_BTHW, other_BTHW, part)
    known_B = own_BTHW.flatten(1).any(dim=1) & other_BTHW.flatten(1).any(dim=1)
    return both & known_B.view(-1, 1, 1, 1)
