"""How fast prepared clips are read, beside stores that people use for arrays.

Reading is from a warm page cache, 40 of 64 frames of 224 x 224, into a fresh array for each clip.
The peers hold the same frames raw: webdataset as arrays in a tar file, Arrow as a binary column of
a file that is mapped into memory. The bound is a copy of the frames from memory to memory.
"""

import io
import tarfile
import tempfile
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from anigifs.clips import PAPER, ClipSource, PreparedClips, PrepareRule, prepare
from anigifs.clips.samplers import whole_by_time
from anigifs.foundation.work import Local
from anigifs.media import write_gif, write_mp4
from benchmarks.loading import cartoon, film
from benchmarks.rows import LIMIT, NOT_INSTALLED, OURS, Asked, Row, Task, Work, one_thread, version

EACH = 24  # clips of a kind: more than a processor's cache holds
RULE, TINY = PrepareRule(), PrepareRule(size=32, max_frames=12)
RATE = 500.0
Clips = Callable[[], Iterator[np.ndarray]]


def make_sources(
    folder: Path, each: int = EACH, rule: PrepareRule = RULE
) -> dict[str, list[ClipSource]]:
    """Write one file of each kind, and cut many clips out of it."""
    rng = np.random.default_rng(0)
    length, side = rule.max_frames + each, rule.size
    write_mp4(folder / "film.mp4", film(rng, side + 16, side + 96, length), fps=25)
    write_gif(folder / "cartoon.gif", cartoon(side, side, length), 40)
    return {
        "raw": windows(folder / "film.mp4", each, rule),
        "compact": windows(folder / "cartoon.gif", each, rule),
    }


def windows(path: Path, each: int = EACH, rule: PrepareRule = RULE) -> list[ClipSource]:
    """Return overlapping clips of a file, each of as many frames as are kept."""
    return [
        ClipSource(f"{path.name}-{number}", path, 40 * number, 40 * (number + rule.max_frames))
        for number in range(each)
    ]


def rows(asked: Asked) -> list[Row]:
    """Compare how clips of both forms are read."""
    one_thread()
    rule, each = (TINY, 2) if asked.tiny else (RULE, EACH)
    found = []
    with tempfile.TemporaryDirectory() as name:
        for form, sources in make_sources(Path(name), each, rule).items():
            folder = Path(name) / form
            prepare(sources, rule, folder, executor=Local(1))
            found += reading(form, PreparedClips(folder, rule), sources, folder, asked)
    return found


def reading(
    form: str, prepared: PreparedClips, sources: Sequence[ClipSource], folder: Path, asked: Asked
) -> list[Row]:
    """Compare how clips of one form are read."""
    frames = 9 if asked.tiny else PAPER.frames
    names = [source.clip_id for source in sources]
    if any(prepared.stored(name).form != form for name in names):
        raise AssertionError(f"a clip is not {form}")
    arrays = {name: prepared.get(name).frames_FHWC for name in names}
    indices = [whole_by_time(prepared.delays(name), frames) for name in names]
    shape = (frames, *arrays[names[0]].shape[1:])

    def by_us(use: Callable[[np.ndarray], object] = lambda clip: None) -> None:
        for name in names:
            chosen = whole_by_time(prepared.delays(name), frames)
            clip_THWC = np.empty(shape, np.uint8)
            prepared.take(name, chosen, clip_THWC)
            use(clip_THWC)

    source_THWC = np.ascontiguousarray(arrays[names[0]][:frames])

    def copied() -> None:
        for _ in names:
            np.copyto(np.empty(shape, np.uint8), source_THWC)

    stores, absent = usual_stores(arrays, indices, folder)
    taken: list[np.ndarray] = []
    by_us(taken.append)
    for name, read in stores.items():
        if not all(np.array_equal(one, other) for one, other in zip(read(), taken, strict=True)):
            raise AssertionError(f"{name} reads other frames")
    sides: dict[str, Work] = {OURS: by_us, LIMIT: copied}
    for name, read in stores.items():
        sides[name] = lambda read=read: deque(read(), 0)  # type: ignore[misc]
    held = sum(path.stat().st_size for path in folder.rglob("*.bin")) / len(names)
    whole = arrays[names[0]].nbytes
    task = Task(
        what=f"read a prepared clip, {form}",
        shape=f"{frames} of {len(arrays[names[0]])} frames of {shape[1]} x {shape[2]}",
        unit="/s",
        count=len(names),
        rate=RATE,
        limit="a copy in memory",
        note=f"The peers hold raw frames, {whole / 1e6:.1f} MB a clip; ours {held / 1e6:.1f} MB."
        if form == "compact"
        else "",
    )
    return task.rows(sides, asked.rounds, absent=absent)


def usual_stores(
    arrays: dict[str, np.ndarray], indices: Sequence[Sequence[int]], folder: Path
) -> tuple[dict[str, Clips], dict[str, str]]:
    """Lay clips down in other stores; return what reads the chosen frames of all, by name."""
    stores: dict[str, Clips] = {f"{version('pyarrow')}, mapped": in_arrow(arrays, indices, folder)}
    try:
        import webdataset  # type: ignore[import-untyped]  # noqa: F401
    except ImportError:
        return stores, {"webdataset": NOT_INSTALLED}
    return stores | {f"{version('webdataset')}, tar": in_webdataset(arrays, indices, folder)}, {}


def in_arrow(
    arrays: dict[str, np.ndarray], indices: Sequence[Sequence[int]], folder: Path
) -> Clips:
    path = folder / "clips.arrow"
    schema = pa.schema([pa.field("id", pa.string()), pa.field("frames", pa.large_binary())])
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, schema) as writer:
        for name, array in arrays.items():
            writer.write_batch(pa.record_batch([[name], [array.tobytes()]], schema=schema))
    reader = pa.ipc.open_file(pa.memory_map(str(path)))
    shape = next(iter(arrays.values())).shape

    def read() -> Iterator[np.ndarray]:
        for place, chosen in enumerate(indices):
            held = reader.get_batch(place).column("frames")[0].as_buffer()
            yield np.frombuffer(held, np.uint8).reshape(shape)[list(chosen)]

    return read


def in_webdataset(
    arrays: dict[str, np.ndarray], indices: Sequence[Sequence[int]], folder: Path
) -> Clips:
    import webdataset

    path = folder / "clips.tar"
    with tarfile.open(path, "w") as tar:
        for number, array in enumerate(arrays.values()):
            held = io.BytesIO()
            np.save(held, array)
            member = tarfile.TarInfo(f"{number:06d}.npy")
            member.size = held.tell()
            held.seek(0)
            tar.addfile(member, held)

    def read() -> Iterator[np.ndarray]:
        samples = webdataset.WebDataset(str(path), shardshuffle=False).decode()
        for sample, chosen in zip(samples, indices, strict=True):
            yield sample["npy"][list(chosen)]

    return read
