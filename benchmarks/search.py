"""What a search of RSDA takes beyond its forward passes, and a gate beyond an update.

A search of 50 tuples on a batch is timed against 50 bare forward passes of the same fast copy of
the network, alternating in one run; an update under saliency gating that checks its batch against
one that does not. Run it as ``python -m benchmarks search``.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch

from anigifs.clips.batch import Batch
from anigifs.foundation.machine import processor
from anigifs.methods import Run, make_method
from anigifs.models import I3D, for_inference, load_model
from anigifs.models.inference import autocast
from anigifs.training.optimiser import channels_last, freeze_batch_norm
from benchmarks.loading import film

SHAPE = (8, 16, 112, 112)
CANDIDATES = 50
UPDATES = 112


@dataclass(frozen=True)
class Pair:
    """Two ways to spend time, which take turns."""

    bare: Callable[[], object]
    whole: Callable[[], object]

    def ratios(self, rounds: int) -> tuple[list[float], float]:
        """Return ``whole / bare`` of each round, and the median seconds of the bare side."""
        times: list[tuple[float, float]] = []
        for _ in range(rounds + 1):
            times.append((seconds(self.bare), seconds(self.whole)))
        bare = statistics.median(one for one, _ in times[1:])
        return [two / one for one, two in times[1:]], bare


def seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def made_batch() -> Batch:
    rng = np.random.default_rng(0)
    count, frames, height, width = SHAPE
    films = np.stack([film(rng, height, width, frames) for _ in range(count)])
    tubes = torch.zeros(SHAPE, dtype=torch.bool)
    tubes[:, :, 30:80, 40:70] = True
    ids = tuple(map(str, range(SHAPE[0])))
    return Batch(torch.from_numpy(films), torch.arange(SHAPE[0]), ids, ("video",) * SHAPE[0], tubes)


def a_run(batch: Batch) -> Run:
    return Run(
        updates=UPDATES,
        seed=0,
        classes=(),
        scaled=True,
        tap="Mixed_4f",
        precision="auto",
        frozen=True,
        averaged=False,
        boxes=True,
        draw=lambda rng: batch,
    )


def search_pair(model: I3D, batch: Batch) -> Pair:
    method = make_method("rsda", [f"candidates={CANDIDATES}", "period=1"])
    fast = for_inference(model)
    method.build(model, a_run(batch))

    @torch.no_grad()
    def bare() -> None:
        for _ in range(CANDIDATES):
            fast(batch.clips_BTHWC)

    def whole() -> None:
        method.load_state_dict({"searches": [], "transformed": 0})
        if method.after_step(1, {}) is None:
            raise RuntimeError("no search was made")

    return Pair(bare, whole)


def gate_pair(model: I3D, batch: Batch, *options: str) -> Pair:
    def updates(checks: bool) -> Callable[[], None]:
        period = 1 if checks else UPDATES
        method = make_method("saliency-gating", [f"period={period}", *options])
        method.build(model, a_run(batch))

        def update() -> None:
            with autocast("auto", torch.device("cpu")):
                loss = method.loss(model, batch).loss
            torch.autograd.backward(loss)
            model.zero_grad(set_to_none=True)

        return update

    return Pair(updates(False), updates(True))


def trained(model: I3D) -> I3D:
    channels_last(model).train()
    freeze_batch_norm(model)
    return model


def main(arguments: list[str] | None = None) -> None:
    """Print the comparison."""
    parser = argparse.ArgumentParser(prog="benchmarks search", description=__doc__)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads)
    batch = made_batch()
    model = trained(load_model("i3d-kinetics-400")[0])
    pairs: dict[str, Pair] = {
        f"search of {CANDIDATES} tuples / {CANDIDATES} forward passes": search_pair(model, batch),
        "gated update / update, Mixed_4f": gate_pair(model, batch, "layer=Mixed_4f"),
        "gated update / update, Mixed_5c": gate_pair(model, batch, "layer=Mixed_5c"),
    }
    print(f"{processor()}, {options.threads} threads, {' x '.join(map(str, SHAPE))} clips")
    for title, pair in pairs.items():
        ratios, bare = pair.ratios(options.rounds)
        spread = f"{min(ratios):.2f} to {max(ratios):.2f} in {options.rounds} rounds"
        print(f"{title:48} {np.median(ratios):.2f} ({spread}); {bare:.2f} s bare")
