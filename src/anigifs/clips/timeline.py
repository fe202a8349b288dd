"""Which frames of a file a prepared clip keeps, and how long each of them stands for.

All arithmetic is on whole numbers: where the file's own tick is too coarse for a cut or a thinning,
a finer tick is taken instead of a rounded delay. So sampling in time from what is kept is exact.
"""

import math
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction

from anigifs.clips.samplers import whole_by_time
from anigifs.foundation import MediaError
from anigifs.media import MediaInfo

MOST_TICKS = 2**63 - 1  # what a shard stores a delay in


@dataclass(frozen=True)
class Timeline:
    """The kept frames of a clip.

    Attributes:
        indices: Which frames of the file, in order; none twice.
        delays: How long each stands for, in ticks; they sum to the clip's duration.
        tick: Seconds in a tick.
        available: How many frames of the file lie in the clip.
    """

    indices: tuple[int, ...]
    delays: tuple[int, ...]
    tick: Fraction
    available: int


def timeline(
    info: MediaInfo, start_ms: int = 0, end_ms: int | None = None, most: int = 64
) -> Timeline:
    """Cut a clip out of a file and thin it in time to at most so many frames.

    A frame belongs to the clip when it shows at any moment of ``start_ms <= t < end_ms``; the
    delays of the first and the last are cut to it. Of more than ``most`` frames those are kept
    that show in the middle of ``most`` equal intervals, each for as long as its intervals last.

    Args:
        info: The file's timing.
        start_ms: Where the clip begins.
        end_ms: Where it ends; None is the file's end.
        most: The most frames to keep.

    Raises:
        MediaError: No frame shows in that time.

    Example:
        >>> from pathlib import Path
        >>> from anigifs.media import Format
        >>> info = MediaInfo(Path("a.gif"), Format.GIF, 8, 8, delays=(100, 100, 200))
        >>> timeline(info, start_ms=50, end_ms=250).delays
        (50, 100, 50)
        >>> thinned = timeline(info, most=2)
        >>> thinned.indices, thinned.delays, thinned.tick
        ((1, 2), (400, 400), Fraction(1, 2000))
    """
    first, delays, tick = _cut(info, start_ms, end_ms)
    available, duration = len(delays), sum(delays)
    if duration * most > MOST_TICKS:
        raise MediaError(f"{info.path}: a duration of {float(duration * tick):.3g} s is absurd")
    kept = Counter(range(available))
    if available > most:
        kept = Counter(whole_by_time(delays, most))
        delays = tuple(duration * kept[index] for index in sorted(kept))
        tick /= most
    indices = tuple(first + index for index in sorted(kept))
    return Timeline(indices, delays, tick, available)


def _cut(
    info: MediaInfo, start_ms: int, end_ms: int | None
) -> tuple[int, tuple[int, ...], Fraction]:
    """Return the first frame in the window, the delays within it, and the tick they are in."""
    if start_ms <= 0 and end_ms is None:
        return 0, info.delays, info.tick
    start = Fraction(start_ms, 1000) / info.tick
    end = Fraction(sum(info.delays)) if end_ms is None else Fraction(end_ms, 1000) / info.tick
    finer = math.lcm(start.denominator, end.denominator)
    from_tick, to_tick = int(start * finer), int(end * finer)
    inside: dict[int, int] = {}
    for index, (begins, delay) in enumerate(zip(info.starts, info.delays, strict=True)):
        shown = min((begins + delay) * finer, to_tick) - max(begins * finer, from_tick)
        if shown > 0:
            inside[index] = shown
    if not inside:
        until = "its end" if end_ms is None else f"{end_ms} ms"
        raise MediaError(
            f"{info.path}: nothing shows from {start_ms} ms to {until}; "
            f"the file lasts {info.duration_ms:.0f} ms"
        )
    return min(inside), tuple(inside.values()), info.tick / finer
