"""How much faster GIFs are decoded, and made clips, than by the usual libraries; one core.

Made files are film (dithered, full frames, a palette each) and cartoons (flat colours, partial
frames); a folder of real ones may be given. All sides read from a warm cache, and what a decoder
makes of made files is compared byte by byte. The bound is decompression: Pillow's LZW decoder,
alone, on the frames that have to go through it.
"""

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np

from anigifs.clips import PAPER, Geometry, load_clip
from anigifs.clips.samplers import whole_by_index
from anigifs.media import probe, read, write_gif
from anigifs.media.formats import Format
from anigifs.media.gif import GifLayout, decompress, frames_to_draw
from anigifs.media.info import MediaInfo
from benchmarks.naive_loader import naive_clip
from benchmarks.rows import LIMIT, OURS, Asked, Row, Task, Work, one_thread, version
from benchmarks.usual_loaders import decoders, usual_clip

NAIVE_TARGET = 2.5
LZW = "LZW decompression alone"
FILM = {"film-320x240-60": (240, 320, 60), "film-480x270-80": (270, 480, 80)}
CARTOONS = {"cartoon-400x400-48": (400, 400, 48), "cartoon-256x256-24": (256, 256, 24)}


def make_files(folder: Path, tiny: bool = False) -> dict[str, list[Path]]:
    """Write GIFs, and return those of each kind."""
    rng = np.random.default_rng(0)
    made: dict[str, list[Path]] = {"film": [], "cartoon": []}
    for name, shape in [*FILM.items(), *CARTOONS.items()]:
        shape = (40, 48, 3) if tiny else shape
        kind = name.partition("-")[0]
        frames_THWC = film(rng, *shape) if kind == "film" else cartoon(*shape)
        made[kind].append(folder / f"{name}.gif")
        write_gif(made[kind][-1], frames_THWC, 60)
    return made


def film(rng: np.random.Generator, height: int, width: int, frames: int) -> np.ndarray:
    """Return a wide picture with detail of every size that a shaking, noisy camera pans over."""
    shape = (height + 40, width + 4 * frames)
    layers = [
        cv2.resize(rng.uniform(0, 255, (cells, cells, 3)), shape[::-1]) / cells**0.5
        for cells in (4, 16, 64)
    ]
    scene = np.sum(layers, axis=0)
    scene *= 255 / scene.max()
    made = []
    for index in range(frames):
        x, y = 3 * index, 20 + round(6 * np.sin(index / 5))
        seen = scene[y : y + height, x : x + width] + rng.normal(0, 5, (height, width, 1))
        made.append(seen.clip(0, 255).astype(np.uint8))
    return np.stack(made)


def cartoon(height: int, width: int, frames: int) -> np.ndarray:
    """Return a ball that bounces before a flat wall."""
    made = np.full((frames, height, width, 3), (222, 214, 196), np.uint8)
    made[:, height * 3 // 4 :] = (160, 120, 84)
    for index, frame in enumerate(made):
        phase = 2 * np.pi * index / frames
        place = (
            round(width * (0.5 + 0.3 * np.cos(phase))),
            round(height * 0.6 * abs(np.sin(phase))),
        )
        cv2.circle(frame, place, height // 8, (214, 60, 50), -1)
        cv2.circle(frame, place, height // 8, (40, 40, 46), 4)
    return made


def rows(asked: Asked) -> list[Row]:
    """Compare decoding, and loading, of each kind of file."""
    one_thread()
    found = []
    with tempfile.TemporaryDirectory() as folder:
        kinds = make_files(Path(folder), asked.tiny)
        for paths in kinds.values():
            check(paths)
        if asked.files is not None:
            kinds["real"] = sorted(asked.files.glob("*.gif"))
        for kind, paths in kinds.items():
            found += [*decoding(kind, paths, asked), *to_clips(kind, paths, asked)]
    return found


def check(paths: Sequence[Path]) -> None:
    """Raise an error where a library does not show what we do."""
    for path in paths:
        ours_THWC, _ = read(path)
        for name, decode in decoders()[0].items():
            if not np.array_equal(decode(path), ours_THWC):
                raise AssertionError(f"{name} shows other pixels of {path.name}")


def decoding(kind: str, paths: Sequence[Path], asked: Asked) -> list[Row]:
    """Compare how all frames are decoded."""
    infos = [probe(path) for path in paths]
    peers, absent = decoders()

    def by_us() -> None:
        for path in paths:
            read(path)

    sides: dict[str, Work] = {OURS: by_us, LIMIT: lambda: decompressed(infos, None)}
    for name, decode in peers.items():
        sides[name] = for_each(paths, decode)
    frames = sum(info.frames for info in infos)
    px = sum(info.frames * info.width * info.height for info in infos) / 1e6
    task = Task(
        what=f"decode a GIF, {kind}",
        shape=f"a frame of {px / frames:.2f} Mpx, mean of {frames}",
        count=frames,
        limit=LZW,
        notes={version("pillow"): "Pillow iterated over and converted to RGB, frame by frame."},
    )
    return task.rows(sides, asked.rounds, absent=absent)


def to_clips(kind: str, paths: Sequence[Path], asked: Asked) -> list[Row]:
    """Compare how files become clips."""
    geometry = Geometry(frames=9, size=32) if asked.tiny else PAPER
    infos = [probe(path) for path in paths]
    chosen = [whole_by_index(info.frames, geometry.frames) for info in infos]
    peers, absent = decoders()
    naive = f"{version('pillow')}, naive"

    def by_us() -> None:
        for path in paths:
            load_clip(path, geometry, "whole-index")

    sides: dict[str, Work] = {
        OURS: by_us,
        LIMIT: lambda: decompressed(infos, chosen),
        naive: for_each(paths, lambda path: naive_clip(path, geometry.frames, geometry.size)),
    }
    for name, decode in peers.items():
        if name != version("pillow"):
            sides[name] = for_each(
                paths,
                lambda path, decode=decode: usual_clip(  # type: ignore[misc]
                    decode, path, geometry.frames, geometry.size
                ),
            )
    usual = "Every frame decoded, those chosen resized by OpenCV (INTER_AREA)."
    task = Task(
        what=f"GIF to clip, {kind}",
        shape=f"{geometry.frames} x {geometry.size} x {geometry.size}, mean of {len(paths)} files",
        count=len(paths),
        limit=LZW,
        targets={naive: NAIVE_TARGET},
        note=usual,
        notes={naive: "Every frame converted, resized and cropped by Pillow, then the choice."},
    )
    return task.rows(sides, asked.rounds, absent=absent)


def for_each(paths: Sequence[Path], work: Callable[[Path], object]) -> Work:
    """Return what does something with each file."""

    def all_of_them() -> None:
        for path in paths:
            work(path)

    return all_of_them


def decompressed(infos: Sequence[MediaInfo], chosen: Sequence[Sequence[int]] | None) -> None:
    """Decompress those frames that show in the chosen ones, or all, and nothing more."""
    for place, info in enumerate(infos):
        layout = info.layout
        if info.format is not Format.GIF or not isinstance(layout, GifLayout):
            raise AssertionError(f"{info.path} is no GIF")
        wanted = range(info.frames) if chosen is None else chosen[place]
        data = info.path.read_bytes()
        for index in sorted(frames_to_draw(layout.frames, wanted, info.width, info.height)):
            decompress(layout.frames[index], data, index)
