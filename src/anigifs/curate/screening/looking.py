"""One look at one file: what it is, what can be measured of it, and its fingerprint."""

from dataclasses import dataclass
from pathlib import Path

from anigifs.curate.screening.hints import ai_hint
from anigifs.curate.screening.measures import Statistics, motion, overlay, slideshow, statistics
from anigifs.curate.screening.nsfw import Maker
from anigifs.curate.screening.screened import Screened
from anigifs.curate.seeing.fingerprints import Fingerprint, fingerprint_of
from anigifs.curate.seeing.frames import Frames, look_at
from anigifs.foundation import MediaError
from anigifs.foundation.errors import one_line, said_of, without_path
from anigifs.media import Format, sniff


@dataclass(frozen=True, eq=False)
class Look:
    """What was found out of one file.

    Attributes:
        screened: All but ``animated``, which a model says later.
        statistics: What it says it of; None where no frame can be decoded.
        fingerprint: None likewise.
        final: Whether another look would find the same; not if the program failed.
    """

    screened: Screened
    statistics: Statistics | None = None
    fingerprint: Fingerprint | None = None
    final: bool = True


@dataclass(frozen=True)
class Job:
    """A file that is to be looked at.

    Attributes:
        sha256: Of its bytes.
        path: Where it lies; its suffix is its kind.
        nsfw: What makes a detector; None does not ask.
    """

    sha256: str
    path: Path
    nsfw: Maker | None = None


def look(job: Job) -> Look:
    """Look at a file; whatever is wrong with it is in the answer."""
    try:
        return _look(job)
    except MediaError as error:
        return _rejected(job, "broken", without_path(error, job.path))
    except Exception as error:  # one file must not end the work on all others
        return _rejected(job, "broken", one_line(said_of(error)), final=False)


def failed(job: Job, reason: str) -> Look:
    """Return what is said of a file that nobody could look at to the end."""
    return _rejected(job, "broken", reason, final=False)


def _look(job: Job) -> Look:
    try:
        sniff(job.path)
    except MediaError as error:
        return _rejected(job, "not-media", without_path(error, job.path))
    frames = look_at(job.path)
    info = frames.info
    reason, detail = _reason(frames)
    screened = Screened(
        sha256=job.sha256,
        kind=info.format.value,
        bytes=job.path.stat().st_size,
        width=info.width,
        height=info.height,
        frames=info.frames,
        duration_ms=round(info.duration_ms),
        complete=frames.complete,
        distinct=frames.distinct,
        motion=motion(frames),
        slideshow=slideshow(frames),
        overlay=overlay(frames),
        ai_hint=ai_hint(job.path),
        nsfw=job.nsfw()(frames.samples) if job.nsfw else None,
        reason=reason,
        detail=detail,
        warnings=info.warnings,
    )
    return Look(screened, statistics(frames), fingerprint_of(*frames.solid))


def _reason(frames: Frames) -> tuple[str, str]:
    """Return why a file is rejected that can be decoded, and in words; empty if it is not."""
    if not frames.still:
        return "", ""
    kind, count = frames.info.format, frames.info.frames
    if count == 1 and kind in (Format.PNG, Format.WEBP):
        return "not-media", f"a {kind.upper()} picture that does not move"
    return "still", "one frame" if count == 1 else f"{count:,} frames that look the same"


def _rejected(job: Job, reason: str, detail: str, *, final: bool = True) -> Look:
    size = job.path.stat().st_size if job.path.is_file() else 0
    kind = job.path.suffix.removeprefix(".")
    screened = Screened(sha256=job.sha256, kind=kind, bytes=size, reason=reason, detail=detail)
    return Look(screened, final=final)
