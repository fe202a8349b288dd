"""Spatiotemporal search: RSDA's search for what hurts, over time, drawing and context, too.

The paper ends with a call for methods "tailored toward the temporal dimension". RSDA's pool changes
the colours of single frames alone. Here the search goes over operations of time, of what makes a
GIF, and of what is around the actor besides; each clip draws a tuple of its own from what was
found, and a share of the clips stays clean, since a model that sees strong changes only learns too
little of anything in runs of this length.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch

from anigifs.clips.batch import Batch
from anigifs.clips.processes import place_of
from anigifs.foundation import UsageError
from anigifs.methods.hooks import Run
from anigifs.methods.rsda import Rsda, RsdaOptions
from anigifs.methods.search import Trial
from anigifs.methods.transforming import transformed
from anigifs.models import I3D
from anigifs.transforms import FAMILIES, Operations, draw_of, families_of

CONTEXT = "context"


@dataclass(frozen=True)
class SpatiotemporalSearchOptions(RsdaOptions):
    """What the search can be told, besides what RSDA can.

    Attributes:
        families: Of operations, joined by ``+``; ``context`` needs boxes.
        without: Operations to leave out, joined by ``+``.
        clean: Share of the clips that stay as they are, 0 or more and below 1.
        quantile: Which candidate of a search is taken, by its loss: 1 is the worst, as in RSDA, 0.5
            the one in the middle.
    """

    families: str = "+".join(FAMILIES)
    without: str = ""
    clean: float = 0.5
    quantile: float = 1.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 <= self.clean < 1:
            raise UsageError(f"clean is a share of the clips, 0 or more and below 1: {self.clean}")
        if not 0 <= self.quantile <= 1:
            raise UsageError(f"quantile is within 0..1, not {self.quantile}")
        families_of(_words(self.families), _words(self.without))


class SpatiotemporalSearch(Rsda):
    """Clips under tuples of operations of several families, which searches find."""

    Options = SpatiotemporalSearchOptions
    options: SpatiotemporalSearchOptions

    def build(self, model: I3D, run: Run) -> None:
        """Hold on to the model, and make sure that there are boxes where they are needed."""
        super().build(model, run)
        self._families = families_of(_words(self.options.families), _words(self.options.without))
        if CONTEXT in self._families and not run.boxes:
            raise UsageError(
                "operations of context need boxes, and no training clip of the index has any; "
                "leave the family out"
            )

    def augment(self, batch: Batch, rng: np.random.Generator) -> Batch:
        """Return the batch with some clips under tuples, each under one of its own.

        Draws are made for the whole batch, of which this process has a share.
        """
        found = self.tuples[1:]
        first, total = place_of(len(batch))
        changed = rng.random(total) >= self.options.clean
        chosen = rng.integers(max(1, len(found)), size=total)
        own = slice(first, first + len(batch))
        if not found:
            return batch
        self._transformed += int(changed.sum())  # the same in all processes
        if not changed[own].any():
            return batch
        parts = [
            transformed(part, found[place] if change else (), self.options.statistics)
            for part, change, place in zip(
                batch.parts(len(batch)), changed[own], chosen[own], strict=True
            )
        ]
        return replace(
            batch,
            clips_BTHWC=torch.cat([part.clips_BTHWC for part in parts]),
            tubes_BTHW=_joined([part.tubes_BTHW for part in parts]),
        )

    def _draw(self, rng: np.random.Generator, length: int) -> Operations:
        return draw_of(rng, length, self._families)

    def _choose(self, trials: Sequence[Trial]) -> int | None:
        return at_quantile([one.loss for one in trials], self.options.quantile)


def at_quantile(losses: Sequence[float], quantile: float) -> int | None:
    """Return the place of the loss at a quantile of the finite ones; None without any.

    Example:
        >>> at_quantile([3.0, 1.0, float("nan"), 2.0], 1.0), at_quantile([3.0, 1.0, 2.0], 0.5)
        (0, 2)
    """
    finite = [place for place, loss in enumerate(losses) if math.isfinite(loss)]
    ranked = sorted(finite, key=lambda place: losses[place])
    return ranked[round(quantile * (len(ranked) - 1))] if ranked else None


def _words(joined: str) -> list[str]:
    return [word for word in joined.split("+") if word]


def _joined(tubes: Sequence[torch.Tensor | None]) -> torch.Tensor | None:
    known = [one for one in tubes if one is not None]
    return torch.cat(known) if known else None
