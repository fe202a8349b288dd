"""``anigifs sweep``: many training runs, tested, recorded and tabulated, over as many days."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import tyro

from anigifs.cli.output import Warnings, print_envelope, printable, warn, with_progress
from anigifs.cli.status import as_json, ending_lines, error_of, status_lines
from anigifs.foundation import UsageError

if TYPE_CHECKING:
    from anigifs.studies.cells import Table
    from anigifs.studies.sweep.jobs import Jobs
    from anigifs.studies.sweep.plan import Plan
    from anigifs.studies.sweep.request import Request
    from anigifs.studies.sweep.watching import Watcher


@dataclass(frozen=True)
class Sweep:
    """Run every method with every seed, test, record and tabulate; one that was stopped goes on.

    Example: anigifs sweep puppets --out results/puppets --budget 60
    """

    name: Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="PLAN")]
    """What to run: a TOML file, or puppets or puppets-sources, which come with the program."""
    out: Annotated[Path, tyro.conf.arg(metavar="FOLDER")]
    """Where records, predictions and tables go; FOLDER.csv is written beside it."""
    work: Annotated[Path | None, tyro.conf.arg(metavar="FOLDER")] = None
    """Where clips and runs go, which may be thrown away; by default `work` in the other folder."""
    only: Annotated[tuple[str, ...], tyro.conf.arg(metavar="RUN...")] = ()
    """Only these runs, and what they start from where that is missing."""
    seeds: Annotated[tuple[int, ...], tyro.conf.arg(metavar="SEED...")] = ()
    """Only these of the plan's seeds."""
    budget: Annotated[float | None, tyro.conf.arg(metavar="MINUTES")] = None
    """Begin no job that would probably end later than this."""
    jobs: Annotated[int | None, tyro.conf.arg(metavar="N")] = None
    """Jobs side by side; on this machine, by default one, they share the cores."""
    executor: Annotated[
        Literal["local", "ray", "submitit"],
        tyro.conf.arg(
            help="local: processes on this machine; ray: a task of a Ray cluster for each job; "
            "submitit: a job of SLURM for each. All nodes see the same files under the same names."
        ),
    ] = "local"
    threads: Annotated[int | None, tyro.conf.arg(metavar="N")] = None
    """Threads, and CPUs, of a job; by default the cores of this machine, divided by the jobs."""
    address: Annotated[str | None, tyro.conf.arg(metavar="ADDRESS")] = None
    """Of the Ray cluster, such as 10.0.0.1:6379; by default one that runs here, else a new one."""
    cluster: Literal["local", "slurm"] = "slurm"
    """Of submitit: local are processes on this machine, to try it."""
    slurm: Annotated[tuple[str, ...], tyro.conf.arg(metavar="KEY=VALUE...")] = ()
    """What SLURM is told: time=MINUTES, partition=NAME, mem=8GB, gpus_per_node=1 and the like."""
    status: bool = False
    """Say where every job stands, and stop."""
    table: bool = False
    """Make the tables anew from the records, and stop."""
    plan: bool = False
    """Say what would run and how long it will take, and stop."""
    json: bool = False
    """Print one JSON object on standard output."""

    def run(self) -> int:
        """Run what is missing, or say where it stands, and print."""
        from anigifs.studies.sweep.reading import read_plan

        if sum((self.status, self.table, self.plan)) > 1:
            raise UsageError("--status, --table and --plan: one of them at a time")
        if self.table and (self.only or self.seeds):
            raise UsageError("--only and --seeds do not go with --table, which is of all records")
        plan = read_plan(self.name)
        request = self._request()
        if self.table:
            return self._make_tables(plan)
        if self.status or self.plan:
            return self._print_status(plan, request)
        return self._sweep(plan, request)

    def _request(self) -> "Request":
        from anigifs.studies.sweep.request import Request

        return Request(
            out=self.out,
            work=self.work or self.out / "work",
            only=self.only,
            seeds=self.seeds,
            seconds=None if self.budget is None else 60 * self.budget,
            parallel=self.jobs,
            executor=self.executor,
            threads=self.threads,
            address=self.address,
            cluster=self.cluster,
            slurm=_named(self.slurm),
        )

    def _jobs(self, plan: "Plan") -> "Jobs":
        from anigifs.studies.sweep.jobs import make_jobs
        from anigifs.studies.sweep.standing import standing_of

        return make_jobs(plan, standing_of(plan, self.out))

    def _make_tables(self, plan: "Plan") -> int:
        from anigifs.studies.sweep.tables import tables_of

        warnings = Warnings()
        table = tables_of(plan, self._jobs(plan), self.out, warnings.take)
        self._print_table(table, {}, warnings.lines)
        return 0

    def _print_status(self, plan: "Plan", request: "Request") -> int:
        from anigifs.studies.sweep.jobs import chosen
        from anigifs.studies.sweep.records import of_another_plan, read_all
        from anigifs.studies.sweep.status import status_of, totals
        from anigifs.studies.sweep.workplace import Workplace

        if self.plan:
            from anigifs.studies.sweep.reading import check_methods

            check_methods(plan)
        jobs = self._jobs(plan)
        wanted = chosen(jobs, plan, self.only, self.seeds)
        found = status_of(
            plan, jobs, wanted, self.out, Workplace(request.work), request.side_by_side
        )
        if self.plan:
            found = [one for one in found if one.state != "done" or one.again]
        summary = {**totals(found), "title": plan.title}
        strange = of_another_plan(jobs.values(), read_all(self.out))
        warnings = [f"{len(strange)} records of another plan: {', '.join(strange)}"] * bool(strange)
        for line in warnings:
            warn(line)
        if self.json:
            print_envelope([one.to_json() for one in found], summary, warnings)
            return 0
        for line in status_lines(found, summary):
            print(printable(line))
        return 0

    def _sweep(self, plan: "Plan", request: "Request") -> int:
        from anigifs.studies.sweep.running import run_sweep

        warnings = Warnings()
        try:
            with _shown(warnings) as watcher:
                swept = run_sweep(plan, request, watcher)
        except KeyboardInterrupt:
            print("anigifs: stopped; the same command goes on", file=sys.stderr)
            raise
        for line in ending_lines(swept):
            print(printable(line), file=sys.stderr)
        self._print_table(swept.table, as_json(swept), warnings.lines)
        return 2 if swept.failed else 0

    def _print_table(
        self, table: "Table | None", summary: dict[str, Any], warnings: list[str]
    ) -> None:
        from anigifs.studies.render_table import to_csv, to_text
        from anigifs.studies.sweep.tables import csv_path

        if self.json:
            import csv

            cells = [] if table is None else list(csv.DictReader(to_csv(table).splitlines()))
            where = {"out": str(self.out), "csv": str(csv_path(self.out))}
            print_envelope(
                cells, {**where, **summary}, warnings, error_of(summary.get("failed", {}))
            )
            return
        if table is None:
            print("no table yet: the baseline has no record")
            return
        print(to_text(table))
        print(f"{csv_path(self.out)}: a line for each run, seed and test")


