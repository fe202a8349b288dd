"""Small files for the tests of prepared clips, and the clips prepared from them."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from anigifs.clips import ClipSource, PreparedClips, PrepareRule, prepare
from anigifs.foundation.work import Local
from anigifs.media import write_gif

SMALL = PrepareRule(size=24)


def noise(seed: int, frames: int, height: int = 24, width: int = 24) -> np.ndarray:
    """Frames of far more than 256 colours each."""
    return np.random.default_rng(seed).integers(0, 256, (frames, height, width, 3), np.uint8)


def drawing(seed: int, frames: int, height: int = 24, width: int = 24) -> np.ndarray:
    """Frames of 40 colours each, which are others in each frame."""
    rng = np.random.default_rng(seed)
    made = np.empty((frames, height, width, 3), np.uint8)
    for frame in made:
        frame[:] = rng.integers(0, 256, (40, 3), np.uint8)[rng.integers(0, 40, (height, width))]
    return made


def write_sources(folder: Path, count: int, frames: int = 12, side: int = 24) -> list[ClipSource]:
    """Write GIFs of uneven delays; every other one will be scaled, and so lose its few colours."""
    folder.mkdir(parents=True, exist_ok=True)
    sources = []
    for number in range(count):
        larger = 9 * (number % 2)
        pixels = drawing(number, frames, side + larger, side + larger)
        delays = [20 * (1 + (number + frame) % 4) for frame in range(frames)]
        path = folder / f"{number:03d}.gif"
        write_gif(path, pixels, delays)
        sources.append(ClipSource(f"clip-{number:03d}", path, frames=frames))
    return sources


def prepared_clips(
    folder: Path, count: int, rule: PrepareRule = SMALL, frames: int = 12
) -> PreparedClips:
    sources = write_sources(folder / "files", count, frames, rule.size)
    assert prepare(sources, rule, folder / "prepared", executor=Local(1)).errors == {}
    return PreparedClips(folder / "prepared", rule)


def contents(prepared: PreparedClips, clip_ids: Sequence[str]) -> dict[str, tuple[bytes, object]]:
    """Everything that can be read of clips, to compare."""
    clips = {clip_id: prepared.get(clip_id) for clip_id in clip_ids}
    return {name: (clip.frames_FHWC.tobytes(), clip.delays) for name, clip in clips.items()}
