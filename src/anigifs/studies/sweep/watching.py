"""Who is told how far a sweep is."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

Watch = Callable[[Iterator[Any], int], Iterable[Any]]


class Watcher:
    """Sees nothing and says nothing; a command overrides what it shows."""

    def watch(self, title: str) -> Watch:
        """Return what sees clips go by as they are rendered or prepared."""
        return lambda items, total: items

    def say(self, line: str) -> None:
        """Take a line: a job began, or ended."""

    def warn(self, line: str) -> None:
        """Take a line about something that is not as it should be."""

    def update(self, job: str, step: int, total: int, share: float) -> None:
        """Take an update of a job.

        Args:
            job: Which.
            step: Updates made.
            total: Updates of the job.
            share: How much of all that this call will do is done, 0..1, by time.
        """
