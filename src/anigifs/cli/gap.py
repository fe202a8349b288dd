"""``anigifs gap``: what separates two domains, in looks and in a model's features."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import tyro

from anigifs.cli.execution import ExecutorOptions
from anigifs.cli.options import (
    BACKGROUNDS,
    ClipOptions,
    ModelOptions,
    other_processes,
    warn_of_untrained,
)
from anigifs.cli.output import print_envelope, printable, warn, with_progress
from anigifs.foundation import UsageError, home

if TYPE_CHECKING:
    from anigifs.clips import Geometry
    from anigifs.gap.apart import Apart
    from anigifs.gap.config import GapConfig, Weights
    from anigifs.models import WeightsRecord
    from anigifs.studies.sweep.watching import Watch, Watcher

FEWEST_REPLICATES = 100


@dataclass(frozen=True)
class Gap:
    """Measure what separates two domains of clips: their looks, and a model's features of them.

    The model is asked in this process, with all cores, unless --workers or --executor is given.

    Example: anigifs gap clips.parquet:video clips.parquet:animated-gif --weights runs/erm/best
    """

    a: Annotated[
        str,
        tyro.conf.Positional,
        tyro.conf.arg(
            metavar="A",
            help="One side: INDEX, INDEX:DOMAIN or INDEX:DOMAIN:STYLE, several styles with commas "
            "between them; or a folder of files.",
        ),
    ]
    b: Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="B")]
    """The other side."""
    split: Annotated[str | None, tyro.conf.arg(metavar="NAME")] = None
    """Rows of this split only."""
    model: ModelOptions = field(default_factory=ModelOptions)
    clip: ClipOptions = field(default_factory=ClipOptions)
    endpoints: Annotated[tuple[str, ...], tyro.conf.arg(metavar="NAME...")] = (
        "Mixed_3c",
        "Mixed_4f",
        "Mixed_5c",
        "logits",
    )
    """Endpoints of the network whose features to compare, and logits."""
    looks_only: bool = False
    """Compare looks, and ask no model."""
    clips: Annotated[int, tyro.conf.arg(metavar="N")] = 1000
    """The most clips of each side, drawn by seed in whole groups."""
    level: Annotated[float, tyro.conf.arg(metavar="SHARE")] = 0.95
    """Share of such intervals that hold the truth."""
    replicates: Annotated[int, tyro.conf.arg(metavar="N")] = 1000
    """Draws of the permutation test and of the bootstraps."""
    seed: Annotated[int, tyro.conf.arg(metavar="N")] = 0
    """The same seed gives the same numbers."""
    out: Annotated[Path | None, tyro.conf.arg(metavar="FOLDER")] = None
    """Write gap.svg, gap.md, gap.txt, gap.csv and gap.json here."""
    store: Annotated[Path | None, tyro.conf.arg(metavar="FOLDER")] = None
    """Where prepared clips and their features are kept; by default in the cache of the program."""
    work: ExecutorOptions = field(default_factory=ExecutorOptions)
    apart: bool = False
    """Of a rendered benchmark: take the fall of the model from film to flat cartoons apart, too."""
    json: bool = False
    """Print one JSON object on standard output."""

    def run(self) -> int:
        """Measure, write and print."""
        self._check()
        from anigifs.gap.measure import measure_gap
        from anigifs.gap.report import results, summary, to_text, write_files

        record = self._record()
        weights = None if record is None else self._weights(record)
        gap = measure_gap(self._config(record), weights, with_progress)
        if self.out is not None:
            write_files(gap, self.out)
        found = self._take_apart() if self.apart else None
        warnings = [*([] if record is None else warn_of_untrained(record)), *gap.warnings]
        if self.json:
            taken = {} if found is None else {"apart": asdict(found)}
            print_envelope(results(gap), {**summary(gap), **taken}, warnings)
            return 0
        for text in warnings:
            warn(text)
        for line in to_text(gap).splitlines():
            print(printable(line))
        if self.out is not None:
            print(f"\n{printable(str(self.out / 'gap.svg'))}: the picture")
        if found is not None:
            _print_apart(found)
        return 0

    def _check(self) -> None:
        if not 0 < self.level < 1:
            raise UsageError(f"--level {self.level:g}: between 0 and 1, such as 0.95")
        if self.replicates < FEWEST_REPLICATES:
            raise UsageError(f"--replicates {self.replicates}: at least {FEWEST_REPLICATES}")
        self.work.executor()  # refuses what makes no sense
        if self.clips < 1:
            raise UsageError(f"--clips {self.clips}: at least 1")
        if not self.endpoints:
            raise UsageError("--endpoints: name one at least, or ask for --looks-only")
        if self.apart and (self.looks_only or self.out is None):
            raise UsageError("--apart: needs a model and a folder; give --weights and --out")
        if self.apart:
            from anigifs.studies.apart import spec_beside

            spec_beside(Path(self.a.partition(":")[0]))

    def _take_apart(self) -> "Apart":
        """Take a fall apart, with the clips and the picture in a folder of their own."""
        from anigifs.studies.apart import spec_beside, take_apart
        from anigifs.studies.apart_words import write_apart

        assert self.out is not None  # noqa: S101 - seen to at the beginning
        folder, store = self.out / "apart", self.store or home() / "prepared"
        spec = spec_beside(Path(self.a.partition(":")[0]))
        found = take_apart(
            spec,
            self.model.weights,
            folder,
            store,
            executor=self.work.executor(),
            watcher=_bars(),
        )
        write_apart(found, folder)
        return found

    def _record(self) -> "WeightsRecord | None":
        from anigifs.models.weights import find

        return None if self.looks_only else find(self.model.weights)[0]

    def _weights(self, record: "WeightsRecord") -> "Weights":
        from anigifs.gap.config import Weights
        from anigifs.models.inference import precision_here

        # Not `auto`: machines that share a store may differ in what that is.
        precision = precision_here(self.model.precision)
        if other_processes(self.work) is None:
            return Weights(record, precision, lambda: self.model.load()[0])
        loading = self.model.elsewhere()
        return Weights(record, precision, loading.load, loading.threads)

    def _config(self, record: "WeightsRecord | None") -> "GapConfig":
        from anigifs.gap.config import GapConfig
        from anigifs.gap.resampling import Resampling

        return GapConfig(
            a=self.a,
            b=self.b,
            store=self.store or home() / "prepared",
            geometry=self._geometry(record),
            split=self.split,
            endpoints=tuple(dict.fromkeys(self.endpoints)),
            sampler=self.clip.sampler,
            background=BACKGROUNDS[self.clip.background],
            clips=self.clips,
            how=Resampling(self.level, self.replicates, self.seed),
            reading=self.work.executor(),
            executor=other_processes(self.work),
        )

    def _geometry(self, record: "WeightsRecord | None") -> "Geometry":
        from anigifs.clips import PAPER, Geometry

        if record is not None:
            return self.clip.geometry(record)
        return Geometry(PAPER.frames, self.clip.size or PAPER.size, self.clip.resize_side)


def _print_apart(found: "Apart") -> None:
    from anigifs.studies.apart_words import sentences

    print("\nThe fall, taken apart")
    for line in sentences(found):
        print(f"  {line}")


def _bars() -> "Watcher":
    """Return what shows a bar for each thing that is counted."""
    from functools import partial

    from anigifs.studies.sweep.watching import Watcher

    class Bars(Watcher):
        def watch(self, title: str) -> "Watch":
            return partial(with_progress, title=title)

    return Bars()
