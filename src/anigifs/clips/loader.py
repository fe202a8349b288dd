"""Batches of prepared clips, in an order that is exact.

What a batch holds is a pure function of the loader's settings, the epoch and the batch's number:
neither threads, nor processes, nor a resume in the middle of an epoch change a bit of it.
"""

import hashlib
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from anigifs.clips.batch import Batch
from anigifs.clips.order import balanced_order, epoch_order, share_of
from anigifs.clips.prepared import PreparedClips
from anigifs.clips.samplers import Sampler
from anigifs.clips.tubes import PLAIN, TubeRule
from anigifs.clips.views import View, ViewRule
from anigifs.foundation import UsageError, generator
from anigifs.index import Box

AHEAD = 2  # batches that are ready before they are asked for


@dataclass(frozen=True)
class ClipItem:
    """A clip of a data set.

    Attributes:
        clip_id: The name that it was prepared under.
        label: Index of its class.
        domain: Where it comes from.
        boxes: Where the labelled people are, on the clock of the clip's file; none where that is
            not known.
        start_ms: Where the clip begins in its file.
    """

    clip_id: str
    label: int
    domain: str = ""
    boxes: tuple[Box, ...] = ()
    start_ms: int = 0


class ClipLoader:
    """Gives one epoch of batches each time it is iterated over.

    As it stands by default it is for tests: every clip once, in the order given, unchanged.
    ``shuffle`` makes it one for training.

    ``has_boxes`` is whether any of its clips has boxes, so that its batches have tubes.

    ``epoch`` is the epoch that is being given and ``position`` the number of its batches that were
    handed out. An iteration that is broken off goes on where it stopped. After the last batch, and
    before the iteration has ended, ``position`` is ``len(loader)``: a loader resumed there ends the
    epoch without another batch.

    Of several processes each gets its share of every batch; ``batch_size`` is that of all together.
    A test gives no batch to a process whose share of the last one is empty.

    Args:
        prepared: Holds the clips.
        items: The data set.
        frames: T, for the samplers that use it. With as many as are kept, a temporal operation
            that follows has all of them to choose from.
        sampler: Which of the kept frames. ``native`` gives clips of several lengths, and so does
            ``dense`` in a test: each process must then get one clip at a time.
        size: Height and width of the clips, at most the prepared ones'; None is the same.
        batch_size: Clips in a batch, over all processes.
        seed: Of order, flips, crops and snippets.
        shuffle: Draw a new order for each epoch, and snippets for ``dense``.
        flip: Turn every other clip round, at random.
        random_crop: Take the part of ``size`` anywhere rather than from the centre.
        balance: Show each class equally often; see :func:`anigifs.clips.order.balanced_order`.
        rank: Of this process.
        world_size: Number of processes.
        drop_last: Leave out the last batch of an epoch where it is smaller than the others.
        tubes: How the boxes of clips become tubes.
        threads: That make batches ahead; one is enough for a processor.

    Raises:
        UsageError: A clip is not prepared, or the settings do not fit together.

    Example:
        >>> clips = PreparedClips("prepared", PrepareRule())  # doctest: +SKIP
        >>> for batch in ClipLoader(clips, items, batch_size=8):  # doctest: +SKIP
        ...     logits_BK, _ = model(batch.clips_BTHWC)
    """

    def __init__(
        self,
        prepared: PreparedClips,
        items: Sequence[ClipItem],
        *,
        frames: int = 40,
        sampler: Sampler = "whole",
        size: int | None = None,
        batch_size: int = 8,
        seed: int = 0,
        shuffle: bool = False,
        flip: bool = False,
        random_crop: bool = False,
        balance: bool = False,
        rank: int = 0,
        world_size: int = 1,
        drop_last: bool = False,
        tubes: TubeRule = PLAIN,
        threads: int = 1,
    ) -> None:
        self.prepared, self.items = prepared, tuple(items)
        self.batch_size, self.seed, self.drop_last = batch_size, seed, drop_last
        self.shuffle, self.balance = shuffle, balance
        self.rank, self.world_size, self.threads = rank, world_size, threads
        self.tubes = tubes
        size = prepared.rule.size if size is None else size
        self.views = ViewRule(frames, sampler, size, flip, random_crop, snippets=shuffle)
        if not self.items:
            raise UsageError("there are no clips to load")
        self._count = len(self._order(0))
        self._check()
        self.has_boxes = any(item.boxes for item in self.items)
        self._fingerprint = self._make_fingerprint()
        self.epoch = 0
        self.position = 0

    def __len__(self) -> int:
        """Return the number of batches of an epoch; it is the same in all processes."""
        whole, rest = divmod(self._count, self.batch_size)
        return whole + (rest > 0 and not self.drop_last)

    def __iter__(self) -> Iterator[Batch]:
        order = self._order(self.epoch)
        todo = iter(range(self.position, len(self)))
        waiting: deque[Future[Batch]] = deque()
        with ThreadPoolExecutor(self.threads, "loader") as pool:
            try:
                while True:
                    while len(waiting) <= AHEAD and (number := next(todo, None)) is not None:
                        waiting.append(pool.submit(self._batch, order, self.epoch, number))
                    if not waiting:
                        break
                    batch = waiting.popleft().result()
                    self.position += 1
                    if len(batch):
                        yield batch
            finally:
                for future in waiting:
                    future.cancel()
        self.epoch, self.position = self.epoch + 1, 0

    def draw(self, rng: np.random.Generator) -> Batch:
        """Return this process's share of a batch of clips drawn by a generator, none twice.

        The epoch that is being given goes on as if nothing had happened.

        Args:
            rng: Draws the clips and how they are seen; in every process in the same state.
        """
        count = min(self.batch_size, len(self.items))
        drawn = rng.choice(len(self.items), count, replace=False)
        seeds = rng.integers(1 << 63, size=count)
        own = share_of(self.rank, self.world_size, count)
        items = [self.items[drawn[place]] for place in own]
        rngs = [np.random.default_rng(seeds[place]) for place in own]
        views = [self._view(item, one) for item, one in zip(items, rngs, strict=True)]
        return self._stack(items, views)

    def state_dict(self) -> dict[str, Any]:
        """Return where the loader stands, as JSON can hold it."""
        return {"epoch": self.epoch, "position": self.position, "loader": self._fingerprint}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go to where a loader of the same clips and settings stood.

        The number of processes may differ: batches are shared out anew.

        Raises:
            UsageError: The state is of other clips or settings.
        """
        if state["loader"] != self._fingerprint:
            raise UsageError(
                "the loader's state was saved with other clips, seed or settings; "
                "resume with those, or start a new run"
            )
        self.epoch, self.position = state["epoch"], state["position"]

    def _order(self, epoch: int) -> np.ndarray:
        if self.balance:
            return balanced_order([item.label for item in self.items], self.seed, epoch)
        return epoch_order(len(self.items), self.seed, epoch, shuffle=self.shuffle)

    def _batch(self, order: np.ndarray, epoch: int, number: int) -> Batch:
        """Make this process's share of a batch, from nothing but the arguments."""
        first = number * self.batch_size
        count = min(self.batch_size, len(order) - first)
        places = [first + place for place in share_of(self.rank, self.world_size, count)]
        items = [self.items[order[place]] for place in places]
        rngs = [generator(self.seed, "clip", epoch, place) for place in places]
        return self._stack(items, [self._view(*pair) for pair in zip(items, rngs, strict=True)])

    def _stack(self, items: Sequence[ClipItem], views: Sequence[View]) -> Batch:
        """Make a batch of clips as they are seen."""
        length = len(views[0].indices) if views else self.views.frames
        shape = (len(items), length, self.views.size, self.views.size)
        clips_BTHWC = np.empty((*shape, 3), np.uint8)
        tubes_BTHW = np.zeros(shape, bool) if self.has_boxes else None
        for row, (item, view) in enumerate(zip(items, views, strict=True)):
            view.clip(self.prepared, item.clip_id, clips_BTHWC[row])
            if tubes_BTHW is not None and item.boxes:
                tubes_BTHW[row] = self._tube(item, view)
        return Batch(
            torch.from_numpy(clips_BTHWC),
            torch.tensor([item.label for item in items], dtype=torch.int64),
            tuple(item.clip_id for item in items),
            tuple(item.domain for item in items),
            None if tubes_BTHW is None else torch.from_numpy(tubes_BTHW),
        )

    def _tube(self, item: ClipItem, view: View) -> np.ndarray:
        return view.tube(self.prepared, item.clip_id, item.boxes, item.start_ms, self.tubes)

    def _view(self, item: ClipItem, rng: np.random.Generator) -> View:
        delays = self.prepared.delays(item.clip_id)
        return self.views.draw(rng, delays, self.prepared.rule.size)

    def _make_fingerprint(self) -> str:
        """Return a hash of everything that a batch depends on, the share of a process aside."""
        order = (self.batch_size, self.seed, self.shuffle, self.balance, self.drop_last)
        text = repr((self.prepared.rule.key, self.items, self.views, order, self.tubes))
        return hashlib.sha256(text.encode()).hexdigest()

    def _check(self) -> None:
        """Refuse what cannot be loaded, or would not be what was asked for."""
        clip_ids = [item.clip_id for item in self.items]
        missing = [clip_id for clip_id in clip_ids if clip_id not in self.prepared]
        if missing:
            try:
                self.prepared.stored(missing[0])
            except UsageError as error:
                counts = f"{len(missing):,} of {len(clip_ids):,} clips are not prepared"
                raise UsageError(f"{counts}; the first: {error}") from None
        if not 0 <= self.rank < self.world_size <= self.batch_size:
            raise UsageError(
                f"a batch of {self.batch_size} cannot be shared by {self.world_size} processes"
            )
        self.views.check(self.prepared, clip_ids, -(-self.batch_size // self.world_size))
        if self.balance and not self.shuffle:
            raise UsageError("balanced classes are for training: set shuffle, too")
        rest = self._count % self.batch_size
        if self.shuffle and not self.drop_last and 0 < rest < self.world_size:
            raise UsageError(
                f"the last batch of {rest} clips leaves one of {self.world_size} processes with "
                "nothing to train on: set drop_last"
            )
