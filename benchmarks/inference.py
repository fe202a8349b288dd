"""How much faster the inference copy is than the usual PyTorch port, on this machine.

Both have the same weights and see the same clip, and they alternate within one run, so that
whatever else the machine does falls on both. Run it as ``python -m benchmarks inference``.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from anigifs.clips.tensors import to_model_input
from anigifs.foundation.machine import processor
from anigifs.models import for_inference, load_model
from benchmarks.naive_i3d import NaiveI3D

GEOMETRY = (1, 40, 224, 224, 3)


@torch.inference_mode()
def compare(
    threads: int, rounds: int, clips_BTHWC: Tensor, weights: str = "i3d-kinetics-400"
) -> dict[str, object]:
    """Time both sides in turn on one batch of stored clips; return what was measured, in seconds.

    Each side starts from what is its natural input: the port from contiguous float32, which costs
    it nothing here, ours from the stored bytes, whose conversion is in its time.
    """
    torch.set_num_threads(threads)
    model, record = load_model(weights)
    naive = NaiveI3D(model.num_classes).eval()
    naive.load_state_dict(model.state_dict())
    fast = for_inference(model)
    floats = to_model_input(clips_BTHWC).contiguous()
    sides: dict[str, Callable[[], Tensor]] = {
        "naive": lambda: naive(floats),
        "ours": lambda: fast(clips_BTHWC)[0],
    }
    tops = {name: int(side()[0].argmax()) for name, side in sides.items()}  # and a warm-up
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, side in sides.items():
            start = time.perf_counter()
            side()
            seconds[name].append(time.perf_counter() - start)
    medians = {name: statistics.median(times) for name, times in seconds.items()}
    return {
        "processor": processor(),
        "threads": threads,
        "dtype": str(next(fast.parameters()).dtype).removeprefix("torch."),
        **{f"{name} median": round(median, 4) for name, median in medians.items()},
        **{f"{name} range": (round(min(t), 4), round(max(t), 4)) for name, t in seconds.items()},
        "ratio": round(medians["naive"] / medians["ours"], 2),
        "naive top-1": record.classes[tops["naive"]],
        "ours top-1": record.classes[tops["ours"]],
    }


def read_clip(path: Path | None) -> Tensor:
    """Return a GIF's frames at the benchmark's geometry, or noise where none is given."""
    if path is None:
        return torch.randint(0, 256, GEOMETRY, dtype=torch.uint8)
    import numpy as np
    from PIL import Image, ImageOps

    _, count, height, width, _ = GEOMETRY
    with Image.open(path) as gif:
        frames = []
        for index in np.linspace(0, getattr(gif, "n_frames", 1) - 1, count).round().astype(int):
            gif.seek(int(index))
            frames.append(np.asarray(ImageOps.fit(gif.convert("RGB"), (width, height))))
    return torch.from_numpy(np.stack(frames))[None]


def main(arguments: list[str] | None = None) -> None:
    """Print the comparison."""
    parser = argparse.ArgumentParser(prog="benchmarks inference", description=__doc__)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--clip", type=Path, help="a GIF; noise by default")
    options = parser.parse_args(arguments)
    for name, value in compare(options.threads, options.rounds, read_clip(options.clip)).items():
        print(f"{name:14} {value}")


if __name__ == "__main__":
    main()
