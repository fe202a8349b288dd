"""``anigifs study``: the paper's studies, from the clips to the tables and the report."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import tyro

from anigifs.cli.options import DEFAULT_WEIGHTS
from anigifs.cli.output import Warnings, print_envelope, printable
from anigifs.cli.status import as_json, ending_lines, error_of, status_lines
from anigifs.foundation import UsageError

if TYPE_CHECKING:
    from anigifs.studies.paper.progress import Tell
    from anigifs.studies.paper.roles import Roles
    from anigifs.studies.paper.running import Ran, StudyConfig
    from anigifs.studies.sweep.request import Request

REPORT = "report.html"


@dataclass(frozen=True)
class Study:
    """Run a study: clips, training, tests, tables and a report; one that was stopped goes on.

    quick: both studies in small on rendered clips, as a demonstration; ten to fourteen minutes.
    1: from videos to GIFs of them, to animated GIFs (Table 2).
    2: methods that learn from videos with boxes, on animated GIFs (Table 3).

    adapt: methods that see clips of the target without labels, to animated GIFs and back.

    models: any models as they are, nothing trained, side by side: how deep does each fall?

    Example: anigifs study quick --out build/quick

    Example: anigifs study models --weights i3d-kinetics-400 models/videomae --out results/models
    """

    name: Annotated[Literal["quick", "1", "2", "adapt", "models"], tyro.conf.Positional]
    """Which study."""
    out: Annotated[Path, tyro.conf.arg(metavar="FOLDER")]
    """Where records, tables, figures and the report go."""
    work: Annotated[Path | None, tyro.conf.arg(metavar="FOLDER")] = None
    """Where clips and runs go, which may be thrown away; by default `work` in the other folder."""
    scale: Literal["laptop", "paper"] = "laptop"
    """Of all but quick: sizes for a laptop, or the paper's own hyperparameters."""
    index: Annotated[Path | None, tyro.conf.arg(metavar="FILE")] = None
    """Clips for all but quick; by default the benchmark is rendered."""
    videos: Annotated[str | None, tyro.conf.arg(metavar="DOMAIN[:STYLE,STYLE]")] = None
    """Which rows of the index are videos; by default of domain video."""
    gifs: Annotated[str | None, tyro.conf.arg(metavar="DOMAIN[:STYLE,STYLE]")] = None
    """Which are GIFs of videos; by default of domain video-gif."""
    animated: Annotated[str | None, tyro.conf.arg(metavar="DOMAIN[:STYLE,STYLE]")] = None
    """Which are animated GIFs; by default of domain animated-gif."""
    most_frequent: Annotated[int | None, tyro.conf.arg(metavar="N")] = None
    """With adapt and --index: only the N classes with the most animated GIFs; the paper has 40."""
    weights: Annotated[
        tuple[str, ...],
        tyro.conf.arg(
            metavar="NAME|FOLDER...",
            help="Name of weights that training starts from (see `anigifs weights list`), or a "
            "folder. With models: all that are tested, folders of other kinds of networks "
            "included (docs/backbones.md); the others are compared with the first.",
        ),
    ] = (DEFAULT_WEIGHTS,)
    seeds: Annotated[tuple[int, ...], tyro.conf.arg(metavar="SEED...")] = ()
    """Of training; by default 0, 1 and 2, and 0 for quick."""
    paper_rows: bool = False
    """Only the rows of the paper's Table 3, without variants and controls."""
    budget: Annotated[float | None, tyro.conf.arg(metavar="MINUTES")] = None
    """Begin no job that would probably end later than this."""
    jobs: Annotated[int, tyro.conf.arg(metavar="N")] = 1
    """Training runs side by side, which share the cores."""
    smoke: bool = False
    """With quick: see in two minutes that everything works; the figures mean nothing."""
    held_back: bool = False
    """With models: test on the rendered cartoons that are held back for last tests, too."""
    classes: Annotated[
        str | None,
        tyro.conf.arg(
            metavar="LIST",
            help="With models: what a zero-shot one such as CLIP chooses from, a class list such "
            "as kinetics-400 or a file with a name a line; by default the classes of the data.",
        ),
    ] = None
    prompts: Annotated[tuple[str, ...], tyro.conf.arg(metavar="TEXT...")] = ()
    """With models: what it is asked, by default 'a video of a person {class}.'; the mean of all."""
    plan: bool = False
    """Say what would run and how long it will take, and stop."""
    json: bool = False
    """Print one JSON object on standard output."""

    def run(self) -> int:
        """Run the study, or plan it, and print."""
        if self.name == "models":
            from anigifs.cli.study_models import run_and_print

            return run_and_print(self)
        config, request = self._config(), self._request()
        if self.plan:
            return self._print_plan(config, request)
        from anigifs.studies.paper.progress import Progress
        from anigifs.studies.paper.reporting import run_and_report

        warnings = Warnings()
        try:
            with one_bar(f"study {self.name}") as (tell, say):
                progress = Progress(tell, say, warnings.take)
                ran = run_and_report(config, request, progress, self._command())
        except KeyboardInterrupt:
            print("anigifs: stopped; the same command goes on", file=sys.stderr)
            raise
        for line in ending_lines(ran):
            print(printable(line), file=sys.stderr)
        self._print(ran, warnings.lines)
        return 2 if ran.failed else 0

    @property
    def _start(self) -> str:
        """The weights that training starts from."""
        if len(self.weights) != 1:
            raise UsageError(f"--weights: study {self.name} starts from one set of weights")
        return self.weights[0]

    def _command(self) -> str:
        """Return what a person types to have the same study in another folder."""
        given = {
            "--scale": self.scale if self.name != "quick" else None,
            "--index": self.index,
            "--videos": self.videos,
            "--gifs": self.gifs,
            "--animated": self.animated,
            "--most-frequent": self.most_frequent,
            "--weights": self._start if self._start != DEFAULT_WEIGHTS else None,
            "--seeds": " ".join(map(str, self.seeds)) or None,
        }
        words = [f"{name} {value}" for name, value in given.items() if value is not None]
        flags = [*["--smoke"] * self.smoke, *["--paper-rows"] * self.paper_rows]
        return " ".join(["anigifs study", self.name, *words, *flags, "--out FOLDER"])

    def _config(self) -> "StudyConfig":
        from anigifs.studies.paper.quick import QUICK_STUDY, SMOKE_STUDY
        from anigifs.studies.paper.running import StudyConfig
        from anigifs.studies.paper.scales import LAPTOP, SCALES

        if self.held_back or self.classes or self.prompts:
            raise UsageError("--held-back, --classes and --prompts are for study models")
        if self.name == "quick":
            asked = (self.index, self.videos, self.gifs, self.animated, self.most_frequent)
            if any(asked) or self.paper_rows or self.scale != LAPTOP.name:
                raise UsageError(
                    "study quick has clips, scale and rows of its own; leave out --scale, --index, "
                    "--videos, --gifs, --animated and --paper-rows, or run study 1 or 2"
                )
            return (SMOKE_STUDY if self.smoke else QUICK_STUDY).given(self._start, self.seeds)
        if self.smoke:
            raise UsageError("--smoke is for study quick")
        if self.name == "adapt":
            return self._adapting()
        if self.most_frequent is not None:
            raise UsageError("--most-frequent is for study adapt")
        if self.paper_rows and self.name == "1":
            raise UsageError("--paper-rows is for study 2; study 1 has no other rows")
        if self.gifs and self.name == "2":
            raise UsageError("--gifs is for study 1; study 2 has no GIFs of videos")
        return StudyConfig(
            studies=(self.name,),
            scale=SCALES[self.scale],
            index=self.index,
            roles=self._roles(),
            controls=not self.paper_rows,
            classes="puppets-12" if self.name == "2" and self.index is None else None,
        ).given(self._start, self.seeds)

    def _adapting(self) -> "StudyConfig":
        from anigifs.studies.paper.running import ADAPT, StudyConfig
        from anigifs.studies.paper.scales import SCALES

        if self.gifs or self.paper_rows:
            raise UsageError(
                "--gifs and --paper-rows are of other studies; leave them out of adapt"
            )
        if self.index is None and self.most_frequent is not None:
            raise UsageError("--most-frequent: of an --index; the benchmark has its own classes")
        rendered: dict[str, Any] = {"classes": "puppets-12", "domains": ("film", "cartoon-dev")}
        return StudyConfig(
            studies=(ADAPT,),
            scale=SCALES[self.scale],
            index=self.index,
            roles=self._roles(),
            most_frequent=self.most_frequent,
            **(rendered if self.index is None else {}),
        ).given(self._start, self.seeds)

    def _roles(self) -> "Roles":
        from anigifs.studies.paper.roles import PUPPETS, PUPPETS_DEV, Role, Roles

        words = {"videos": self.videos, "gifs": self.gifs, "animated": self.animated}
        named = {name: given for name, given in words.items() if given is not None}
        if self.index is None:
            if named:
                raise UsageError(f"--{next(iter(named))}: of an --index; the benchmark has its own")
            return PUPPETS_DEV if self.name == "adapt" else PUPPETS
        usual = Roles()
        return Roles(
            **{
                name: Role.parse(getattr(usual, name).title, named[name])
                if name in named
                else getattr(usual, name)
                for name in words
            }
        )

    def _request(self) -> "Request":
        from anigifs.studies.sweep.request import Request

        return Request(
            out=self.out,
            work=self.work or self.out / "work",
            seconds=None if self.budget is None else 60 * self.budget,
            parallel=self.jobs,
        )

    def _print_plan(self, config: "StudyConfig", request: "Request") -> int:
        from anigifs.studies.paper.planning import planned, timed_here
        from anigifs.studies.sweep.jobs import each_once
        from anigifs.studies.sweep.status import status_of, totals
        from anigifs.studies.sweep.workplace import Workplace

        plan, jobs = planned(config, request.work, request.out)
        everything = each_once(jobs.values())
        place = Workplace(request.work)
        timed = timed_here(config)
        found = status_of(plan, jobs, everything, request.out, place, self.jobs, timed)
        summary = {**totals(found), "title": plan.title, "scale": config.scale.title}
        if self.json:
            print_envelope([one.to_json() for one in found], summary)
            return 0
        print(printable(f"{plan.title} ({config.scale.title})"))
        for line in status_lines(found, summary):
            print(printable(line))
        return 0

    def _print(self, ran: "Ran", warnings: list[str]) -> None:
        from anigifs.studies.paper.forms import to_csv, to_text

        report = self.out / REPORT
        if not self.json:
            for table in ran.tables:
                print(to_text(table))
            said = f"{report}: the report, with clips to look at"
            print(said if ran.tables else "no table yet: nothing has been tested")
            return
        import csv

        lines = [
            {"table": table.study.table, **line}
            for table in ran.tables
            for line in csv.DictReader(to_csv(table).splitlines())
        ]
        where = {"out": str(self.out), "report": str(report) if ran.tables else None}
        print_envelope(lines, {**where, **as_json(ran)}, warnings, error_of(ran.failed))


@contextmanager
def one_bar(title: str) -> "Iterator[tuple[Tell, Any]]":
    """Yield what shows a study on standard error: a bar on a terminal, else lines now and then."""
    if not sys.stderr.isatty():
        yield _lines(), lambda line: print(printable(line), file=sys.stderr, flush=True)
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn())
    bar = Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True)
    with bar:
        task = bar.add_task(title, total=1.0)
        yield (
            lambda stage, share: bar.update(task, description=stage, completed=share),
            lambda line: bar.console.print(printable(line), markup=False, highlight=False),
        )


def _lines() -> "Tell":
    """Return what prints a line at each tenth of the whole."""
    said: set[int] = set()

    def say(stage: str, share: float) -> None:
        if (moment := int(10 * share)) not in said:
            said.add(moment)
            print(f"{100 * share:3.0f} %  {stage}", file=sys.stderr, flush=True)

    return say
