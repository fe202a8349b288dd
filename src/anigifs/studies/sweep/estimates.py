"""How long jobs will take, from what others took in this sweep."""

import statistics
from collections.abc import Callable, Iterable
from pathlib import Path

from anigifs.studies.sweep.jobs import Job
from anigifs.studies.sweep.records import Record
from anigifs.studies.sweep.workplace import Workplace
from anigifs.training.config import TrainConfig

#: Of the real network on a laptop's clips, by two cores; used before anything has been measured.
USUAL_SECONDS = 1.0
#: Says what an update of a configuration takes, where no job like it has been recorded.
Timed = Callable[[TrainConfig], float]


def updates_of(job: Job, index: Path) -> int | None:
    """Return a job's updates; None where they depend on clips that are not there yet."""
    if job.run.test_time is not None:  # which trains nothing
        return 0
    if job.config.steps is not None:
        return job.config.steps
    if not index.is_file():
        return None
    from dataclasses import replace

    from anigifs.training.data import source_rows

    rows = source_rows(replace(job.config, index=str(index)))
    return job.config.epochs * (len(rows.train) // job.config.batch_size)


class Estimates:
    """Seconds of jobs, from the records of the sweep.

    Args:
        records: Of finished jobs.
        parallel: Jobs side by side, which are slower than one alone.
        timed: Asked where there is no record.
    """

    def __init__(
        self,
        records: Iterable[Record],
        parallel: int,
        timed: Timed = lambda config: USUAL_SECONDS,
    ) -> None:
        self._timed = timed
        self._records = [one for one in records if one["updates"] > 0]
        self._parallel = parallel

    def seconds_an_update(self, job: Job, own: list[float]) -> float:
        """Return what an update of a job will take.

        Its own updates so far say most, then those of its run with other seeds, then those of its
        method, then all.

        Args:
            job: The job.
            own: Seconds of its updates so far.
        """
        if own:
            return statistics.mean(own)
        tests: list[Callable[[Record], bool]] = [
            lambda one: bool(one["run"] == job.run.name),
            lambda one: bool(one["method"] == job.config.method),
            lambda one: True,
        ]
        for test in tests:
            found = [one for one in self._records if test(one)]
            alike = [one for one in found if one["parallel"] == self._parallel]
            if found:
                return statistics.median(_mean_seconds(one) for one in alike or found)
        return self._timed(job.config)

    def testing(self) -> float:
        """Return the seconds that the tests of a job will take; 0 before any was tested."""
        found = [float(one["testing_seconds"]) for one in self._records]
        return statistics.median(found) if found else 0.0

    def seconds(self, job: Job, place: Workplace, index: Path, *, tests: bool) -> float | None:
        """Return the seconds that are left of a job; None where its updates are not known.

        Args:
            job: The job.
            place: Where it may have been begun.
            index: Of the clips.
            tests: Whether it is tested, too.
        """
        testing = self.testing() if tests else 0.0
        if place.trained(job) is not None:
            return testing
        updates = updates_of(job, index)
        if updates is None:
            return None
        left = max(0, updates - place.checkpoint_step(job))
        return left * self.seconds_an_update(job, place.seconds(job)) + testing


def _mean_seconds(record: Record) -> float:
    """Return the mean, not the median: a method that searches now and then pays for that, too."""
    return float(record["training_seconds"]) / int(record["updates"])
