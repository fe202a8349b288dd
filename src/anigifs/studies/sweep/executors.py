"""Who does the jobs of a sweep, by name."""

from collections.abc import Callable, Mapping

from anigifs.studies.sweep.processes import End, Next, Tell, here
from anigifs.studies.sweep.ray_tasks import as_ray_tasks
from anigifs.studies.sweep.request import ExecutorName, Request
from anigifs.studies.sweep.submitit_jobs import as_submitit_jobs

#: Does tasks until none may begin.
Executor = Callable[[Next, Tell, End, Request], None]

EXECUTORS: Mapping[ExecutorName, Executor] = {
    "local": here,
    "ray": as_ray_tasks,
    "submitit": as_submitit_jobs,
}
