"""Conditional domain-adversarial training: the discriminator sees what is answered, as well.

Source: Long et al., "Conditional Adversarial Domain Adaptation" (NeurIPS 2018), with entropy
conditioning: CDAN+E.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from anigifs.foundation.counts import check_counts
from anigifs.methods.adapting import Aided, Seen, channels_of, check_positive
from anigifs.methods.discriminators import Discriminator, domain_loss, domains_told
from anigifs.methods.gathering import gathered
from anigifs.methods.hooks import Run
from anigifs.methods.reversal import ramp, reversed_gradient
from anigifs.models import I3D

LARGEST = 4096
"""Numbers of an outer product that is taken whole."""


@dataclass(frozen=True)
class CdanOptions:
    """What conditional domain-adversarial training can be told.

    Attributes:
        weight: Of the loss, beside the cross-entropy.
        rate: The discriminator's learning rate, the same throughout.
        hidden: Units of its hidden layer.
        random: Numbers of a randomised product, which stands for the outer product of features and
            answers where that has more than 4,096; 0 takes the outer product always.
        entropy: Whether clips weigh more whose answer is sure.
    """

    weight: float = 1.0
    rate: float = 1e-3
    hidden: int = 1024
    random: int = 1024
    entropy: bool = True

    def __post_init__(self) -> None:
        check_positive(weight=self.weight, rate=self.rate)
        check_counts(self, "hidden")
        if self.random:
            check_counts(self, "random")


class Cdan(Aided):
    """Adds the loss of a discriminator of features and answers together."""

    Options = CdanOptions
    options: CdanOptions

    def networks(self, model: I3D, run: Run) -> nn.Module:
        """Return the discriminator, and how features and answers become one vector."""
        channels, classes = channels_of(model, self.last), len(run.classes)
        product = Product(channels, classes, self.options.random)
        return nn.ModuleDict(
            {"product": product, "judge": Discriminator(product.size, self.options.hidden)}
        )

    def align(self, seen: Seen) -> tuple[Tensor, dict[str, float]]:
        """Return the discriminator's loss; how strongly it is turned round grows over the run."""
        answers_NK = seen.logits_NK.detach().softmax(dim=1)
        features_ND = reversed_gradient(seen.features_ND, ramp(self.progress))
        product, judge = (self.auxiliary.module[name] for name in ("product", "judge"))  # type: ignore[index]
        scores_N = judge(product(features_ND, answers_NK))
        weight_N = self._weights(seen, answers_NK) if self.options.entropy else None
        loss = self.options.weight * domain_loss(scores_N, seen.target_N, weight_N)
        return loss, {"domains_told": domains_told(scores_N, seen.target_N)}

    def _weights(self, seen: Seen, answers_NK: Tensor) -> Tensor:
        """Return the weights of clips, whose mean is 1 on either side of the whole batch."""
        own = seen.sides(certainty(answers_NK))
        return torch.cat([one / gathered(one).mean() for one in own])


class Product(nn.Module):
    """Features and answers as one vector: all their products, or a random part of them.

    Args:
        features: D.
        classes: K.
        size: Of the random part, which is taken where D times K is more than :data:`LARGEST`; 0
            takes all products always.

    Example:
        >>> product = Product(2, 3, size=4)
        >>> product(torch.tensor([[1.0, 2.0]]), torch.tensor([[0.5, 0.25, 0.25]]))
        tensor([[0.5000, 0.2500, 0.2500, 1.0000, 0.5000, 0.5000]])
    """

    def __init__(self, features: int, classes: int, size: int) -> None:
        super().__init__()
        self.is_random = bool(size) and features * classes > LARGEST
        self.size = size if self.is_random else features * classes
        self.of_features: Tensor
        self.of_answers: Tensor
        if self.is_random:  # never trained
            self.register_buffer("of_features", torch.randn(features, size))
            self.register_buffer("of_answers", torch.randn(classes, size))

    def forward(self, features_ND: Tensor, answers_NK: Tensor) -> Tensor:
        """Return a vector of ``size`` numbers for each clip."""
        if not self.is_random:
            return torch.einsum("nd,nk->ndk", features_ND, answers_NK).flatten(1)
        both = (features_ND @ self.of_features) * (answers_NK @ self.of_answers)
        return both / math.sqrt(self.size)


def certainty(answers_NK: Tensor) -> Tensor:
    """Return ``1 + exp(-H)`` of the entropy of each answer, in nats: 2 where it is sure.

    Example:
        >>> certainty(torch.tensor([[1.0, 0.0], [0.5, 0.5]]))
        tensor([2.0000, 1.5000])
    """
    entropy_N = torch.special.entr(answers_NK).sum(dim=1)
    return 1 + torch.exp(-entropy_N)
