"""The folder of one run: what was asked for, what happened, and where it stands.

``config.json``, ``metrics.jsonl`` (a line an update), ``acts.jsonl`` (a line each time that the
method does something of its own, such as a search), ``records.jsonl`` (a line an evaluation),
``predictions/``, ``checkpoint.pt`` (all that a resume needs), ``best/`` (weights, accepted wherever
weights are) and, where they are asked for, ``snapshots/`` (weights by update).
"""

import json
from pathlib import Path
from typing import Any

import torch

from anigifs.foundation import UsageError, atomic_path, read_records, write_text
from anigifs.foundation.files import is_left_over
from anigifs.foundation.lock import NAME, Lock
from anigifs.training.config import TrainConfig


class RunFolder:
    """The files of a run."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self.config = self.path / "config.json"
        self.metrics = self.path / "metrics.jsonl"
        self.acts = self.path / "acts.jsonl"
        self.records = self.path / "records.jsonl"
        self.checkpoint = self.path / "checkpoint.pt"
        self.predictions = self.path / "predictions"
        self.best = self.path / "best"
        self.snapshots = self.path / "snapshots"
        self._lock: Lock | None = None

    def begin(self, config: TrainConfig) -> None:
        """Write the configuration, or make sure that the folder's run is this one, and lock it.

        Raises:
            UsageError: The folder holds a run of another configuration, or something else, or is
                being trained in by another process.
        """
        taken = f"{self.path}: is being trained by another process"
        self._lock = Lock(self.path / NAME, taken)
        if not self.config.exists():
            if not all(map(is_left_over, self.path.iterdir())):
                raise UsageError(f"{self.path}: holds files, but no run; choose another folder")
            write_text(self.config, config.to_json())
        self.check(config)

    def check(self, config: TrainConfig) -> None:
        """Make sure that a run that is there already is this one; nothing is changed.

        Raises:
            UsageError: It is of another configuration.
        """
        if not self.config.exists():
            return
        before = TrainConfig.from_json(self.config.read_text())
        if before != config:
            old, new = (json.loads(one.to_json()) for one in (before, config))
            changed = ", ".join(f"{k} {old[k]} -> {new[k]}" for k in old if old[k] != new[k])
            raise UsageError(f"{self.path}: holds a run that differs in {changed}; choose another")

    def close(self) -> None:
        """Let others train the run."""
        if self._lock is not None:
            self._lock.close()

    def save(self, state: dict[str, Any]) -> None:
        """Write a checkpoint; the one before stays until the new one is whole."""
        with atomic_path(self.checkpoint) as temporary:
            torch.save(state, temporary)

    def load(self) -> dict[str, Any] | None:
        """Return the checkpoint, if there is one."""
        if not self.checkpoint.exists():
            return None
        try:
            state: dict[str, Any] = torch.load(
                self.checkpoint, map_location="cpu", weights_only=True
            )
        except Exception:  # a damaged file raises anything
            raise UsageError(
                f"{self.checkpoint}: damaged; remove it, and the run starts anew"
            ) from None
        return state

    def forget_after(self, step: int) -> None:
        """Drop the lines of updates and evaluations after ``step``: they will be made again."""
        for path in filter(Path.exists, (self.metrics, self.acts, self.records)):
            # A test of other rows stands in the records, too, and belongs to no update.
            kept = [record for record in read_records(path) if record.get("step", 0) <= step]
            lines = [json.dumps(one, ensure_ascii=False, sort_keys=True) + "\n" for one in kept]
            write_text(path, "".join(lines))
