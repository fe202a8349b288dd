"""Clips that are moved, by gradient ascent on their pixels, to where a network errs.

Source: Volpi et al., "Generalizing to Unseen Domains via Adversarial Data Augmentation" (NeurIPS
2018), and Yao et al., "VideoDG" (TPAMI 2021), whose loops differ in what is held in place.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import torch
from torch import Tensor
from torch.nn import functional

from anigifs.foundation import UsageError
from anigifs.foundation.counts import check_counts
from anigifs.models import I3D
from anigifs.models.i3d import Levels

Level = Callable[[Levels], tuple[Tensor, Tensor]]
"""Takes ``logits_BSK`` and ``features_BD`` out of what a head makes of clips."""


def whole(levels: Levels) -> tuple[Tensor, Tensor]:
    """Return what the network answers, and what that is made of."""
    return levels.logits_BK.unsqueeze(1), levels.features_BD


def local(levels: Levels) -> tuple[Tensor, Tensor]:
    """Return what the parts answer, and what that is made of."""
    return levels.local_logits_BSK, levels.local_features_BD


@dataclass(frozen=True)
class Ascent:
    """How clips are moved.

    Attributes:
        steps: How often.
        rate: What a gradient is multiplied by.
        hold: The weight of the squared distance to the features of the clean clip, which is taken
            off the loss.
        normalised: Divide each clip's gradient by its Euclidean norm: a step is then as long as the
            rate, whatever the batch and the loss.
    """

    steps: int
    rate: float
    hold: float
    normalised: bool

    def __post_init__(self) -> None:
        check_counts(self, "steps")
        if not (self.rate > 0 and self.hold >= 0):
            raise UsageError("the rate of an ascent is above 0, and its weights are at least 0")


@dataclass(frozen=True)
class Effect:
    """What an attack did to clips; the sums of several are added up.

    Attributes:
        clips: How many were attacked.
        before: Sum of their cross-entropies as they were, in a test.
        after: The same of the attacked ones.
        moved: Sum over the clips of the mean of ``|x1 - x|`` over their values in [-1, 1].
        most: The largest of these values.
    """

    clips: int = 0
    before: float = 0.0
    after: float = 0.0
    moved: float = 0.0
    most: float = 0.0

    def __add__(self, other: "Effect") -> "Effect":
        sums = {key: value + getattr(other, key) for key, value in asdict(self).items()}
        return Effect(**{**sums, "most": max(self.most, other.most)})

    def as_line(self) -> dict[str, float]:
        """Return the means over the clips, and the largest."""
        named = {"before": self.before, "after": self.after, "moved": self.moved}
        means = {key: value / max(1, self.clips) for key, value in named.items()}
        return {"clips": self.clips, **means, "most": self.most}


def ascend(
    network: I3D,
    clips_BCTHW: Tensor,
    labels_B: Tensor,
    levels: Sequence[Level],
    how: Ascent,
    batch_size: int,
) -> list[Tensor]:
    """Return the clips as each adversary makes them.

    At each step ``x1 = x1 + rate * g``, where ``g`` is the gradient by ``x1`` of the mean over the
    batch of ``CE(f(x1), y) - hold * MSE(h(x1), h(x))``; then it is cut off at -1 and 1, which the
    authors do not do.

    Args:
        network: Whose weights ask for no gradient, such as a copy by
            :func:`~anigifs.models.for_inference`. Where its head is in training, dropout and
            subsets are drawn anew in every pass, for the clean clips, too.
        clips_BCTHW: Floating point, in [-1, 1]; they are left as they are.
        labels_B: int64.
        levels: One adversary each.
        how: The steps.
        batch_size: Clips over which the mean is taken: those of the whole update, of which
            ``clips_BCTHW`` may be a part.
    """
    moved = [clips_BCTHW for _ in levels]
    clean: Levels | None = None
    for _ in range(how.steps):
        if clean is None or network.logits.training:
            clean = _as_in_a_step(network, clips_BCTHW)
        for number, level in enumerate(levels):
            leaf = moved[number].detach().requires_grad_()
            logits_BSK, features_BD = level(network.levels(leaf))
            gain_B = losses(logits_BSK, labels_B)
            gain_B = gain_B - how.hold * (features_BD - level(clean)[1]).square().mean(dim=1)
            (gradient,) = torch.autograd.grad(gain_B.sum() / batch_size, leaf)
            moved[number] = _stepped(leaf.detach(), gradient, how)
    return moved


def _as_in_a_step(network: I3D, clips_BCTHW: Tensor) -> Levels:
    """Return what a step's pass would make of clips.

    Without a gradient to be asked for, other kernels would compute it, and what is held in place
    would be away from itself by the last bits.
    """
    levels = network.levels(clips_BCTHW.detach().requires_grad_())
    return Levels(*(one.detach() for one in levels))


def losses(logits_BSK: Tensor, labels_B: Tensor) -> Tensor:
    """Return the cross-entropy of each clip: the mean over the parts that answer."""
    parts = logits_BSK.shape[1]
    each = functional.cross_entropy(
        logits_BSK.flatten(0, 1), labels_B.repeat_interleave(parts), reduction="none"
    )
    return each.view(-1, parts).mean(dim=1)


@torch.no_grad()
def effect_of(
    network: I3D, clips_BCTHW: Tensor, attacked_BCTHW: Tensor, labels_B: Tensor, level: Level
) -> Effect:
    """Return what an attack did, as a test sees it.

    Args:
        network: In evaluation mode.
        clips_BCTHW: As they were.
        attacked_BCTHW: As they are.
        labels_B: int64.
        level: Whose losses.
    """
    before, after = (
        float(losses(level(network.levels(one))[0], labels_B).sum())
        for one in (clips_BCTHW, attacked_BCTHW)
    )
    distances = (attacked_BCTHW - clips_BCTHW).abs()
    means_B = distances.flatten(1).mean(dim=1)
    return Effect(len(labels_B), before, after, float(means_B.sum()), float(distances.max()))


def _stepped(clips_BCTHW: Tensor, gradient: Tensor, how: Ascent) -> Tensor:
    if how.normalised:
        norm_B = torch.linalg.vector_norm(gradient, dim=(1, 2, 3, 4), keepdim=True)
        gradient = gradient / norm_B.clamp_min(torch.finfo(gradient.dtype).tiny)
    return (clips_BCTHW + how.rate * gradient).clamp(-1, 1)
