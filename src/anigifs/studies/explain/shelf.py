"""Prepared clips of an index, with the tubes of their people, and as pictures show them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from anigifs.clips import PreparedClips, PrepareRule, prepare
from anigifs.clips.batch import Batch
from anigifs.clips.loader import ClipItem, ClipLoader
from anigifs.clips.samplers import sample_delays
from anigifs.evaluation.on_index import BATCH, frames_kept, sources_of
from anigifs.index import Row
from anigifs.studies.explain.on_files import Showing
from anigifs.studies.explain.pictures import Subject
from anigifs.studies.explain.rows import Clips
from anigifs.studies.explain.timing import playing_ms


@dataclass(frozen=True, eq=False)
class Shelf:
    """Prepared clips.

    Attributes:
        prepared: Where they are.
        showing: How models see them.
    """

    prepared: PreparedClips
    showing: Showing

    def batches(self, rows: Sequence[Row], size: int = BATCH) -> ClipLoader:
        """Return batches of the rows' clips with their tubes, in order."""
        uneven = self.showing.sampler in ("dense", "native")
        return ClipLoader(
            self.prepared,
            [ClipItem(row.clip_id, 0, row.domain, row.boxes, row.start_ms) for row in rows],
            frames=self.showing.geometry.frames,
            sampler=self.showing.sampler,
            batch_size=1 if uneven else size,
        )

    def subject(self, row: Row, batch: Batch) -> Subject:
        """Return a clip, alone in its batch, to be shown."""
        delays = self.prepared.delays(row.clip_id)
        tick_ms = float(1000 * self.prepared.stored(row.clip_id).tick)
        seen = sample_delays(delays, self.showing.sampler, self.showing.geometry.frames)
        tube_THW = None if batch.tubes_BTHW is None else batch.tubes_BTHW[0].numpy()
        return Subject(
            frames_THWC=batch.clips_BTHWC[0].numpy(),
            shown_ms=playing_ms([delay * tick_ms for delay in delays], seen),
            label=row.label,
            tube_THW=tube_THW if row.boxes else None,
        )


def fill_shelf(
    rows: Sequence[Row],
    clips: Clips,
    showing: Showing,
    watch: Callable[[Iterator[tuple[str, str | None]], int], Iterable[tuple[str, str | None]]],
) -> tuple[Shelf, list[str]]:
    """Prepare the rows' clips, and return them with the errors of those that cannot be read."""
    geometry = showing.geometry
    rule = PrepareRule(
        size=geometry.size,
        resize_side=geometry.resize_side,
        max_frames=frames_kept(showing.sampler, rows),
        background=showing.background,
    )
    errors = prepare(sources_of(rows, clips.index), rule, clips.store, watch=watch).errors
    return Shelf(PreparedClips(clips.store, rule), showing), list(errors.values())
