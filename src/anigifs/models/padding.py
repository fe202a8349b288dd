"""TensorFlow's SAME padding, at whatever size the input has.

The original I3D was trained in TensorFlow, where the amount of padding depends on the size of the
input and an odd total puts the extra cell at the *end*. Its weights are only right under that rule:
the 7x7x7 stem pads an even axis by (2, 3), never by the symmetric (3, 3).
"""

from collections.abc import Sequence
from typing import NamedTuple

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
    x_BCTHW, weight, stride, padding = ready_for_conv3d(x_BCTHW, weight, stride)
    return functional.conv3d(x_BCTHW, weight, bias, stride, padding)


class Ready(NamedTuple):
    """What a convolution without a rule of its own takes, so that SAME comes out.

    Attributes:
        x_BCTHW: Padded, where PyTorch cannot pad it rightly.
        weight: Of as many channels as the input now has.
        stride: Of time, height and width.
        padding: What is left to add on both sides of each axis.
    """

    x_BCTHW: Tensor
    weight: Tensor
    stride: Triple
    padding: Triple


def ready_for_conv3d(x_BCTHW: Tensor, weight: Tensor, stride: Triple) -> Ready:
    """Return the input and the kernel of a convolution that is to pad by SAME.

    Args:
        x_BCTHW: Floating point, any size.
        weight: ``(C_out, C_in, kt, kh, kw)``.
        stride: Of time, height and width.
    """
    pads = _paddings(x_BCTHW, tuple(weight.shape[2:]), stride)
    if _better_paired(x_BCTHW, weight, stride):
        return _paired(x_BCTHW, weight, stride, pads)
    uneven = any(front != back for front, back in pads)
    if uneven or _gradient_would_be_wrong(x_BCTHW, weight):
        return Ready(_pad(x_BCTHW, pads, 0.0), weight, stride, (0, 0, 0))
    (time, _), (height, _), (width, _) = pads
    return Ready(x_BCTHW, weight, stride, (time, height, width))


def _better_paired(x_BCTHW: Tensor, weight: Tensor, stride: Triple) -> bool:
    """Whether it pays to convolve pairs of columns: the stem, in a type of 16 bits.

    In float32 the order of the sums is left alone where weights are learnt, so that a run gives
    the bits that it gave before.
    """
    stem = weight.shape[1] == 3 and weight.shape[4] % 2 == 1 and stride[2] == 2
    return stem and (_computed_in(x_BCTHW).itemsize == 2 or not _learns(x_BCTHW, weight))


