"""How clips look and play, in nine numbers each, taken from their files.

A prepared clip may have been thinned in time, and what moves from one of its frames to the next is
then no longer what moves in the file. So neighbouring frames are read here, at the model's size.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from anigifs.clips import ClipSource, Geometry
from anigifs.clips.load import load_frames
from anigifs.clips.statistics import clip_statistics
from anigifs.clips.timeline import Timeline, timeline
from anigifs.foundation import MediaError, sha256_of
from anigifs.foundation.work import Executor, Local, Work
from anigifs.gap.once import Values, Watch, file_of, measured_once
from anigifs.media import MediaInfo

#: Raised by one whenever a number changes.
VERSION = 1
#: The most frames that are looked at: neighbours, from the middle of the clip.
MOST_FRAMES = 64
COLUMN = "looks"


@dataclass(frozen=True)
class Look:
    """One number about a clip.

    Attributes:
        key: Its name in results.
        title: With its unit.
        more: What a clip has where the number is higher.
        less: And where it is lower.
    """

    key: str
    title: str
    more: str
    less: str


LOOKS = (
    Look("frames", "frames", "more frames", "fewer frames"),
    Look("duration_s", "duration, s", "a longer duration", "a shorter duration"),
    Look("speed_fps", "frames a second", "more frames a second", "fewer frames a second"),
    Look("side_px", "file's shorter side, px", "larger pictures", "smaller pictures"),
    Look("colours", "colours a frame", "more colours", "fewer colours"),
    Look("entropy_bits", "entropy of colours, bits", "more varied colours", "less varied colours"),
    Look("flat_percent", "flat area, %", "more flat area", "less flat area"),
    Look("motion", "motion a frame, grey levels", "more motion a frame", "less motion a frame"),
    Look("repeats_percent", "repeated frames, %", "more repeated frames", "fewer repeated frames"),
)

Outcome = tuple[str, np.ndarray | str]


@dataclass(frozen=True)
class Looked:
    """What was seen of clips.

    Attributes:
        looks_of: float64, in the order of :data:`LOOKS`, by clip id.
        errors: Why the others could not be read, by clip id.
    """

    looks_of: dict[str, np.ndarray]
    errors: dict[str, str]


def look_at_clips(
    sources: Sequence[ClipSource],
    geometry: Geometry,
    background: tuple[int, int, int],
    store: Path,
    watch: Watch,
    executor: Executor = Local(),
) -> Looked:
    """Return the looks of clips; those that were looked at before cost nothing.

    Args:
        sources: Where the clips lie.
        geometry: Size and crop; statistics depend on both.
        background: RGB shown by transparent pixels.
        store: Where what was seen is kept.
        watch: Sees the clips as they are done.
        executor: Reads the files; processes of this machine by default.
    """
    settings = {
        "version": VERSION,
        "most_frames": MOST_FRAMES,
        "size": geometry.size,
        "resize_side": geometry.resize_side,
        "background": list(background),
    }
    source_of = {source.clip_id: source for source in sources}
    errors: dict[str, str] = {}

    def measure(missing: list[str]) -> Iterator[tuple[str, Values]]:
        work = Work("looks", partial(_outcome, geometry, background), _failed)
        sources = (source_of[clip_id] for clip_id in missing)
        looking = executor.run(work, (replace(one, path=one.path.absolute()) for one in sources))
        for clip_id, seen in watch(looking, len(missing), "looking at clips"):
            if isinstance(seen, str):
                errors[clip_id] = seen
            else:
                yield clip_id, {COLUMN: seen}

    found = measured_once(file_of(store, "looks", settings), list(source_of), measure)
    return Looked({clip_id: values[COLUMN] for clip_id, values in found.items()}, errors)


def look_at(
    source: ClipSource, geometry: Geometry, background: tuple[int, int, int] = (0, 0, 0)
) -> np.ndarray:
    """Return the nine numbers of one clip.

    Frames, duration and speed are of the whole clip, the rest of at most 64 neighbouring frames
    from its middle.

    Raises:
        MediaError: The file cannot be read, or is another one than it was.
    """
    if source.sha256 is not None and source.sha256 != sha256_of(source.path):
        raise MediaError(f"{source.path}: the file has changed since it was indexed")

    def whole(info: MediaInfo) -> Timeline:
        return timeline(info, source.start_ms, source.end_ms, most=info.frames)

    clip = load_frames(
        source.path,
        lambda info: _middle(whole(info).indices),
        geometry,
        background=background,
    )
    time = whole(clip.info)
    seconds = float(sum(time.delays) * time.tick)
    # Of these statistics, none but those of time depends on the delays.
    seen = clip_statistics(clip.frames_THWC, _middle(time.delays))
    return np.array(
        [
            time.available,
            seconds,
            time.available / seconds if seconds else 0.0,
            min(clip.info.width, clip.info.height),
            seen.colours,
            seen.entropy_bits,
            100 * seen.flat_share,
            seen.motion,
            100 * seen.duplicate_share,
        ]
    )


def _middle(values: tuple[int, ...]) -> tuple[int, ...]:
    first = max(0, len(values) - MOST_FRAMES) // 2
    return values[first : first + MOST_FRAMES]


def _outcome(geometry: Geometry, background: tuple[int, int, int], source: ClipSource) -> Outcome:
    try:
        return source.clip_id, look_at(source, geometry, background)
    except MediaError as error:
        return source.clip_id, str(error)
    except OSError as error:
        return source.clip_id, f"{source.path}: cannot be read ({error.strerror})"


def _failed(source: ClipSource, reason: str) -> Outcome:
    return source.clip_id, f"{source.path}: {reason}"
