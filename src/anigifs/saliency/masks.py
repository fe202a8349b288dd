"""Tubes on the grid of an endpoint."""

import torch
from torch import Tensor
from torch.nn import functional


def on_grid(tubes_BTHW: Tensor, grid: tuple[int, int, int]) -> Tensor:
    """Return which cells of a grid a tube touches.

    Any overlap counts. The nearest pixel alone would lose most small people: at 224 pixels and
    cells of 32, four of five boxes of 16 pixels have no cell's middle in them.

    Args:
        tubes_BTHW: bool, at the clips' size.
        grid: Time, height and width of an endpoint's output, of any size.

    Returns:
        bool ``(B, *grid)``.

    Raises:
        TypeError: The tubes are not bool ``(B, T, H, W)``.

    Example:
        >>> tubes_BTHW = torch.zeros(1, 8, 64, 64, dtype=torch.bool)
        >>> tubes_BTHW[:, :, 31, 5] = True
        >>> on_grid(tubes_BTHW, (1, 2, 2)).int().tolist()
        [[[[1, 0], [0, 0]]]]
    """
    if tubes_BTHW.dtype != torch.bool or tubes_BTHW.ndim != 4:
        shape = tuple(tubes_BTHW.shape)
        raise TypeError(f"tubes are bool (B, T, H, W), not {tubes_BTHW.dtype} {shape}")
    return functional.adaptive_max_pool3d(tubes_BTHW.float(), grid) > 0
