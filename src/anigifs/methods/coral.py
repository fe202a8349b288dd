"""Deep CORAL: the covariance of what the network says is made the same in source and target.

Source: Sun & Saenko, "Deep CORAL: Correlation Alignment for Deep Domain Adaptation" (ECCV 2016
workshops), who apply it to the last classification layer.
"""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from anigifs.methods.adapting import Adaptation, Seen, check_positive, whole_batch


@dataclass(frozen=True)
class CoralOptions:
    """What Deep CORAL can be told.

    Attributes:
        weight: Of the loss, beside the cross-entropy.
        layer: Whose output is aligned: the class scores, as the authors do, or the pooled features,
            whose many dimensions make the loss small.
    """

    weight: float = 1.0
    layer: Literal["scores", "features"] = "scores"

    def __post_init__(self) -> None:
        check_positive(weight=self.weight)


class Coral(Adaptation):
    """Adds the distance of covariances."""

    Options = CoralOptions
    options: CoralOptions

    def align(self, seen: Seen) -> tuple[Tensor, dict[str, float]]:
        """Return the distance between the two halves of the whole batch."""
        both_ND = seen.logits_NK if self.options.layer == "scores" else seen.features_ND
        return self.options.weight * coral_loss(*whole_batch(seen, both_ND)), {}


def coral_loss(source_ND: Tensor, target_MD: Tensor) -> Tensor:
    """Return ``|C_s - C_t|^2 / 4 D^2`` of the covariances of two samples.

    Example:
        >>> source = torch.tensor([[0.0, 0.0], [2.0, 0.0]])
        >>> coral_loss(source, 2 * source)  # variances of 2 and 8
        tensor(2.2500)
    """
    apart_DD = torch.cov(source_ND.T) - torch.cov(target_MD.T)
    return (apart_DD**2).sum() / (4 * source_ND.shape[1] ** 2)
