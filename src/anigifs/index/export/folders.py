"""ImageFolder and VideoFolder: one folder a split, one a class, and a table of metadata a split."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from anigifs.foundation.work import Executor, Local, Work
from anigifs.index.export.making import Job, Outcome, failed, make
from anigifs.index.export.metadata import (
    Cells,
    cells_of,
    unsafe_columns,
    write_csv,
    write_parquet,
)
from anigifs.index.export.plan import Item, Plan

Watch = Callable[[Iterator[Outcome], int], Iterable[Outcome]]
THIS_PROCESS = Local(workers=1)


def make_files(
    plan: Plan, folder: Path, *, as_video: bool, executor: Executor, watch: Watch | None
) -> list[Outcome]:
    """Make the file of every item, but those that are there; in the order of the plan."""
    jobs = [
        Job(replace(item, source=item.source.absolute()), folder.absolute(), as_video)
        for item in plan.items
    ]
    # Files are copied as quickly by one process as by many.
    making = (executor if as_video else THIS_PROCESS).run(Work("index export", make, failed), jobs)
    outcomes = {}
    for outcome in watch(making, len(jobs)) if watch else making:
        outcomes[outcome.job.item.key] = outcome
    return [outcomes[job.item.key] for job in jobs]


def write_metadata(folder: Path, outcomes: Iterable[Outcome], form: str) -> list[str]:
    """Write each split's table of metadata and return the columns that it could not hold.

    Args:
        folder: The export.
        outcomes: Of all files; those that are not there are passed over.
        form: ``csv`` or ``parquet``.
    """
    splits: dict[str, list[Cells]] = {}
    for outcome in outcomes:
        if outcome.error is None:
            splits.setdefault(outcome.job.item.split, []).append(_cells(outcome))
    without = unsafe_columns(splits.values()) if form == "csv" else []
    write = partial(write_csv, without=without) if form == "csv" else write_parquet
    for split, rows in splits.items():
        write(folder / split, rows)
    # What nobody has is not missed.
    return [name for name in without if any(row[name] for rows in splits.values() for row in rows)]


def _cells(outcome: Outcome) -> Cells:
    """Return what is told of a file: a video made of a damaged GIF may have fewer frames."""
    timing = outcome.timing
    now = {"frames": timing.frames, "duration_ms": timing.duration_ms} if timing else {}
    return {"file_name": outcome.job.name, **cells_of(outcome.job.item.row, **now)}


def clips_by_split(items: Iterable[Item]) -> Mapping[str, int]:
    """Count items by split, in the order of splits' names."""
    counts = Counter(item.split for item in items)
    return {split: counts[split] for split in sorted(counts)}
