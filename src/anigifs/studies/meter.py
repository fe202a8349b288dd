"""How far a whole study is: stages of different work on one scale, from 0 to 1."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from anigifs.foundation import append_record

Item = TypeVar("Item")
#: Told the stage that is under way, and the share of the whole that is done, 0..1.
Tell = Callable[[str, float], None]


@dataclass(frozen=True)
class Stage:
    """A part of a study.

    Attributes:
        title: What a person is told.
        units: Clips or updates.
        seconds: What a unit usually takes, relative to the units of other stages.
    """

    title: str
    units: int
    seconds: float

    @property
    def cost(self) -> float:
        """What the whole stage usually takes."""
        return self.units * self.seconds


class Meter:
    """Counts units of stages, in their order, and writes down what each stage took."""

    def __init__(self, stages: Sequence[Stage], tell: Tell, journal: Path) -> None:
        self._stages = {stage.title: stage for stage in stages}
        self._total = sum(stage.cost for stage in stages) or 1.0
        self._before, self._tell, self._journal = 0.0, tell, journal
        self._stage, self._units = stages[0], 0

    @contextmanager
    def stage(self, title: str) -> Iterator[None]:
        """Be in a stage; at its end all of it is done, however little there was left to do."""
        begun = time.perf_counter()
        self._stage, self._units = self._stages[title], 0
        self._say()
        yield
        self._before += self._stage.cost
        self._units = 0
        self._say()
        seconds = round(time.perf_counter() - begun, 1)
        append_record(self._journal, {"stage": title, "seconds": seconds})

    def watch(self, items: Iterator[Item], total: int) -> Iterable[Item]:
        """Hand items on and count them; those of the stage beyond ``total`` are done already."""
        self._units = max(self._units, self._stage.units - total)
        for item in items:
            self.advance()
            yield item

    def advance(self, units: int = 1) -> None:
        """Count units of the stage that is under way."""
        self._units = min(self._units + units, self._stage.units)
        self._say()

    def _say(self) -> None:
        done = self._before + self._units * self._stage.seconds
        self._tell(self._stage.title, min(done / self._total, 1.0))
