"""How much faster a training step is than the usual PyTorch port's, on this machine.

Both start from the same weights, see the same batch and alternate within one run: forward,
cross-entropy, backward, Adam. Run it as ``python -m benchmarks training``.
"""

import argparse
import statistics
import time
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional

from anigifs.clips.tensors import to_model_input
from anigifs.foundation.machine import processor
from anigifs.models import fastest_dtype, load_model
from anigifs.models.inference import autocast
from anigifs.training.optimiser import channels_last, freeze_batch_norm
from benchmarks.naive_i3d import NaiveI3D

SHAPE = (8, 16, 112, 112, 3)


def make_step(
    model: nn.Module, forward: Callable[[], Tensor], labels_B: Tensor
) -> Callable[[], float]:
    """Return one update of a model, which gives its loss."""
    model.train()
    freeze_batch_norm(model)
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-5)

    def step() -> float:
        loss = functional.cross_entropy(forward(), labels_B)
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        return float(loss.detach())

    return step


def main(arguments: list[str] | None = None) -> None:
    """Print the comparison."""
    parser = argparse.ArgumentParser(prog="benchmarks training", description=__doc__)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    clips_BTHWC = torch.randint(0, 256, SHAPE, dtype=torch.uint8)
    labels_B = torch.arange(SHAPE[0])

    ours, _ = load_model("i3d-kinetics-400")
    naive = NaiveI3D(ours.num_classes, last=4)
    naive.load_state_dict(ours.state_dict())
    ours = channels_last(ours)

    def our_forward() -> Tensor:
        with autocast("auto", torch.device("cpu")):
            logits_BK: Tensor = ours(clips_BTHWC)[0]
        return logits_BK

    def naive_forward() -> Tensor:
        logits_BK: Tensor = naive(to_model_input(clips_BTHWC).contiguous())
        return logits_BK

    steps = {
        "naive": make_step(naive, naive_forward, labels_B),
        "ours": make_step(ours, our_forward, labels_B),
    }
    seconds: dict[str, list[float]] = {name: [] for name in steps}
    losses: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(options.rounds + 1):
        for name, step in steps.items():
            begun = time.perf_counter()
            losses[name].append(step())
            seconds[name].append(time.perf_counter() - begun)
    medians = {name: statistics.median(times[1:]) for name, times in seconds.items()}
    shape = " x ".join(map(str, SHAPE))
    dtype = str(fastest_dtype(torch.device("cpu"))).removeprefix("torch.")
    print(f"processor {processor()}, {options.threads} threads; batch {shape}; ours in {dtype}")
    for name, times in seconds.items():
        low, high = min(times[1:]), max(times[1:])
        loss = f"loss {losses[name][0]:.3f} -> {losses[name][-1]:.3f}"
        print(f"{name:6} {medians[name]:.3f} s a step ({low:.3f} - {high:.3f}); {loss}")
    print(f"ratio  {medians['naive'] / medians['ours']:.2f}")


if __name__ == "__main__":
    main()
