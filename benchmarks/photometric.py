"""How many times faster than Pillow the photometric pool of RSDA is on whole clips, and as exact.

Pillow is called frame by frame, as its users do: an image from the array, the operations, an array
from the image. Both sides alternate within one run, on one thread, on a film and a cartoon. A ratio
is one of sums of processor time over all tuples, the median of some rounds, with the least and the
most; each result is compared with Pillow's in every byte. Run it as
``python -m benchmarks photometric``.
"""

import argparse
import statistics
import time
from collections.abc import Callable

import cv2
import numpy as np
import PIL
from PIL import Image

from anigifs.foundation.machine import processor
from anigifs.transforms import POOL, Operation, Operations, apply, draw, words
from benchmarks.loading import cartoon, film
from benchmarks.pillow_pool import image_by_pillow

POINTS = ("brightness", "solarize", "red", "green", "blue")
Side = Callable[[Operations, np.ndarray], np.ndarray]
SHAPES = ((40, 224, 224, 3), (16, 112, 112, 3))


def by_pillow(operations: Operations, clip_THWC: np.ndarray) -> np.ndarray:
    """Return what Pillow makes of a clip."""
    changed_THWC = np.empty_like(clip_THWC)
    for frame_HWC, out_HWC in zip(clip_THWC, changed_THWC, strict=True):
        out_HWC[:] = np.asarray(image_by_pillow(operations, Image.fromarray(frame_HWC)))
    return changed_THWC


def clips_of(shape: tuple[int, ...]) -> list[np.ndarray]:
    """Return a film and a cartoon."""
    rng = np.random.default_rng(0)
    frames, height, width, _ = shape
    return [film(rng, height, width, frames), cartoon(height, width, frames)]


def timed(side: Side, operations: Operations, clip_THWC: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the processor time of one side in seconds, and what it made of the clip."""
    begun = time.process_time()
    result = side(operations, clip_THWC)
    return time.process_time() - begun, result


def compare(tuples: list[Operations], clips: list[np.ndarray]) -> tuple[float, float]:
    """Return the processor time of Pillow and of ours for all tuples on all clips."""
    theirs = ours = 0.0
    for operations in tuples:
        for clip_THWC in clips:
            taken, expected = timed(by_pillow, operations, clip_THWC)
            theirs += taken
            taken, changed = timed(apply, operations, clip_THWC)
            ours += taken
            if not np.array_equal(changed, expected):
                raise AssertionError(f"not what Pillow makes of it: {words(operations)}")
    return theirs, ours


def report(name: str, tuples: list[Operations], clips: list[np.ndarray], rounds: int) -> None:
    """Print the median ratio of some rounds, and milliseconds for a tuple on a clip."""
    compare(tuples[:1], clips)  # warms up
    taken = [compare(tuples, clips) for _ in range(rounds)]
    ratios = [theirs / ours for theirs, ours in taken]
    each = 1000 / len(tuples) / len(clips)
    theirs, ours = (each * statistics.median(side) for side in zip(*taken, strict=True))
    spread = f"({min(ratios):.1f} to {max(ratios):.1f})"
    print(
        f"  {name:24} {statistics.median(ratios):5.1f}x  {spread:16}"
        f" Pillow {theirs:7.2f} ms, ours {ours:6.2f} ms"
    )


def of_a_name(rng: np.random.Generator, name: str) -> Operation:
    """Return an operation at one of its levels."""
    return Operation(name, POOL[name][int(rng.integers(len(POOL[name])))])


def main(arguments: list[str] | None = None) -> None:
    """Print a line for each operation, for tuples of point operations, and for the whole pool."""
    parser = argparse.ArgumentParser(prog="benchmarks photometric", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--tuples", type=int, default=60)
    options = parser.parse_args(arguments)
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    rng = np.random.default_rng(0)
    drawn = [draw(rng) for _ in range(options.tuples)]
    points = [tuple(of_a_name(rng, str(name)) for name in rng.choice(POINTS, 4)) for _ in range(20)]
    print(f"processor {processor()}, 1 thread; all equal to Pillow {PIL.__version__} in every byte")
    for shape in SHAPES:
        clips = clips_of(shape)
        print(f"a film and a cartoon of {shape}")
        for name, levels in POOL.items():
            singles: list[Operations] = [(Operation(name, level),) for level in levels]
            report(name, singles, clips, options.rounds)
        report("4 point operations", points, clips, options.rounds)
        report(f"4 of the pool, {len(drawn)} tuples", drawn, clips, options.rounds)
    cv2.setNumThreads(threads)


if __name__ == "__main__":
    main()
