"""How much faster a GIF becomes a clip than through a plain Pillow loader, one core each.

Both read the same files from a warm cache and alternate within one run; the figures are processor
time, so that other work on the machine counts for neither. Without files, it makes its own: film
(dithered, full frames, a palette each) and cartoons (flat colours, partial frames).
Run it as ``python -m benchmarks loading [FILE.gif ...]``.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from anigifs.clips import PAPER, load_clip
from anigifs.foundation.machine import processor
from anigifs.media import probe, write_gif
from benchmarks.naive_loader import naive_clip

FILM = {"film-320x240-60": (240, 320, 60), "film-480x270-80": (270, 480, 80)}
CARTOONS = {"cartoon-400x400-48": (400, 400, 48), "cartoon-256x256-24": (256, 256, 24)}


def make_files(folder: Path) -> list[Path]:
    """Write the GIFs that are read where none are given."""
    rng = np.random.default_rng(0)
    for name, shape in FILM.items():
        write_gif(folder / f"{name}.gif", film(rng, *shape), 60)
    for name, shape in CARTOONS.items():
        write_gif(folder / f"{name}.gif", cartoon(*shape), 60)
    return sorted(folder.iterdir())


def film(rng: np.random.Generator, height: int, width: int, frames: int) -> np.ndarray:
    """Return a wide picture with detail of every size that a shaking, noisy camera pans over."""
    shape = (height + 40, width + 4 * frames)
    layers = [
        cv2.resize(rng.uniform(0, 255, (cells, cells, 3)), shape[::-1]) / cells**0.5
        for cells in (4, 16, 64)
    ]
    scene = np.sum(layers, axis=0)
    scene *= 255 / scene.max()
    made = []
    for index in range(frames):
        x, y = 3 * index, 20 + round(6 * np.sin(index / 5))
        seen = scene[y : y + height, x : x + width] + rng.normal(0, 5, (height, width, 1))
        made.append(seen.clip(0, 255).astype(np.uint8))
    return np.stack(made)


def cartoon(height: int, width: int, frames: int) -> np.ndarray:
    """Return a ball that bounces before a flat wall."""
    made = np.full((frames, height, width, 3), (222, 214, 196), np.uint8)
    made[:, height * 3 // 4 :] = (160, 120, 84)
    for index, frame in enumerate(made):
        phase = 2 * np.pi * index / frames
        place = (
            round(width * (0.5 + 0.3 * np.cos(phase))),
            round(height * 0.6 * abs(np.sin(phase))),
        )
        cv2.circle(frame, place, height // 8, (214, 60, 50), -1)
        cv2.circle(frame, place, height // 8, (40, 40, 46), 4)
    return made


def seconds_each(path: Path, rounds: int) -> tuple[float, float]:
    """Return the median processor seconds of the naive loader and of ours, in turn."""
    sides: list[Callable[[], object]] = [
        lambda: naive_clip(path, PAPER.frames, PAPER.size),
        lambda: load_clip(path, PAPER, "whole-index"),
    ]
    times: list[list[float]] = [[], []]
    for _ in range(rounds + 1):
        for side, own in zip(sides, times, strict=True):
            start = time.process_time()
            side()
            own.append(time.process_time() - start)
    return statistics.median(times[0][1:]), statistics.median(times[1][1:])  # the first warms up


def main(arguments: list[str] | None = None) -> None:
    """Print a line a file and the ratio over all."""
    parser = argparse.ArgumentParser(prog="benchmarks loading", description=__doc__)
    parser.add_argument("files", type=Path, nargs="*", help="GIFs; made ones by default")
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args(arguments)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    print(f"processor {processor()}, one core; clip 40 x 224 x 224; processor time, medians")
    with tempfile.TemporaryDirectory() as folder:
        totals = np.zeros(2)
        for path in options.files or make_files(Path(folder)):
            seconds = seconds_each(path, options.rounds)
            totals += seconds
            info = probe(path)
            print_line(f"{path.name} ({info.frames} of {info.width} x {info.height})", *seconds)
    print_line("all", *totals)


def print_line(what: str, naive: float, ours: float) -> None:
    """Print one comparison, given in seconds."""
    print(f"{what:50} {1e3 * naive:7.1f} ms {1e3 * ours:7.1f} ms {naive / ours:5.2f}x")


if __name__ == "__main__":
    main()
