"""An index of videos to an index of their GIFs."""

from dataclasses import replace
from itertools import accumulate
from pathlib import Path

from anigifs.foundation.work import Executor, Local
from anigifs.index.row import Box, Row, clip_id
from anigifs.index.subset import USABLE
from anigifs.index.table import Index
from anigifs.media.gif_folder import (
    GifJob,
    GifOutcome,
    Record,
    Watch,
    gif_names,
    make_gifs,
)
from anigifs.media.gifify import GifRecipe

DOMAIN, STYLE = "video-gif", "gifified"
GIFS = (DOMAIN, "animated-gif")  # what these domains hold is no video


def gifify_index(
    index: Index,
    out: Path | str,
    recipe: GifRecipe | None = None,
    *,
    style: str = STYLE,
    executor: Executor = Local(),
    watch: Watch | None = None,
) -> tuple[Index, list[GifOutcome]]:
    """Make a GIF of each clip and return their index, which is not written yet.

    A row of a GIF is decoded and of the domain ``video-gif``; its label, split, group, licence and
    source are the clip's. Each frame has the boxes of the annotated instant nearest to the
    moment that it is of, if that is within half a sampling period; their ``t_ms`` is when the
    frame begins to show in the GIF.

    Args:
        index: Rows in error, those without a file, and those of GIFs are passed over.
        out: The folder of the GIFs and their manifest, below the folders that the clips lie in.
        recipe: How; that of the Kinetics GIFs by default.
        style: Of every row.
        executor: Makes them; processes of this machine by default.
        watch: Given the outcomes as they come and their number; for a progress bar.

    Returns:
        The rows of the GIFs that are there, and what became of each clip.

    Raises:
        UsageError: Two clips make the same GIF, or one would write over a video.
    """
    recipe, out = recipe or GifRecipe(), Path(out)
    # A clip that was drawn twice is two rows, and one GIF.
    usable = index.filter(state=USABLE).rows()
    rows = [(row, _job_key(row)) for row in usable if row.path and row.domain not in GIFS]
    keys = list(dict.fromkeys(key for _, key in rows))
    jobs = [
        GifJob(index.root / key[0], name, *key[1:])
        for key, name in zip(keys, gif_names([key[:3] for key in keys]), strict=True)
    ]
    outcomes = make_gifs(jobs, out, recipe, executor=executor, watch=watch)
    records = {key: one.record for key, one in zip(keys, outcomes, strict=True) if one.record}
    made = (_gif_row(row, records[key], recipe, style) for row, key in rows if key in records)
    return Index.from_rows(made, index.taxonomy, out), outcomes


def _job_key(row: Row) -> tuple[str, int, int | None, str | None]:
    return str(row.path), row.start_ms, row.end_ms, row.sha256


def _gif_row(row: Row, record: Record, recipe: GifRecipe, style: str) -> Row:
    return replace(
        row,
        clip_id=clip_id(record["gif_sha256"]),
        path=record["gif"],
        sha256=record["gif_sha256"],
        start_ms=0,
        end_ms=None,
        domain=DOMAIN,
        style=style,
        width=record["width"],
        height=record["height"],
        frames=record["frames"],
        duration_ms=record["duration_ms"],
        boxes=_boxes(row, record["frames"], recipe),
        state="decoded",
    )


def _boxes(row: Row, frames: int, recipe: GifRecipe) -> tuple[Box, ...]:
    """Return a clip's boxes on the timeline of its GIF; of two instants as near, the earlier's."""
    by_time: dict[int, list[Box]] = {}
    for box in sorted(row.boxes, key=lambda box: box.t_ms):
        by_time.setdefault(box.t_ms, []).append(box)
    moved: list[Box] = []
    starts_ms = list(accumulate(recipe.delays_ms(frames), initial=0))
    for frame in range(frames if by_time else 0):
        instant_ms = row.start_ms + frame * recipe.step_ms
        nearest = min(by_time, key=lambda t_ms: abs(t_ms - instant_ms))
        if abs(nearest - instant_ms) <= recipe.step_ms / 2:
            moved.extend(replace(box, t_ms=starts_ms[frame]) for box in by_time[nearest])
    return tuple(moved)
