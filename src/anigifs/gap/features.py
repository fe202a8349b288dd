"""What a model makes of clips: the mean of every endpoint's output, and the logits."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from anigifs.clips import ClipSource, Geometry, PreparedClips, PrepareRule, Sampler, prepare
from anigifs.foundation.work import Executor, Local
from anigifs.gap.once import Values, Watch, file_of, measured_once

if TYPE_CHECKING:
    from anigifs.evaluation.shards import Shards
    from anigifs.models import Classifier

#: Raised by one whenever a number changes.
VERSION = 1
LOGITS = "logits"


@dataclass(frozen=True)
class Seeing:
    """How a model is shown clips.

    Attributes:
        weights_sha256: Of its weights.
        load: Loads it, an I3D that is ready to classify; called where a clip has not been seen
            before. With an executor, a function that can be pickled.
        precision: What it computes in.
        geometry: Frames, size and crop.
        sampler: Which of the kept frames.
        background: RGB shown by transparent pixels.
        max_frames: The most frames that prepared clips keep.
        threads: What it computes with; None is whatever a process does.
    """

    weights_sha256: str
    load: "Callable[[], Classifier]"
    precision: str
    geometry: Geometry
    sampler: Sampler
    background: tuple[int, int, int]
    max_frames: int
    threads: int | None = None

    @property
    def rule(self) -> PrepareRule:
        """How clips are prepared."""
        size, resize_side = self.geometry.size, self.geometry.resize_side
        return PrepareRule(size, resize_side, self.max_frames, self.background)


@dataclass(frozen=True)
class Seen:
    """What a model made of clips.

    Attributes:
        features_of: By clip id, float32 of each endpoint's channels, and of ``logits``.
        errors: Why the others could not be read, by clip id.
    """

    features_of: dict[str, Values]
    errors: dict[str, str]


def features_of_clips(
    sources: Sequence[ClipSource],
    how: Seeing,
    store: Path,
    watch: Watch,
    executor: Executor | None = None,
    reading: Executor = Local(),
) -> Seen:
    """Return what a model makes of clips: one forward each, and none for those seen before.

    Every endpoint is kept, whichever are asked for: they come out of the same forward.

    Args:
        sources: Where the clips lie; those that are not prepared yet are.
        how: The model, and how it is shown clips.
        store: Where prepared clips and features are kept.
        watch: Sees clips as they are prepared, and as the model has seen them.
        executor: Shows the clips to the model; None is this process, with all its threads.
        reading: Prepares the clips; processes of this machine by default.

    Raises:
        AnigifsError: Clips could not be shown to the model.
    """
    settings = {
        "version": VERSION,
        "weights": how.weights_sha256,
        "precision": how.precision,
        "sampler": how.sampler,
        "frames": how.geometry.frames,
        "rule": how.rule.text,
    }
    source_of = {source.clip_id: source for source in sources}
    errors: dict[str, str] = {}
    asked: list[Shards] = []

    def measure(missing: list[str]) -> Iterator[tuple[str, Values]]:
        report = prepare(
            [source_of[clip_id] for clip_id in missing],
            how.rule,
            store,
            executor=reading,
            watch=lambda outcomes, total: watch(outcomes, total, "preparing clips"),
        )
        errors.update(report.errors)
        prepared = PreparedClips(store, how.rule)
        ready = [clip_id for clip_id in missing if clip_id in prepared]
        if ready:
            shards = _shards(how, store, ready)
            asked.append(shards)
            yield from watch(_rows(shards, executor), len(ready), "asking the model")

    try:
        found = measured_once(file_of(store, "features", settings), list(source_of), measure)
    finally:  # what was measured is in the file now, even if something stopped the rest
        for shards in asked:
            shards.forget()
    return Seen(found, errors)


def _shards(how: Seeing, store: Path, clip_ids: list[str]) -> "Shards":
    from anigifs.evaluation.on_index import BATCH
    from anigifs.evaluation.shards import Shards, Showing
    from anigifs.models import ENDPOINTS

    showing = Showing(
        load=how.load,
        store=store.absolute(),
        rule=how.rule,
        frames=how.geometry.frames,
        sampler=how.sampler,
        batch_size=1 if how.sampler in ("dense", "native") else BATCH,
        taps=ENDPOINTS,
        threads=how.threads,
    )
    return Shards(showing, clip_ids, {"hash": how.weights_sha256, "precision": how.precision})


def _rows(shards: "Shards", executor: Executor | None) -> Iterator[tuple[str, Values]]:
    """Yield what the model makes of each clip."""
    for clip_ids, table in shards.answers(executor):
        for place, clip_id in enumerate(clip_ids):
            yield clip_id, {name: column[place] for name, column in table.items()}
