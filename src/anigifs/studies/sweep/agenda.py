"""Which jobs are to be done, and which of them may begin."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from anigifs.studies.sweep.doing import Task
from anigifs.studies.sweep.jobs import Job
from anigifs.studies.sweep.workplace import Workplace


def to_do(
    wanted: Iterable[Job], everything: Iterable[Job], done: Collection[str], place: Workplace
) -> list[Job]:
    """Return the jobs that are to be done, in order.

    They are those that are wanted and not finished, and what they start from where its weights are
    not there, be it finished or not.

    Args:
        wanted: The jobs.
        everything: All of the sweep, in order.
        done: Ids of those that are finished.
        place: Where weights are.
    """
    needed: set[str] = set()

    def need(job: Job) -> None:
        if job.id in needed:
            return
        needed.add(job.id)
        # A job that is trained, and was stopped before its tests, needs nothing to start from.
        start = None if place.trained(job) is not None else job.start
        if start is not None and place.trained(start) is None:
            need(start)

    for job in wanted:
        if job.id not in done:
            need(job)
    return [job for job in everything if job.id in needed]


@dataclass(frozen=True)
class Ended:
    """What became of what was to be done.

    Attributes:
        done: How many jobs ended well.
        failed: Why others failed, by name.
        skipped: Names of jobs that lost what they start from.
        left: Names of jobs for which there was no time.
    """

    done: int
    failed: Mapping[str, str]
    skipped: Sequence[str]
    left: Sequence[str]


class Agenda:
    """Tasks of which some wait for others.

    Attributes:
        pending: Those not begun yet, in order.
        failed: Why jobs failed, by their name.
        skipped: Jobs that lost what they start from, by name.
        done: How many ended well.
    """

    def __init__(self, tasks: Iterable[Task]) -> None:
        self.pending = {task.job.id: task for task in tasks}
        self._running: set[str] = set()
        self.failed: dict[str, str] = {}
        self.skipped: list[str] = []
        self.done = 0

    @property
    def ended(self) -> Ended:
        """What has become of all so far."""
        left = [task.job.name for task in self.pending.values()]
        return Ended(self.done, self.failed, self.skipped, left)

    def next(self, fits: Callable[[Task], bool]) -> Task | None:
        """Return the first task that may begin, and count it as begun; None where none may.

        Args:
            fits: Whether there is time for it.
        """
        for task in self._ready():
            if fits(task):
                del self.pending[task.job.id]
                self._running.add(task.job.id)
                return task
        return None

    def _ready(self) -> Iterator[Task]:
        for task in self.pending.values():
            start = task.job.start
            if start is None or (start.id not in self.pending and start.id not in self._running):
                yield task

    def end(self, task: Task, error: str | None) -> None:
        """Count a task as ended; what starts from one that failed is skipped."""
        self._running.remove(task.job.id)
        if error is None:
            self.done += 1
            return
        self.failed[task.job.name] = error
        self._skip_after(task.job)

    def _skip_after(self, job: Job) -> None:
        for task in list(self.pending.values()):
            if task.job.start is job and task.job.id in self.pending:
                del self.pending[task.job.id]
                self.skipped.append(task.job.name)
                self._skip_after(task.job)
