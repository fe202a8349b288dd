"""Domain discriminators: small networks that tell the target's clips from the source's."""

import torch
from torch import Tensor, nn
from torch.nn import functional


class Discriminator(nn.Sequential):
    """One hidden layer and one score; above 0 it says target.

    Args:
        features: D, of its input.
        hidden: Units of the hidden layer.
    """

    def __init__(self, features: int, hidden: int) -> None:
        super().__init__(nn.Linear(features, hidden), nn.ReLU(), nn.Linear(hidden, 1))

    def forward(self, x: Tensor) -> Tensor:
        """Return the score of each row of ``(..., D)``, without the last dimension."""
        scores: Tensor = super().forward(x)  # type: ignore[no-untyped-call]
        return scores.squeeze(-1)


def domain_loss(scores_N: Tensor, target_N: Tensor, weight_N: Tensor | None = None) -> Tensor:
    """Return the mean cross-entropy of domain scores.

    Args:
        scores_N: Of a discriminator, with any further dimensions.
        target_N: 1 for clips of the target and 0 for others.
        weight_N: Of the clips; None weighs them alike.

    Example:
        >>> domain_loss(torch.zeros(2), torch.tensor([0.0, 1.0]))
        tensor(0.6931)
    """
    target = _spread(target_N, scores_N)
    weight = None if weight_N is None else _spread(weight_N, scores_N)
    return functional.binary_cross_entropy_with_logits(scores_N, target, weight)


def domain_entropy(scores: Tensor) -> Tensor:
    """Return the entropy, in nats, of what a discriminator says: 0..0.693, most where it is unsure.

    Example:
        >>> domain_entropy(torch.tensor([0.0, 50.0])).round(decimals=4)
        tensor([0.6931, 0.0000])
    """
    both = torch.stack([functional.logsigmoid(scores), functional.logsigmoid(-scores)])
    return -(both.exp() * both).sum(dim=0)


def domains_told(scores_N: Tensor, target_N: Tensor) -> float:
    """Return how many rows a discriminator tells the domain of."""
    return float(((scores_N > 0) == (target_N > 0)).sum())


def _spread(values_N: Tensor, like: Tensor) -> Tensor:
    return values_N.view(-1, *[1] * (like.ndim - 1)).expand_as(like).to(like.dtype)