def _named(words: tuple[str, ...]) -> dict[str, str | int]:
    """Return the values of KEY=VALUE by key; what is a number becomes one."""
    named: dict[str, str | int] = {}
    for word in words:
        key, sign, value = word.partition("=")
        if not (key and sign and value):
            raise UsageError(f"--slurm {word}: KEY=VALUE, such as partition=gpu")
        named[key.replace("-", "_")] = int(value) if value.isdecimal() else value
    return named


@contextmanager
def _shown(warnings: Warnings) -> "Iterator[Watcher]":
    """Yield what shows a sweep on standard error: a bar on a terminal, else a line a job."""
    from anigifs.studies.sweep.watching import Watcher

    class Shown(Watcher):
        """Lines, and one bar for all jobs from the first update on."""

        def __init__(self) -> None:
            self.bar: Any = None
            self.task: Any = None
            self.at: dict[str, str] = {}

        def watch(self, title: str) -> Any:  # noqa: ANN401 - of any items
            return partial(with_progress, title=title)

        def say(self, line: str) -> None:
            self.at.pop(line.partition(":")[0], None)
            if self.bar is None:
                print(printable(line), file=sys.stderr, flush=True)
            else:
                self.bar.console.print(printable(line), markup=False, highlight=False)

        def warn(self, line: str) -> None:
            warnings.take(line)

        def update(self, job: str, step: int, total: int, share: float) -> None:
            if not sys.stderr.isatty():
                return
            if self.bar is None:
                self.bar, self.task = _bar()
            self.at[job] = f"{job}: update {step}/{total}"
            title = "; ".join(self.at.values())
            self.bar.update(self.task, description=title, completed=share)

    shown = Shown()
    try:
        yield shown
    finally:
        if shown.bar is not None:
            shown.bar.stop()


def _bar() -> tuple[Any, Any]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    bar = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=20),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
        redirect_stdout=False,
    )
    bar.start()
    return bar, bar.add_task("", total=1.0)
