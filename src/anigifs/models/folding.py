"""Units with their batch normalisation folded into the convolution, for inference only.

In evaluation BatchNorm is a fixed scale and shift of each channel, so the convolution before it
can carry both: half of the passes over the activations disappear.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from anigifs.models.i3d import Unit3D
from anigifs.models.padding import conv3d_same, same_padding


class FoldedUnit3D(nn.Module):
    """What a :class:`~anigifs.models.i3d.Unit3D` computes in evaluation, in one convolution.

    Args:
        unit: The trained unit; it is left as it is.
        dtype: Of the weights, the bias and what the unit works on. The folding is float32.
    """

    def __init__(self, unit: Unit3D, dtype: torch.dtype) -> None:
        super().__init__()
        weight, bias = _fold(unit)
        self.stride = unit.stride
        self.weight = _constant(self.arranged(weight), dtype)
        self.bias = _constant(bias, dtype)

    def arranged(self, weight: Tensor) -> Tensor:
        """Return the folded kernel in the form that the convolution takes."""
        return weight

    def forward(self, x_BCTHW: Tensor) -> Tensor:
        """Apply the unit under SAME padding."""
        return functional.relu(
            conv3d_same(x_BCTHW, self.weight, self.bias, self.stride), inplace=True
        )


class FoldedStem(FoldedUnit3D):
    """The stem on *pairs* of columns: 6 channels at stride 1 instead of 3 at stride 2.

    Convolutions are made for many channels, and bfloat16 multiplies them two at a time, so that 3
    cost as much as 4. In channels-last memory two columns of 3 channels *are* one of 6, so the
    pairing is a view; the kernel's 7 columns become 4 pairs, the last half of zeros.
    """

    def arranged(self, weight: Tensor) -> Tensor:
        """Return ``(C_out, 3, 7, 7, 7)`` as ``(C_out, 6, 7, 7, 4)``."""
        c_out, c_in, kt, kh, kw = weight.shape
        pairs = functional.pad(weight, (0, 1)).reshape(c_out, c_in, kt, kh, (kw + 1) // 2, 2)
        return pairs.permute(0, 5, 1, 2, 3, 4).reshape(c_out, 2 * c_in, kt, kh, (kw + 1) // 2)

    def forward(self, x_BCTHW: Tensor) -> Tensor:
        """Apply the stem under SAME padding."""
        time, height, width = (same_padding(size, 7, 2) for size in x_BCTHW.shape[2:])
        # One column more than SAME asks for: the zero half of the last pair reads it.
        padded = functional.pad(x_BCTHW, (width[0], width[1] + 1, *height, *time))
        b, c, t, h, w = padded.shape
        pairs = padded.permute(0, 2, 3, 4, 1).reshape(b, t, h, w // 2, 2 * c)
        x_BCTHW = functional.conv3d(pairs.permute(0, 4, 1, 2, 3), self.weight, self.bias, (2, 2, 1))
        return functional.relu(x_BCTHW, inplace=True)


def fold_units(model: nn.Module, dtype: torch.dtype) -> None:
    """Replace every unit of ``model``, in place, by its folded form."""
    units = [(name, module) for name, module in model.named_modules() if isinstance(module, Unit3D)]
    for name, unit in units:
        stem = tuple(unit.conv3d.kernel_size) == (7, 7, 7) and unit.stride == (2, 2, 2)
        model.set_submodule(name, (FoldedStem if stem else FoldedUnit3D)(unit, dtype))


def _fold(unit: Unit3D) -> tuple[Tensor, Tensor]:
    bn = unit.bn
    assert bn.running_mean is not None  # noqa: S101 - for the type checker: units track them
    assert bn.running_var is not None  # noqa: S101
    scale_C = bn.weight / torch.sqrt(bn.running_var + bn.eps)
    weight = unit.conv3d.weight * scale_C.view(-1, 1, 1, 1, 1)
    return weight.detach(), (bn.bias - bn.running_mean * scale_C).detach()


def _constant(tensor: Tensor, dtype: torch.dtype) -> nn.Parameter:
    layout = torch.channels_last_3d if tensor.ndim == 5 else torch.contiguous_format
    return nn.Parameter(tensor.to(dtype).contiguous(memory_format=layout), requires_grad=False)
