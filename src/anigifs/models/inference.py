"""A trained I3D made ready to classify, and the number type that is fastest for it."""

import copy
from contextlib import AbstractContextManager, nullcontext
from typing import Literal

import torch

from anigifs.foundation import UsageError
from anigifs.models.folding import fold_units
from anigifs.models.i3d import I3D
from anigifs.models.memory import keep_freed_memory

Precision = Literal["auto", "float32", "bfloat16"]


def for_inference(model: I3D, precision: Precision = "auto") -> I3D:
    """Return a copy of ``model`` that classifies several times faster; edits and taps still work.

    BatchNorm is folded into the convolutions and the body runs in ``precision``; the head and the
    logits stay float32. The copy is in evaluation mode and none of its weights asks for a
    gradient, though gradients flow through it to an input or a tapped output that does. From then
    on the process keeps the memory that it frees (:mod:`anigifs.models.memory`).

    Args:
        model: A trained network; it is left as it is.
        precision: ``auto`` is bfloat16 where the processor computes in it, else float32.

    Raises:
        UsageError: The network's weights are not finite.

    Example:
        >>> fast = for_inference(I3D(400, width=1 / 16), precision="float32")
        >>> clips_BTHWC = torch.zeros(1, 9, 32, 32, 3, dtype=torch.uint8)
        >>> fast(clips_BTHWC)[0].shape
        torch.Size([1, 400])
    """
    keep_freed_memory()
    fast = copy.deepcopy(model).eval().requires_grad_(False)
    fold_units(fast, dtype_of(precision, next(model.parameters()).device))
    _check_finite(fast)
    return fast


def _check_finite(model: I3D) -> None:
    """Refuse weights of which nothing that they make of a clip would say anything."""
    if not all(bool(one.isfinite().all()) for one in model.state_dict().values()):
        raise UsageError("the network's weights are not finite: its training went astray")


def dtype_of(precision: str, device: torch.device) -> torch.dtype:
    """Return the number type that a precision is on a device.

    Raises:
        ValueError: It is none.

    Example:
        >>> dtype_of("float32", torch.device("cpu"))
        torch.float32
    """
    dtypes = {"float32": torch.float32, "bfloat16": torch.bfloat16}
    if precision == "auto":
        return fastest_dtype(device)
    if precision not in dtypes:
        raise ValueError(f"precision is auto, float32 or bfloat16, not {precision!r}")
    return dtypes[precision]


def precision_here(precision: Precision) -> Literal["float32", "bfloat16"]:
    """Return what a precision is on the processor of this machine, never ``auto``."""
    real = dtype_of(precision, torch.device("cpu")) is torch.bfloat16
    return "bfloat16" if real else "float32"


def fastest_dtype(device: torch.device) -> torch.dtype:
    """Return bfloat16 where ``device`` has instructions for it, and float32 elsewhere.

    Emulated bfloat16 is slower than float32, so the type is taken only where it is real.
    """
    if device.type == "cuda":
        real = torch.cuda.is_bf16_supported(including_emulation=False)
    else:
        real = device.type == "cpu" and _cpu_has("avx512_bf16", "amx_tile")
    return torch.bfloat16 if real else torch.float32


def autocast(precision: str, device: torch.device) -> AbstractContextManager[object]:
    """Return the context in which a forward pass runs at a configured precision.

    On the CPU the process keeps the memory that it frees (:mod:`anigifs.models.memory`).
    """
    if device.type == "cpu":
        keep_freed_memory()
    fast = dtype_of(precision, device)
    return nullcontext() if fast is torch.float32 else torch.autocast(device.type, fast)


def _cpu_has(*features: str) -> bool:
    """Ask torch's private probes; one that a later torch no longer has answers no."""
    probes = (getattr(torch.cpu, f"_is_{feature}_supported", None) for feature in features)
    return any(probe() for probe in probes if probe is not None)
