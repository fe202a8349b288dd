"""Maximum mean discrepancy under several kernels, between pooled features of source and target.

Source: Long et al., "Learning Transferable Features with Deep Adaptation Networks" (ICML 2015),
known as DAN.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from anigifs.methods.adapting import Adaptation, Seen, check_positive, whole_batch

BANDWIDTHS = (0.25, 0.5, 1.0, 2.0, 4.0)
"""Of the kernels, in mean squared distances of two clips of the batch, as public code has them."""


@dataclass(frozen=True)
class MmdOptions:
    """What the discrepancy can be told.

    Attributes:
        weight: Of the loss, beside the cross-entropy.
    """

    weight: float = 1.0

    def __post_init__(self) -> None:
        check_positive(weight=self.weight)


class Mmd(Adaptation):
    """Adds the discrepancy of the features."""

    Options = MmdOptions
    options: MmdOptions

    def align(self, seen: Seen) -> tuple[Tensor, dict[str, float]]:
        """Return the discrepancy between the two halves of the whole batch."""
        return self.options.weight * mmd_loss(*whole_batch(seen, seen.features_ND)), {}


def mmd_loss(source_ND: Tensor, target_MD: Tensor) -> Tensor:
    """Return the squared discrepancy, the mean over :data:`BANDWIDTHS`; it may be a little below 0.

    It is the unbiased estimate: no clip is compared with itself (Gretton et al., 2012, equation 3).
    The kernels are ``exp(-|x - y|^2 / b m)``, m being the mean squared distance of two clips of
    either sample, which has no gradient.
    """
    n, m = len(source_ND), len(target_MD)
    both = torch.cat([source_ND, target_MD])
    squared = ((both[:, None] - both[None]) ** 2).sum(dim=2)
    mean = squared.detach().sum() / (len(both) * (len(both) - 1))
    # All clips alike: whatever the bandwidth, every kernel is 1.
    mean = torch.where(mean > 0, mean, 1)
    kernel = torch.stack([torch.exp(-squared / (b * mean)) for b in BANDWIDTHS]).mean(dim=0)
    apart = 1 - torch.eye(len(both), device=both.device)
    within_s = (kernel * apart)[:n, :n].sum() / (n * (n - 1))
    within_t = (kernel * apart)[n:, n:].sum() / (m * (m - 1))
    return within_s + within_t - 2 * kernel[:n, n:].mean()
