"""What a run would do and what it will take, measured before it starts."""

import statistics
import time
from pathlib import Path
from typing import Any

import torch
from torch.nn import functional

from anigifs.clips.prepared import plan
from anigifs.foundation import UsageError
from anigifs.methods import make_method
from anigifs.models.inference import autocast
from anigifs.training.config import PRESETS, TrainConfig
from anigifs.training.data import prepare_rule, source_rows
from anigifs.training.loop import starting_model
from anigifs.training.optimiser import channels_last, freeze_batch_norm

TIMED_STEPS = 2


def plan_run(config: TrainConfig, store: Path) -> dict[str, Any]:
    """Return what would run, what it needs on disk, and how long its updates will take.

    The time is that of two updates by ERM on this machine's processor as it is now; preparing
    clips, validating, and what a method does of its own, such as searching, come on top.

    Raises:
        UsageError: The index has nothing to train on, or there is no such method or option.
    """
    make_method(config.method, config.options)
    rows = source_rows(config)
    per_epoch = len(rows.train) // config.batch_size
    updates = config.steps or config.epochs * per_epoch
    if updates == 0:
        count = len(rows.train)
        raise UsageError(f"{count} training clips do not fill a batch of {config.batch_size}")
    seconds = seconds_an_update(config, len(rows.classes))
    frames, size = PRESETS[config.preset]
    return {
        "method": config.method,
        "classes": len(rows.classes),
        "training_clips": len(rows.train),
        "validation_clips": len(rows.val),
        **({"target_clips": len(rows.target)} if rows.target else {}),
        "clip": f"{frames} x {size} x {size}",
        "updates": updates,
        "seconds_an_update": round(seconds, 3),
        "minutes_of_updates": round(updates * seconds / 60, 1),
        "prepare": str(plan(rows.sources, prepare_rule(config, rows), store)),
        "index_hash": rows.index_hash,
    }


def seconds_an_update(config: TrainConfig, classes: int) -> float:
    """Return what an update of a run takes on this machine's processor as it is now."""
    model, _, _ = starting_model(config, tuple(map(str, range(classes))))
    model = channels_last(model).train()
    if config.freeze_batch_norm:
        freeze_batch_norm(model)
    frames, size = PRESETS[config.preset]
    clips_BTHWC = torch.zeros(config.batch_size, frames, size, size, 3, dtype=torch.uint8)
    labels_B = torch.zeros(config.batch_size, dtype=torch.int64)
    times = []
    for _ in range(1 + TIMED_STEPS):
        begun = time.perf_counter()
        with autocast(config.precision, torch.device("cpu")):
            logits_BK, _ = model(clips_BTHWC)
        torch.autograd.backward(functional.cross_entropy(logits_BK, labels_B))
        times.append(time.perf_counter() - begun)
    return statistics.mean(times[1:])
