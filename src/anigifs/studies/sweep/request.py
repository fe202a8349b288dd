"""What a call asks of a sweep."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from anigifs.foundation import UsageError
from anigifs.foundation.workers import usable_cores

ExecutorName = Literal["local", "ray", "submitit"]
Cluster = Literal["local", "slurm"]


@dataclass(frozen=True)
class Request:
    """What a call asks of a sweep.

    Attributes:
        out: The sweep's folder: records, predictions, tables.
        work: The folder of all that may be thrown away.
        only: Names of runs; none are all. What they start from is made where it is missing.
        seeds: Some of the plan's; none are all.
        seconds: No job is begun that would end later than this after the call; None is no limit.
        parallel: Jobs side by side; None is one on this machine, and elsewhere as many as there is
            room for.
        executor: Who does the jobs: processes of this machine, or those of a cluster.
        threads: That a job computes with; None is as many as it has cores to itself.
        address: Of a Ray cluster; None is one that runs here, else one that is begun here.
        cluster: Whom submitit gives jobs to.
        slurm: What SLURM is told, such as ``partition``.

    Raises:
        UsageError: There is no time, no job at a time, or options contradict each other.
    """

    out: Path
    work: Path
    only: Sequence[str] = ()
    seeds: Sequence[int] = ()
    seconds: float | None = None
    parallel: int | None = None
    executor: ExecutorName = "local"
    threads: int | None = None
    address: str | None = None
    cluster: Cluster = "slurm"
    slurm: Mapping[str, str | int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.parallel is not None and self.parallel < 1:
            raise UsageError(f"--jobs {self.parallel}: at least 1")
        if self.threads is not None and self.threads < 1:
            raise UsageError(f"--threads {self.threads}: at least 1")
        if self.seconds is not None and not self.seconds > 0:
            raise UsageError("--budget: more than 0 minutes")
        if self.address is not None and self.executor != "ray":
            raise UsageError("--address: of a Ray cluster, so --executor ray belongs to it")
        on_slurm = self.executor == "submitit" and self.cluster == "slurm"
        if self.slurm and not on_slurm:
            raise UsageError("--slurm: for --executor submitit and --cluster slurm")
        if on_slurm and "time" not in self.slurm:
            raise UsageError("--slurm time=MINUTES: SLURM has to know how long a job may take")

    @property
    def side_by_side(self) -> int:
        """Jobs that share a machine, as far as it is known here."""
        return self.parallel or 1

    @property
    def threads_a_job(self) -> int:
        """Threads that a job computes with."""
        told = self.threads or int(self.slurm.get("cpus_per_task", 0))
        return told or max(1, usable_cores() // self.side_by_side)
