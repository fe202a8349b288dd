"""What can be added to a film alone, since it cannot be taken out of the cartoon.

A flat cartoon has few colours because of how it is drawn, few frames because of how it is timed,
and no dither, no lost pixels and no H.264 at all.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from anigifs.foundation import write_bytes
from anigifs.media import write_gif, write_mp4
from anigifs.media.gifify import GifRecipe
from anigifs.puppets.factors.lossless import apng_bytes
from anigifs.puppets.factors.mixture import FRAME_MS
from anigifs.puppets.film.render import FPS, FRAMES
from anigifs.puppets.making import PRESET, QUALITY

FEW_COLOURS = 32


@dataclass(frozen=True)
class Kept:
    """Which frames of the film a file shows, and for how long.

    Attributes:
        frames: Their places in the film.
        delays_ms: How long each shows.
    """

    frames: tuple[int, ...] = tuple(range(FRAMES))
    delays_ms: tuple[int, ...] = (FRAME_MS,) * FRAMES


@dataclass(frozen=True)
class Added:
    """Something done to a film.

    Attributes:
        write: Writes the frames of a film as a file that holds what became of them.
        suffix: Of the file.
        kept: Which frames that are.
    """

    write: Callable[[Path, np.ndarray], None]
    suffix: str = "png"
    kept: Kept = Kept()


def _paletted(path: Path, frames_THWC: np.ndarray, *, colours: int, dither: bool) -> None:
    write_gif(path, frames_THWC, FRAME_MS, palette="global", colours=colours, dither=dither)


def _halved(path: Path, frames_THWC: np.ndarray) -> None:
    """Shrink to half, antialiased, and enlarge again."""
    side = frames_THWC.shape[1]
    frames = []
    for frame_HWC in frames_THWC:
        small = cv2.resize(frame_HWC, (side // 2, side // 2), interpolation=cv2.INTER_AREA)
        frames.append(cv2.resize(small, (side, side), interpolation=cv2.INTER_CUBIC))
    write_bytes(path, apng_bytes(np.stack(frames), Kept().delays_ms))


def _sampled() -> Kept:
    """Return the frames that a Kinetics GIF has of a film."""
    recipe = GifRecipe()
    instants = recipe.instants(0, FRAMES * FRAME_MS)
    return Kept(tuple(int(at // FRAME_MS) for at in instants), recipe.delays_ms(len(instants)))


def _thinned(path: Path, frames_THWC: np.ndarray) -> None:
    kept = _sampled()
    write_bytes(path, apng_bytes(frames_THWC[list(kept.frames)], kept.delays_ms))


def _compressed(path: Path, frames_THWC: np.ndarray) -> None:
    """Write a film as the benchmark does."""
    write_mp4(path, frames_THWC, FPS, quality=QUALITY, preset=PRESET)


ADDED: dict[str, Added] = {
    "palette-256": Added(partial(_paletted, colours=256, dither=False), "gif"),
    "dither-256": Added(partial(_paletted, colours=256, dither=True), "gif"),
    f"palette-{FEW_COLOURS}": Added(partial(_paletted, colours=FEW_COLOURS, dither=False), "gif"),
    f"dither-{FEW_COLOURS}": Added(partial(_paletted, colours=FEW_COLOURS, dither=True), "gif"),
    "resolution": Added(_halved),
    "frame-rate": Added(_thinned, kept=_sampled()),
    "compression": Added(_compressed, "mp4"),
}
