"""How fast prepared clips are read, against decoding anew, and how long training waits for them.

Reading is processor time on one core from a warm page cache, 40 of 64 frames of 224 x 224, into
fresh arrays; all sides alternate within one run. Waiting is the share of a training step's time
that is spent on asking for the next batch; the step is that of an I3D of a quarter of the width
on 16 x 112 x 112, batch 8, shorter than a real one, and both processor cores compute it.
Run it as ``python -m benchmarks prepared``.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from anigifs.clips import LAPTOP, PAPER, ClipSource, PreparedClips, PrepareRule, load_clip, prepare
from anigifs.clips.loader import ClipItem, ClipLoader
from anigifs.clips.samplers import whole_by_time
from anigifs.foundation.machine import processor
from anigifs.media import write_gif, write_mp4
from anigifs.models import build_i3d
from benchmarks.loading import cartoon, film
from benchmarks.naive_loader import naive_clip

EACH = 24  # clips of a kind: more than a processor's cache holds
RULE = PrepareRule()


def make_sources(folder: Path) -> dict[str, list[ClipSource]]:
    """Write one file of each kind, and cut many clips out of it."""
    rng = np.random.default_rng(0)
    length = RULE.max_frames + EACH
    write_mp4(folder / "film.mp4", film(rng, 240, 320, length), fps=25)
    write_gif(folder / "film.gif", film(rng, 240, 320, RULE.max_frames), 40)
    write_gif(folder / "cartoon.gif", cartoon(224, 224, length), 40)
    return {
        "raw": windows(folder / "film.mp4"),
        "compact": windows(folder / "cartoon.gif"),
    }


def windows(path: Path) -> list[ClipSource]:
    """Return overlapping clips of a file, each of as many frames as are kept."""
    return [
        ClipSource(f"{path.name}-{number}", path, 40 * number, 40 * (number + RULE.max_frames))
        for number in range(EACH)
    ]


def reader(prepared: PreparedClips, sources: list[ClipSource], *, flip: bool) -> Callable[[], None]:
    """Return what reads all the clips once."""
    size = prepared.rule.size

    def read() -> None:
        for source in sources:
            indices = whole_by_time(prepared.delays(source.clip_id), PAPER.frames)
            clip_THWC = np.empty((PAPER.frames, size, size, 3), np.uint8)
            prepared.take(source.clip_id, indices, clip_THWC, flip=flip)

    return read


def clips_a_second(sides: dict[str, tuple[int, Callable[[], object]]], rounds: int) -> None:
    """Print, for each side of so many clips, the median of clips a second of processor time."""
    speeds: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(rounds + 1):
        for name, (count, side) in sides.items():
            start = time.process_time()
            side()
            speeds[name].append(count / (time.process_time() - start))
    slowest = min(statistics.median(own[1:]) for own in speeds.values())
    for name, own in speeds.items():
        median = statistics.median(own[1:])  # the first warms up
        print(f"{name:34} {median:7.0f} clips/s {median / slowest:6.1f}x")


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


def main(arguments: list[str] | None = None) -> None:
    """Print what preparing, reading and waiting take."""
    parser = argparse.ArgumentParser(prog="benchmarks prepared", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--steps", type=int, default=20)
    options = parser.parse_args(arguments)
    print(f"processor {processor()}, {torch.get_num_threads()} threads")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        kinds = make_sources(folder)
        for kind, sources in kinds.items():
            start = time.perf_counter()
            prepare(sources, RULE, folder / kind, workers=1)
            seconds = time.perf_counter() - start
            size = sum(path.stat().st_size for path in (folder / kind).rglob("*.bin"))
            print(
                f"prepare {kind:26} {EACH / seconds:7.0f} clips/s {size / EACH / 1e6:6.2f} MB each"
            )
        stored = {kind: PreparedClips(folder / kind, RULE) for kind in kinds}
        sides: dict[str, tuple[int, Callable[[], object]]] = {
            "Pillow, every frame of a film GIF": (1, lambda: naive_clip(folder / "film.gif")),
            "load_clip of the film GIF": (1, lambda: load_clip(folder / "film.gif")),
        }
        for kind, prepared in stored.items():
            for flip in (False, True):
                read = reader(prepared, kinds[kind], flip=flip)
                sides[f"prepared, {kind}{', flipped' * flip}"] = (EACH, read)
        clips_a_second(sides, options.rounds)
        small = replace(RULE, size=LAPTOP.size)
        prepare(kinds["raw"], small, folder / "small", workers=1)
        for prepared, frames in ((PreparedClips(folder / "small", small), 16), (stored["raw"], 40)):
            items = [ClipItem(s.clip_id, 0) for s in kinds["raw"]] * options.steps
            loader = ClipLoader(prepared, items, frames=frames, shuffle=True, flip=True)
            step, share = waiting(loader, options.steps)
            what = f"batches of 8 x {frames} x {prepared.rule.size} x {prepared.rule.size}"
            print(f"{what:34} {step:.3f} s a step, {100 * share:.2f} % waiting")


if __name__ == "__main__":
    main()
