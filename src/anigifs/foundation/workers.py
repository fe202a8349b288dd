"""Work on many files in several processes, none of which can take the others down."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")

#: Jobs that wait at each worker, so that none is idle and few are in flight.
QUEUED = 4


def usable_cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def in_processes(
    function: Callable[[Job], Result],
    jobs: Iterable[Job],
    workers: int,
    crashed: Callable[[Job], Result],
) -> Iterator[Result]:
    """Yield ``function(job)`` of every job as it ends, in any order.

    Processes are spawned, so ``function`` must be importable. A crash (not an exception) takes
    down the whole pool, and nobody knows whose it was: each job that was in flight is tried again
    in a process of its own, and of one that crashes again ``crashed(job)`` is the result.

    Args:
        function: What to do in the other processes.
        jobs: Taken as they are needed.
        workers: Number of processes.
        crashed: What to say, in this process, of a job that ends its process.
    """
    waiting = iter(jobs)
    while suspects := (yield from _until_broken(function, waiting, workers)):
        for job in suspects:
            if (yield from _until_broken(function, iter([job]), 1)):
                yield crashed(job)


def _until_broken(
    function: Callable[[Job], Result], jobs: Iterator[Job], workers: int
) -> Generator[Result, None, list[Job]]:
    """Yield results; return the jobs that were in flight when a process crashed, if one did."""
    flying: dict[Future[Result], Job] = {}
    with ProcessPoolExecutor(
        workers, multiprocessing.get_context("spawn"), initializer=start_worker
    ) as pool:
        try:
            for job in jobs:
                try:
                    flying[pool.submit(function, job)] = job
                except BrokenProcessPool:
                    return [*flying.values(), job]
                if len(flying) >= QUEUED * workers:
                    yield from _landed(flying)
            while flying:
                yield from _landed(flying)
        except BrokenProcessPool:
            return list(flying.values())
    return []


def _landed(flying: dict[Future[Result], Job]) -> Iterator[Result]:
    done, _ = wait(flying, return_when=FIRST_COMPLETED)
    for future in done:
        result = future.result()
        del flying[future]
        yield result


def start_worker() -> None:
    """Leave Ctrl-C to the parent, and end when it is gone: a killed one cannot say so."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=(parent.join,), daemon=True).start()


def _follow(wait_for_parent: Callable[[], None]) -> None:
    wait_for_parent()
    os._exit(1)
