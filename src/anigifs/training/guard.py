"""A run that has gone wrong stops at the step where it did, and names the clips."""

import math
from collections.abc import Iterable

import torch
from torch import Tensor
from torch.nn import Parameter

from anigifs.foundation import AnigifsError


class DivergedError(AnigifsError):
    """A loss or a gradient is no longer a finite number."""


def check_loss(loss: float, step: int, clip_ids: Iterable[str]) -> None:
    """Stop a run whose loss is not finite."""
    if not math.isfinite(loss):
        raise DivergedError(f"step {step}: the loss is {loss} on the clips {', '.join(clip_ids)}")


def gradient_norm(parameters: Iterable[Parameter]) -> Tensor:
    """Return the Euclidean norm of all gradients together, in float32."""
    gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
    norms = torch._foreach_norm(gradients)
    total: Tensor = torch.linalg.vector_norm(torch.stack([norm.float() for norm in norms]))
    return total


def shorten_gradient(parameters: Iterable[Parameter], norm: float, most: float) -> None:
    """Shorten the gradient of all parameters together to a norm of at most ``most``; 0 is no limit.

    Args:
        parameters: Whose gradients.
        norm: What :func:`gradient_norm` said of them.
        most: The limit.
    """
    if 0 < most < norm:
        gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
        torch._foreach_mul_(gradients, most / norm)


def check_gradients(
    named: Iterable[tuple[str, Parameter]], norm: float, step: int, clip_ids: Iterable[str]
) -> None:
    """Stop a run with a gradient that is not finite, naming the first parameter that has one."""
    if math.isfinite(norm):
        return
    bad = [n for n, p in named if p.grad is not None and not bool(p.grad.isfinite().all())]
    where = bad[0] if bad else "their sum"
    clips = ", ".join(clip_ids)
    raise DivergedError(f"step {step}: the gradient of {where} is not finite on the clips {clips}")
