"""``anigifs study``: a whole study, from the clips to the tables and the report."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import tyro

from anigifs.cli.options import DEFAULT_WEIGHTS
from anigifs.cli.output import print_envelope
from anigifs.foundation import UsageError

if TYPE_CHECKING:
    from anigifs.studies.cells import Table
    from anigifs.studies.meter import Tell
    from anigifs.studies.quick import QuickConfig


@dataclass(frozen=True)
class Study:
    """Run a whole study: clips, training, tests, tables and a report; one that was stopped goes on.

    quick: clips are rendered, the real I3D is fine-tuned on film, and as an oracle on cartoons, and
    both are tested on five sets of film, GIFs of film and cartoons. 13 minutes on two cores.

    Example: anigifs study quick --out build/quick
    """

    name: Annotated[Literal["quick"], tyro.conf.Positional]
    """Which study."""
    out: Annotated[Path, tyro.conf.arg(metavar="FOLDER")]
    """Where clips, runs, records, tables and the report go."""
    clips_per_class: Annotated[int | None, tyro.conf.arg(metavar="N")] = None
    """Motion instances of each of the 16 classes to train on; by default 32."""
    updates: Annotated[int | None, tyro.conf.arg(metavar="N")] = None
    """Updates of each model's weights, by 8 clips each; by default 224."""
    seed: int = 0
    """Of the clips and of training."""
    weights: str = DEFAULT_WEIGHTS
    """Name of weights that training starts from (see `anigifs weights list`), or a folder."""
    smoke: bool = False
    """See in a minute that everything works; the figures mean nothing."""
    plan: bool = False
    """Say what would run and how long it will take here, and stop."""
    json: bool = False
    """Print one JSON object on standard output."""

    def run(self) -> int:
        """Run the study, or plan it, and print."""
        from anigifs.studies.quick import plan_quick, run_quick

        config = self._config()
        if self.plan:
            return self._print_plan(plan_quick(config))
        with one_bar("study quick") as tell:
            table = run_quick(config, self.out, tell)
        self._print(table)
        return 0

    def _config(self) -> "QuickConfig":
        from anigifs.studies.quick import SMOKE, QuickConfig

        asked = {"clips_per_class": self.clips_per_class, "updates": self.updates}
        given = {name: value for name, value in asked.items() if value is not None}
        if self.smoke and given:
            raise UsageError(
                "--smoke has a size of its own; leave out --clips-per-class, --updates"
            )
        if self.smoke:
            return replace(SMOKE, seed=self.seed, weights=self.weights)
        return QuickConfig(**given, seed=self.seed, weights=self.weights)

    def _print_plan(self, planned: dict[str, Any]) -> int:
        if self.json:
            print_envelope([planned])
            return 0
        for name, value in planned.items():
            if not isinstance(value, dict):
                print(f"{name.replace('_', ' '):24} {value}")
        for title, units in planned["stages"].items():
            print(f"  {title:36} {units:6}")
        return 0

    def _print(self, table: "Table") -> None:
        from anigifs.studies.render_table import to_csv, to_text

        if not self.json:
            print(to_text(table))
            print(f"{self.out / 'report.html'}: the report, with clips to look at")
            return
        import csv

        cells = list(csv.DictReader(to_csv(table).splitlines()))
        print_envelope(cells, {"out": str(self.out), "report": str(self.out / "report.html")})


@contextmanager
def one_bar(title: str) -> "Iterator[Tell]":
    """Yield what shows a study on standard error: a bar on a terminal, else lines now and then."""
    if not sys.stderr.isatty():
        yield _lines()
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    bar = Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True)
    with bar:
        task = bar.add_task(title, total=1.0)
        yield lambda stage, share: bar.update(task, description=stage, completed=share)


def _lines() -> "Tell":
    """Return what prints a line at each stage, and at each tenth of the whole."""
    said: set[tuple[str, int]] = set()

    def say(stage: str, share: float) -> None:
        moment = stage, int(10 * share)
        if moment not in said:
            said.add(moment)
            print(f"{100 * share:3.0f} %  {stage}", file=sys.stderr, flush=True)

    return say
