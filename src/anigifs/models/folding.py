"""Units with their batch normalisation folded into the convolution, for inference only.

In evaluation BatchNorm is a fixed scale and shift of each channel, so the convolution before it
can carry both: half of the passes over the activations disappear.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from anigifs.models.i3d import Unit3D
from anigifs.models.padding import Ready, ready_for_conv3d


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
        self.weight = _constant(weight, dtype)
        self.bias = _constant(bias, dtype)

    def forward(self, x_BCTHW: Tensor) -> Tensor:
        """Apply the unit under SAME padding."""
        ready = ready_for_conv3d(x_BCTHW, self.weight, self.stride)
        if _fusible(ready.x_BCTHW):
            return _convolution_and_relu(ready, self.bias)
        convolved = functional.conv3d(
            ready.x_BCTHW, ready.weight, self.bias, ready.stride, ready.padding
        )
        return functional.relu(convolved, inplace=True)


def _fusible(x_BCTHW: Tensor) -> bool:
    """Whether oneDNN can be asked for a convolution and a ReLU in one pass.

    On the CPU a ReLU of bfloat16 by itself takes half as long as the convolution before it, and
    small convolutions in float32 would not come to oneDNN at all. It is the operation that
    torch.compile puts there; a torch without it does the two one after the other. It has no
    gradient. A NaN comes out of it as 0, which is why weights are looked at beforehand.
    """
    here = x_BCTHW.device.type == "cpu" and hasattr(torch.ops.mkldnn, "_convolution_pointwise")
    if not here or (torch.is_grad_enabled() and x_BCTHW.requires_grad):
        return False
    if x_BCTHW.dtype == torch.bfloat16 and not torch.ops.mkldnn._is_mkldnn_bf16_supported():
        return False
    known = x_BCTHW.dtype in (torch.float32, torch.bfloat16)
    return known and torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]


def _convolution_and_relu(ready: Ready, bias: Tensor) -> Tensor:
    x_BCTHW, weight, stride, padding = ready
    convolved: Tensor = torch.ops.mkldnn._convolution_pointwise(
        x_BCTHW, weight, bias, padding, stride, (1, 1, 1), 1, "relu", [], ""
    )
    return convolved


def fold_units(model: nn.Module, dtype: torch.dtype) -> None:
    """Replace every unit of ``model``, in place, by its folded form.

    Raises:
        UsageError: Its weights are not finite.
    """
    units = [(name, module) for name, module in model.named_modules() if isinstance(module, Unit3D)]
    for name, unit in units:
        model.set_submodule(name, FoldedUnit3D(unit, dtype))


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
