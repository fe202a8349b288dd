"""Random-search data augmentation (RSDA): train under the operations that hurt the most.

Source: Volpi & Murino, "Addressing Model Vulnerability to Distributional Shifts over Image
Transformation Sets", ICCV 2019; the paper, section 4.1. A set of tuples begins as the identity
alone. Each batch is transformed by one of them, drawn uniformly. Now and then a search finds the
tuple under which the loss on source clips is highest, and adds it to the set.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import torch
from torch import distributed
from torch.nn import functional

from anigifs.clips.batch import Batch
from anigifs.foundation import generator
from anigifs.foundation.counts import check_counts
from anigifs.methods.hooks import Method, Run
from anigifs.methods.schedule import Schedule, period_of
from anigifs.methods.search import Trial, evolution_search, random_search, worst
from anigifs.methods.transforming import transformed
from anigifs.models import I3D, for_inference
from anigifs.transforms import EVERY, Operations, Statistics, draw, from_json, to_json, words

SEARCHES = {"random": random_search, "evolution": evolution_search}


@dataclass(frozen=True)
class RsdaOptions:
    """What RSDA can be told.

    Attributes:
        search: At random (RSDA), or by evolution (ESDA).
        period: Updates between two searches; none is the paper's 200, scaled in short runs.
        searches: At most; the paper's "600 random search iterations" are 12 searches of 50
            candidates each. 600 is the other reading of it.
        candidates: Tuples that a search tries.
        length: Operations in a tuple.
        probe_batches: Source batches, drawn once a search, on which the loss is measured.
        statistics: Of each frame, as the originals' were, or of the whole clip.
    """

    search: Literal["random", "evolution"] = "random"
    period: int | None = None
    searches: int = 12
    candidates: int = 50
    length: int = 4
    probe_batches: int = 1
    statistics: Statistics = "frame"

    def __post_init__(self) -> None:
        check_counts(self, "searches", "candidates", "length", "probe_batches", "period")


class Rsda(Method):
    """Batches under tuples from a growing set, which searches fill with the worst ones."""

    Options = RsdaOptions
    options: RsdaOptions

    def build(self, model: I3D, run: Run) -> None:
        """Hold on to the model, which is searched with."""
        self._model, self._run = model, run
        self._searches: list[dict[str, Any]] = []
        # One period more than there are searches, so that the last tuple is trained on, too.
        searches = self.options.searches
        period = period_of(self.options.period, run.updates, searches + 1, scaled=run.scaled)
        self._schedule = Schedule(period, last=run.updates - 1, most=searches)
        self._schedule.check("search", run.updates)
        self._transformed = 0

    @property
    def tuples(self) -> list[Operations]:
        """The set that batches draw from: the identity, and what each search has found."""
        found = [one["candidates"][one["chosen"]] for one in self._searches if _found(one)]
        return [(), *(from_json(one, EVERY) for one in found)]

    def augment(self, batch: Batch, rng: np.random.Generator) -> Batch:
        """Return the batch under one of the tuples, drawn uniformly."""
        tuples = self.tuples
        chosen = tuples[int(rng.integers(len(tuples)))]
        self._transformed += chosen != ()
        return transformed(batch, chosen, self.options.statistics)

    def after_step(self, step: int, counts: Mapping[str, float]) -> dict[str, Any] | None:
        """Search where it is time for it, and return the whole search."""
        if not self._schedule.is_due(step):
            return None
        found = {"step": step, **self._search(generator(self._run.seed, "search", step))}
        self._searches.append(found)
        return found

    def has_acted(self) -> bool:
        """Return whether a batch was transformed so far."""
        return self._transformed > 0

    def shortfall(self) -> str | None:
        """Return how few searches found something, if fewer than were due."""
        due, found = self._schedule.acts, len(self.tuples) - 1
        if found < due:
            return f"{found} of {due} searches found a tuple"
        return None if self._transformed else "no batch was transformed by what was found"

    def state_dict(self) -> dict[str, Any]:
        """Return all searches, from which the set follows, and how many batches it changed."""
        return {"searches": list(self._searches), "transformed": self._transformed}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take them back."""
        self._searches = list(state["searches"])
        self._transformed = state["transformed"]

    def _draw(self, rng: np.random.Generator, length: int) -> Operations:
        """Draw a tuple from the pool that is searched."""
        return draw(rng, length)

    def _choose(self, trials: Sequence[Trial]) -> int | None:
        """Return the place of the one that joins the set; None where none can."""
        return worst(trials)

    def _search(self, rng: np.random.Generator) -> dict[str, Any]:
        """Return every candidate with its loss, and which of them was chosen.

        The copy for inference computes what the model does in evaluation mode, so the model's own
        mode, statistics and generators are never touched.
        """
        options = self.options
        fast = for_inference(self._model, self._run.precision)
        probe = [self._run.draw(rng) for _ in range(options.probe_batches)]
        trials = SEARCHES[options.search](
            lambda operations: _loss(fast, probe, operations, options.statistics),
            rng,
            options.length,
            options.candidates,
            self._draw,
        )
        chosen = self._choose(trials)
        return {
            "candidates": [to_json(one.operations) for one in trials],
            "losses": [one.loss if math.isfinite(one.loss) else None for one in trials],
            "chosen": chosen,
            "words": None if chosen is None else words(trials[chosen].operations),
        }


def _found(search: Mapping[str, Any]) -> bool:
    return search["chosen"] is not None


@torch.no_grad()
def _loss(
    model: I3D, probe: Sequence[Batch], operations: Operations, statistics: Statistics
) -> float:
    """Return the mean cross-entropy over the probe under operations; the same in all processes."""
    device = next(model.parameters()).device
    total = torch.zeros(2, dtype=torch.float64, device=device)  # the sum, and of how many clips
    for batch in probe:
        seen = transformed(batch, operations, statistics).to(device)
        logits_BK, _ = model(seen.clips_BTHWC)
        total[0] += functional.cross_entropy(logits_BK, seen.labels_B, reduction="sum")
        total[1] += len(seen)
    if distributed.is_initialized():
        distributed.all_reduce(total)
    return float(total[0] / total[1])
