"""Gradient reversal: what comes after learns to do well, and what comes before to make it do badly.

Source: Ganin & Lempitsky, "Unsupervised Domain Adaptation by Backpropagation" (ICML 2015).
"""

import math
from typing import Any

from torch import Tensor, autograd

STEEPNESS = 10.0
"""Of the ramp, as the authors of DANN have it."""


class _Reversal(autograd.Function):
    """The identity, whose gradient is turned round."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, strength: float) -> Tensor:  # noqa: ANN401 - torch's own
        ctx.strength = strength
        return x.view_as(x)

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> tuple[Tensor, None]:  # noqa: ANN401 - torch's own
        return -ctx.strength * gradients[0], None


def reversed_gradient(x: Tensor, strength: float) -> Tensor:
    """Return ``x`` as it is; its gradient comes back times ``-strength``.

    Example:
        >>> import torch
        >>> x = torch.tensor([2.0], requires_grad=True)
        >>> reversed_gradient(3 * x, 0.5).sum().backward()
        >>> x.grad
        tensor([-1.5000])
    """
    reversed_: Tensor = _Reversal.apply(x, strength)  # type: ignore[no-untyped-call]
    return reversed_


def ramp(progress: float) -> float:
    """Return ``2 / (1 + exp(-10 p)) - 1``: a discriminator that knows nothing yet moves nothing.

    Args:
        progress: The share of the run that is done, 0..1.

    Example:
        >>> ramp(0.0), round(ramp(0.1), 3), round(ramp(1.0), 3)
        (0.0, 0.462, 1.0)
    """
    return 2 / (1 + math.exp(-STEEPNESS * progress)) - 1
