"""I3D: Inception-v1 inflated to three dimensions (Carreira & Zisserman, CVPR 2017).

Modules carry the names of the well-known PyTorch port, so that its files load as they are. One
forward serves plain classification and every method that has to look inside: ``edits`` replaces
the output of a named endpoint, ``taps`` hands it out.
"""

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from anigifs.clips.tensors import to_model_input
from anigifs.foundation import UsageError
from anigifs.models.padding import Triple, conv3d_same, max_pool3d_same

Edits = Mapping[str, Callable[[Tensor], Tensor]]

MIN_FRAMES = 9
"""The head averages over windows of 2 time cells, and a cell is 8 frames: 9 frames make 2 cells."""

STEM: dict[str, tuple[int, Triple, Triple]] = {
    "Conv3d_1a_7x7": (64, (7, 7, 7), (2, 2, 2)),
    "Conv3d_2b_1x1": (64, (1, 1, 1), (1, 1, 1)),
    "Conv3d_2c_3x3": (192, (3, 3, 3), (1, 1, 1)),
}
"""Single convolutions: channels out, kernel, stride."""

POOLS: dict[str, tuple[Triple, Triple]] = {
    "MaxPool3d_2a_3x3": ((1, 3, 3), (1, 2, 2)),
    "MaxPool3d_3a_3x3": ((1, 3, 3), (1, 2, 2)),
    "MaxPool3d_4a_3x3": ((3, 3, 3), (2, 2, 2)),
    "MaxPool3d_5a_2x2": ((2, 2, 2), (2, 2, 2)),
}
"""Max-poolings between the stages: kernel, stride."""

INCEPTIONS: dict[str, tuple[int, int, int, int, int, int]] = {
    "Mixed_3b": (64, 96, 128, 16, 32, 32),
    "Mixed_3c": (128, 128, 192, 32, 96, 64),
    "Mixed_4b": (192, 96, 208, 16, 48, 64),
    "Mixed_4c": (160, 112, 224, 24, 64, 64),
    "Mixed_4d": (128, 128, 256, 24, 64, 64),
    "Mixed_4e": (112, 144, 288, 32, 64, 64),
    "Mixed_4f": (256, 160, 320, 32, 128, 128),
    "Mixed_5b": (256, 160, 320, 32, 128, 128),
    "Mixed_5c": (384, 192, 384, 48, 128, 128),
}
"""Inception blocks: channels out of b0, b1a, b1b, b2a, b2b and b3b."""

ENDPOINTS: tuple[str, ...] = (
    "Conv3d_1a_7x7",
    "MaxPool3d_2a_3x3",
    "Conv3d_2b_1x1",
    "Conv3d_2c_3x3",
    "MaxPool3d_3a_3x3",
    "Mixed_3b",
    "Mixed_3c",
    "MaxPool3d_4a_3x3",
    "Mixed_4b",
    "Mixed_4c",
    "Mixed_4d",
    "Mixed_4e",
    "Mixed_4f",
    "MaxPool3d_5a_2x2",
    "Mixed_5b",
    "Mixed_5c",
)
"""The blocks of the network in order: what ``edits`` and ``taps`` may name."""


class Unit3D(nn.Module):
    """Convolution without bias, batch normalisation, ReLU; ``(B, C, T, H, W)`` in and out."""

    def __init__(
        self,
        channels_in: int,
        channels_out: int,
        kernel: Triple = (1, 1, 1),
        stride: Triple = (1, 1, 1),
        *,
        momentum: float = 0.01,
    ) -> None:
        super().__init__()
        self.stride = stride
        self.conv3d = nn.Conv3d(channels_in, channels_out, kernel, stride, bias=False)
        self.bn = nn.BatchNorm3d(channels_out, eps=1e-3, momentum=momentum)

    def forward(self, x_BCTHW: Tensor) -> Tensor:
        """Apply the unit under SAME padding."""
        x_BCTHW = conv3d_same(x_BCTHW, self.conv3d.weight, stride=self.stride)
        return functional.relu(self.bn(x_BCTHW), inplace=True)


