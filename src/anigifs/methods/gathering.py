"""The rows of all processes as one tensor, with gradients: for losses of a whole batch.

A covariance or a kernel mean of a batch is not the mean of those of its parts, so each process
takes the rows of all, computes the same loss, and gets the gradient of its own rows.
"""

from typing import Any

from torch import Tensor, autograd, distributed

from anigifs.clips.processes import place_of


class _Gathered(autograd.Function):
    """Rows one below the other, process by process; back go the gradients of all processes."""

    @staticmethod
    def forward(ctx: Any, own_BD: Tensor, first: int, total: int) -> Tensor:  # noqa: ANN401
        ctx.rows = slice(first, first + len(own_BD))
        all_ND = own_BD.new_zeros(total, *own_BD.shape[1:])
        all_ND[ctx.rows] = own_BD
        distributed.all_reduce(all_ND)
        return all_ND

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> tuple[Tensor, None, None]:  # noqa: ANN401
        gradient_ND = gradients[0].clone()
        distributed.all_reduce(gradient_ND)
        return gradient_ND[ctx.rows], None, None


def gathered(own_BD: Tensor) -> Tensor:
    """Return the rows of all processes, ``(N, ...)``; of one process its own.

    The loop gives each process's loss the weight of its share of the batch, and adds the gradients
    up: with the same loss of all rows in each, that is the gradient of this loss.
    """
    if not distributed.is_initialized():
        return own_BD
    whole: Tensor = _Gathered.apply(own_BD, *place_of(len(own_BD)))  # type: ignore[no-untyped-call]
    return whole
