"""Where a run computes: one process or several, a GPU or the processor."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import torch
from torch import distributed


@dataclass(frozen=True)
class Place:
    """One process of a run.

    Attributes:
        rank: Its number; 0 writes the files.
        world: How many there are.
        device: What it computes on.
    """

    rank: int
    world: int
    device: torch.device


@contextmanager
def processes() -> Iterator[Place]:
    """Join the other processes that ``torchrun`` started, if it did; leave them at the end."""
    world = int(os.environ.get("WORLD_SIZE", "1"))
    local = int(os.environ.get("LOCAL_RANK", "0"))
    gpu = torch.cuda.is_available()
    device = torch.device("cuda", local) if gpu else torch.device("cpu")
    if world == 1:
        yield Place(0, 1, device)
        return
    if gpu:
        torch.cuda.set_device(device)
    # One of them may prepare clips for hours while the others wait.
    distributed.init_process_group("nccl" if gpu else "gloo", timeout=timedelta(days=2))
    try:
        yield Place(distributed.get_rank(), world, device)
    finally:
        distributed.destroy_process_group()
