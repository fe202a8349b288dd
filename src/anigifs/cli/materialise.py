"""``anigifs materialise``: rebuild a release from its addresses."""

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import tyro

from anigifs.cli.execution import ExecutorOptions
from anigifs.cli.manners import Manners
from anigifs.cli.output import Warnings, print_envelope, printable
from anigifs.cli.study import one_bar

if TYPE_CHECKING:
    from collections.abc import Callable

    from anigifs.curate.rebuilding.rebuilt import Rebuilt
    from anigifs.curate.release.released import ReleasedItem


@dataclass(frozen=True)
class Materialise:
    """Rebuild a release from its addresses, and say how much of it is exactly what it was.

    Bytes that the release carries are copied, the others are fetched as politely as `anigifs
    collect` does. Only the very same bytes are taken; one that was stopped goes on, and another
    call asks again for what failed.

    Example: anigifs materialise ani-gifs-1.0.0 --out ani-gifs --contact me@lab.example
    """

    release: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="RELEASE")]
    """The folder of a release."""
    out: Annotated[Path, tyro.conf.arg(metavar="FOLDER")]
    """Where it is rebuilt: clips/, index.parquet and report.json."""
    manners: Manners = field(default_factory=Manners)
    """How the web is asked."""
    allow_similar: bool = False
    """Take other bytes that show the same where the same bytes are not to be had."""
    again: bool = False
    """Ask again for all that is not there exactly, and not only for what failed."""
    work: ExecutorOptions = field(default_factory=ExecutorOptions)
    """Who looks at files of other bytes."""
    removals: Annotated[Path | None, tyro.conf.arg(metavar="FILE")] = None
    """A list of what must not be made, such as a newer one than the release knew."""
    json: bool = False
    """Print one JSON object on standard output."""

    def run(self) -> int:
        """Rebuild, and print."""
        from anigifs.curate.rebuilding.materialise import materialise

        executor = self.work.executor()
        warnings, wishes, removed = Warnings(), self.manners.wishes(), self._removed()
        try:
            with one_bar("materialise") as (tell, _):
                rebuilt = materialise(
                    self.release, self.out, wishes, allow_similar=self.allow_similar,
                    again=self.again, removed=removed, warn=warnings.take, tell=tell,
                    executor=executor,
                )  # fmt: skip
        except KeyboardInterrupt:
            print("anigifs: stopped; the same command goes on", file=sys.stderr)
            raise
        for line in _left(rebuilt, self.allow_similar):
            warnings.take(line)
        self._print(rebuilt, warnings)
        return 0

    def _removed(self) -> "Callable[[ReleasedItem], object]":
        from anigifs.curate.release.removals import Removals, read_removals

        removals = Removals() if self.removals is None else read_removals(self.removals)
        return removals.hits_released

    def _print(self, rebuilt: "Rebuilt", warnings: Warnings) -> None:
        if self.json:
            report: dict[str, Any] = rebuilt.report()
            fates = report.pop("fates")
            print_envelope(fates, {"out": str(self.out), **report}, warnings.lines)
            return
        for line in rebuilt.lines():
            print(printable(line))
        print(printable(f"{self.out}: {len(rebuilt.index):,} clips, an index and a report"))


def _left(rebuilt: "Rebuilt", allow_similar: bool) -> list[str]:
    lines = []
    if failed := rebuilt.counts["failed"]:
        lines.append(f"items that failed and may come later: {failed:,}; call again")
    if (similar := rebuilt.counts["similar"]) and not allow_similar:
        lines.append(f"items there in other bytes only: {similar:,}; --allow-similar takes them")
    return lines
