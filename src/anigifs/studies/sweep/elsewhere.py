"""Jobs on other machines, which see the same folders under the same names."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from anigifs.foundation import OutputError
from anigifs.foundation.home import home
from anigifs.studies.sweep.doing import Ending, Task, attempt
from anigifs.studies.sweep.estimates import updates_of
from anigifs.studies.sweep.processes import End, Next, Tell

Flight = TypeVar("Flight")
#: How a job ended: an error is one that the next job would meet, too.
Ended = Ending | OutputError

#: How long nobody looks how far jobs are.
LOOK_SECONDS = 5.0


class Elsewhere(Protocol[Flight]):
    """Other machines."""

    def room(self) -> int | None:
        """Return how many jobs may be under way; None is any number."""

    def send(self, task: Task) -> Flight:
        """Let a job be done."""

    def ended(self, flights: Sequence[Flight]) -> Iterator[tuple[Flight, Ended]]:
        """Yield jobs that have ended; wait :data:`LOOK_SECONDS` at most for the first."""

    def stop(self, flights: Sequence[Flight]) -> None:
        """End jobs; what they did since their last checkpoints is lost."""


@dataclass(frozen=True)
class Attempt:
    """How a job is done on another machine.

    Attributes:
        threads: That it computes with.
        home: The program's folder of weights, as it is here.
    """

    threads: int
    home: str = field(default_factory=lambda: str(home().absolute()))

    def __call__(self, task: Task) -> Ended:
        """Do a job in this process, which was made for it."""
        import torch

        os.environ["ANIGIFS_HOME"] = self.home
        torch.set_num_threads(self.threads)
        try:
            return attempt(task, lambda step, total: None)
        except OutputError as error:
            return error


def do_elsewhere(next_task: Next, tell: Tell, end: End, machines: Elsewhere[Flight]) -> None:
    """Do tasks on other machines until none may begin.

    Raises:
        OutputError: There is no room for what they write.
    """
    flying: dict[Flight, _Progress] = {}
    try:
        while True:
            while _has_room(machines, len(flying)) and (task := next_task()) is not None:
                flying[machines.send(task)] = _Progress(task)
            if not flying:
                return
            for flight, ended in machines.ended(list(flying)):
                task = flying.pop(flight).task
                if isinstance(ended, OutputError):
                    raise ended
                end(task, ended)
            for progress in flying.values():
                progress.look(tell)
    finally:
        machines.stop(list(flying))


def _has_room(machines: Elsewhere[Flight], flying: int) -> bool:
    room = machines.room()
    return room is None or flying < room


class _Progress:
    """How far a job is, by what it has written."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self._total = updates_of(task.job, task.index)
        self._seen = 0

    def look(self, tell: Tell) -> None:
        made = len(self.task.workplace.seconds(self.task.job))
        if self._total is not None and made > self._seen:
            self._seen = made
            tell(self.task, min(made, self._total), self._total)
