"""How much faster a training step is than the usual PyTorch port's.

Both start from the same weights and see the same batch of stored bytes: forward, cross-entropy,
backward, Adam. The bound is the step's convolutions, forward and backward, at the rate of the
largest one's forward pass, measured in the same rounds.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional

from anigifs.clips.tensors import to_model_input
from anigifs.models import fastest_dtype
from anigifs.models.inference import autocast
from anigifs.training.optimiser import channels_last, freeze_batch_norm
from benchmarks.inference import convolving, flops_of, network, usual_port
from benchmarks.rows import LIMIT, OURS, Asked, Row, Task, Work, one_thread, version

TARGET = 2.5
SHAPES = ((1, 40, 224, 224, 3), (8, 16, 112, 112, 3))
TINY = ((1, 9, 32, 32, 3),)


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


def rows(asked: Asked) -> list[Row]:
    """Compare one update, at each geometry."""
    one_thread()
    torch.set_num_threads(asked.threads)
    return [row for shape in (TINY if asked.tiny else SHAPES) for row in updating(shape, asked)]


def updating(shape: tuple[int, ...], asked: Asked) -> list[Row]:
    """Compare one update of a batch."""
    torch.manual_seed(0)
    device = torch.device(asked.device)
    clips_BTHWC = torch.randint(0, 256, shape, dtype=torch.uint8, device=device)
    labels_B = torch.arange(shape[0], device=device)
    ours = network(asked).to(device)
    naive = usual_port(ours, shape[2])
    ours = channels_last(ours)

    def our_forward() -> Tensor:
        with autocast("auto", device):
            logits_BK: Tensor = ours(clips_BTHWC)[0]
        return logits_BK

    def naive_forward() -> Tensor:
        logits_BK: Tensor = naive(to_model_input(clips_BTHWC).contiguous())
        return logits_BK

    usual = f"{version('torch')}, the usual port in float32"
    dtype = fastest_dtype(device)
    step = make_step(naive, naive_forward, labels_B)
    flops = flops_of(step)
    sides: dict[str, Work] = {
        OURS: make_step(ours, our_forward, labels_B),
        LIMIT: convolving(flops, dtype, device, asked.tiny),
        usual: step,
    }
    task = Task(
        what=f"I3D, training step ({str(dtype).removeprefix('torch.')})",
        shape=" x ".join(map(str, shape[:4])),
        unit="s",
        threads=asked.threads,
        targets={usual: TARGET},
        limit=f"{flops / 1e9:.0f} GFLOP of convolutions, at the largest one's rate",
        notes={usual: "float32, contiguous, padded before each layer, BatchNorm on its own."},
    )
    return task.rows(sides, asked.rounds, asked.clock)
