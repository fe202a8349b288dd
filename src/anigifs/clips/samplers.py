"""Which frames a model sees: pure functions from timing to frame indices.

Every result carries the name of the sampler that chose its frames. Numbers are whole throughout,
so the same file gives the same frames on every machine.

- ``whole``: T frames equally spaced over the clip **in time**: the frame showing at the middle of
  each of T equal intervals. GIFs have uneven delays, so this is the default.
- ``whole-index``: T frames equally spaced **by index**, ``round(linspace(0, n - 1, T))``: the
  paper's equal spacing, read literally.
- ``dense``: neighbouring frames at the file's own rate: a snippet of T in training, all of them in
  a test, as I3D was trained and tested. A short clip is repeated, as a GIF plays.
- ``native``: the paper's words taken literally (section 4): fewer than 9 frames are upsampled to 9,
  more than 60 subsampled to 60, and what lies between is kept. Lengths vary, so a batch is one.
"""

from typing import Literal, get_args

import numpy as np

from anigifs.foundation import UsageError
from anigifs.media import MediaInfo

Sampler = Literal["whole", "whole-index", "dense", "native"]
SAMPLERS: tuple[Sampler, ...] = get_args(Sampler)

FEWEST_FRAMES = 9  # what I3D needs for two cells in time at its last pooling
NATIVE_MOST_FRAMES = 60
DENSE_MOST_FRAMES = 320  # 12.8 s at 25 fps: more than a Kinetics clip, and a bound on memory


def sample(
    info: MediaInfo,
    sampler: Sampler = "whole",
    frames: int = 40,
    rng: np.random.Generator | None = None,
) -> tuple[int, ...]:
    """Return the indices of the frames of a file to see; see :func:`sample_delays`."""
    return sample_delays(info.delays, sampler, frames, rng)


def sample_delays(
    delays: tuple[int, ...],
    sampler: Sampler = "whole",
    frames: int = 40,
    rng: np.random.Generator | None = None,
) -> tuple[int, ...]:
    """Return the indices of the frames to see, in order; one may stand in it more than once.

    Args:
        delays: How long each frame shows, in any whole unit.
        sampler: One of :data:`SAMPLERS`.
        frames: T, for those that use it.
        rng: Where a training snippet of ``dense`` begins; None is a test.

    Raises:
        UsageError: No such sampler, or a T of fewer than 9 frames.
    """
    if frames < FEWEST_FRAMES:
        raise UsageError(f"a clip needs at least {FEWEST_FRAMES} frames, not {frames}")
    match sampler:
        case "whole":
            return whole_by_time(delays, frames)
        case "whole-index":
            return whole_by_index(len(delays), frames)
        case "dense":
            return dense(len(delays), frames, rng)
        case "native":
            return native(len(delays))
        case _:
            raise UsageError(f"no sampler is named {sampler!r}; there are {', '.join(SAMPLERS)}")


def whole_by_time(delays: tuple[int, ...], frames: int) -> tuple[int, ...]:
    """Return the frame showing at the middle of each of T equal intervals of the clip.

    A frame shows from its start up to, and not at, the start of the next.

    Args:
        delays: How long each frame shows, in any whole unit.
        frames: T.

    Example:
        >>> whole_by_time((100, 100, 200), 4)
        (0, 1, 2, 2)
    """
    ends = np.cumsum(np.array(delays, dtype=object))  # Python's integers: no overflow, no rounding
    duration = int(ends[-1])
    if duration == 0:
        return whole_by_index(len(delays), frames)
    # Instant i is (2 i + 1) D / 2 T; both sides are multiplied by 2 T to stay whole.
    doubled_ends = [int(end) * 2 * frames for end in ends]
    instants = [(2 * i + 1) * duration for i in range(frames)]
    return tuple(np.searchsorted(doubled_ends, instants, side="right").tolist())


def whole_by_index(available: int, frames: int) -> tuple[int, ...]:
    """Return T indices equally spaced over 0..available-1; halves go to the even neighbour.

    Example:
        >>> whole_by_index(5, 9)
        (0, 0, 1, 2, 2, 2, 3, 4, 4)
    """
    return tuple(np.round(np.linspace(0, available - 1, frames)).astype(int).tolist())


def dense(available: int, frames: int, rng: np.random.Generator | None = None) -> tuple[int, ...]:
    """Return T neighbouring frames from a random start, or all of them when ``rng`` is None.

    A clip shorter than needed is repeated from its beginning, as a GIF is played. Of a clip longer
    than 320 frames a test sees the middle 320.

    Example:
        >>> dense(4, 9)
        (0, 1, 2, 3, 0, 1, 2, 3, 0)
    """
    if rng is None:
        length = max(min(available, DENSE_MOST_FRAMES), FEWEST_FRAMES)
        start = max(0, available - length) // 2
    else:
        length = frames
        start = int(rng.integers(0, max(0, available - length) + 1))
    return tuple((start + offset) % available for offset in range(length))


def native(available: int) -> tuple[int, ...]:
    """Return every frame of a clip of 9 to 60; others are equally spaced to the nearer bound.

    Example:
        >>> len(native(33)), len(native(5)), len(native(79))
        (33, 9, 60)
    """
    return whole_by_index(available, min(max(available, FEWEST_FRAMES), NATIVE_MOST_FRAMES))
