"""I3D the way it is usually ported to PyTorch, as the opponent of the inference benchmark.

float32, contiguous, zero-padded copies before every convolution and pooling, BatchNorm on its own.
It loads the project's own state dict, so that both sides compute the same function.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

Triple = tuple[int, int, int]


def pad_same(x: Tensor, kernel: Triple, stride: Triple) -> Tensor:
    pads: list[int] = []
    for size, k, d in zip(reversed(x.shape[2:]), reversed(kernel), reversed(stride), strict=True):
        total = max(k - d, 0) if size % d == 0 else max(k - size % d, 0)
        pads += [total // 2, total - total // 2]
    return functional.pad(x, pads)


class NaivePool(nn.Module):
    """Max-pooling of a zero-padded copy."""

    def __init__(self, kernel: Triple, stride: Triple) -> None:
        super().__init__()
        self.kernel, self.stride = kernel, stride
        self.pool = nn.MaxPool3d(kernel, stride)

    def forward(self, x: Tensor) -> Tensor:
        """Apply the module."""
        pooled: Tensor = self.pool(pad_same(x, self.kernel, self.stride))
        return pooled


class NaiveUnit(nn.Module):
    """Convolution of a zero-padded copy, BatchNorm, ReLU."""

    def __init__(self, c_in: int, c_out: int, kernel: int = 1, stride: int = 1) -> None:
        super().__init__()
        self.kernel, self.stride = (kernel,) * 3, (stride,) * 3
        self.conv3d = nn.Conv3d(c_in, c_out, self.kernel, self.stride, bias=False)
        self.bn = nn.BatchNorm3d(c_out, eps=0.001, momentum=0.01)

    def forward(self, x: Tensor) -> Tensor:
        """Apply the module."""
        return functional.relu(self.bn(self.conv3d(pad_same(x, self.kernel, self.stride))))


class NaiveInception(nn.Module):
    """Four branches, joined by channel."""

    def __init__(self, c_in: int, widths: tuple[int, ...]) -> None:
        super().__init__()
        self.b0 = NaiveUnit(c_in, widths[0])
        self.b1a = NaiveUnit(c_in, widths[1])
        self.b1b = NaiveUnit(widths[1], widths[2], 3)
        self.b2a = NaiveUnit(c_in, widths[3])
        self.b2b = NaiveUnit(widths[3], widths[4], 3)
        self.b3a = NaivePool((3, 3, 3), (1, 1, 1))
        self.b3b = NaiveUnit(c_in, widths[5])

    def forward(self, x: Tensor) -> Tensor:
        """Apply the module."""
        b1 = self.b1b(self.b1a(x))
        b2 = self.b2b(self.b2a(x))
        return torch.cat([self.b0(x), b1, b2, self.b3b(self.b3a(x))], dim=1)


class NaiveHead(nn.Module):
    """Average pooling, then a score of every window, then their mean."""

    def __init__(self, num_classes: int, last: int) -> None:
        super().__init__()
        self.avg_pool = nn.AvgPool3d((2, last, last), stride=1)
        self.dropout = nn.Dropout(0.5)
        self.conv3d = nn.Conv3d(1024, num_classes, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Apply the module."""
        steps: Tensor = self.conv3d(self.dropout(self.avg_pool(x)))
        return steps.flatten(2).mean(dim=2)


class NaiveI3D(nn.Module):
    """(B, 3, T, 32 ``last``, 32 ``last``) float32 in [-1, 1] -> (B, K)."""

    def __init__(self, num_classes: int = 400, last: int = 7) -> None:
        super().__init__()
        self.Conv3d_1a_7x7 = NaiveUnit(3, 64, 7, 2)
        self.MaxPool3d_2a_3x3 = NaivePool((1, 3, 3), (1, 2, 2))
        self.Conv3d_2b_1x1 = NaiveUnit(64, 64)
        self.Conv3d_2c_3x3 = NaiveUnit(64, 192, 3)
        self.MaxPool3d_3a_3x3 = NaivePool((1, 3, 3), (1, 2, 2))
        self.Mixed_3b = NaiveInception(192, (64, 96, 128, 16, 32, 32))
        self.Mixed_3c = NaiveInception(256, (128, 128, 192, 32, 96, 64))
        self.MaxPool3d_4a_3x3 = NaivePool((3, 3, 3), (2, 2, 2))
        self.Mixed_4b = NaiveInception(480, (192, 96, 208, 16, 48, 64))
        self.Mixed_4c = NaiveInception(512, (160, 112, 224, 24, 64, 64))
        self.Mixed_4d = NaiveInception(512, (128, 128, 256, 24, 64, 64))
        self.Mixed_4e = NaiveInception(512, (112, 144, 288, 32, 64, 64))
        self.Mixed_4f = NaiveInception(528, (256, 160, 320, 32, 128, 128))
        self.MaxPool3d_5a_2x2 = NaivePool((2, 2, 2), (2, 2, 2))
        self.Mixed_5b = NaiveInception(832, (256, 160, 320, 32, 128, 128))
        self.Mixed_5c = NaiveInception(832, (384, 192, 384, 48, 128, 128))
        self.logits = NaiveHead(num_classes, last)

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits."""
        for block in self.children():
            x = block(x)
        return x
