"""The clips of both sides, and what is measured of each of them."""

from dataclasses import dataclass, replace

import numpy as np

from anigifs.gap.config import GapConfig, Weights
from anigifs.gap.features import Seeing, features_of_clips
from anigifs.gap.looks import Looked, look_at_clips
from anigifs.gap.once import Values, Watch
from anigifs.gap.sides import Side, both_sides, check_size, drawn


@dataclass(frozen=True)
class Clips:
    """The clips of both sides that could be read, and what was measured of each.

    Attributes:
        a: The first side.
        b: The second.
        looks_NL: Looks of the first side's clips, and then of the second's.
        seen: What the model makes of each, in the same order; nothing without a model.
        errors: Why others could not be read, by clip id.
    """

    a: Side
    b: Side
    looks_NL: np.ndarray
    seen: tuple[Values, ...]
    errors: dict[str, str]

    def features(self, endpoint: str) -> np.ndarray:
        """Return one endpoint's features, a row a clip."""
        return np.stack([values[endpoint] for values in self.seen])


def measured_clips(config: GapConfig, weights: Weights | None, watch: Watch) -> Clips:
    """Measure each clip of both sides, where that was not done before.

    Args:
        config: What to compare.
        weights: The model to ask; None measures looks only.
        watch: Sees each long piece of work.

    Raises:
        UsageError: A side cannot be read or is too small, or both have a clip in common.
    """
    sides = drawn(both_sides(config.a, config.b, config.split), config.clips, config.how.seed)
    sources = [source for side in sides for source in side.sources]
    looked = look_at_clips(
        sources, config.geometry, config.background, config.store, watch, config.reading
    )
    errors, good, seen = looked.errors, set(looked.looks_of), {}
    if weights is not None:
        readable = [source for source in sources if source.clip_id in good]
        how = _seeing(config, weights, sides, looked)
        found = features_of_clips(
            readable, how, config.store, watch, config.executor, config.reading
        )
        seen, errors, good = found.features_of, {**errors, **found.errors}, set(found.features_of)
    a, b = (side.only(good) for side in sides)
    for side in (a, b):
        check_size(side, errors)
    clip_ids = [row.clip_id for side in (a, b) for row in side.rows]
    looks_NL = np.stack([looked.looks_of[clip_id] for clip_id in clip_ids])
    return Clips(a, b, looks_NL, tuple(seen[clip_id] for clip_id in clip_ids if seen), errors)


def _seeing(
    config: GapConfig, weights: Weights, sides: tuple[Side, Side], looked: Looked
) -> Seeing:
    from anigifs.evaluation.on_index import frames_kept

    frames = {clip_id: int(looks[0]) for clip_id, looks in looked.looks_of.items()}
    rows = [
        replace(row, frames=frames[row.clip_id])
        for side in sides
        for row in side.rows
        if row.clip_id in frames
    ]
    return Seeing(
        weights_sha256=weights.record.sha256,
        load=weights.load,
        threads=weights.threads,
        precision=weights.precision,
        geometry=config.geometry,
        sampler=config.sampler,
        background=config.background,
        max_frames=frames_kept(config.sampler, rows),
    )
