"""What a model makes of clips: the mean of every endpoint's output, and the logits."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from anigifs.clips import ClipSource, Geometry, PreparedClips, PrepareRule, Sampler, prepare
from anigifs.gap.once import Values, Watch, file_of, measured_once

if TYPE_CHECKING:
    from anigifs.models import I3D

#: Raised by one whenever a number changes.
VERSION = 1
LOGITS = "logits"


@dataclass(frozen=True)
class Seeing:
    """How a model is shown clips.

    Attributes:
        weights_sha256: Of its weights.
        load: Loads it, ready to classify; called where a clip has not been seen before.
        precision: What it computes in.
        geometry: Frames, size and crop.
        sampler: Which of the kept frames.
        background: RGB shown by transparent pixels.
        max_frames: The most frames that prepared clips keep.
    """

    weights_sha256: str
    load: "Callable[[], I3D]"
    precision: str
    geometry: Geometry
    sampler: Sampler
    background: tuple[int, int, int]
    max_frames: int

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
    workers: int | None,
    watch: Watch,
) -> Seen:
    """Return what a model makes of clips: one forward each, and none for those seen before.

    Every endpoint is kept, whichever are asked for: they come out of the same forward.

    Args:
        sources: Where the clips lie; those that are not prepared yet are.
        how: The model, and how it is shown clips.
        store: Where prepared clips and features are kept.
        workers: Processes that decode; None is one for each core.
        watch: Sees clips as they are prepared, and as the model has seen them.
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

    def measure(missing: list[str]) -> Iterator[tuple[str, Values]]:
        report = prepare(
            [source_of[clip_id] for clip_id in missing],
            how.rule,
            store,
            workers,
            lambda outcomes, total: watch(outcomes, total, "preparing clips"),
        )
        errors.update(report.errors)
        prepared = PreparedClips(store, how.rule)
        ready = [clip_id for clip_id in missing if clip_id in prepared]
        if ready:
            yield from watch(_forwards(how, prepared, ready), len(ready), "asking the model")

    found = measured_once(file_of(store, "features", settings), list(source_of), measure)
    return Seen(found, errors)


def _forwards(
    how: Seeing, prepared: PreparedClips, clip_ids: list[str]
) -> Iterator[tuple[str, Values]]:
    import torch

    from anigifs.clips.loader import ClipItem, ClipLoader
    from anigifs.evaluation.on_index import BATCH
    from anigifs.models import ENDPOINTS

    model = how.load()
    loader = ClipLoader(
        prepared,
        [ClipItem(clip_id, 0) for clip_id in clip_ids],
        frames=how.geometry.frames,
        sampler=how.sampler,
        batch_size=1 if how.sampler in ("dense", "native") else BATCH,
    )
    for batch in loader:
        with torch.inference_mode():
            logits_BK, tapped = model(batch.clips_BTHWC, taps=ENDPOINTS)
            pooled = {
                name: x_BCTHW.float().mean(dim=(2, 3, 4)).numpy()
                for name, x_BCTHW in tapped.items()
            }
        columns = {**pooled, LOGITS: logits_BK.float().numpy()}
        for place, clip_id in enumerate(batch.clip_ids):
            yield clip_id, {name: column[place] for name, column in columns.items()}
