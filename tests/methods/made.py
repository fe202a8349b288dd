"""A narrow network, a batch with boxes and a run, as the tests of methods need them."""

from dataclasses import replace

import numpy as np
import torch

from anigifs.clips.batch import Batch
from anigifs.methods import Method, Run, StepResult
from anigifs.models import I3D, build_i3d
from tests.training.made import settle


def network(classes: int = 3) -> I3D:
    """Settled, so that signals reach the head; in test mode."""
    model = build_i3d(classes, width=1 / 16)
    settle(model)
    return model.eval()


def batch_of(size: int = 4, seed: int = 0, classes: int = 3) -> Batch:
    """Noise of 16 x 64 x 64, with the actor in the upper left quarter of every clip."""
    generator = torch.Generator().manual_seed(seed)
    shape = (size, 16, 64, 64)
    tubes_BTHW = torch.zeros(shape, dtype=torch.bool)
    tubes_BTHW[:, :, :32, :32] = True
    return Batch(
        torch.randint(0, 256, (*shape, 3), dtype=torch.uint8, generator=generator),
        torch.arange(size) % classes,
        tuple(f"clip-{number}" for number in range(size)),
        ("video",) * size,
        tubes_BTHW,
    )


def run_of(updates: int = 20, **more: object) -> Run:
    """A run of the laptop's kind."""
    run = Run(
        updates=updates,
        seed=0,
        classes=("a", "b", "c"),
        scaled=True,
        tap="Mixed_4f",
        precision="float32",
        frozen=True,
        averaged=False,
        boxes=True,
        draw=lambda rng: batch_of(2, seed=int(rng.integers(1 << 30))),
    )
    return replace(run, **more)  # type: ignore[arg-type]


def target_of(size: int = 4, seed: int = 7) -> Batch:
    """Other noise, of which nobody knows what it shows."""
    batch = batch_of(size, seed)
    labels_B = torch.full((size,), -1)
    return replace(batch, labels_B=labels_B, domains=("animated-gif",) * size, tubes_BTHW=None)


def adapted(
    method: Method, model: I3D, batch: Batch, drawn: Batch, step: int = 0, backward: bool = False
) -> StepResult:
    """Return what a method that adapts gives after some updates of 20, and its gradients."""
    method.build(model, run_of(target=lambda rng: drawn, target_once=lambda: iter([drawn])))
    if step:
        method.after_step(step, {"target_clips": float(len(drawn))})
    method.augment(batch, rng_of())
    torch.manual_seed(0)  # of dropout
    result = method.loss(model, batch)
    if backward:
        torch.autograd.backward(result.loss)
    return result


def rng_of(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)
