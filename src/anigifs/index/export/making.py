"""Make one file of a folder, unless it is there already."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from anigifs.foundation import AnigifsError, MediaError, atomic_path, sha256_of, write_text
from anigifs.foundation.errors import one_line, said_of, without_path
from anigifs.index.export.lossless import Timing, write_lossless_mp4
from anigifs.index.export.plan import CHANGED, ENDINGS, GONE, IMAGES, Item, plain
from anigifs.media import probe

TIMING = "timing"
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Job:
    """A file to make.

    Attributes:
        item: The row that it is of.
        folder: Where the export lies.
        as_video: Whether what moves in a picture becomes a video.
    """

    item: Item
    folder: Path
    as_video: bool

    @property
    def converted(self) -> bool:
        """Whether the file has to be made anew, rather than copied."""
        return self.as_video and self.item.format in IMAGES

    @property
    def name(self) -> str:
        """The file's path, relative to the folder of its split."""
        ending = ".mp4" if self.converted else ENDINGS[self.item.format]
        return f"{plain(self.item.row.label) or '_'}/{self.item.key}{ending}"

    @property
    def target(self) -> Path:
        """Where the file goes."""
        return self.folder / self.item.split / self.name

    @property
    def timing(self) -> Path:
        """Where its timing goes, if it is converted."""
        return self.folder / TIMING / f"{self.item.key}.json"


@dataclass(frozen=True)
class Outcome:
    """What became of a job.

    Attributes:
        job: The job.
        made: Whether the file was made now; else it was there.
        timing: Of a converted file.
        error: Why it is not there, in a few words; None if it is.
    """

    job: Job
    made: bool = False
    timing: Timing | None = None
    error: str | None = None


def make(job: Job) -> Outcome:
    """Do a job; what is wrong with its file is in the answer."""
    try:
        return _converted(job) if job.converted else _copied(job)
    except MediaError as error:
        return Outcome(job, error=without_path(error, job.item.source))
    except OSError:
        return Outcome(job, error=GONE)
    except AnigifsError:
        raise  # nothing can be written, which is not the file's fault
    except Exception as error:  # one file must not end the work on all others
        return Outcome(job, error=one_line(said_of(error)))


def failed(job: Job, reason: str) -> Outcome:
    """Say of a job that it was given up."""
    return Outcome(job, error=reason)


def _copied(job: Job) -> Outcome:
    if job.target.is_file() and sha256_of(job.target) == job.item.row.sha256:
        return Outcome(job)
    with atomic_path(job.target) as temporary:
        if _copy(job.item.source, temporary) != job.item.row.sha256:
            raise MediaError(CHANGED)
    return Outcome(job, made=True)


def _copy(source: Path, target: Path) -> str:
    """Copy a file and return the sha256 of what was copied."""
    digest = hashlib.sha256()
    with source.open("rb") as before, target.open("wb") as after:
        while chunk := before.read(_CHUNK):
            digest.update(chunk)
            after.write(chunk)
    return digest.hexdigest()


def _converted(job: Job) -> Outcome:
    timing = read_timing(job.timing)
    if timing is not None and _is_whole(job.target, timing):
        return Outcome(job, timing=timing)
    if sha256_of(job.item.source) != job.item.row.sha256:
        raise MediaError(CHANGED)
    timing = write_lossless_mp4(job.item.source, job.target)
    # It comes last: a video with a timing is a whole one.
    name = f"{job.item.split}/{job.name}"
    write_text(job.timing, json.dumps({"file_name": name, **timing.record()}) + "\n")
    return Outcome(job, made=True, timing=timing)


def _is_whole(video: Path, timing: Timing) -> bool:
    """Return whether a video is there; one that was cut short has lost the table at its end."""
    try:
        return probe(video).frames == timing.frames
    except MediaError:
        return False


def read_timing(path: Path) -> Timing | None:
    """Return the timing in a file; None if there is none, or no sense in it."""
    try:
        return Timing.from_record(json.loads(path.read_text()))
    except (OSError, ValueError, KeyError, TypeError):
        return None
