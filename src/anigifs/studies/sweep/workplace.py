"""Where the jobs of a sweep are done: all of it may be thrown away, and is then made again."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from anigifs.foundation import WeightsError, read_records, write_text
from anigifs.foundation.lock import Lock
from anigifs.models.weights import find
from anigifs.studies.sweep.jobs import Job
from anigifs.studies.sweep.plan import Plan
from anigifs.training.config import TrainConfig

TRAINED = "trained.json"


def trained_by(job: Job) -> Job:
    """Return the job whose training makes a job's weights: its start's where it trains nothing."""
    if job.run.test_time is None or job.start is None:
        return job
    return trained_by(job.start)


class Workplace:
    """The folders of a sweep's work.

    Attributes:
        path: Of all of it.
        benchmark: The rendered clips.
        prepared: The decoded ones.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.benchmark, self.prepared = path / "puppets", path / "prepared"

    def index(self, plan: Plan) -> Path:
        """Return the path of the index of the sweep's clips."""
        from anigifs.puppets.rendering import INDEX

        return plan.clips if isinstance(plan.clips, Path) else self.benchmark / INDEX

    def run_folder(self, job: Job) -> Path:
        """Return the folder that a job is trained in, whatever its run was called before."""
        there = sorted((self.path / "runs").glob(f"*-{job.id}"))
        return there[0] if there else self.path / "runs" / job.name

    def weights(self, job: Job) -> Path:
        """Return the folder of the best weights of a job."""
        return self.run_folder(trained_by(job)) / "best"

    def snapshots(self, job: Job) -> dict[int, Path]:
        """Return the folders of the weights that a job kept on its way, by update."""
        found = (self.run_folder(job) / "snapshots").glob("[0-9]*")
        return {int(one.name): one for one in sorted(found)}

    def drop_snapshots(self, job: Job) -> None:
        """Remove the weights that a job kept on its way: what they scored is recorded."""
        shutil.rmtree(self.run_folder(job) / "snapshots", ignore_errors=True)

    def acts(self, job: Job) -> Path:
        """Return the file of what a job's method did."""
        return self.run_folder(job) / "acts.jsonl"

    def failure(self, job: Job) -> Path:
        """Return the file that says why a job failed."""
        return self.path / "failed" / f"{job.name}.txt"

    def trained(self, job: Job) -> dict[str, Any] | None:
        """Return what is known of a job's training, or None where it or its weights are not there.

        Best weights are written during training, too, so the hash of the last ones decides.
        """
        try:
            facts = dict(json.loads((self.run_folder(trained_by(job)) / TRAINED).read_text()))
            found, _ = find(self.weights(job))
        except (OSError, ValueError, WeightsError):
            return None
        return facts if facts.get("weights_hash") == found.sha256 else None

    def note_trained(self, job: Job, facts: dict[str, Any]) -> None:
        """Write down that a job is trained; the checkpoint, four times its weights, goes."""
        folder = self.run_folder(job)
        write_text(folder / TRAINED, json.dumps(facts, indent=1) + "\n")
        (folder / "checkpoint.pt").unlink(missing_ok=True)

    def seconds(self, job: Job) -> list[float]:
        """Return what each update of a job took so far, those after its checkpoint included."""
        lines = read_records(self.run_folder(job) / "metrics.jsonl")
        return [float(line["seconds"]) for line in lines]

    def checkpoint_step(self, job: Job) -> int:
        """Return how many updates a job does not have to make again; 0 where it was not begun."""
        folder = self.run_folder(job)
        if not (folder / "checkpoint.pt").exists():
            return 0
        regular = (
            len(self.seconds(job)) // job.config.checkpoint_steps * job.config.checkpoint_steps
        )
        validated = [int(line.get("step", 0)) for line in read_records(folder / "records.jsonl")]
        return max([regular, *validated])

    def take_up(self, job: Job, config: TrainConfig) -> None:
        """Let a run that was begun elsewhere go on here: only its paths may have changed.

        The folder's name has the job's id, and that has all the rest of the configuration.
        """
        path = self.run_folder(job) / "config.json"
        if path.exists() and path.read_text() != config.to_json():
            write_text(path, config.to_json())

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other sweeps out.

        Raises:
            UsageError: One is at work here.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        ignore = self.path / ".gitignore"
        if not ignore.exists():
            write_text(ignore, "*\n")  # so that only what is worth keeping is committed
        with Lock(self.path / "lock", f"{self.path}: another sweep is at work here"):
            yield
