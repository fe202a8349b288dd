"""Maximum classifier discrepancy: two classifiers must agree on the target's clips.

Source: Saito et al., "Maximum Classifier Discrepancy for Unsupervised Domain Adaptation" (CVPR
2018). Both learn from the source. On clips of the target they move apart, which finds those that
the source does not decide, and the features move so that they agree.
"""

from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn import functional

from anigifs.methods.adapting import Aided, Seen, channels_of, check_positive
from anigifs.methods.hooks import Run
from anigifs.methods.reversal import reversed_gradient
from anigifs.models import I3D
from anigifs.models.i3d import Head


@dataclass(frozen=True)
class McdOptions:
    """What the two classifiers can be told.

    Attributes:
        weight: Of their discrepancy, beside the cross-entropies.
        rate: The second classifier's learning rate, the same throughout.
    """

    weight: float = 1.0
    rate: float = 1e-3

    def __post_init__(self) -> None:
        check_positive(weight=self.weight, rate=self.rate)


class Mcd(Aided):
    """Adds a second head; what is kept is the first."""

    Options = McdOptions
    options: McdOptions

    def networks(self, model: I3D, run: Run) -> nn.Module:
        """Return the second head; a copy of the first would agree with it everywhere."""
        return Head(channels_of(model, self.last), len(run.classes), model.logits.dropout.p)

    def align(self, seen: Seen) -> tuple[Tensor, dict[str, float]]:
        """Return the second head's cross-entropy less the discrepancy.

        Behind the reversal the features shrink what the heads, in front of it, widen: one update
        does the work of the three steps of the original.
        """
        first, second = self._model.logits, self.auxiliary.module
        source, target = seen.sides(seen.taps[self.last])
        classified = functional.cross_entropy(second(source), seen.labels_B)
        turned = reversed_gradient(target, 1.0)
        apart = discrepancy(first(turned), second(turned))
        told = {"discrepancy": float(apart.detach()) * len(target)}
        return classified - self.options.weight * apart, told


def discrepancy(one_NK: Tensor, other_NK: Tensor) -> Tensor:
    """Return the mean absolute difference of the probabilities that two classifiers give.

    Example:
        >>> import torch
        >>> sure = torch.tensor([[50.0, 0.0]])
        >>> discrepancy(sure, -sure)
        tensor(1.)
    """
    return (one_NK.softmax(dim=1) - other_NK.softmax(dim=1)).abs().mean()
