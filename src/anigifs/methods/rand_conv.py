"""RandConv: clips under a random convolution, which changes textures and leaves shapes.

Source: Xu et al., "Robust and Generalizable Visual Representation Learning via Random Convolutions"
(ICLR 2021), as data augmentation alone: without the consistency loss of their published runs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from anigifs.clips.batch import Batch
from anigifs.clips.tensors import to_model_input
from anigifs.foundation import UsageError
from anigifs.methods.hooks import Method, Run
from anigifs.models import I3D

SIZES = (1, 3, 5, 7)
"""Kernels' heights and widths, each as likely as any other."""


@dataclass(frozen=True)
class RandConvOptions:
    """What RandConv can be told.

    Attributes:
        p: Of the batches, on the average, that go through a convolution, 0..1; none is the
            authors': 0.5, and every batch where it is mixed with the original.
        mix: Whether what comes out is mixed with the original, by a share drawn from 0..1.
    """

    p: float | None = None
    mix: bool = False

    def __post_init__(self) -> None:
        if not 0 < self.probability <= 1:
            raise UsageError(f"p is above 0 and at most 1, not {self.p}")

    @property
    def probability(self) -> float:
        """Of a batch to go through a convolution."""
        if self.p is not None:
            return self.p
        return 1.0 if self.mix else 0.5


class RandConv(Method):
    """Some batches go through a convolution drawn for them alone, the same for all frames."""

    Options = RandConvOptions
    options: RandConvOptions

    def build(self, model: I3D, run: Run) -> None:
        """Begin with no batch convolved."""
        self._convolved = 0
        self._act: dict[str, Any] | None = None  # of this update

    def augment(self, batch: Batch, rng: np.random.Generator) -> Batch:
        """Return the batch as it is, or under a fresh convolution."""
        convolves = rng.random() < self.options.probability
        kernel_OIHW = random_kernel(rng)
        original = float(rng.random()) if self.options.mix else 0.0
        self._act = {"kernel": kernel_OIHW.shape[-1], "original": original} if convolves else None
        if not convolves:
            return batch
        self._convolved += 1
        clips = [convolved(clip_THWC, kernel_OIHW, original) for clip_THWC in batch.clips_BTHWC]
        return replace(batch, clips_BTHWC=torch.stack(clips))

    def after_step(self, step: int, counts: Mapping[str, float]) -> dict[str, Any] | None:
        """Tell the size of the kernel and the share of the original, where there was one."""
        return None if self._act is None else {"step": step, **self._act}

    def has_acted(self) -> bool:
        """Return whether a batch went through a convolution so far."""
        return self._convolved > 0

    def shortfall(self) -> str | None:
        """Return that no batch ever did, if so."""
        return None if self._convolved else "no batch went through a convolution"

    def state_dict(self) -> dict[str, Any]:
        """Return how many batches went through one."""
        return {"convolved": self._convolved}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take the count back."""
        self._convolved = state["convolved"]


def random_kernel(rng: np.random.Generator) -> Tensor:
    """Return a kernel of a random size and random weights.

    The weights are normal with the variance 1 / (3 k^2), one over what a sum of the convolution
    adds up: He's rule without its factor for a ReLU, of which there is none.

    Returns:
        float32 ``(3, 3, k, k)``.
    """
    size = SIZES[int(rng.integers(len(SIZES)))]
    weights = rng.normal(0.0, (3 * size**2) ** -0.5, (3, 3, size, size))
    return torch.from_numpy(weights).float()


@torch.no_grad()
def convolved(clip_THWC: Tensor, kernel_OIHW: Tensor, original: float = 0.0) -> Tensor:
    """Return a clip whose frames went through a convolution.

    It works on the network's own scale, [-1, 1], and pads with zero, which is grey. What comes out
    is cut off at -1 and 1, mixed with the original, and rounded to whole levels.

    Args:
        clip_THWC: uint8.
        kernel_OIHW: Of an odd size.
        original: The share of the original in what is returned, 0..1.

    Returns:
        uint8, of the same shape.

    Example:
        >>> swap_OIHW = torch.eye(3).flip(0).view(3, 3, 1, 1)  # red for blue
        >>> convolved(torch.tensor([[[[10, 20, 30]]]], dtype=torch.uint8), swap_OIHW).tolist()
        [[[[30, 20, 10]]]]
    """
    frames_TCHW = to_model_input(clip_THWC.unsqueeze(0))[0].transpose(0, 1)
    padding = kernel_OIHW.shape[-1] // 2
    seen_TCHW = functional.conv2d(frames_TCHW, kernel_OIHW, padding=padding)
    mixed_TCHW = torch.lerp(seen_TCHW.clamp(-1, 1), frames_TCHW, original)
    levels_TCHW = ((mixed_TCHW + 1) * 127.5).round().byte()
    return levels_TCHW.permute(0, 2, 3, 1).contiguous()
