"""Jobs one after the other in this process, or several at a time in processes of their own."""

import multiprocessing
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from anigifs.foundation import OutputError
from anigifs.foundation.workers import start_worker
from anigifs.studies.sweep.doing import Ending, Task, attempt
from anigifs.studies.sweep.request import Request

#: Gives the next task that may begin now; None where none may.
Next = Callable[[], Task | None]
#: Told a task, updates made, and updates of the job.
Tell = Callable[[Task, int, int], None]
#: Told how a task ended.
End = Callable[[Task, Ending], None]


def here(next_task: Next, tell: Tell, end: End, request: Request) -> None:
    """Do tasks on this machine until none may begin."""
    if request.side_by_side == 1 and request.threads is None:
        one_by_one(next_task, tell, end)
    else:
        side_by_side(next_task, tell, end, request.side_by_side, request.threads_a_job)


def one_by_one(next_task: Next, tell: Tell, end: End) -> None:
    """Do tasks in this process, with as many threads as torch takes, until none may begin."""
    while (task := next_task()) is not None:
        end(task, attempt(task, partial(tell, task)))


def side_by_side(next_task: Next, tell: Tell, end: End, count: int, threads: int) -> None:
    """Do up to ``count`` tasks at a time, each with so many threads, until none may begin.

    Each has a process of its own: what one takes with it when it crashes is nobody else's.
    """
    flying: dict[Connection, _Flight] = {}
    try:
        while True:
            while len(flying) < count and (task := next_task()) is not None:
                flight = _Flight.begin(task, threads)
                flying[flight.line] = flight
            if not flying:
                return
            for line in wait(list(flying)):
                assert isinstance(line, Connection)  # noqa: S101 - nothing else was given
                ending = flying[line].heard(tell)
                if ending is not None:
                    end(flying.pop(line).task, ending)
    finally:
        for flight in flying.values():
            flight.stop()


@dataclass(frozen=True)
class _Flight:
    """A task in a process of its own, and the line by which that is heard."""

    task: Task
    process: BaseProcess
    line: Connection

    @classmethod
    def begin(cls, task: Task, threads: int) -> "_Flight":
        context = multiprocessing.get_context("spawn")
        line, far_end = context.Pipe(duplex=False)
        process = context.Process(target=_fly, args=(task, threads, far_end))
        process.start()
        far_end.close()  # or its end could not be heard here
        return cls(task, process, line)

    def heard(self, tell: Tell) -> Ending | None:
        """Take a message; return how the task ended, once it has.

        Raises:
            OutputError: There is no room for what it writes.
        """
        try:
            message = self.line.recv()
        except EOFError:
            self.process.join()
            code = self.process.exitcode
            ending = Ending("", f"its process ended with code {code}; is memory short?")
        else:
            if isinstance(message, OutputError):
                raise message
            if not isinstance(message, Ending):
                tell(self.task, *message)
                return None
            self.process.join()
            ending = message
        self.line.close()
        return ending

    def stop(self) -> None:
        """End the process; what it did since its last checkpoint is lost."""
        self.process.terminate()
        self.process.join()
        self.line.close()


def _fly(task: Task, threads: int, line: Connection) -> None:
    """Do a task in this process, which was made for it."""
    import torch

    start_worker()
    torch.set_num_threads(threads)
    try:
        line.send(attempt(task, lambda step, total: line.send((step, total))))
    except OutputError as error:  # the disk is full, and so it is for the others
        line.send(error)
