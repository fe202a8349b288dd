"""The one place where stored clips become what a model computes on."""

import torch
from torch import Tensor


def to_model_input(clips_BTHWC: Tensor, dtype: torch.dtype = torch.float32) -> Tensor:
    """Turn stored clips into model input: ``x / 127.5 - 1``, channels before time.

    The result is a channels-last view of the same order in memory, so nothing is transposed: that
    is also the fastest layout for the convolutions that follow.

    Args:
        clips_BTHWC: ``uint8``, RGB, 0..255.
        dtype: The floating-point type of the result; the arithmetic is float32 whatever it is.

    Returns:
        ``clips_BCTHW``, in [-1, 1], strided as ``torch.channels_last_3d``.

    Raises:
        TypeError: The clips are not ``uint8`` of shape ``(B, T, H, W, 3)``.

    Example:
        >>> to_model_input(torch.zeros(1, 9, 32, 32, 3, dtype=torch.uint8)).shape
        torch.Size([1, 3, 9, 32, 32])
    """
    if clips_BTHWC.dtype != torch.uint8 or clips_BTHWC.ndim != 5 or clips_BTHWC.shape[4] != 3:
        shape = tuple(clips_BTHWC.shape)
        raise TypeError(f"clips are uint8 (B, T, H, W, 3), not {clips_BTHWC.dtype} {shape}")
    clips_BCTHW = clips_BTHWC.permute(0, 4, 1, 2, 3)
    return clips_BCTHW.to(torch.float32).div_(127.5).sub_(1).to(dtype)
