"""A network small enough to run in a test, with statistics that are not the trivial ones."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from anigifs.models import I3D, build_i3d

WIDTH = 1 / 16
CLASSES = ("archery", "bowling", "crying", "playing cricket", "yoga")


def small_model(width: float = WIDTH, seed: int = 0) -> I3D:
    model = build_i3d(len(CLASSES), width, seed)
    generator = torch.Generator().manual_seed(seed)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm3d):
            assert module.running_mean is not None
            assert module.running_var is not None
            module.running_mean.normal_(0, 0.1, generator=generator)
            module.running_var.uniform_(0.05, 0.2, generator=generator)
            nn.init.uniform_(module.weight, 0.5, 1.5, generator=generator)
            nn.init.normal_(module.bias, 0, 0.3, generator=generator)
    return model.eval()


def random_clips(frames: int, height: int, width: int, batch: int = 1, seed: int = 0) -> Tensor:
    """Clips of uint8, (B, T, H, W, C)."""
    values = np.random.default_rng(seed).integers(0, 256, (batch, frames, height, width, 3))
    return torch.from_numpy(values.astype(np.uint8))


def canonical_arrays(model: I3D, *, gamma: bool = False) -> dict[str, NDArray[np.float32]]:
    """The 287 tensors of a network as arrays; gammas of 1 unless asked for."""
    arrays = {
        key: value.numpy().copy()
        for key, value in model.state_dict().items()
        if not key.endswith("num_batches_tracked")
    }
    if not gamma:
        for key, array in arrays.items():
            if key.endswith("bn.weight"):
                array[:] = 1
    return arrays
