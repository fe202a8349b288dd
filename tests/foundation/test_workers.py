import multiprocessing
import os
from collections.abc import Iterator

from anigifs.foundation.workers import in_processes, usable_cores

CRASHES = 13


def work(job: int) -> str:
    """Say in which process a job is done; one job crashes it."""
    if job == CRASHES:
        os._exit(139)
    return f"{job} {'here' if multiprocessing.parent_process() is None else 'elsewhere'}"


def lost(job: int) -> str:
    return f"{job} lost"


def test_every_job_is_done_once_in_other_processes_when_its_turn_comes() -> None:
    taken = []

    def jobs() -> Iterator[int]:
        for job in range(12):
            taken.append(job)
            yield job

    results = in_processes(work, jobs(), 1, lost)
    first = next(results)
    assert len(taken) <= 4
    assert sorted([first, *results]) == sorted(f"{job} elsewhere" for job in range(12))
    assert list(in_processes(work, [], 2, lost)) == []


def test_a_job_that_crashes_costs_only_itself() -> None:
    done = list(in_processes(work, [11, 12, CRASHES, 14, 15, 16], 2, lost))
    whole = [11, 12, 14, 15, 16]
    assert sorted(done) == sorted([*(f"{job} elsewhere" for job in whole), "13 lost"])


def test_cores_are_those_that_this_process_may_use() -> None:
    assert usable_cores() == len(os.sched_getaffinity(0))
