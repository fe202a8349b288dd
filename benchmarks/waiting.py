"""How quickly clips are prepared, and how long training waits for them.

Waiting is the share of a training step's time that is spent on asking for the next batch; the step
is that of an I3D of a quarter of the width, batch 8, shorter than a real one. Run it as
``python -m benchmarks waiting``.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch
from torch.nn import functional

from anigifs.clips import LAPTOP, PreparedClips, prepare
from anigifs.clips.loader import ClipItem, ClipLoader
from anigifs.foundation.machine import processor
from anigifs.foundation.work import Local
from anigifs.models import build_i3d
from benchmarks.prepared import EACH, RULE, make_sources


def waiting(loader: ClipLoader, steps: int) -> tuple[float, float]:
    """Train for some steps; return the median step in seconds, and the share spent waiting."""
    model = build_i3d(num_classes=4, width=1 / 4).train()
    clips = torch.zeros(8, LAPTOP.frames, LAPTOP.size, LAPTOP.size, 3, dtype=torch.uint8)
    labels = torch.zeros(8, dtype=torch.int64)
    waits, whole = [], []
    batches = iter(loader)
    for _ in range(steps + 1):
        start = time.perf_counter()
        batch = next(batches)
        waits.append(time.perf_counter() - start)
        if batch.clips_BTHWC.shape == clips.shape:
            clips, labels = batch.clips_BTHWC, batch.labels_B
        with torch.autocast("cpu", torch.bfloat16):
            logits_BK, _ = model(clips)
        functional.cross_entropy(logits_BK.float(), labels).backward()  # type: ignore[no-untyped-call]
        model.zero_grad(set_to_none=True)
        whole.append(time.perf_counter() - start)
    return statistics.median(whole[1:]), sum(waits[1:]) / sum(whole[1:])


def main(arguments: Sequence[str] = ()) -> None:
    """Print what preparing and waiting take."""
    parser = argparse.ArgumentParser(prog="benchmarks waiting", description=__doc__)
    parser.add_argument("--steps", type=int, default=20)
    options = parser.parse_args(arguments)
    print(f"processor {processor()}, {torch.get_num_threads()} threads")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        kinds = make_sources(folder)
        for kind, sources in kinds.items():
            start = time.perf_counter()
            prepare(sources, RULE, folder / kind, executor=Local(1))
            seconds = time.perf_counter() - start
            size = sum(path.stat().st_size for path in (folder / kind).rglob("*.bin"))
            print(
                f"prepare {kind:26} {EACH / seconds:7.0f} clips/s {size / EACH / 1e6:6.2f} MB each"
            )
        small = replace(RULE, size=LAPTOP.size)
        prepare(kinds["raw"], small, folder / "small", executor=Local(1))
        stored = PreparedClips(folder / "small", small), PreparedClips(folder / "raw", RULE)
        for prepared, frames in zip(stored, (16, 40), strict=True):
            items = [ClipItem(s.clip_id, 0) for s in kinds["raw"]] * options.steps
            loader = ClipLoader(prepared, items, frames=frames, shuffle=True, flip=True)
            step, share = waiting(loader, options.steps)
            what = f"batches of 8 x {frames} x {prepared.rule.size} x {prepared.rule.size}"
            print(f"{what:34} {step:.3f} s a step, {100 * share:.2f} % waiting")
