"""How long each frame that a model saw plays, so that a picture moves as its clip does."""

from collections.abc import Sequence
from itertools import accumulate, groupby, pairwise

import numpy as np

FASTEST_MS = 20  # of a GIF: browsers slow down what is faster
MP4_FPS = 50


def playing_ms(delays_ms: Sequence[float], indices: Sequence[int]) -> tuple[float, ...]:
    """Return how long each of the frames that were seen shows.

    A frame shows until the next one that was seen begins in the clip; if it was seen several times
    over, they share that. The first shows from the clip's beginning, the last to its end. Frames
    that follow one another without a gap, or play round, keep their own delays.

    Args:
        delays_ms: Of every frame of the clip.
        indices: Of the frames seen, as a sampler gives them.

    Example:
        >>> playing_ms([40, 60, 100], [0, 1, 2])
        (40, 60, 100)
        >>> playing_ms([40, 60, 100], [0, 2, 2])  # the middle one was not seen
        (100.0, 50.0, 50.0)
    """
    steps = [after - before for before, after in pairwise(indices)]
    if any(step < 0 for step in steps) or all(step == 1 for step in steps):
        return tuple(delays_ms[index] for index in indices)
    begins_ms = [0.0, *accumulate(delays_ms)]
    runs = [(index, len(list(same))) for index, same in groupby(indices)]
    edges_ms = [0.0, *(begins_ms[index] for index, _ in runs[1:]), begins_ms[-1]]
    return tuple(
        (end - begin) / times
        for (begin, end), (_, times) in zip(pairwise(edges_ms), runs, strict=True)
        for _ in range(times)
    )


def gif_delays(shown_ms: Sequence[float]) -> list[int]:
    """Return delays that a GIF can keep: multiples of 10 ms, of 20 at least.

    Frames end where they should to the nearest 10 ms, so that errors do not add up.

    Example:
        >>> gif_delays([62.5, 62.5, 62.5, 62.5])
        [60, 60, 70, 60]
    """
    delays: list[int] = []
    ended = 0
    for end_ms in accumulate(shown_ms):
        delays.append(max(FASTEST_MS, 10 * round(end_ms / 10) - ended))
        ended += delays[-1]
    return delays


def at_rate(shown_ms: Sequence[float], fps: int = MP4_FPS) -> np.ndarray:
    """Return which frame shows in the middle of each frame of a video of constant rate.

    Example:
        >>> at_rate([40, 20], fps=50).tolist()
        [0, 0, 1]
    """
    ends_ms = np.cumsum(shown_ms)
    count = max(1, round(float(ends_ms[-1]) * fps / 1000))
    middles_ms = (np.arange(count) + 0.5) * 1000 / fps
    return np.minimum(np.searchsorted(ends_ms, middles_ms, side="right"), len(ends_ms) - 1)
