"""``anigifs index coverage``: how much of what is listed is there, and is as it should be."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import tyro

from anigifs.cli.index_text import summary_of
from anigifs.cli.output import Warnings, percent, print_envelope, printable, waiting
from anigifs.foundation import UsageError

if TYPE_CHECKING:
    from anigifs.index import Index
    from anigifs.index.readers import Coverage
    from anigifs.index.readers.coverage import Share

LEAST = 5


@dataclass(frozen=True)
class CoverageOf:
    """Count what is there of a dataset and, once checked, what is not as long as listed.

    Example: anigifs index coverage kinetics.parquet
    """

    index: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="INDEX")]
    """An index of `anigifs index kinetics` or ava-kinetics, or any other."""
    tolerance: Annotated[float, tyro.conf.arg(metavar="SECONDS")] = 0.5
    """How far a file's length may be from the listed one."""
    out: Annotated[Path | None, tyro.conf.arg(metavar="FILE")] = None
    """Write an index of the clips that are there, not in error, and not known to be of another
    length."""
    top: Annotated[int, tyro.conf.arg(metavar="N")] = LEAST
    """How many classes to print, those with the least share first."""
    json: bool = False
    """Print one JSON object on standard output, with all classes."""

    def run(self) -> int:
        """Count, print, and write what is there if asked to."""
        from anigifs.index import Index
        from anigifs.index.readers import as_listed, coverage

        if self.top < 0:
            raise UsageError(f"--top {self.top}: at least 0")
        if not 0 <= self.tolerance < float("inf"):
            raise UsageError(f"--tolerance {self.tolerance}: at least 0 seconds")
        tolerance_ms = round(1000 * self.tolerance)
        with waiting("counting"):
            index = Index.read(self.index)
            found = coverage(index, tolerance_ms)
        summary: dict[str, Any] = {}
        if self.out is not None:
            kept = as_listed(index, tolerance_ms)
            if not len(kept):
                raise UsageError(f"{self.index}: no such clip is there; nothing was written")
            kept.write(self.out)
            summary = {"out": str(self.out), "kept": len(kept)}
        print_found(
            index, self.index, found, summary, Warnings(), top=self.top, json=self.json,
            tolerance_ms=tolerance_ms,
        )  # fmt: skip
        return 0


def print_found(
    index: "Index",
    path: Path,
    found: "Coverage",
    summary: Mapping[str, Any],
    warnings: Warnings,
    *,
    json: bool,
    top: int = LEAST,
    tolerance_ms: int | None = None,
) -> None:
    """Print how much is there: for people by split and of the least classes, else of all classes.

    Args:
        index: The rows.
        path: Where they lie.
        found: What is there of them.
        summary: What else the JSON states.
        warnings: What was said already.
        json: Whether one JSON object is wanted.
        top: How many classes to print.
        tolerance_ms: How lengths were compared; None is the usual tolerance.
    """
    from anigifs.index.readers.coverage import TOLERANCE_MS

    tolerance_ms = TOLERANCE_MS if tolerance_ms is None else tolerance_ms
    _warn_of_lengths(found, tolerance_ms, warnings)
    if json:
        measured = asdict(found)
        classes, whole = measured.pop("classes"), measured.pop("whole")
        whole.pop("name")
        stated = {**summary_of(index, path), **whole, **measured, "tolerance_ms": tolerance_ms}
        print_envelope(_renamed(classes), {**stated, **summary}, warnings.lines)
        return
    videos = len(set(index.table["group"].to_pylist()))
    print(
        f"{printable(str(path))}: {len(index):,} clips of {len(found.classes):,} classes, from "
        f"{videos:,} videos"
    )
    print(f"{'':40} {'listed':>9} {'found':>9} {'':>9} {'in error':>9}")
    for share in found.splits:
        _print_share(share.name or "no split", share)
    if len(found.splits) > 1:
        _print_share("all", found.whole)
    _print_classes(found.classes, top)
    if found.whole.found:
        print(f"SHA-256 of what is there: {found.used}")
    if "out" in summary:
        print(f"{printable(summary['out'])}: {summary['kept']:,} clips as listed")


def _renamed(classes: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"label": share.pop("name"), **share} for share in map(dict, classes)]


def _warn_of_lengths(found: "Coverage", tolerance_ms: int, warnings: Warnings) -> None:
    said = {
        f"files are more than {tolerance_ms / 1000:g} s shorter than listed": found.shorter,
        f"files are more than {tolerance_ms / 1000:g} s longer than listed": found.longer,
        "clips have a box at an instant that their file does not reach": found.outside,
    }
    for text, rows in said.items():
        if rows:
            warnings.take(f"{rows:,} of {found.measured:,} {text}")
    if found.first_fault:
        warnings.take(f"the first of these is {found.first_fault}")


def _print_classes(classes: "Sequence[Share]", top: int) -> None:
    whole = sum(share.found == share.listed for share in classes)
    empty = sum(not share.found for share in classes)
    print(f"classes: {whole:,} found whole, {empty:,} not at all")
    least = sorted(classes, key=lambda share: share.found / share.listed)
    for share in [one for one in least if one.found < one.listed][:top]:
        _print_share(f"  {share.name or 'no label'}", share)


def _print_share(name: str, share: "Share") -> None:
    part = percent(share.found / share.listed)
    print(f"{printable(name):40} {share.listed:9,} {share.found:9,} {part:>9} {share.failed:9,}")
