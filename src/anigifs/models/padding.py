"""TensorFlow's SAME padding, at whatever size the input has.

The original I3D was trained in TensorFlow, where the amount of padding depends on the size of the
input and an odd total puts the extra cell at the *end*. Its weights are only right under that rule:
the 7x7x7 stem pads an even axis by (2, 3), never by the symmetric (3, 3).
"""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

Triple = tuple[int, int, int]


def same_padding(size: int, kernel: int, stride: int) -> tuple[int, int]:
    """Return the cells to add in front of and behind one axis, so that it yields ceil(size/stride).

    Example:
        >>> same_padding(224, kernel=7, stride=2), same_padding(225, kernel=7, stride=2)
        ((2, 3), (3, 3))
    """
    total = max(kernel - (size % stride or stride), 0)
    return total // 2, total - total // 2


def conv3d_same(
    x_BCTHW: Tensor, weight: Tensor, bias: Tensor | None = None, stride: Triple = (1, 1, 1)
) -> Tensor:
    """Convolve under SAME padding; the input is copied only where PyTorch cannot pad it rightly.

    Args:
        x_BCTHW: Floating point, any size.
        weight: ``(C_out, C_in, kt, kh, kw)``.
        bias: ``(C_out,)`` or none.
        stride: Of time, height and width.
    """
    pads = _paddings(x_BCTHW, tuple(weight.shape[2:]), stride)
    uneven = any(front != back for front, back in pads)
    if uneven or _gradient_would_be_wrong(x_BCTHW, weight):
        return functional.conv3d(_pad(x_BCTHW, pads, 0.0), weight, bias, stride)
    return functional.conv3d(x_BCTHW, weight, bias, stride, padding=[front for front, _ in pads])


def max_pool3d_same(x_BCTHW: Tensor, kernel: Triple, stride: Triple) -> Tensor:
    """Take maxima under SAME padding, where what lies outside the input never wins.

    PyTorch's pooling pads an axis by the same amount on both sides, but with ``ceil_mode`` its last
    window may hang over the end, which is just the one extra cell that SAME may want there: so
    nothing is copied. (Only an even kernel at stride 1, which no network here has, needs a copy.)

    Where no gradient will be asked for, the indices that it keeps for one are waste, and at stride
    1 one axis after the other is 2 to 4 times as fast on the CPU.
    """
    if stride == (1, 1, 1) and not (torch.is_grad_enabled() and x_BCTHW.requires_grad):
        for axis, k in enumerate(kernel, start=2):
            x_BCTHW = _max_along(x_BCTHW, axis, k)
        return x_BCTHW
    pads = _paddings(x_BCTHW, kernel, stride)
    if any(front != back and d == 1 for (front, back), d in zip(pads, stride, strict=True)):
        return functional.max_pool3d(_pad(x_BCTHW, pads, float("-inf")), kernel, stride)
    fronts = [front for front, _ in pads]
    return functional.max_pool3d(x_BCTHW, kernel, stride, padding=fronts, ceil_mode=True)


def _gradient_would_be_wrong(x_BCTHW: Tensor, weight: Tensor) -> bool:
    """Whether PyTorch's own padding leads into a fault of its CPU library (oneDNN 3.12).

    In bfloat16, the weight gradient of a kernel of 3 cells over exactly 2 time cells, padded by
    the library, is read from memory that nobody wrote: often not finite, and wrong where it is.
    Other sizes are right, and so is this one when the zeros are there already. The type is not
    looked at, because autocast may change it on the way.
    """
    fault = x_BCTHW.shape[2] == 2 and weight.shape[2] == 3
    return fault and torch.is_grad_enabled() and x_BCTHW.device.type == "cpu"


def _max_along(x: Tensor, axis: int, kernel: int) -> Tensor:
    """Pool one axis at stride 1: a running maximum over shifted slices of it."""
    size = x.shape[axis]
    front, back = same_padding(size, kernel, stride=1)
    pooled = x.clone() if kernel > 1 else x
    for shift in range(1, min(front, size - 1) + 1):
        later = pooled.narrow(axis, shift, size - shift)
        torch.maximum(later, x.narrow(axis, 0, size - shift), out=later)
    for shift in range(1, min(back, size - 1) + 1):
        earlier = pooled.narrow(axis, 0, size - shift)
        torch.maximum(earlier, x.narrow(axis, shift, size - shift), out=earlier)
    return pooled


def _paddings(
    x_BCTHW: Tensor, kernel: Sequence[int], stride: Sequence[int]
) -> list[tuple[int, int]]:
    sizes = x_BCTHW.shape[2:]
    return [same_padding(*axis) for axis in zip(sizes, kernel, stride, strict=True)]


def _pad(x_BCTHW: Tensor, pads: list[tuple[int, int]], value: float) -> Tensor:
    last_axis_first = [cells for pair in reversed(pads) for cells in pair]
    return functional.pad(x_BCTHW, last_axis_first, value=value)
