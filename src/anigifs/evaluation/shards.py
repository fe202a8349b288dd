"""Clips shown to a model shard by shard: by this process or by others, and none of them twice.

A shard is some batches of clips that follow each other: a table of clip ids in, a table of numbers
out. Batches are cut alike whoever computes, so the numbers are the same bits for the same number of
threads.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any, NoReturn, cast

import numpy as np
import torch

from anigifs.clips import PrepareRule, Sampler
from anigifs.clips.batch import Batch
from anigifs.clips.loader import ClipItem, ClipLoader
from anigifs.clips.prepared import PreparedClips
from anigifs.foundation import AnigifsError
from anigifs.foundation.arrays import read_arrays, write_arrays
from anigifs.foundation.work import Executor, Work
from anigifs.models import I3D, Classifier
from anigifs.transforms.shifts import shifted

#: Batches of a shard: what is lost at a kill, and small beside the time that an item may take.
BATCHES = 8
#: Where finished shards lie below the folder of prepared clips.
ANSWERS = "answers"
LOGITS = "logits"
#: Raised by one when a number changes.
VERSION = 1

Table = Mapping[str, np.ndarray]  # a row a clip, float32
Answer = tuple[tuple[str, ...], Table]  # clip ids, and what the model says of them


@dataclass(frozen=True)
class Shard:
    """Some clips that a model is shown by one process.

    Attributes:
        clip_ids: The clips.
        file: Where what it says of them is kept.
    """

    clip_ids: tuple[str, ...]
    file: Path


@dataclass(frozen=True)
class Showing:
    """How a model is shown clips, in whatever process.

    The model is loaded and the list of prepared clips read when the first shard comes, once in each
    process: pickled, both are left behind.

    Attributes:
        load: Loads the model, in evaluation mode; where other processes are to show it clips, a
            function that can be pickled, such as :meth:`anigifs.models.Loading.load`.
        store: Where prepared clips are kept.
        rule: By which they were prepared.
        frames: For the samplers that use it.
        sampler: Which of the kept frames.
        batch_size: Clips that it is shown together.
        shift: A synthetic shift that each clip is shown under.
        taps: Endpoints whose mean over time and space is told beside the logits; then the model
            must be an I3D.
        threads: What it computes with; None is whatever the process does.
    """

    load: Callable[[], Classifier]
    store: Path
    rule: PrepareRule
    frames: int
    sampler: Sampler
    batch_size: int
    shift: str | None = None
    taps: tuple[str, ...] = ()
    threads: int | None = None

    def table(self, clip_ids: Sequence[str]) -> Table:
        """Return what the model says of some clips: ``logits`` and, by name, each endpoint."""
        loader = ClipLoader(
            self._prepared,
            [ClipItem(clip_id, 0) for clip_id in clip_ids],
            frames=self.frames,
            sampler=self.sampler,
            batch_size=self.batch_size,
        )
        device = next(self._model.parameters()).device
        parts = []
        with _threads(self.threads), torch.inference_mode():
            for batch in loader:
                shown = shifted_batch(batch, self.shift) if self.shift else batch
                parts.append(self._of_batch(shown.clips_BTHWC.to(device)))
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}

    def _of_batch(self, clips_BTHWC: torch.Tensor) -> dict[str, np.ndarray]:
        if not self.taps:
            logits_BK, _ = self._model(clips_BTHWC)
            return {LOGITS: logits_BK.float().cpu().numpy()}
        logits_BK, tapped = cast(I3D, self._model)(clips_BTHWC, taps=self.taps)
        pooled = {
            name: x_BCTHW.float().mean(dim=(2, 3, 4)).cpu().numpy()
            for name, x_BCTHW in tapped.items()
        }
        return {**pooled, LOGITS: logits_BK.float().cpu().numpy()}

    @cached_property
    def _model(self) -> Classifier:
        return self.load()

    @cached_property
    def _prepared(self) -> PreparedClips:
        return PreparedClips(self.store, self.rule)

    def __getstate__(self) -> dict[str, Any]:
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def about(self) -> dict[str, Any]:
        """Return all that the numbers depend on beside the weights and the clips."""
        return {
            "version": VERSION,
            "rule": self.rule.text,
            "frames": self.frames,
            "sampler": self.sampler,
            "batch_size": self.batch_size,
            "shift": self.shift,
            "taps": self.taps,
            "threads": self.threads or torch.get_num_threads(),
            "torch": torch.__version__,
        }


class Shards:
    """All clips of a test, cut into shards, and what is known of each.

    Whoever computes a shard puts it into a file that is named by all that it depends on, so what
    was stopped goes on from there. :meth:`forget` removes the files when they have served.

    Args:
        showing: How the model is shown clips.
        clip_ids: All clips, in the order in which batches are cut.
        weights: All that identifies the weights and how they are computed, as JSON can hold it.
    """

    def __init__(
        self, showing: Showing, clip_ids: Sequence[str], weights: Mapping[str, Any]
    ) -> None:
        self._showing = showing
        about = {**showing.about(), "weights": dict(weights)}
        size = BATCHES * showing.batch_size
        cut = (tuple(clip_ids[first : first + size]) for first in range(0, len(clip_ids), size))
        self._all = [Shard(some, _file(showing.store, {**about, "clips": some})) for some in cut]

    def answers(self, executor: Executor | None = None) -> Iterator[Answer]:
        """Yield what the model says of each shard, in any order.

        Args:
            executor: Shows the clips; None is this process, with the threads that it has.

        Raises:
            AnigifsError: A shard was given up.
        """
        missing = []
        for shard in self._all:
            table = _read(shard)
            if table is None:
                missing.append(shard)
            else:
                yield shard.clip_ids, table
        work = Work("evaluate", partial(_answer, self._showing), _failed)
        yield from map(work.do, missing) if executor is None else executor.run(work, missing)

    def forget(self) -> None:
        """Remove the files of all shards."""
        for shard in self._all:
            shard.file.unlink(missing_ok=True)


def _file(store: Path, about: Mapping[str, Any]) -> Path:
    name = hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()
    return store / ANSWERS / f"{name}.npz"


def _answer(showing: Showing, shard: Shard) -> Answer:
    """Show the model a shard, unless that was done before the machine that did it was lost."""
    table = _read(shard)
    if table is None:
        table = showing.table(shard.clip_ids)
        write_arrays(shard.file, table)
    return shard.clip_ids, table


def shifted_batch(batch: Batch, kind: str) -> Batch:
    """Return a batch with each clip under a synthetic shift that its name decides.

    Args:
        batch: The clips.
        kind: Of :data:`anigifs.transforms.shifts.SHIFTS`.
    """
    clips = [
        torch.from_numpy(shifted(clip.numpy(), kind, name))
        for clip, name in zip(batch.clips_BTHWC, batch.clip_ids, strict=True)
    ]
    return replace(batch, clips_BTHWC=torch.stack(clips))


def _failed(shard: Shard, reason: str) -> NoReturn:
    first, *others = shard.clip_ids
    clips = f"{len(shard.clip_ids)} clips from {first} on" if others else f"clip {first}"
    raise AnigifsError(f"{clips} could not be shown to the model: {reason}")


@contextmanager
def _threads(count: int | None) -> Iterator[None]:
    """Compute with so many threads for a while; None is those that there are."""
    before = torch.get_num_threads()
    if count is not None:
        torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _read(shard: Shard) -> Table | None:
    """Return what is in a shard's file; a damaged one counts as absent."""
    table = read_arrays(shard.file)
    rows = len(shard.clip_ids)
    return table if table and all(len(column) == rows for column in table.values()) else None
