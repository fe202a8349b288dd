"""One clip from its description to its file and its row."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

from anigifs.foundation import sha256_of, write_bytes
from anigifs.index import Box, Row, clip_id
from anigifs.media import write_mp4
from anigifs.media.gifify import gifify
from anigifs.puppets.cartoon.render import Cartoon
from anigifs.puppets.film.render import FPS, FRAMES, Film
from anigifs.puppets.instance import Instance
from anigifs.puppets.spec import KINDS, Job

QUALITY, PRESET = 23, "veryfast"  # of H.264: about 45 kB a clip of 160 x 160
LICENCE = "CC0-1.0"
PLACES = 5  # decimals of a box's edges


class Rendering(Protocol):
    """What the row of a clip says of the job that it was rendered by."""

    @property
    def instance(self) -> Instance:
        """Who does what."""

    @property
    def style(self) -> str:
        """Of the index."""

    @property
    def size(self) -> int:
        """Height and width, in pixels."""

    @property
    def path(self) -> str:
        """Where the file lies, relative to the index."""


def make(job: Job, root: Path) -> Row:
    """Render a clip into the benchmark's folder and return its row."""
    path = root / job.path
    path.parent.mkdir(parents=True, exist_ok=True)
    match KINDS[job.domain].domain:
        case "video":
            return _make_film(job, path)
        case "video-gif":
            return _make_gif_of_film(job, path, root)
        case _:
            return _make_cartoon(job, path)


def _make_film(job: Job, path: Path) -> Row:
    film = Film(job.instance, job.domain, job.bias, job.size)
    write_mp4(path, film.frames(), FPS, quality=QUALITY, preset=PRESET)
    starts = [1000 * number // FPS for number in range(FRAMES)]
    kind = KINDS[job.domain].domain
    return row_of(job, kind, path, starts, film.boxes(), 1000 * FRAMES // FPS)


def _make_gif_of_film(job: Job, path: Path, root: Path) -> Row:
    source = Job(job.instance, "film", "film", job.size, job.bias)
    made = gifify(root / source.path, path)
    film = Film(job.instance, source.domain, job.bias, job.size)
    showing = [round(time_ms * FPS / 1000) for time_ms in made.taken_ms]
    starts = [0, *np.cumsum(made.delays_ms)[:-1].tolist()]
    kind = KINDS[job.domain].domain
    return row_of(job, kind, path, starts, film.boxes()[showing], made.duration_ms)


def _make_cartoon(job: Job, path: Path) -> Row:
    cartoon = Cartoon(job.instance, job.style, job.size)
    write_bytes(path, cartoon.gif())
    timing = cartoon.timing
    kind, boxes_T4 = KINDS[job.domain].domain, cartoon.drawing.boxes_T4
    return row_of(job, kind, path, timing.starts_ms, boxes_T4, sum(timing.delays_ms))


def row_of(
    job: Rendering,
    domain: str,
    path: Path,
    starts_ms: Sequence[int],
    boxes_T4: np.ndarray,
    duration_ms: int,
) -> Row:
    """Return the row of a clip that has been rendered.

    Args:
        job: The clip.
        domain: Of the index.
        path: The file.
        starts_ms: When each frame begins to show.
        boxes_T4: The actor's box in each frame, in 0..1 of the picture.
        duration_ms: How long the file plays.
    """
    sha256, one = sha256_of(path), job.instance
    edges = [[round(float(edge), PLACES) for edge in box] for box in boxes_T4]
    boxes = (
        Box(int(start), x1, y1, x2, y2, one.action, "actor")
        for start, (x1, y1, x2, y2) in zip(starts_ms, edges, strict=True)
    )
    return Row(
        clip_id=clip_id(sha256),
        path=job.path,
        sha256=sha256,
        label=one.action,
        domain=domain,
        style=job.style,
        split=one.split,
        group=one.group,
        width=job.size,
        height=job.size,
        frames=len(starts_ms),
        duration_ms=duration_ms,
        boxes=tuple(boxes),
        licence=LICENCE,
        source=f"anigifs puppets, seed {one.seed}",
        state="decoded",
    )
