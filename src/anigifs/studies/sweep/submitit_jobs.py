"""Jobs of SLURM, or in processes that stand for them, by way of submitit."""

import getpass
import shutil
import subprocess
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from anigifs.foundation import UsageError
from anigifs.foundation.errors import first_line
from anigifs.studies.sweep.doing import Ending, Task
from anigifs.studies.sweep.elsewhere import LOOK_SECONDS, Attempt, Ended, do_elsewhere
from anigifs.studies.sweep.processes import End, Next, Tell
from anigifs.studies.sweep.request import Request

INSTALL = "pip install 'anigifs[submitit]'"
#: How often it is looked whether a job has ended.
POLL_SECONDS = 0.5
#: How long jobs may take to end when they are stopped.
STOP_SECONDS = 10.0
#: How long the result of a job that has left the queue may take to be seen from here.
GONE_SECONDS = 60.0
#: A year: submitit's own limit of a job on this machine is two minutes.
NO_LIMIT_MINUTES = 525_600


def as_submitit_jobs(next_task: Next, tell: Tell, end: End, request: Request) -> None:
    """Do tasks as jobs of a cluster until none may begin.

    Raises:
        UsageError: submitit is not installed, there is no such cluster, or it takes no such jobs.
    """
    queue = Queue(request)
    try:
        do_elsewhere(next_task, tell, end, queue)
    finally:
        queue.tidy()


@dataclass(frozen=True)
class Requeued(Attempt):
    """A job that goes on from its checkpoint where SLURM stops it and begins it again."""

    def checkpoint(self, task: Task) -> Any:  # noqa: ANN401 - an optional library's
        """Return what is to be done when the job's time is up or others come first."""
        from submitit.helpers import DelayedSubmission

        return DelayedSubmission(self, task)


class Queue:
    """The jobs of one call.

    Args:
        request: The call.

    Raises:
        UsageError: As :func:`as_submitit_jobs` does.
    """

    def __init__(self, request: Request) -> None:
        try:
            import submitit
        except ImportError:
            raise UsageError(f"--executor submitit needs the package submitit: {INSTALL}") from None
        # Local jobs are named by their processes' numbers, which come again some day.
        self._folder = request.work.absolute() / "submitit" / uuid.uuid4().hex[:12]
        self._here = request.cluster == "local"
        self._room = request.parallel or (1 if self._here else None)
        self._attempt = Requeued(request.threads_a_job)
        told = {f"slurm_{name}": value for name, value in request.slurm.items()}
        try:
            self._executor = submitit.AutoExecutor(self._folder, cluster=request.cluster)
            self._executor.update_parameters(
                name=f"anigifs-{request.out.name}",
                timeout_min=NO_LIMIT_MINUTES if self._here else None,
                cpus_per_task=request.threads_a_job,
                **told,
            )
        except Exception as error:  # of many classes, and some that bear no name
            raise UsageError(f"submitit: {first_line(error)}") from None
        self._lost = False
        self._missed: dict[str, float] = {}  # since when SLURM does not have a job

    def room(self) -> int | None:
        """Return how many jobs may be under way: all, where a queue decides."""
        return self._room

    def send(self, task: Task) -> Any:  # noqa: ANN401 - submitit's job
        """Put a job into the queue.

        Raises:
            UsageError: It is not taken.
        """
        from submitit.core.utils import FailedJobError

        try:
            return self._executor.submit(self._attempt, task)
        except (OSError, FailedJobError) as error:
            raise UsageError(f"submitit: {first_line(error)}") from None

    def ended(self, jobs: Sequence[Any]) -> Iterator[tuple[Any, Ended]]:
        """Yield jobs that have ended; wait a little for the first."""
        if not self._here:
            self._look(jobs)
        patience = time.monotonic() + LOOK_SECONDS
        while not (done := [job for job in jobs if _answered(job) or self._gone(job)]):
            if time.monotonic() > patience:
                return
            time.sleep(POLL_SECONDS)
        for job in done:
            yield job, self._ended(job)

    def _ended(self, job: Any) -> Ended:  # noqa: ANN401
        log = job.paths.stderr
        if not _answered(job):
            self._lost = True
            return Ending("", f"its process is gone; its log is {log}")
        try:
            ended: Ended = job.result()
        except Exception:  # with all of the log in it
            self._lost = True
            return Ending("", f"its node cannot take it up; the log is {log}")
        return ended

    def _look(self, jobs: Sequence[Any]) -> None:
        """Note which jobs SLURM does not have any more.

        submitit would ask SLURM's accounting, every ten minutes, and some clusters have none.
        """
        queued, now = _queued(), time.monotonic()
        for job in jobs:
            if queued is None or job.job_id in queued:
                self._missed.pop(job.job_id, None)
            else:
                self._missed.setdefault(job.job_id, now)

    def _gone(self, job: Any) -> bool:  # noqa: ANN401
        """Return whether a job has ended, and its answer would be here."""
        if self._here:
            return bool(job.done())
        now = time.monotonic()
        return now - self._missed.get(job.job_id, now) > GONE_SECONDS

    def stop(self, jobs: Sequence[Any]) -> None:
        """Take jobs out of the queue, and wait a little until they are."""
        for job in jobs:
            job.cancel(check=False)
        patience = time.monotonic() + STOP_SECONDS
        while self._any_goes_on(jobs) and time.monotonic() < patience:
            time.sleep(POLL_SECONDS)

    def _any_goes_on(self, jobs: Sequence[Any]) -> bool:
        if self._here or not jobs:
            return not all(job.done() for job in jobs)
        return not (_queued() or set()).isdisjoint(job.job_id for job in jobs)

    def tidy(self) -> None:
        """Remove what submitit wrote, unless it says why a job was lost."""
        if not self._lost:
            shutil.rmtree(self._folder, ignore_errors=True)


def _answered(job: Any) -> bool:  # noqa: ANN401
    return bool(job.paths.result_pickle.exists())


def _queued() -> set[str] | None:
    """Return the numbers of the user's jobs that wait or go on; None where SLURM does not say."""
    command = ["squeue", "--noheader", "--format=%i", f"--user={getpass.getuser()}"]
    try:
        listed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    except (OSError, subprocess.SubprocessError):
        return None
    return set(listed.stdout.split())
