"""Where a sweep stands: every job, how far it is, and how long it took or will take."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from anigifs.studies.sweep.agenda import to_do
from anigifs.studies.sweep.estimates import Estimates, Timed, updates_of
from anigifs.studies.sweep.jobs import UNKNOWN, Job, Jobs, each_once
from anigifs.studies.sweep.plan import Plan
from anigifs.studies.sweep.records import Record, finished, read_all
from anigifs.studies.sweep.workplace import Workplace

State = Literal["done", "resumable", "waiting", "blocked", "failed"]


@dataclass(frozen=True)
class JobStatus:
    """Where a job stands.

    Attributes:
        run: The run's name.
        seed: Of training.
        id: The job's; None where its clips have not been rendered, which are part of it.
        state: ``resumable`` was begun, ``waiting`` was not; ``blocked`` starts from one that
            failed; ``failed`` is tried again by another call.
        updates: Of the job; None where they depend on clips that are not there yet.
        step: Updates that are made and will not be made again.
        minutes: Measured where it is done, else expected; None where nobody can say.
        again: Whether it is done, but trained again because others start from its weights, which
            are gone.
    """

    run: str
    seed: int
    id: str | None
    state: State
    updates: int | None
    step: int
    minutes: float | None
    again: bool

    def to_json(self) -> dict[str, Any]:
        """Return the same as JSON can hold it."""
        return asdict(self)


def status_of(
    plan: Plan,
    jobs: Jobs,
    wanted: Sequence[Job],
    out: Path,
    place: Workplace,
    parallel: int = 1,
    timed: Timed | None = None,
) -> list[JobStatus]:
    """Return where jobs stand.

    Args:
        plan: The sweep.
        jobs: All of its jobs.
        wanted: Those that are asked about; what they start from and lack is told, too.
        out: The sweep's folder.
        place: Where it is at work.
        parallel: Jobs side by side, which are slower than one alone.
        timed: Asked what an update takes where no record tells; None takes that of a laptop.
    """
    everything = each_once(jobs.values())
    records = read_all(out)
    done = finished(out, everything, records)
    missing = {job.id for job in to_do(wanted, everything, done, place)}
    asked = {job.id for job in wanted} | missing
    asking = {} if timed is None else {"timed": timed}
    estimates = Estimates(records.values(), parallel, **asking)
    looked = _Look(place, place.index(plan), done, missing, estimates)
    return [
        looked.at(job, records.get(job.id) if job.id in done else None)
        for job in everything
        if job.id in asked
    ]


@dataclass(frozen=True)
class _Look:
    place: Workplace
    index: Path
    done: set[str]
    missing: set[str]
    estimates: Estimates

    def at(self, job: Job, record: Record | None) -> JobStatus:
        again = record is not None and job.id in self.missing
        if record is not None and not again:
            minutes: float | None = _measured(record)
        else:
            seconds = self.estimates.seconds(job, self.place, self.index, tests=record is None)
            minutes = None if seconds is None else round(seconds / 60, 2)
        updates = updates_of(job, self.index) if record is None else int(record["updates"])
        state = self._state(job, record)
        step = (updates or 0) if state == "done" else self.place.checkpoint_step(job)
        known = None if job.config.index == UNKNOWN else job.id
        return JobStatus(job.run.name, job.seed, known, state, updates, step, minutes, again)

    def _state(self, job: Job, record: Record | None) -> State:
        if record is not None:
            return "done"
        if self.place.failure(job).exists():
            return "failed"
        if self._blocked(job):
            return "blocked"
        begun = self.place.checkpoint_step(job) or self.place.trained(job) is not None
        return "resumable" if begun else "waiting"

    def _blocked(self, job: Job) -> bool:
        start = job.start
        if start is None or self.place.trained(start) is not None:
            return False
        return self.place.failure(start).exists() or self._blocked(start)


def _measured(record: Record) -> float:
    seconds = float(record["training_seconds"]) + float(record["testing_seconds"])
    return round(seconds / 60, 2)


def totals(found: Iterable[JobStatus]) -> dict[str, Any]:
    """Return how many jobs are in which state, and the minutes that are behind and ahead.

    Minutes ahead are of one job after the other; those that nobody can say are not in the sum.
    """
    jobs = list(found)
    done = [one for one in jobs if one.state == "done" and not one.again]
    ahead = [one for one in jobs if one not in done]
    states: dict[str, int] = {}
    for one in jobs:
        states[one.state] = states.get(one.state, 0) + 1
    return {
        "jobs": len(jobs),
        **states,
        "minutes_done": round(sum(one.minutes or 0 for one in done), 1),
        "minutes_left": round(sum(one.minutes or 0 for one in ahead), 1),
    }
