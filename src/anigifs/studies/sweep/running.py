"""Run what is missing of a sweep: seed by seed, within the time that there is."""

import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from anigifs.foundation import UsageError
from anigifs.models.weights import find
from anigifs.studies.sweep.agenda import Agenda, Ended, to_do
from anigifs.studies.sweep.doing import Ending, Task
from anigifs.studies.sweep.estimates import USUAL_SECONDS, Estimates
from anigifs.studies.sweep.executors import EXECUTORS
from anigifs.studies.sweep.jobs import Jobs, chosen, each_once, make_jobs
from anigifs.studies.sweep.plan import Plan
from anigifs.studies.sweep.records import finished, read_all
from anigifs.studies.sweep.request import Request
from anigifs.studies.sweep.standing import FILE, keep, named_weights, standing_of
from anigifs.studies.sweep.tables import write_tables
from anigifs.studies.sweep.watching import Watcher
from anigifs.studies.sweep.workplace import Workplace

if TYPE_CHECKING:
    from anigifs.index import Index
    from anigifs.studies.cells import Table


@dataclass(frozen=True)
class Swept(Ended):
    """What a call did.

    Attributes:
        table: Of all records; None where the baseline has none yet.
    """

    table: "Table | None"


@dataclass
class _Call:
    """One call: what it looks at, and what it has told so far."""

    plan: Plan
    request: Request
    watcher: Watcher
    place: Workplace
    begun: float = field(default_factory=time.monotonic)
    expected: dict[str, float] = field(default_factory=dict)
    shares: dict[str, float] = field(default_factory=dict)
    warned: set[str] = field(default_factory=set)

    def estimates(self) -> Estimates:
        return Estimates(read_all(self.request.out).values(), self.request.side_by_side)

    def seconds(self, task: Task, estimates: Estimates) -> float:
        left = estimates.seconds(task.job, self.place, task.index, tests=not task.recorded)
        return USUAL_SECONDS if left is None else left

    def fits(self, task: Task, estimates: Estimates) -> bool:
        if self.request.seconds is None:
            return True
        now = time.monotonic() - self.begun
        return now + self.seconds(task, estimates) <= self.request.seconds

    def share(self) -> float:
        total = sum(self.expected.values())
        done = sum(self.expected[name] * share for name, share in self.shares.items())
        return min(1.0, done / total) if total else 1.0


def run_sweep(plan: Plan, request: Request, watcher: Watcher | None = None) -> Swept:
    """Run what is missing of a sweep, and make its tables anew.

    It may be stopped at any moment; another call goes on, with the job that was under way from its
    last checkpoint.

    Args:
        plan: What is to be run.
        request: Which part of it, where, and for how long.
        watcher: Told how far it is.

    Raises:
        UsageError: The folder holds something else, another sweep is at work in it, or the clips
            are not those of its records.
    """
    watcher = watcher or Watcher()
    _check_folder(request.out, request.work)
    jobs, agenda = run_jobs(plan, request, watcher)
    table = write_tables(plan, jobs, request.out, watcher.warn)
    return Swept(**vars(agenda.ended), table=table)


def run_jobs(plan: Plan, request: Request, watcher: Watcher) -> tuple[Jobs, Agenda]:
    """Run what is missing of a sweep, and make no tables.

    Returns:
        All jobs, and what became of those that were to be done.

    Raises:
        UsageError: As :func:`run_sweep` does, but any folder will do.
    """
    from anigifs.studies.sweep.reading import check_methods

    check_methods(plan)
    place = Workplace(request.work)
    call = _Call(plan, request, watcher, place)
    with place.locked():
        jobs, agenda = _planned(call)
        if agenda.pending:
            _do_all(call, jobs, agenda)
    return jobs, agenda


def _check_folder(out: Path, work: Path) -> None:
    if not out.exists() or (out / FILE).exists():
        return
    # A first call that is stopped while it renders has made nothing but its work.
    expected = [work.absolute(), *work.absolute().parents]
    if any(one.suffix != ".part" and one.absolute() not in expected for one in out.iterdir()):
        raise UsageError(f"{out}: holds files, but no sweep; choose another folder")


def _planned(call: _Call) -> tuple[Jobs, Agenda]:
    """Return all jobs and what is to be done, once the clips are there for it."""
    plan, request, place = call.plan, call.request, call.place
    found = standing_of(plan, request.out)
    index: Index | None = None
    if found.index_hash is None:  # it takes the clips to know what a job is
        index = _clips(call)
        found = replace(found, index_hash=index.identity)
    jobs = make_jobs(plan, found)
    everything = each_once(jobs.values())
    records = read_all(request.out)
    done = finished(request.out, everything, records)
    wanted = chosen(jobs, plan, request.only, request.seeds)
    missing = to_do(wanted, everything, done, place)
    if missing:
        from anigifs.studies.sweep.clips import check_identity, prepare_all

        for name in named_weights(plan):
            find(name)  # what was known of weights is not enough to start from them
        check_identity(plan, index or _clips(call), found.index_hash, request.out)
        keep(plan, found, request.out)
        prepare_all(missing, place.index(plan), place, call.watcher)
    return jobs, Agenda(
        Task(
            job=job,
            index=place.index(plan).absolute(),
            out=request.out.absolute(),
            work=request.work.absolute(),
            recorded=job.id in done,
            parallel=request.side_by_side,
        )
        for job in missing
    )


def _clips(call: _Call) -> "Index":
    from anigifs.studies.sweep.clips import made_index

    return made_index(call.plan, call.place, call.watcher)


def _do_all(call: _Call, jobs: Jobs, agenda: Agenda) -> None:
    """Do what is to be done, here or elsewhere."""
    estimates = call.estimates()
    call.expected = {
        task.job.id: max(1e-9, call.seconds(task, estimates)) for task in agenda.pending.values()
    }
    total = len(agenda.pending)

    def next_task() -> Task | None:
        now = call.estimates()
        task = agenda.next(lambda one: call.fits(one, now))
        if task is not None:
            number = total - len(agenda.pending) - len(agenda.skipped)
            minutes = call.seconds(task, now) / 60
            again = ", only for its weights" if task.recorded else ""
            call.watcher.say(
                f"{task.job.title}: begun ({number} of {total}), about {minutes:.1f} min{again}"
            )
            _warn_of_start(call, task)
        return task

    def tell(task: Task, step: int, of: int) -> None:
        call.shares[task.job.id] = step / of
        call.watcher.update(task.job.title, step, of, call.share())

    def end(task: Task, ending: Ending) -> None:
        agenda.end(task, ending.error)
        call.shares[task.job.id] = 1.0
        said = "done" if ending.error is None else f"failed: {ending.error}"
        call.watcher.say(f"{task.job.title}: {said}")

    EXECUTORS[call.request.executor](next_task, tell, end, call.request)


def _warn_of_start(call: _Call, task: Task) -> None:
    """Say where a job is about to start from weights that are not those of its start's record."""
    start = task.job.start
    if start is None or start.id in call.warned:
        return
    facts = call.place.trained(start)
    record = read_all(call.request.out).get(start.id)
    if facts is None or record is None or facts["weights_hash"] == record["weights_hash"]:
        return
    call.warned.add(start.id)
    call.watcher.warn(
        f"{start.title} was trained again, and its weights are {facts['weights_hash'][:12]}, not "
        f"{record['weights_hash'][:12]} as recorded: what starts from it now is not quite "
        "comparable to what did before; the records say which (start_weights_hash)"
    )