class MaxPool3dSame(nn.Module):
    """Max-pooling under SAME padding; ``(B, C, T, H, W)`` in and out, of one type.

    A maximum is exact in any type. On the CPU autocast would still pool in float32: that takes
    longer, as do the copies, and every convolution that follows would make bfloat16 of it anew.
    """

    def __init__(self, kernel: Triple, stride: Triple) -> None:
        super().__init__()
        self.kernel, self.stride = kernel, stride

    def forward(self, x_BCTHW: Tensor) -> Tensor:
        """Apply the pooling."""
        with without_autocast(x_BCTHW.device.type):
            return max_pool3d_same(x_BCTHW, self.kernel, self.stride)


class Inception(nn.Module):
    """Four parallel branches on one input, joined along the channels in the order b0 to b3."""

    def __init__(
        self, channels_in: int, widths: tuple[int, int, int, int, int, int], *, momentum: float
    ) -> None:
        super().__init__()
        b0, b1a, b1b, b2a, b2b, b3b = widths
        self.b0 = Unit3D(channels_in, b0, momentum=momentum)
        self.b1a = Unit3D(channels_in, b1a, momentum=momentum)
        self.b1b = Unit3D(b1a, b1b, (3, 3, 3), momentum=momentum)
        self.b2a = Unit3D(channels_in, b2a, momentum=momentum)
        self.b2b = Unit3D(b2a, b2b, (3, 3, 3), momentum=momentum)
        self.b3a = MaxPool3dSame((3, 3, 3), (1, 1, 1))
        self.b3b = Unit3D(channels_in, b3b, momentum=momentum)
        self.channels_out = b0 + b1b + b2b + b3b

    def forward(self, x_BCTHW: Tensor) -> Tensor:
        """Apply the block."""
        b1 = self.b1b(self.b1a(x_BCTHW))
        b2 = self.b2b(self.b2a(x_BCTHW))
        b3 = self.b3b(self.b3a(x_BCTHW))
        return torch.cat((self.b0(x_BCTHW), b1, b2, b3), dim=1)


class Levels(NamedTuple):
    """What a head makes of a map, on the whole and by its parts; all float32.

    Attributes:
        logits_BK: Of the classes: what the network answers.
        features_BD: What they are made of.
        local_logits_BSK: Of ``S`` answers by parts of the map, each for itself.
        local_features_BD: What those are made of.
    """

    logits_BK: Tensor
    features_BD: Tensor
    local_logits_BSK: Tensor
    local_features_BD: Tensor


class Head(nn.Module):
    """From the last map to class scores; always in float32, whatever the body runs in.

    Attributes:
        layer: The endpoint whose output the head reads.
    """

    layer: str = ENDPOINTS[-1]

    def __init__(
        self, channels_in: int, num_classes: int, dropout: float, kernel: Triple = (1, 1, 1)
    ) -> None:
        super().__init__()
        self.dropout = nn.Dropout(dropout)
        self.conv3d = nn.Conv3d(channels_in, num_classes, kernel)

    def forward(self, x_BCTHW: Tensor) -> Tensor:
        """Return ``logits_BK``: the mean of the scores of all windows of two time cells.

        The first and the last cell are in one window and the others in two, so five cells weigh
        1:2:2:2:1, as in the original. The mean over height and width takes a map of any size.
        """
        return self._scores(_windows(time_cells(x_BCTHW))).mean(dim=1)

    def levels(self, x_BCTHW: Tensor) -> Levels:
        """Return the scores and the pooled vector; its parts are the time cells, each scored alone.

        The features are as they were before dropout.
        """
        cells_BTC = time_cells(x_BCTHW)
        windows_BTC = _windows(cells_BTC)
        return Levels(
            self._scores(windows_BTC).mean(dim=1),
            windows_BTC.mean(dim=1),
            self._scores(cells_BTC),
            cells_BTC.flatten(1),
        )

    def _scores(self, x_BTC: Tensor) -> Tensor:
        x_BTC = self.dropout(x_BTC)
        with without_autocast(x_BTC.device.type):
            return functional.linear(x_BTC, self.conv3d.weight.flatten(1), self.conv3d.bias)


