"""How many times faster than Pillow the photometric pool of RSDA is on whole clips, and as exact.

Pillow is called frame by frame, as its users do: an image from the array, the operations, an array
from the image. The clips are a film and a cartoon; each result is compared with Pillow's in every
byte. The bound is a copy of the clip in memory, for each tuple.
"""

from collections.abc import Callable

import numpy as np
from PIL import Image

from anigifs.transforms import POOL, Operation, Operations, apply, draw, words
from benchmarks.loading import cartoon, film
from benchmarks.pillow_pool import image_by_pillow
from benchmarks.rows import LIMIT, OURS, Asked, Row, Task, Work, one_thread, version

POINTS = ("brightness", "solarize", "red", "green", "blue")
Side = Callable[[Operations, np.ndarray], np.ndarray]
SHAPE, TINY = (40, 224, 224, 3), (3, 24, 32, 3)
TARGET = 10.0
TUPLES = 20


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


def of_a_name(rng: np.random.Generator, name: str) -> Operation:
    """Return an operation at one of its levels."""
    return Operation(name, POOL[name][int(rng.integers(len(POOL[name])))])


def rows(asked: Asked) -> list[Row]:
    """Compare tuples of point operations, tuples of the whole pool, and each operation."""
    one_thread()
    clips = clips_of(TINY if asked.tiny else SHAPE)
    rng = np.random.default_rng(0)
    count = 2 if asked.tiny else TUPLES
    points = [
        tuple(of_a_name(rng, str(name)) for name in rng.choice(POINTS, 4)) for _ in range(count)
    ]
    found = changing("4 point operations", points, clips, asked, TARGET)
    found += changing("4 of the whole pool", [draw(rng) for _ in range(count)], clips, asked)
    for name, levels in POOL.items():
        singles: list[Operations] = [(Operation(name, level),) for level in levels]
        found += changing(name, singles[:2] if asked.tiny else singles, clips, asked)
    return found


def changing(
    name: str,
    tuples: list[Operations],
    clips: list[np.ndarray],
    asked: Asked,
    target: float | None = None,
) -> list[Row]:
    """Compare what changes all clips by all tuples."""
    check(tuples, clips)

    def all_by(side: Side) -> Work:
        def work() -> None:
            for operations in tuples:
                for clip_THWC in clips:
                    side(operations, clip_THWC)

        return work

    pillow = version("pillow")
    task = Task(
        what=f"photometric: {name}",
        shape=f"{' x '.join(map(str, clips[0].shape[:3]))}, {len(tuples)} tuples",
        count=len(tuples) * len(clips),
        targets=None if target is None else {pillow: target},
        limit="a copy in memory",
    )
    sides = {
        OURS: all_by(apply),
        LIMIT: all_by(lambda operations, clip_THWC: clip_THWC.copy()),
        pillow: all_by(by_pillow),
    }
    return task.rows(sides, asked.rounds)


def check(tuples: list[Operations], clips: list[np.ndarray]) -> None:
    """Raise an error where our bytes are not Pillow's."""
    for operations in tuples:
        for clip_THWC in clips:
            if not np.array_equal(apply(operations, clip_THWC), by_pillow(operations, clip_THWC)):
                raise AssertionError(f"not what Pillow makes of it: {words(operations)}")
