"""A folder of GIFs made of videos: side by side, noted in a manifest, and taken up again."""

import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

import av
import PIL

from anigifs.foundation import (
    AnigifsError,
    MediaError,
    OutputError,
    UsageError,
    append_record,
    read_records,
    sha256_of,
)
from anigifs.foundation.errors import said_of
from anigifs.foundation.lock import NAME, Lock
from anigifs.foundation.work import Executor, Local, Work
from anigifs.media.formats import sniff
from anigifs.media.gifify import GifRecipe, gifify

MANIFEST = "manifest.jsonl"
#: Raised by one when GIFs are made in another way, so that those there are made anew.
MANIFEST_VERSION = 1

Record = Mapping[str, Any]
Clip = tuple[str, int, int | None]  # a path, where the clip begins and where it ends


@dataclass(frozen=True)
class GifJob:
    """A GIF to make.

    Attributes:
        source: The video.
        gif: The GIF's path in its folder, such as ``yoga/a.gif``.
        start_ms: Where the part of the video begins.
        end_ms: Where it ends; None is the end of the video.
        sha256: What the video's hash must be; None is any.
    """

    source: Path
    gif: str
    start_ms: int = 0
    end_ms: int | None = None
    sha256: str | None = None


@dataclass(frozen=True)
class GifOutcome:
    """What became of a job.

    Attributes:
        job: The job.
        record: What the manifest says of the GIF; None where there is none.
        made: Whether it was made now; else it was there.
        error: Why there is none, in one line.
    """

    job: GifJob
    record: Record | None = None
    made: bool = False
    error: str | None = None


Task = tuple[GifJob, Record | None]  # and what the manifest says of it already
Watch = Callable[[Iterator[GifOutcome], int], Iterable[GifOutcome]]


def make_gifs(
    jobs: Sequence[GifJob],
    folder: Path,
    recipe: GifRecipe | None = None,
    *,
    executor: Executor = Local(),
    watch: Watch | None = None,
) -> list[GifOutcome]:
    """Make GIFs; one that is noted in the manifest is not made again.

    It must be of the same bytes of video, part and recipe, and be there as it was made. A GIF is
    noted as soon as it is there, so at a kill only those in flight are lost.

    Args:
        jobs: Each with another path of its GIF.
        folder: Where GIFs and ``manifest.jsonl`` go.
        recipe: How; that of the Kinetics GIFs by default.
        executor: Makes them; processes of this machine by default. All of its machines must see
            the videos and ``folder`` under the same names.
        watch: Given the outcomes as they come and their number; for a progress bar.

    Returns:
        What became of each job, in their order; a video that cannot be read is no exception.

    Raises:
        UsageError: Two jobs make the same file or one writes over a source, or another process
            makes GIFs in the folder.
        OutputError: There is no room for them, or the folder may not be written to.
    """
    _check_targets(jobs, folder)
    with Lock(folder / NAME, f"{folder}: another process is making GIFs in it"):
        noted = {record.get("gif"): record for record in read_records(folder / MANIFEST)}
        tasks = ((replace(job, source=job.source.absolute()), noted.get(job.gif)) for job in jobs)
        do = partial(_make, folder.absolute(), recipe or GifRecipe())
        making = executor.run(Work("gifify", do, _failed), tasks)
        outcomes = {}
        for outcome in watch(making, len(jobs)) if watch else making:
            if outcome.made and outcome.record is not None:
                append_record(folder / MANIFEST, outcome.record)
            outcomes[outcome.job.gif] = outcome
    return [_as_asked(job, outcomes[job.gif]) for job in jobs]


def gif_names(clips: Sequence[Clip]) -> list[str]:
    """Return the path of each clip's GIF, below the same folders.

    Where two would have the same, they keep the ending of their video's name.

    Example:
        >>> gif_names([("yoga/a.mp4", 0, None), ("yoga/a.avi", 0, None)])
        ['yoga/a.mp4.gif', 'yoga/a.avi.gif']
        >>> gif_names([("yoga/b.mp4", 0, None), ("../c.mp4", 500, 9000)])
        ['yoga/b.gif', 'c_500_9000.gif']
    """
    short = [_gif_name(clip) for clip in clips]
    taken = Counter(short)
    return [
        name if taken[name] == 1 else _gif_name(clip, whole=True)
        for name, clip in zip(short, clips, strict=True)
    ]


