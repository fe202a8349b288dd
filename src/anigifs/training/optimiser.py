"""Adam with a rate of its own for a fresh head, and the schedule of both."""

import math

import torch
from torch import nn

from anigifs.models import I3D
from anigifs.training.config import TrainConfig

BETAS = (0.9, 0.999)


def make_optimiser(model: I3D, config: TrainConfig, *, fresh_head: bool) -> torch.optim.Adam:
    """Return Adam (betas 0.9, 0.999: the paper, section 5.2) over the body and the head."""
    head = list(model.logits.parameters())
    body = [p for name, p in model.named_parameters() if not name.startswith("logits.")]
    groups = [
        {"params": body, "peak": config.lr},
        {"params": head, "peak": config.head_lr if fresh_head else config.lr},
    ]
    return torch.optim.Adam(groups, lr=config.lr, betas=BETAS, weight_decay=config.weight_decay)


def set_rates(optimiser: torch.optim.Optimizer, config: TrainConfig, step: int, total: int) -> None:
    """Set the learning rates for update number ``step``, counted from 0, of ``total``."""
    share = 1.0
    if config.schedule == "cosine":
        share = 0.5 * (1 + math.cos(math.pi * step / total))
    for group in optimiser.param_groups:
        group["lr"] = group["peak"] * share


def channels_last(model: I3D) -> I3D:
    """Lay the kernels out as the clips are, which is fastest; values and names stay."""
    return model.to(memory_format=torch.channels_last_3d)  # type: ignore[call-overload, no-any-return]


def freeze_batch_norm(model: nn.Module) -> None:
    """Let every BatchNorm use its running statistics and leave them as they are.

    Scale and offset are still trained. To be called after each ``model.train()``.
    """
    for module in model.modules():
        if isinstance(module, nn.BatchNorm3d):
            module.eval()
