"""The loop that every method is trained by.

At each update everything random is drawn anew from the seed and the number of the update, so a run
that was killed and resumed ends in the same bits as one that was not.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import distributed, nn
from torch.nn.parallel import DistributedDataParallel
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from anigifs.clips.batch import Batch
from anigifs.clips.loader import ClipLoader
from anigifs.clips.prepared import PreparedClips, prepare
from anigifs.clips.preparing import Watch
from anigifs.foundation import (
    AnigifsError,
    UsageError,
    append_record,
    generator,
    read_records,
    seed_of,
)
from anigifs.methods import Run, make_method
from anigifs.models import I3D, WeightsRecord, load_model, save_model
from anigifs.models.build import HeadRule
from anigifs.models.i3d import cells_at
from anigifs.models.inference import autocast
from anigifs.models.pyramid import PyramidHead, give_pyramid
from anigifs.models.weights import find
from anigifs.training.config import PRESETS, TAPS, TrainConfig
from anigifs.training.data import SourceRows, Target, prepare_rule, source_rows, train_loader
from anigifs.training.devices import Place, processes
from anigifs.training.guard import (
    check_gradients,
    check_loss,
    gradient_norm,
    shorten_gradient,
)
from anigifs.training.optimiser import channels_last, freeze_batch_norm, make_optimiser, set_rates
from anigifs.training.run_folder import RunFolder
from anigifs.training.selection import select
from anigifs.training.validation import Validator


@dataclass(frozen=True)
class Progress:
    """What is told after each update.

    Attributes:
        step: Updates made.
        total: Updates of the run.
        loss: Mean over the batch, over all processes.
        seconds: Of this update, waiting for data included.
        waited: Seconds of them spent waiting for data.
        clips: In this update, over all processes.
    """

    step: int
    total: int
    loss: float
    seconds: float
    waited: float
    clips: int


Listener = Callable[[Progress], None]


def train(
    config: TrainConfig,
    out: Path | str,
    store: Path | str,
    tell: Listener | None = None,
    watch: Watch = lambda outcomes, total: outcomes,
) -> dict[str, Any]:
    """Train one run from where its folder stands, and return the record of the chosen weights.

    Args:
        config: The run.
        out: Its folder; one that holds this run is resumed, one that finished is left as it is.
        store: Where prepared clips are kept; those of the index that are missing are made first.
        tell: Called after each update, in the process of rank 0.
        watch: Sees the clips as they are prepared.

    Raises:
        UsageError: The folder holds another run, the index has nothing to train on, there is no
            such method or option, or the method and a target do not belong together.
        DivergedError: A loss or a gradient is no longer finite.
        AnigifsError: The method did not do what sets it apart.
    """
    folder = RunFolder(out)
    # So that nothing is prepared in vain, which may take hours.
    make_method(config.method, config.options)
    find(config.weights)
    folder.check(config)
    with closing(folder), processes() as place:
        rows = source_rows(config)
        prepared = _prepared(config, rows, store, place, watch)
        trainer = Trainer(config, folder, place, rows, prepared)
        trainer.run(tell or (lambda progress: None))
    chosen = select(read_records(folder.records))
    if chosen is None:
        raise AnigifsError(f"{out}: nothing was validated")
    return chosen


def _prepared(
    config: TrainConfig, rows: SourceRows, store: Path | str, place: Place, watch: Watch
) -> PreparedClips:
    """Prepare what is missing in one process, while the others wait."""
    rule = prepare_rule(config, rows)
    if place.rank == 0:
        errors = prepare(rows.sources, rule, store, watch=watch).errors
        if errors:
            first = next(iter(errors.values()))
            raise UsageError(
                f"{len(errors)} clips of {config.index} can no longer be read; run `anigifs index "
                f"check` again; the first: {first}"
            )
    if place.world > 1:
        distributed.barrier()
    return PreparedClips(store, rule)


class Trainer:
    """One process of one run: the model, the optimiser, the method, and how far they have come."""

    def __init__(
        self,
        config: TrainConfig,
        folder: RunFolder,
        place: Place,
        rows: SourceRows,
        prepared: PreparedClips,
    ) -> None:
        self.config, self.folder, self.place, self.rows = config, folder, place, rows
        if place.world > 1 and not config.freeze_batch_norm:
            raise UsageError(
                "with several processes each would keep BatchNorm statistics of its own: leave "
                "them frozen, or train in one process"
            )
        self.loader = train_loader(prepared, rows, config, place)
        self._target = Target(prepared, rows, config, place) if rows.target else None
        self.total = config.steps or config.epochs * len(self.loader)
        if self.total == 0:
            count = len(self.rows.train)
            raise UsageError(f"{count} training clips do not fill a batch of {config.batch_size}")
        self.validator = Validator(config, folder, place, self.rows, prepared)
        model, self.record, fresh = starting_model(config, rows.classes)
        self.model = channels_last(model.to(place.device))
        self.method = make_method(config.method, config.options)
        self.method.build(self.model, self._as_run())
        self.optimiser = make_optimiser(self.model, config, fresh_head=fresh)
        self.average = _running_average(self.model, config.average)
        self.wrapped = DistributedDataParallel(self.model) if place.world > 1 else self.model
        self.step = 0
        if place.rank == 0:
            folder.begin(config)  # when nothing can be wrong with the configuration any more
        self._resume()

    def run(self, tell: Listener) -> None:
        """Train to the last update, validating after each epoch and at the end."""
        self._train_mode()
        while self.step < self.total:
            for batch, waited in _timed(self.loader):
                progress = self._update(batch, waited)
                if self.place.rank == 0:
                    tell(progress)
                if self._snapshot_due():
                    self._keep_snapshot()
                if self.step == self.total:
                    break
                # At the end of an epoch there is a checkpoint anyway, after the validation.
                if self.step % self.config.checkpoint_steps == 0 and self._within_epoch():
                    self._save()
            self._validate()
            self._save()
        if (missing := self.method.shortfall()) is not None:
            method = self.config.method
            raise AnigifsError(f"{self.folder.path}: this is no run of {method!r}: {missing}")

    def _as_run(self) -> Run:
        config = self.config
        return Run(
            updates=self.total,
            seed=config.seed,
            classes=self.rows.classes,
            scaled=config.preset == "laptop",
            tap=TAPS[config.preset],
            precision=config.precision,
            frozen=config.freeze_batch_norm,
            averaged=self.config.average > 0,
            boxes=self.loader.has_boxes,
            draw=self.loader.draw,
            target=None if self._target is None else self._target.draw,
            target_once=None if self._target is None else self._target.once,
        )

    def _within_epoch(self) -> bool:
        return self.loader.position < len(self.loader)

    def _update(self, batch: Batch, waited: float) -> Progress:
        begun = time.perf_counter()
        set_rates(self.optimiser, self.config, self.step, self.total)
        torch.manual_seed(seed_of(self.config.seed, "dropout", self.step, self.place.rank))
        batch = self.method.augment(batch, generator(self.config.seed, "augment", self.step))
        batch = batch.to(self.place.device)
        loss, counts = self._accumulate(batch)
        check_loss(loss, self.step + 1, batch.clip_ids)
        norm = float(gradient_norm(self.model.parameters()))
        check_gradients(self.model.named_parameters(), norm, self.step + 1, batch.clip_ids)
        shorten_gradient(self.model.parameters(), norm, self.config.clip_gradient)
        self.optimiser.step()
        self.optimiser.zero_grad(set_to_none=True)
        if self.average is not None:
            self.average.update_parameters(self.model)
        self.step += 1
        act = self.method.after_step(self.step, counts)
        if act is not None and self.place.rank == 0:
            append_record(self.folder.acts, act)
        seconds = waited + time.perf_counter() - begun
        progress = Progress(self.step, self.total, loss, seconds, waited, self.config.batch_size)
        self._log(progress, {"gradient_norm": norm, **counts})
        return progress

    def _accumulate(self, batch: Batch) -> tuple[float, dict[str, float]]:
        """Compute the gradients of the mean loss over the batch of all processes, part by part."""
        # As many in each process, whose shares of a batch may differ by a clip: some losses look
        # at the rows of all, part by part.
        fewest = max(1, self.config.batch_size // self.place.world)
        parts = batch.parts(min(self.config.accumulate, fewest))
        sums: Counter[str] = Counter()
        loss = torch.zeros((), device=self.place.device)
        for number, part in enumerate(parts, start=1):
            # The mean over the whole batch, whatever share of it this part is. Gradients are
            # averaged over the processes, so each gives its own as many times.
            share = len(part.clip_ids) / self.config.batch_size
            last = number == len(parts)
            with self._together(last), autocast(self.config.precision, self.place.device):
                result = self.method.loss(self.wrapped, part)
            with self._together(last):
                torch.autograd.backward(result.loss * share * self.place.world)
            loss += result.loss.detach() * share
            sums.update(result.counts)
        return self._over_processes(float(loss), sums)

    def _over_processes(self, loss: float, sums: Counter[str]) -> tuple[float, dict[str, float]]:
        """Return what the processes' losses and counts add up to."""
        names = sorted(sums)
        totals = torch.tensor([loss, *(sums[name] for name in names)], dtype=torch.float64)
        if self.place.world > 1:
            totals = totals.to(self.place.device)
            distributed.all_reduce(totals)
        whole, *counts = totals.tolist()
        return whole, dict(zip(names, counts, strict=True))

    def _together(self, last: bool) -> Any:  # noqa: ANN401 - a context of torch's own
        """Exchange gradients with the other processes with the last part only."""
        if isinstance(self.wrapped, DistributedDataParallel) and not last:
            return self.wrapped.no_sync()
        return nullcontext()

    def _log(self, progress: Progress, numbers: dict[str, float]) -> None:
        if self.place.rank == 0:
            line = {
                "step": progress.step,
                "loss": progress.loss,
                "lr": self.optimiser.param_groups[0]["lr"],
                "seconds": round(progress.seconds, 6),
                "waited": round(progress.waited, 6),
                **numbers,
            }
            append_record(self.folder.metrics, line)

    def _snapshot_due(self) -> bool:
        every = self.config.snapshots
        return bool(every) and (self.step % every == 0 or self.step == self.total)

    def _keep_snapshot(self) -> None:
        model = self._kept()
        if self.place.rank == 0:
            save_model(model, self.record, self.folder.snapshots / f"{self.step:06d}")

    def _kept(self) -> I3D:
        """Return the network that would be kept if the run ended here."""
        model = self.model if self.average is None else self.average.module
        assert isinstance(model, I3D)  # noqa: S101 - the average is of one
        return self.method.kept(model)

    def _validate(self) -> None:
        model = self._kept()
        record = self.validator.validate(model, self.step) | {"acted": self.method.has_acted()}
        if self.place.rank == 0:
            append_record(self.folder.records, record)
            chosen = select(read_records(self.folder.records))
            if chosen is not None and chosen["step"] == self.step:
                save_model(model, self.record, self.folder.best)
        self._train_mode()

    def _train_mode(self) -> None:
        self.model.train()
        if self.config.freeze_batch_norm:
            freeze_batch_norm(self.model)

    def _save(self) -> None:
        if self.place.rank == 0:
            average = None if self.average is None else self.average.state_dict()
            self.folder.save(
                {
                    "step": self.step,
                    "index_hash": self.rows.index_hash,
                    "model": self.model.state_dict(),
                    "optimiser": self.optimiser.state_dict(),
                    "average": average,
                    "method": self.method.state_dict(),
                    "loader": self.loader.state_dict(),
                }
            )
        if self.place.world > 1:
            distributed.barrier()

    def _resume(self) -> None:
        state = self.folder.load()
        if state is not None and state["index_hash"] != self.rows.index_hash:
            raise UsageError(
                f"{self.folder.path}: {self.config.index} has changed since this run began; "
                "restore it, or start another run"
            )
        self.step = 0 if state is None else state["step"]
        if self.place.rank == 0:
            self.folder.forget_after(self.step)
        if state is None:
            return
        self.model.load_state_dict(state["model"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.method.load_state_dict(state["method"])
        self.loader.load_state_dict(state["loader"])
        if self.average is not None:
            self.average.load_state_dict(state["average"])


def starting_model(
    config: TrainConfig, classes: tuple[str, ...]
) -> tuple[I3D, WeightsRecord, bool]:
    """Return the network that a run starts from, its record, and whether its head is fresh."""
    record, _ = find(config.weights)
    same = record.classes == classes
    rows: HeadRule = "copy" if config.head == "copy" else "fresh"
    model, record = load_model(config.weights, None if same else classes, rows, config.seed)
    frames, size = PRESETS[config.preset]
    if config.head == "pyramid" and record.head != "pyramid":
        layer, same = TAPS[config.preset], False
        give_pyramid(model, layer, cells_at(layer, frames), config.seed)
        record = replace(record, head="pyramid", head_layer=layer)
    if isinstance(model.logits, PyramidHead):
        _check_cells(model.logits, config)
    model.logits.dropout.p = config.dropout
    target = config.target_domain
    seen = "" if target is None else f", {target} seen without labels"
    record = replace(
        record,
        name=f"{config.method} from {record.name}{seen}",
        source_format="anigifs",
        preprocessing=f"RGB in [-1, 1]; {frames} frames ({config.sampler}); centre {size} x {size}",
        frames=frames,
        size=size,
        untrained=(),
    )
    return model, record, not same


def _check_cells(head: PyramidHead, config: TrainConfig) -> None:
    """Refuse clips that a pyramid cannot read."""
    if config.sampler == "dense":
        raise UsageError("a pyramid head reads clips of one length: dense tests them at their own")
    cells = cells_at(head.layer, PRESETS[config.preset][0])
    if cells != head.cells:
        raise UsageError(
            f"{config.weights}: the pyramid reads {head.cells} time cells at {head.layer}, and "
            f"clips of the preset {config.preset} have {cells}"
        )


def _running_average(model: nn.Module, decay: float) -> AveragedModel | None:
    if decay == 0:
        return None
    rule = get_ema_multi_avg_fn(decay)  # type: ignore[no-untyped-call]
    return AveragedModel(model, multi_avg_fn=rule, use_buffers=True)


def _timed(loader: ClipLoader) -> Iterator[tuple[Batch, float]]:
    """Yield the batches left in this epoch, and how long each was waited for, in seconds."""
    batches = iter(loader)
    while True:
        begun = time.perf_counter()
        batch = next(batches, None)
        if batch is None:
            return
        yield batch, time.perf_counter() - begun
