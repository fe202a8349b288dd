"""Jobs on the nodes of a Ray cluster: each is one task, with CPUs of its own."""

from collections.abc import Iterator, Sequence
from typing import Any

from anigifs.foundation import UsageError
from anigifs.foundation.errors import first_line
from anigifs.foundation.work.ray import connected
from anigifs.studies.sweep.doing import Ending, Task
from anigifs.studies.sweep.elsewhere import LOOK_SECONDS, Attempt, Ended, do_elsewhere
from anigifs.studies.sweep.processes import End, Next, Tell
from anigifs.studies.sweep.request import Request

#: How long jobs may take to end when they are stopped.
STOP_SECONDS = 10.0


def as_ray_tasks(next_task: Next, tell: Tell, end: End, request: Request) -> None:
    """Do tasks on a Ray cluster until none may begin.

    Raises:
        UsageError: Ray is not installed, no cluster can be reached, or a job finds room on none of
            its nodes.
    """
    with connected(request.address) as ray:
        do_elsewhere(next_task, tell, end, _Nodes(ray, request))


class _Nodes:
    def __init__(self, ray: Any, request: Request) -> None:  # noqa: ANN401 - an optional library
        self._ray = ray
        self._parallel = request.parallel
        self._threads = request.threads_a_job
        most = max([0, *self._cpus()])
        if request.threads is None and most:
            self._threads = min(self._threads, most)
        if self._threads > most > 0:
            raise UsageError(
                f"--threads {self._threads}: no node of the Ray cluster has more than {most} CPUs"
            )
        # A worker for each job, as its own process would be; a killed one goes on another day.
        options = {"num_cpus": self._threads, "max_calls": 1, "max_retries": 0}
        self._task = ray.remote(scheduling_strategy="SPREAD", **options)(do_alone)

    def _cpus(self) -> Iterator[int]:
        for node in self._ray.nodes():
            if node["Alive"]:
                yield int(node["Resources"].get("CPU", 0))

    def room(self) -> int:
        # Where no node has room yet, one job that waits for it makes the cluster grow.
        return self._parallel or max(1, sum(cpus // self._threads for cpus in self._cpus()))

    def send(self, task: Task) -> Any:  # noqa: ANN401 - Ray's reference
        return self._task.options(name=task.job.name).remote(Attempt(self._threads), task)

    def ended(self, flights: Sequence[Any]) -> Iterator[tuple[Any, Ended]]:
        done, _ = self._ray.wait(flights, timeout=LOOK_SECONDS)
        for flight in done:
            yield flight, self._ended(flight)

    def _ended(self, flight: Any) -> Ended:  # noqa: ANN401
        errors = self._ray.exceptions
        try:
            ended: Ended = self._ray.get(flight)
        except errors.RayError as error:
            cause = getattr(error, "cause", error)
            if isinstance(cause, errors.RayError):
                return Ending("", f"its node or its process is gone ({first_line(cause)})")
            return Ending("", f"its node cannot take it up: {first_line(cause)}")
        return ended

    def stop(self, flights: Sequence[Any]) -> None:
        for flight in flights:
            self._ray.cancel(flight, force=True)
        if flights:
            self._ray.wait(flights, num_returns=len(flights), timeout=STOP_SECONDS)


def do_alone(attempt: Attempt, task: Task) -> Ended:
    """Do a job in this Ray worker, which is made for it."""
    return attempt(task)