class I3D(nn.Module):
    """Inception-v1 I3D on RGB clips.

    Args:
        num_classes: Classes ``K`` of the head.
        width: Scales the channels of every layer (rounded up); 1.0 is the published network,
            1/16 one that tests can train.
        dropout: The share of features *dropped* before the head in training.
        batch_norm_momentum: The weight of a batch in the running statistics.

    Example:
        >>> model = I3D(400, width=1 / 16).eval()
        >>> clips_BTHWC = torch.zeros(1, 16, 64, 64, 3, dtype=torch.uint8)
        >>> logits_BK, tapped = model(clips_BTHWC, taps=["Mixed_5c"])
        >>> logits_BK.shape, tapped["Mixed_5c"].shape
        (torch.Size([1, 400]), torch.Size([1, 64, 2, 2, 2]))
    """

    def __init__(
        self,
        num_classes: int,
        width: float = 1.0,
        dropout: float = 0.5,
        batch_norm_momentum: float = 0.01,
    ) -> None:
        super().__init__()
        self.num_classes, self.width = num_classes, width
        channels = 3
        for name in ENDPOINTS:
            if name in POOLS:
                self.add_module(name, MaxPool3dSame(*POOLS[name]))
            elif name in STEM:
                full, kernel, stride = STEM[name]
                wide = _scaled(full, width)
                unit = Unit3D(channels, wide, kernel, stride, momentum=batch_norm_momentum)
                self.add_module(name, unit)
                channels = wide
            else:
                b0, b1a, b1b, b2a, b2b, b3b = (_scaled(full, width) for full in INCEPTIONS[name])
                widths = (b0, b1a, b1b, b2a, b2b, b3b)
                block = Inception(channels, widths, momentum=batch_norm_momentum)
                self.add_module(name, block)
                channels = block.channels_out
        self.logits = Head(channels, num_classes, dropout)

    def forward(
        self, clips: Tensor, edits: Edits | None = None, taps: Collection[str] = ()
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """Classify clips, and look inside where asked.

        Blocks that follow the endpoint which the head reads are not run.

        Args:
            clips: ``uint8`` ``(B, T, H, W, 3)`` as clips are stored, or floating point
                ``(B, 3, T, H, W)`` in [-1, 1] for a method that perturbs its input. T >= 9.
            edits: For an endpoint's name, a function of its output ``(B, C, T', H', W')``; what
                it returns takes the output's place.
            taps: Names of the endpoints whose output, after its edit, is handed out.

        Returns:
            ``logits_BK`` in float32, and the tapped outputs by name.

        Raises:
            ValueError: Fewer than 9 frames, or no endpoint of that name.
            TypeError: The clips are neither of the two kinds.
            UsageError: An endpoint that follows the one which the head reads, or a number of time
                cells that the head was not built for.
        """
        edits = edits or {}
        self._check_endpoints([*edits, *taps])
        x_BCTHW, tapped = self._through(self.blocks, self._to_input(clips), edits, taps)
        return self.logits(x_BCTHW), tapped

    def levels(self, clips: Tensor) -> Levels:
        """Return what the head makes of clips, on the whole and by their parts.

        Args:
            clips: As for :meth:`forward`.
        """
        x_BCTHW, _ = self._through(self.blocks, self._to_input(clips), {}, ())
        return self.logits.levels(x_BCTHW)

    @property
    def blocks(self) -> tuple[str, ...]:
        """The endpoints that are run: up to the one that the head reads."""
        return ENDPOINTS[: ENDPOINTS.index(self.logits.layer) + 1]

    def rest(self, endpoint: str, x_BCTHW: Tensor) -> Tensor:
        """Classify from the middle: run what follows an endpoint on an output of it.

        A gradient of the scores by what an endpoint puts out needs this part of the network only.

        Args:
            endpoint: Its name; of the one that the head reads, usually ``Mixed_5c``, the head alone
                is left to run.
            x_BCTHW: What the endpoint put out, such as ``taps`` hands out, in the type that the
                network computes in.

        Returns:
            ``logits_BK`` in float32.

        Raises:
            ValueError: No endpoint of that name.
            UsageError: It follows the one that the head reads.

        Example:
            >>> model = I3D(400, width=1 / 16).eval()
            >>> model.rest("Mixed_4f", torch.zeros(1, 52, 4, 4, 4)).shape
            torch.Size([1, 400])
        """
        self._check_endpoints([endpoint])
        following = self.blocks[self.blocks.index(endpoint) + 1 :]
        logits_BK: Tensor = self.logits(self._through(following, x_BCTHW, {}, ())[0])
        return logits_BK

    def _through(
        self, names: Sequence[str], x_BCTHW: Tensor, edits: Edits, taps: Collection[str]
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """Run the named blocks."""
        tapped: dict[str, Tensor] = {}
        for name in names:
            x_BCTHW = self.get_submodule(name)(x_BCTHW)
            if name in edits:
                x_BCTHW = edits[name](x_BCTHW).to(x_BCTHW.dtype)
            if name in taps:
                tapped[name] = x_BCTHW
        return x_BCTHW, tapped

    def _check_endpoints(self, names: Collection[str]) -> None:
        for name in names:
            if name not in ENDPOINTS:
                raise ValueError(f"no endpoint {name!r}; the endpoints are {', '.join(ENDPOINTS)}")
            if name not in self.blocks:
                layer = self.logits.layer
                raise UsageError(f"{name} is not run in this network: its head reads {layer}")

    def _to_input(self, clips: Tensor) -> Tensor:
        dtype = next(self.parameters()).dtype
        if clips.is_floating_point():
            if clips.ndim != 5 or clips.shape[1] != 3:
                raise TypeError(f"floating clips are (B, 3, T, H, W), not {tuple(clips.shape)}")
            x_BCTHW = clips.to(dtype).contiguous(memory_format=torch.channels_last_3d)
        else:
            x_BCTHW = to_model_input(clips, dtype)
        if x_BCTHW.shape[2] < MIN_FRAMES:
            raise ValueError(f"I3D takes {MIN_FRAMES} frames or more, not {x_BCTHW.shape[2]}")
        return x_BCTHW


def cells_at(endpoint: str, frames: int) -> int:
    """Return how many time cells an endpoint puts out for clips of ``frames`` frames.

    Example:
        >>> cells_at("Mixed_5c", 40), cells_at("Mixed_4f", 16), cells_at("Mixed_5c", 16)
        (5, 4, 2)
    """
    for name in ENDPOINTS[: ENDPOINTS.index(endpoint) + 1]:
        if name in STEM:
            frames = math.ceil(frames / STEM[name][2][0])
        elif name in POOLS:
            frames = math.ceil(frames / POOLS[name][1][0])
    return frames


def _scaled(channels: int, width: float) -> int:
    return max(1, math.ceil(channels * width))


def time_cells(x_BCTHW: Tensor) -> Tensor:
    """Return the mean of each time cell, ``(B, T, C)``."""
    return x_BCTHW.float().mean(dim=(3, 4)).transpose(1, 2)


def _windows(cells_BTC: Tensor) -> Tensor:
    """Return the mean of each window of two time cells."""
    return (cells_BTC[:, 1:] + cells_BTC[:, :-1]) / 2


def without_autocast(device_type: str) -> AbstractContextManager[object]:
    """Return a context in which a head computes in float32."""
    if not torch.amp.is_autocast_available(device_type):  # such as the meta device
        return nullcontext()
    return torch.autocast(device_type, enabled=False)
