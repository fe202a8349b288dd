"""How well maps of evidence agree with where the labelled people are."""

import math

import torch
from torch import Tensor


def peak_inside(maps_BTHW: Tensor, masks_BTHW: Tensor) -> Tensor:
    """Return for each clip whether its strongest cell is inside: the pointing game.

    Of several cells that are equally strong, one inside is enough. A map of zeros has no peak, and
    counts as outside; so does every map where the mask is empty. Source: Zhang et al., "Top-down
    Neural Attention by Excitation Backprop", ECCV 2016.

    Args:
        maps_BTHW: 0 or more.
        masks_BTHW: bool, on the same grid.

    Returns:
        bool ``(B,)``.

    Raises:
        ValueError: The two are not on the same grid.

    Example:
        >>> maps_BTHW = torch.tensor([0.0, 2.0, 1.0]).view(1, 1, 1, 3)
        >>> peak_inside(maps_BTHW, maps_BTHW == 1).tolist()
        [False]
    """
    _check(maps_BTHW, masks_BTHW)
    peak_B111 = maps_BTHW.amax(dim=(1, 2, 3), keepdim=True)
    at_peak_BTHW = (maps_BTHW == peak_B111) & (maps_BTHW > 0)
    return (at_peak_BTHW & masks_BTHW).flatten(1).any(dim=1)


def energy_inside(maps_BTHW: Tensor, masks_BTHW: Tensor) -> Tensor:
    """Return for each clip the share of its evidence that is inside.

    Source: the energy-based pointing game of Wang et al., "Score-CAM", CVPR Workshops 2020.

    Args:
        maps_BTHW: 0 or more.
        masks_BTHW: bool, on the same grid.

    Returns:
        float32 ``(B,)`` in 0..1; NaN where a map is of zeros.

    Raises:
        ValueError: The two are not on the same grid.

    Example:
        >>> maps_BTHW = torch.tensor([0.0, 2.0, 1.0]).view(1, 1, 1, 3)
        >>> energy_inside(maps_BTHW, maps_BTHW == 1).tolist()
        [0.3333333432674408]
    """
    _check(maps_BTHW, masks_BTHW)
    energy_BTHW = maps_BTHW.double()
    inside_B = (energy_BTHW * masks_BTHW).sum(dim=(1, 2, 3))
    return (inside_B / energy_BTHW.sum(dim=(1, 2, 3))).float()


def iou_at_volume(maps_BTHW: Tensor, masks_BTHW: Tensor) -> Tensor:
    """Return how well the hottest part of a map covers a mask: intersection over union.

    The hottest part is as large as the mask. So no threshold has to be chosen; and a share of the
    maximum, the usual one, would measure how peaked a map is more than where it lies. Cells of zero
    are never hot. A random part would have the expected value a / (2 - a), where the mask is the
    share a of the clip.

    Args:
        maps_BTHW: 0 or more.
        masks_BTHW: bool, on the same grid.

    Returns:
        float32 ``(B,)`` in 0..1; NaN where the mask is empty.

    Raises:
        ValueError: The two are not on the same grid.

    Example:
        >>> maps_BTHW = torch.tensor([0.0, 2.0, 1.0, 3.0]).view(1, 1, 1, 4)
        >>> iou_at_volume(maps_BTHW, maps_BTHW < 2.5).tolist()  # hot: 3, 2, 1
        [0.5]
    """
    _check(maps_BTHW, masks_BTHW)
    found = [
        _iou(map_N, mask_N)
        for map_N, mask_N in zip(maps_BTHW.flatten(1), masks_BTHW.flatten(1), strict=True)
    ]
    return torch.tensor(found, dtype=torch.float32, device=maps_BTHW.device)


def _iou(map_N: Tensor, mask_N: Tensor) -> float:
    volume = int(mask_N.sum())
    hot = min(volume, int((map_N > 0).sum()))
    both = int(mask_N[map_N.topk(hot).indices].sum())
    return both / (hot + volume - both) if volume else math.nan


def _check(maps_BTHW: Tensor, masks_BTHW: Tensor) -> None:
    if maps_BTHW.shape != masks_BTHW.shape or masks_BTHW.dtype != torch.bool:
        raise ValueError(
            f"maps {tuple(maps_BTHW.shape)} need bool masks of the same shape, not "
            f"{masks_BTHW.dtype} {tuple(masks_BTHW.shape)}"
        )