def _paired(x_BCTHW: Tensor, weight: Tensor, stride: Triple, pads: list[tuple[int, int]]) -> Ready:
    """Make *pairs* of columns one: 6 channels at stride 1 instead of 3 at stride 2.

    Convolutions are made for many channels, and bfloat16 multiplies them two at a time, so that 3
    cost as much as 4. In channels-last memory two columns of 3 channels *are* one of 6, so the
    pairing is a view; the kernel's 7 columns become 4 pairs, the last half of zeros.
    """
    time, height, (left, right) = pads
    # One column more than SAME asks for: the zero half of the last pair reads it.
    padded = _pad(x_BCTHW.to(_computed_in(x_BCTHW)), [time, height, (left, right + 1)], 0.0)
    b, c, t, h, w = padded.shape
    pairs = padded.permute(0, 2, 3, 4, 1).reshape(b, t, h, w // 2, 2 * c)
    c_out, c_in, kt, kh, kw = weight.shape
    halves = functional.pad(weight, (0, 1)).reshape(c_out, c_in, kt, kh, (kw + 1) // 2, 2)
    weight = halves.permute(0, 5, 1, 2, 3, 4).reshape(c_out, 2 * c_in, kt, kh, (kw + 1) // 2)
    return Ready(pairs.permute(0, 4, 1, 2, 3), weight, (*stride[:2], 1), (0, 0, 0))


def _computed_in(x: Tensor) -> torch.dtype:
    """Return the type that a convolution of ``x`` will compute in."""
    device = x.device.type
    if torch.amp.is_autocast_available(device) and torch.is_autocast_enabled(device):
        return torch.get_autocast_dtype(device)
    return x.dtype


def _learns(*tensors: Tensor) -> bool:
    return torch.is_grad_enabled() and any(tensor.requires_grad for tensor in tensors)


def max_pool3d_same(x_BCTHW: Tensor, kernel: Triple, stride: Triple) -> Tensor:
    """Take maxima under SAME padding, where what lies outside the input never wins.

    PyTorch's pooling pads an axis by the same amount on both sides, but with ``ceil_mode`` its last
    window may hang over the end, which is just the one extra cell that SAME may want there: so
    nothing is copied. (Only an even kernel at stride 1, which no network here has, needs a copy.)

    Where no gradient will be asked for, the indices that it keeps for one are waste, and on the CPU
    one axis after the other is several times as fast: at stride 1 always, and at any stride where
    the maxima can be those of integers.
    """
    if x_BCTHW.device.type == "cpu" and not _learns(x_BCTHW):
        if (integers := _in_the_same_order(x_BCTHW)) is not None:
            return _one_axis_after_the_other(integers, kernel, stride).view(x_BCTHW.dtype)
        if stride == (1, 1, 1):
            return _one_axis_after_the_other(x_BCTHW, kernel, stride)
    pads = _paddings(x_BCTHW, kernel, stride)
    if any(front != back and d == 1 for (front, back), d in zip(pads, stride, strict=True)):
        return functional.max_pool3d(_pad(x_BCTHW, pads, float("-inf")), kernel, stride)
    fronts = [front for front, _ in pads]
    return functional.max_pool3d(x_BCTHW, kernel, stride, padding=fronts, ceil_mode=True)


def _in_the_same_order(x: Tensor) -> Tensor | None:
    """Return ``x`` as integers whose order is that of its numbers, or None.

    Numbers without a sign bit, which is what a ReLU leaves, are ordered as their bits are, NaN
    above all others. Processors take maxima of 16-bit integers 4 times as fast as PyTorch takes
    those of bfloat16; to look at the signs first costs a tenth of that.
    """
    if x.dtype != torch.bfloat16:
        return None
    integers = x.view(torch.int16)
    return integers if integers.numel() and int(integers.amin()) >= 0 else None


def _gradient_would_be_wrong(x_BCTHW: Tensor, weight: Tensor) -> bool:
    """Whether PyTorch's own padding leads into a fault of its CPU library (oneDNN 3.12).

    In bfloat16, the weight gradient of a kernel of 3 cells over exactly 2 time cells, padded by
    the library, is read from memory that nobody wrote: often not finite, and wrong where it is.
    Other sizes are right, and so is this one when the zeros are there already. The type is not
    looked at, because autocast may change it on the way.
    """
    fault = x_BCTHW.shape[2] == 2 and weight.shape[2] == 3
    return fault and torch.is_grad_enabled() and x_BCTHW.device.type == "cpu"


def _one_axis_after_the_other(x_BCTHW: Tensor, kernel: Triple, stride: Triple) -> Tensor:
    for axis, k in enumerate(kernel):
        x_BCTHW = _max_along(x_BCTHW, axis + 2, k, stride[axis])
    return x_BCTHW


def _max_along(x: Tensor, axis: int, kernel: int, stride: int) -> Tensor:
    """Pool one axis: maxima over shifted slices of it."""
    if kernel == stride == 1:
        return x
    x = x.transpose(0, axis)
    slices = _shifted(len(x), kernel, stride)
    whole = [cells for windows, cells in slices if windows == slice(0, -(-len(x) // stride))]
    rest = [one for one in slices if one[1] not in whole[:2]]
    pooled = torch.maximum(x[whole[0]], x[whole[1]]) if whole[1:] else x[whole[0]].clone()
    for windows, cells in rest:
        torch.maximum(pooled[windows], x[cells], out=pooled[windows])
    return pooled.transpose(0, axis)


def _shifted(size: int, kernel: int, stride: int) -> list[tuple[slice, slice]]:
    """Return, for each place in the kernel, the windows that have a cell there, and these cells.

    Example:
        >>> [(windows.stop, cells.start) for windows, cells in _shifted(4, kernel=3, stride=2)]
        [(2, 0), (2, 1), (1, 2)]
    """
    front, _ = same_padding(size, kernel, stride)
    slices = []
    for shift in range(-front, kernel - front):
        first = max(0, -(shift // stride))
        end = min(-(-size // stride), (size - 1 - shift) // stride + 1)
        if first < end:
            begin = first * stride + shift
            last = (end - 1) * stride + shift
            slices.append((slice(first, end), slice(begin, last + 1, stride)))
    return slices


def _paddings(
    x_BCTHW: Tensor, kernel: Sequence[int], stride: Sequence[int]
) -> list[tuple[int, int]]:
    sizes = x_BCTHW.shape[2:]
    return [same_padding(*axis) for axis in zip(sizes, kernel, stride, strict=True)]


def _pad(x_BCTHW: Tensor, pads: list[tuple[int, int]], value: float) -> Tensor:
    last_axis_first = [cells for pair in reversed(pads) for cells in pair]
    return functional.pad(x_BCTHW, last_axis_first, value=value)
