"""How much faster the inference copy is than the usual PyTorch port and than inference engines.

All have the same weights and see the same clip, and must call it the same. Each starts from what is
its natural input: the others from contiguous float32, which costs them nothing here, ours from the
stored bytes, whose conversion is in its time. The bound is the network's convolutions at the rate
of the largest of them, measured in the same rounds.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from torch.utils.flop_counter import FlopCounterMode

from anigifs.clips.tensors import to_model_input
from anigifs.models import I3D, build_i3d, for_inference, load_model
from benchmarks.engines import engines
from benchmarks.loading import film
from benchmarks.naive_i3d import NaiveI3D
from benchmarks.rows import LIMIT, OURS, Asked, Row, Task, Work, one_thread, version

TARGET = 3.5
WEIGHTS = "i3d-kinetics-400"
PAPER, TINY = (1, 40, 224, 224, 3), (1, 9, 32, 32, 3)
LARGEST = (64, 192, (20, 56, 56))
"""Channels in and out, and the map: the convolution of Conv3d_2c_3x3, a third of the work."""
CLOSE = 0.1  # of the largest logit: bfloat16 keeps 8 bits


@torch.inference_mode()
def rows(asked: Asked) -> list[Row]:
    """Compare one forward pass."""
    one_thread()
    torch.set_num_threads(asked.threads)
    shape = TINY if asked.tiny else PAPER
    device = torch.device(asked.device)
    rng = np.random.default_rng(0)
    clips_BTHWC = torch.from_numpy(film(rng, *shape[2:4], shape[1]))[None].to(device)
    model = network(asked).to(device)
    naive = usual_port(model, shape[2])
    fast = for_inference(model)
    floats = to_model_input(clips_BTHWC).contiguous()
    usual = f"{version('torch')}, the usual port in float32"
    answers: dict[str, Callable[[], Tensor]] = {
        OURS: lambda: fast(clips_BTHWC)[0],
        usual: lambda: naive(floats),
    }
    absent: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        if not asked.cuda:
            loaded, absent = engines(naive, floats, asked.threads, Path(folder))
            array = floats.numpy()
            for name, engine in loaded.items():
                answers[name] = lambda engine=engine: torch.from_numpy(engine(array))  # type: ignore[misc]
        check(answers)
        dtype = next(fast.parameters()).dtype
        flops = flops_of(lambda: naive(floats))
        sides: dict[str, Work] = {**answers, LIMIT: convolving(flops, dtype, device, asked.tiny)}
        kind = str(dtype).removeprefix("torch.")
        task = Task(
            what=f"I3D, inference ({kind})",
            shape=" x ".join(map(str, shape[:4])),
            threads=asked.threads,
            targets={usual: TARGET},
            limit=f"{flops / 1e9:.0f} GFLOP of convolutions, at the largest one's rate",
            notes={usual: "float32, contiguous, padded before each layer, BatchNorm on its own."},
        )
        return task.rows(sides, asked.rounds, asked.clock, absent)


def network(asked: Asked) -> I3D:
    """Return I3D with the real weights, or with drawn ones where size is all that counts."""
    return build_i3d(400).eval() if asked.tiny else load_model(WEIGHTS)[0].eval()


def usual_port(model: I3D, side: int) -> NaiveI3D:
    """Return the usual port with the same weights, for clips of a height and width."""
    naive = NaiveI3D(model.num_classes, last=-(-side // 32)).eval()
    naive.load_state_dict(model.state_dict())
    return naive.to(next(model.parameters()).device)


def check(answers: dict[str, Callable[[], Tensor]]) -> None:
    """Raise an error where one side does not say what the others say."""
    logits = {name: answer().float().cpu() for name, answer in answers.items()}
    ours_BK = logits.pop(OURS)
    for name, logits_BK in logits.items():
        apart = float((logits_BK - ours_BK).abs().max() / logits_BK.abs().max())
        if apart > CLOSE:
            raise AssertionError(f"{name}: logits are {apart:.2f} of the largest one away")


def flops_of(work: Callable[[], object]) -> int:
    """Return the floating-point operations of matrix products and convolutions in some work."""
    with FlopCounterMode(display=False) as counter:
        work()
    return int(counter.get_total_flops())


def convolving(flops: int, dtype: torch.dtype, device: torch.device, tiny: bool = False) -> Work:
    """Return work of as many operations, in the convolution that takes most of them."""
    c_in, c_out, cells = LARGEST
    cells = (2, 7, 7) if tiny else cells
    layout = torch.channels_last_3d
    x = torch.rand(1, c_in, *cells, dtype=dtype, device=device).contiguous(memory_format=layout)
    weight = torch.rand(c_out, c_in, 3, 3, 3, dtype=dtype, device=device)
    weight = weight.contiguous(memory_format=layout)
    each = 2 * c_in * c_out * 27 * int(np.prod(cells))
    times = max(1, round(flops / each))

    @torch.no_grad()
    def convolve() -> None:
        for _ in range(times):
            functional.conv3d(x, weight, padding=1)

    return convolve
