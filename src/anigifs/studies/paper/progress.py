"""How far a study is, on one scale from 0 to 1."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from anigifs.studies.sweep.watching import Watch, Watcher

#: Told what is under way, and the share of the whole that is done, 0..1.
Tell = Callable[[str, float], None]
Line = Callable[[str], None]

Item = TypeVar("Item")
Part = tuple[float, float]

#: Where the parts begin and end; training and tests take most of the time.
CLIPS: dict[str, Part] = {"rendering clips": (0.0, 0.06), "preparing clips": (0.06, 0.08)}
JOBS, APART, LOOKS, REPORT = (0.08, 0.84), (0.84, 0.92), (0.92, 0.98), (0.98, 1.0)


class Progress(Watcher):
    """Passes on what a sweep tells.

    Args:
        tell: Told the share of the whole.
        said: Told when a job begins and ends.
        warned: Told what is not as it should be.
    """

    def __init__(self, tell: Tell, said: Line, warned: Line) -> None:
        self._tell, self._said, self._warned = tell, said, warned
        self._clips, self._part, self._furthest = dict(CLIPS), JOBS, 0.0

    def say(self, line: str) -> None:
        """Pass on that a job began, or ended."""
        self._said(line)

    def warn(self, line: str) -> None:
        """Pass on what is not as it should be."""
        self._warned(line)

    def watch(self, title: str) -> Watch:
        """Return what counts clips as they are rendered or prepared."""
        first, last = self._clips.get(title, self._part)

        def counted(items: Iterator[Any], total: int) -> Iterable[Any]:
            for number, item in enumerate(items, 1):
                yield item
                self._at(title, first + (last - first) * number / max(total, 1))

        return counted

    def count(self, items: Iterable[Item], total: int, title: str) -> Iterable[Item]:
        """Yield items, and count them."""
        return self.watch(title)(iter(items), total)

    def begin(self, part: Part, title: str) -> None:
        """Begin what comes after the jobs; what is counted from now on counts for it."""
        self._clips, self._part = {}, part
        self._at(title, part[0])

    def update(self, job: str, step: int, total: int, share: float) -> None:
        """Tell how far the jobs are."""
        first, last = JOBS
        self._at(f"{job}: update {step}/{total}", first + (last - first) * share)

    def _at(self, title: str, share: float) -> None:
        """Tell, and never go back: a part may count its clips several times."""
        self._furthest = max(self._furthest, share)
        self._tell(title, self._furthest)