def _gif_name(clip: Clip, *, whole: bool = False) -> str:
    path, start_ms, end_ms = clip
    video = PurePosixPath(path)
    # What lies elsewhere comes below the folder as well.
    folders = [name for name in video.parent.parts if name not in ("/", "..")]
    window = "" if (start_ms, end_ms) == (0, None) else f"_{start_ms}_{end_ms or 'end'}"
    return str(PurePosixPath(*folders, f"{video.name if whole else video.stem}{window}.gif"))


def _check_targets(jobs: Sequence[GifJob], folder: Path) -> None:
    sources = {os.path.realpath(job.source) for job in jobs}
    for gif, count in Counter(job.gif for job in jobs).items():
        if count > 1:
            raise UsageError(f"{folder / gif}: {count} videos would become it; use folders apart")
        if os.path.realpath(folder / gif) in sources:
            raise UsageError(f"{folder / gif}: it would be written over; choose another folder")


def _failed(task: Task, reason: str) -> GifOutcome:
    job, _ = task
    return GifOutcome(job, error=f"{job.source}: {reason}")


def _as_asked(job: GifJob, outcome: GifOutcome) -> GifOutcome:
    """Return an outcome that names its video as the job does, which was absolute on its way."""
    error = outcome.error and outcome.error.replace(str(job.source.absolute()), str(job.source), 1)
    return replace(outcome, job=job, error=error)


def _make(folder: Path, recipe: GifRecipe, task: Task) -> GifOutcome:
    """Do a job unless its record still holds; what is wrong with its video is in the answer."""
    job, noted = task
    try:
        asked = _asked(job, folder, recipe)
        if noted is not None and {**noted, **asked} == noted and _still_there(folder, noted):
            return GifOutcome(job, noted)
        if noted is None:
            _leave_others_alone(job, folder, recipe)
        return GifOutcome(job, {**asked, **_made(job, folder, recipe)}, made=True)
    except OutputError:
        raise
    except AnigifsError as error:
        text = str(error)
    except OSError as error:
        text = f"{error.filename or job.source}: {error.strerror or error}"
    except Exception as error:  # one video must not end the work on all others
        text = str(AnigifsError(f"{job.source}: {said_of(error)}"))
    return GifOutcome(job, error=text)


def _asked(job: GifJob, folder: Path, recipe: GifRecipe) -> dict[str, Any]:
    """Return that part of a record which must be the same for a GIF to be kept."""
    sniff(job.source)  # says what is no file, before it is read
    sha256 = sha256_of(job.source)
    if job.sha256 not in (None, sha256):
        raise MediaError(f"{job.source}: not the file that was indexed; check the index anew")
    return {
        "version": MANIFEST_VERSION,
        "source_sha256": sha256,
        "start_ms": job.start_ms,
        "end_ms": job.end_ms,
        "gif": job.gif,
        "recipe": asdict(recipe),
    }


def _still_there(folder: Path, noted: Record) -> bool:
    gif = folder / noted["gif"]
    return gif.is_file() and sha256_of(gif) == str(noted["gif_sha256"])


def _leave_others_alone(job: GifJob, folder: Path, recipe: GifRecipe) -> None:
    """Refuse to write over a file that is not in the manifest.

    A kill may have come between a GIF and its line there: then it is what would be made now.
    """
    target = folder / job.gif
    if not target.exists():
        return
    with tempfile.TemporaryDirectory() as place:
        trial = Path(place) / "trial.gif"
        gifify(job.source, trial, recipe, job.start_ms, job.end_ms)
        if sha256_of(trial) != sha256_of(target):
            raise MediaError(f"{target}: is there, and was not made here; choose another folder")


def _made(job: GifJob, folder: Path, recipe: GifRecipe) -> dict[str, Any]:
    """Make the GIF and return the rest of its record."""
    source = os.path.relpath(os.path.realpath(job.source), os.path.realpath(folder))
    try:
        f"{source}{job.gif}".encode()
    except UnicodeEncodeError:
        raise MediaError(f"{job.source}: its name is not valid UTF-8; rename it") from None
    made = gifify(job.source, folder / job.gif, recipe, job.start_ms, job.end_ms)
    return {
        "source": source,
        "gif_sha256": sha256_of(made.path),
        "width": made.width,
        "height": made.height,
        "frames": made.frames,
        "duration_ms": made.duration_ms,
        "taken_ms": made.taken_ms,
        "warnings": made.warnings,
        "versions": {"av": av.__version__, "pillow": PIL.__version__},
    }
