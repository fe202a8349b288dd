"""The source's clips: from an index to prepared clips to the loaders of one run."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from anigifs.clips.batch import Batch
from anigifs.clips.loader import ClipItem, ClipLoader
from anigifs.clips.prepared import ClipSource, PreparedClips, PrepareRule
from anigifs.clips.tubes import TubeRule
from anigifs.evaluation.on_index import frames_kept, sources_of
from anigifs.foundation import UsageError, generator
from anigifs.index import Index, Row, distinct
from anigifs.index.leaks import in_both
from anigifs.index.readers.coverage import hash_of_sources
from anigifs.training.config import PRESETS, TrainConfig
from anigifs.training.devices import Place
from anigifs.training.targets import check_target, target_rows, unlabelled


@dataclass(frozen=True)
class SourceRows:
    """The rows that a run may look at: of its source domain, decoded, in its two splits.

    A run that adapts looks at training rows of a target besides.

    Attributes:
        train: To train on.
        val: To choose the best weights by.
        classes: The class names that occur in them, sorted: the order of a fresh head.
        index_hash: The identity of the whole index.
        index: Its path.
        target: Of the target, whose labels are not looked at; none where there is no target.
        account: Of both splits, how many clips are listed and used, and the hash of the sources of
            those used.
    """

    train: tuple[Row, ...]
    val: tuple[Row, ...]
    classes: tuple[str, ...]
    index_hash: str
    index: str
    target: tuple[Row, ...] = ()
    account: Mapping[str, Mapping[str, int | str]] = field(default_factory=dict)

    @property
    def sources(self) -> list[ClipSource]:
        """Where their clips are to be found, to be prepared."""
        return sources_of((*self.train, *self.val, *self.target), self.index)


def source_rows(config: TrainConfig) -> SourceRows:
    """Read the rows of the source from the index.

    Raises:
        UsageError: There are none to train on, or none to validate with, or a target that a run
            adapts to is not fit for it.
    """
    check_target(config)
    index = Index.read(config.index)
    listed = index
    if config.domain is not None:
        listed = listed.filter(domain=config.domain)
    if config.styles:
        listed = listed.filter(style=config.styles)
    kept = listed.filter(state="decoded")
    train = tuple(kept.filter(split=config.train_split).rows())
    val = tuple(kept.filter(split=config.val_split).rows())
    for name, rows in ((config.train_split, train), (config.val_split, val)):
        if not rows:
            domain = f" of domain {config.domain!r}" if config.domain else ""
            styles = f" of style {' or '.join(config.styles)}" if config.styles else ""
            raise UsageError(
                f"{config.index}: no decoded rows{domain}{styles} in split {name!r}; "
                "see `anigifs index check` and `anigifs index split`"
            )
    val = distinct(val, config.index)
    _refuse_leaks(config, train, val)
    if unnamed := sum(not row.label for row in (*train, *val)):
        raise UsageError(f"{config.index}: {unnamed} rows have no label; there is nothing to learn")
    classes = tuple(sorted({row.label for row in train}))
    if len(classes) < 2:
        raise UsageError(
            f"{config.index}: one class only, {classes[0]!r}, in {config.train_split!r}"
        )
    unknown = sorted({row.label for row in val} - set(classes))
    if unknown:
        raise UsageError(f"{config.index}: classes only in validation: {', '.join(unknown)}")
    target = target_rows(config, index, train, val)
    account = {
        "train": _account(listed.filter(split=config.train_split), train),
        "val": _account(listed.filter(split=config.val_split), val),
    }
    return SourceRows(train, val, classes, index.identity, config.index, target, account)


def _account(listed: Index, used: tuple[Row, ...]) -> dict[str, int | str]:
    sources = hash_of_sources(row.source for row in used)
    return {"listed": len(listed), "used": len(used), "sources_hash": sources}


def _refuse_leaks(config: TrainConfig, train: tuple[Row, ...], val: tuple[Row, ...]) -> None:
    """Refuse splits that share a file or a group: selection would look at what was trained on."""
    for what in ("clip_id", "sha256", "group"):
        if both := in_both(what, train, val):
            splits = f"{config.train_split!r} and {config.val_split!r}"
            raise UsageError(
                f"{config.index}: {len(both)} values of {what} are in both {splits}; run `anigifs "
                "index split` again"
            )


def prepare_rule(config: TrainConfig, rows: SourceRows) -> PrepareRule:
    """Return the rule by which a run's clips are prepared."""
    size = PRESETS[config.preset][1]
    seen = rows.train + rows.val + rows.target
    return PrepareRule(size=size, max_frames=frames_kept(config.sampler, seen))


def items_of(rows: tuple[Row, ...], classes: tuple[str, ...]) -> list[ClipItem]:
    """Return what the loader needs to know of each row."""
    label_of = {name: label for label, name in enumerate(classes)}
    return [
        ClipItem(row.clip_id, label_of[row.label], row.domain, row.boxes, row.start_ms)
        for row in rows
    ]


def train_loader(
    prepared: PreparedClips, rows: SourceRows, config: TrainConfig, place: Place
) -> ClipLoader:
    """Return the loader of training batches: shuffled, flipped, without a smaller last batch."""
    return _shuffled(prepared, items_of(rows.train, rows.classes), config, place, config.balance)


def _shuffled(
    prepared: PreparedClips,
    items: list[ClipItem],
    config: TrainConfig,
    place: Place,
    balance: bool,
) -> ClipLoader:
    frames, size = PRESETS[config.preset]
    return ClipLoader(
        prepared,
        items,
        frames=frames,
        size=size,
        sampler=config.sampler,
        batch_size=config.batch_size,
        seed=config.seed,
        shuffle=True,
        flip=config.flip,
        balance=balance,
        rank=place.rank,
        world_size=place.world,
        drop_last=True,
        tubes=TubeRule(config.tube_dilate, config.tube_span_ms),
    )


class Target:
    """What a method that adapts sees of the target: clips, and no label.

    Args:
        prepared: Holds the clips.
        rows: The run's.
        config: The run.
        place: This process.
    """

    def __init__(
        self, prepared: PreparedClips, rows: SourceRows, config: TrainConfig, place: Place
    ) -> None:
        items = unlabelled(rows.target)
        alone = Place(rank=0, world=1, device=place.device)
        self._drawn = _shuffled(prepared, items, config, place, balance=False)
        # An index is often sorted by class, of which nothing may be told by what shares a batch.
        order = generator(config.seed, "target order").permutation(len(items))
        self._mixed = test_loader(prepared, [items[number] for number in order], config, alone)

    def draw(self, rng: np.random.Generator) -> Batch:
        """Return this process's share of a batch of clips drawn by a generator, none twice."""
        return self._drawn.draw(rng)

    def once(self) -> Iterator[Batch]:
        """Give every clip once and as it is, to each process in the same order, which is drawn."""
        return iter(self._mixed)


def test_loader(
    prepared: PreparedClips, items: list[ClipItem], config: TrainConfig, place: Place
) -> ClipLoader:
    """Return the loader of a test: every clip once, in order, as it is."""
    frames, size = PRESETS[config.preset]
    return ClipLoader(
        prepared,
        items,
        frames=frames,
        size=size,
        sampler=config.sampler,
        # With every frame of each, clips are of different lengths.
        batch_size=place.world if config.sampler == "dense" else config.batch_size,
        seed=config.seed,
        rank=place.rank,
        world_size=place.world,
    )
