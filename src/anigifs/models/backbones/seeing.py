"""Stored clips as a network of ``transformers`` wants them."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

from anigifs.models.backbones.pixels import Pixels


def seen(clips_BTHWC: Tensor, places: Sequence[int], size: int, pixels: Pixels) -> Tensor:
    """Return the frames that a network takes, at its size and in its numbers.

    Clips of another size are scaled, antialiased; they are square.

    Args:
        clips_BTHWC: ``uint8``, RGB.
        places: Which frames; one may be taken more than once.
        size: Height and width.
        pixels: How bytes become numbers.

    Returns:
        ``frames_BTCHW`` in float32.

    Raises:
        TypeError: The clips are not ``uint8`` of shape ``(B, T, S, S, 3)``.

    Example:
        >>> from anigifs.models.backbones.kinds import IMAGENET
        >>> clips = torch.zeros(1, 24, 40, 40, 3, dtype=torch.uint8)
        >>> seen(clips, range(8), 32, IMAGENET).shape
        torch.Size([1, 8, 3, 32, 32])
    """
    shape = tuple(clips_BTHWC.shape)
    if clips_BTHWC.dtype != torch.uint8 or len(shape) != 5 or shape[2] != shape[3] or shape[4] != 3:
        raise TypeError(f"clips are uint8 (B, T, S, S, 3), not {clips_BTHWC.dtype} {shape}")
    frames_BTCHW = clips_BTHWC[:, list(places)].permute(0, 1, 4, 2, 3).float()
    if shape[2] != size:
        scaled_NCHW = functional.interpolate(
            frames_BTCHW.flatten(0, 1), (size, size), mode="bilinear", antialias=True
        )
        frames_BTCHW = scaled_NCHW.view(*frames_BTCHW.shape[:3], size, size)
    scale_C11, shift_C11 = (
        frames_BTCHW.new_tensor(three)[:, None, None] for three in (pixels.scale, pixels.shift)
    )
    return torch.addcmul(shift_C11, frames_BTCHW, scale_C11)
