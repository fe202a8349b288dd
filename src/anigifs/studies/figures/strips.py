"""The same actions in several domains: strips of frames, as in the paper's Figure 1."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from anigifs.clips import Geometry
from anigifs.clips.load import load_frames
from anigifs.clips.samplers import whole_by_time
from anigifs.clips.timeline import timeline
from anigifs.foundation import MediaError, UsageError, generator
from anigifs.foundation.counts import check_counts
from anigifs.index import USABLE, Index, Row
from anigifs.index.subset import of_classes
from anigifs.media import MediaInfo
from anigifs.studies.figures.plate import FRAME, Block, Strip

Warn = Callable[[str], None]


@dataclass(frozen=True)
class Wish:
    """What is to be shown.

    Attributes:
        domains: One strip each, from above to below.
        styles: Of these styles only; none named takes all.
        classes: In this order; none named draws some by lot.
        count: How many are drawn.
        frames: Of each clip, in equal steps of its time.
        seed: The same seed shows the same clips.
    """

    domains: tuple[str, ...] = ("video", "animated-gif")
    styles: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    count: int = 3
    frames: int = 6
    seed: int = 0

    def __post_init__(self) -> None:
        check_counts(self, "count", "frames")
        if not self.domains:
            raise UsageError("strips of no domain; name one at least")


@dataclass(frozen=True, eq=False)
class Shown:
    """One clip that is shown.

    Attributes:
        row: The clip.
        frames_THWC: uint8 RGB, square.
    """

    row: Row
    frames_THWC: np.ndarray


def choose_strips(index: Index, wish: Wish, warn: Warn) -> list[tuple[Shown, ...]]:
    """Return a clip of each domain for each class.

    A clip that cannot be read gives way to the next of its lot.

    Args:
        index: Rows in error are passed over.
        wish: What to show.
        warn: Told of every clip that cannot be read.

    Raises:
        UsageError: A class or a domain has no clip, or none that can be read.
    """
    rows = list(_usable(index, wish).rows())
    cells: dict[tuple[str, str], list[Row]] = {}
    for row in sorted(rows, key=lambda row: row.clip_id):
        cells.setdefault((row.label, row.domain), []).append(row)
    return [
        tuple(_readable(index.root, cells[label, domain], wish, warn) for domain in wish.domains)
        for label in _classes(cells, wish)
    ]


def blocks_of(chosen: Sequence[tuple[Shown, ...]]) -> list[Block]:
    """Return the figure: a block a class, a strip a domain."""
    return [Block(clips[0].row.label, tuple(map(_strip, clips))) for clips in chosen]


def frames_of(root: Path, row: Row, frames: int, side: int = FRAME) -> np.ndarray:
    """Return frames of a row's clip in equal steps of its time, cut as a model sees them.

    Args:
        root: What the row's path is relative to.
        row: The clip.
        frames: How many.
        side: Their height and width, in pixels.

    Raises:
        MediaError: The file cannot be read, or there is none.
    """

    def choose(info: MediaInfo) -> tuple[int, ...]:
        line = timeline(info, row.start_ms, row.end_ms)
        return tuple(line.indices[place] for place in whole_by_time(line.delays, frames))

    if row.path is None:
        raise MediaError(f"{row.label}: clip {row.clip_id[:12]} has no file yet")
    return load_frames(root / row.path, choose, Geometry(frames, side)).frames_THWC


def _usable(index: Index, wish: Wish) -> Index:
    usable = index.filter(state=USABLE, domain=wish.domains)
    known = set(usable.table["domain"].to_pylist())
    if missing := [domain for domain in wish.domains if domain not in known]:
        found = sorted(set(index.table["domain"].to_pylist()))
        raise UsageError(f"no clip of domain {missing[0]!r}; the index has {', '.join(found)}")
    if wish.styles:
        usable = usable.filter(style=wish.styles)
    return of_classes(usable, wish.classes) if wish.classes else usable


def _classes(cells: dict[tuple[str, str], list[Row]], wish: Wish) -> list[str]:
    """Return the classes to show, each of which has clips in every domain."""
    labels = sorted({label for label, _ in cells})
    lacking = {
        label: domain for label in labels for domain in wish.domains if (label, domain) not in cells
    }
    if wish.classes:
        for label in wish.classes:
            if label in lacking:
                raise UsageError(f"no clip of {label!r} of domain {lacking[label]!r}")
        return list(dict.fromkeys(wish.classes))
    whole = [label for label in labels if label not in lacking]
    if not whole:
        raise UsageError(f"no class has clips of all of {', '.join(wish.domains)}")
    lot = generator(wish.seed, "figure strips", "classes").permutation(len(whole))
    return sorted(whole[place] for place in lot[: wish.count])


def _readable(root: Path, rows: Sequence[Row], wish: Wish, warn: Warn) -> Shown:
    errors = []
    for row in _by_lot(rows, wish.seed):
        try:
            return Shown(row, frames_of(root, row, wish.frames))
        except MediaError as error:
            errors.append(str(error))
            warn(errors[-1])
    raise UsageError(f"no clip of {rows[0].label!r} can be read: {errors[0]}")


def _by_lot(rows: Sequence[Row], seed: int) -> Iterator[Row]:
    rng = generator(seed, "figure strips", rows[0].label, rows[0].domain)
    return (rows[place] for place in rng.permutation(len(rows)))


def _strip(shown: Shown) -> Strip:
    row = shown.row
    return Strip(row.domain or "clip", (row.style,) if row.style else (), shown.frames_THWC)
