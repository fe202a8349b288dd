"""A clip under tuples of operations: as it is, as the network gets it, and after each tuple.

The paper's Figure 4. Operations work on whole numbers of 0..255 before the clip is brought to
[-1, 1], which is what training does; the paper's words, that they come after a normalisation, are
the same up to rounding.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from anigifs.clips import Geometry
from anigifs.clips.load import Clip, load_frames
from anigifs.clips.samplers import whole_by_time
from anigifs.foundation import UsageError
from anigifs.foundation.counts import check_counts
from anigifs.media import read_frames
from anigifs.studies.figures.acts import read_searches
from anigifs.studies.figures.plate import Block, Strip
from anigifs.transforms import EVERY, Operation, Operations, transform, words

BY = "\N{MULTIPLICATION SIGN}"
SCALE = "black is \N{MINUS SIGN}1, white is 1"


@dataclass(frozen=True)
class Sizes:
    """How much of a clip is shown.

    Attributes:
        frames: In equal steps of its time.
        size: Height and width of what the network gets, in pixels.
    """

    frames: int = 6
    size: int = 224

    def __post_init__(self) -> None:
        check_counts(self, "frames", "size")


def operations_named(text: str) -> Operations:
    """Return the tuple that a text names as :func:`anigifs.transforms.words` would.

    Raises:
        UsageError: It names something that no family of operations has.

    Example:
        >>> operations_named("solarize 4, grayscale")
        (Operation(name='solarize', level=4), Operation(name='grayscale', level=None))
    """
    return tuple(_operation(part) for part in text.split(","))


def found_tuples(run: Path, most: int) -> list[Operations]:
    """Return the first so many tuples that a run's searches found.

    Raises:
        UsageError: They found none, or none is asked for.
    """
    if most < 1:
        raise UsageError(f"{most} tuples of a run; at least 1")
    found = [search.operations for search in read_searches(run) if search.chosen is not None]
    if not found:
        raise UsageError(f"{run}: its searches found no tuple")
    return found[:most]


def tuples_block(path: Path, tuples: Sequence[Operations], sizes: Sizes) -> Block:
    """Return the strips of a clip.

    Args:
        path: A GIF, WebP, APNG or video file.
        tuples: Of any families, each applied to the clip as it is; those of ``context`` do nothing,
            since a file does not say where people are.
        sizes: How much of it.

    Raises:
        MediaError: The file cannot be read.
    """
    geometry = Geometry(sizes.frames, sizes.size)
    clip = load_frames(path, lambda info: whole_by_time(info.delays, sizes.frames), geometry)
    info, size = clip.info, sizes.size
    strips = [
        Strip("original", (f"{info.width} {BY} {info.height} pixels",), whole_frames(clip)),
        Strip("as the network gets it", (f"{size} {BY} {size}", SCALE), as_input(clip)),
    ]
    for number, operations in enumerate(tuples, start=1):
        title = "after the tuple" if len(tuples) == 1 else f"after tuple {number}"
        changed_BTHWC, _ = transform(operations, clip.frames_THWC[None])
        strips.append(Strip(title, tuple(words(operations).split(", ")), changed_BTHWC[0]))
    return Block(path.name, tuple(strips))


def whole_frames(clip: Clip) -> np.ndarray:
    """Return the same frames of the file, uncut and at their own size; uint8 RGB."""
    decoded = dict(read_frames(clip.info, set(clip.indices)))
    return np.stack([decoded[index] for index in clip.indices])


def as_input(clip: Clip) -> np.ndarray:
    """Return what the network computes on, [-1, 1], as 0..255 to be looked at; uint8 RGB."""
    import torch

    from anigifs.clips.tensors import to_model_input

    input_CTHW = to_model_input(torch.from_numpy(clip.frames_THWC)[None])[0]
    shown_THWC = ((input_CTHW + 1) * 127.5).permute(1, 2, 3, 0)
    return np.asarray(shown_THWC.round().to(torch.uint8).numpy())


def _operation(text: str) -> Operation:
    wanted = " ".join(text.split())
    known = _by_words()
    if wanted in known:
        return known[wanted]
    name = wanted.split(" ")[0]
    if name not in EVERY:
        raise UsageError(f"no operation {wanted!r}; there are {', '.join(EVERY)}")
    levels = ", ".join(one.removeprefix(f"{name} ") for one in known if one.split()[0] == name)
    raise UsageError(f"no operation {wanted!r}; {name} has the levels {levels}")


@cache
def _by_words() -> dict[str, Operation]:
    operations = [Operation(name, level) for name, levels in EVERY.items() for level in levels]
    return {words((one,)): one for one in operations}
