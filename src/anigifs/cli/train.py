"""``anigifs train``: one run, from where its folder stands."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import tyro

from anigifs.cli.output import percent, print_envelope, while_preparing
from anigifs.foundation import UsageError, home
from anigifs.training.config import TrainConfig

if TYPE_CHECKING:
    from anigifs.training.loop import Listener, Progress


@dataclass(frozen=True)
class Train:
    """Fine-tune a model on the clips of a source domain; a run that was stopped goes on.

    Several processes: torchrun --nproc-per-node 2 -m anigifs train ...

    Example: anigifs train --index clips.parquet --out runs/erm --epochs 3
    """

    config: TrainConfig
    out: Annotated[Path, tyro.conf.arg(metavar="FOLDER")]
    """The run's folder; `best` in it is accepted wherever weights are."""
    store: Annotated[Path | None, tyro.conf.arg(metavar="FOLDER")] = None
    """Where prepared clips are kept; by default in the cache of the program."""
    plan: bool = False
    """Say what would run and what it will take, and stop."""
    tensorboard: bool = False
    """Write the losses for TensorBoard, too, into the run's folder."""
    json: bool = False
    """Print one JSON object on standard output."""

    def run(self) -> int:
        """Train, or plan, and print."""
        if self.plan:
            return self._print_plan()
        from anigifs.training.loop import train

        with Display(self.out / "tensorboard" if self.tensorboard else None) as tell:
            chosen = train(self.config, self.out, self._store, tell, while_preparing)
        if os.environ.get("RANK", "0") != "0":
            return 0
        if self.json:
            print_envelope([chosen], {"run": str(self.out), "weights": str(self.out / "best")})
        else:
            print(f"{self.out / 'best'}: the weights after update {chosen['step']}")
            print(f"chosen by: {chosen['selection']}")
            print(f"source validation: top-1 {percent(chosen['top1'])}, n {chosen['n']}")
        return 0

    @property
    def _store(self) -> Path:
        return self.store or home() / "prepared"

    def _print_plan(self) -> int:
        from anigifs.training.planning import plan_run

        planned = plan_run(self.config, self._store)
        if self.json:
            print_envelope([planned])
            return 0
        for name, value in planned.items():
            print(f"{name.replace('_', ' '):24} {value}")
        return 0


class Display:
    """Shows the updates on a terminal, and writes them for TensorBoard where that is asked for."""

    def __init__(self, tensorboard: Path | None) -> None:
        self._writer = _tensorboard_writer(tensorboard) if tensorboard else None
        self._bar: Any = None
        self._task: Any = None

    def __enter__(self) -> "Listener":
        return self._tell

    def __exit__(self, *exception: object) -> None:
        if self._bar is not None:
            self._bar.stop()
        if self._writer is not None:
            self._writer.close()

    def _tell(self, progress: "Progress") -> None:
        if self._writer is not None:
            self._writer.add_scalar("loss", progress.loss, progress.step)
        if not sys.stderr.isatty():
            return
        if self._bar is None:
            self._bar, self._task = _bar(progress.total)
        self._bar.update(
            self._task,
            completed=progress.step,
            loss=f"{progress.loss:.3f}",
            rate=f"{progress.clips / progress.seconds:.1f} clips/s",
            wait=f"{100 * progress.waited / progress.seconds:.0f} % waiting for data",
        )


def _bar(total: int) -> tuple[Any, Any]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    fields = "loss {task.fields[loss]}  {task.fields[rate]}  {task.fields[wait]}"
    bar = Progress(
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn(fields),
        console=Console(stderr=True),
        redirect_stdout=False,
    )
    bar.start()
    return bar, bar.add_task("training", total=total, loss="-", rate="-", wait="-")


def _tensorboard_writer(folder: Path) -> Any:  # noqa: ANN401 - of a package that may be absent
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        raise UsageError("--tensorboard needs that package: pip install tensorboard") from None
    make: Callable[[str], Any] = SummaryWriter
    return make(str(folder))
