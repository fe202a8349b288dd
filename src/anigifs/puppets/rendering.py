"""A whole benchmark: clips side by side in processes, an index, and boxes in AVA's form."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from anigifs.foundation import AnigifsError, append_record, read_records, sha256_of
from anigifs.foundation.claim import claim
from anigifs.foundation.lock import NAME, Lock
from anigifs.foundation.work import Executor, Local, Work
from anigifs.index import Box, Index, Row
from anigifs.puppets.ava import write_ava
from anigifs.puppets.making import Rendering, make
from anigifs.puppets.spec import Spec

INDEX, SETTINGS, JOURNAL = "index.parquet", "puppets.json", "rendered.jsonl"
#: Raised by one when the same description gives other pictures.
VERSION = 2

Watch = Callable[[Iterator[Row], int], Iterable[Row]]
AnyJob = TypeVar("AnyJob", bound=Rendering)


@dataclass(frozen=True)
class Rendered:
    """A benchmark that is there.

    Attributes:
        index: Its rows.
        path: Of the index file.
        made: Clips that were rendered now; the others were there.
    """

    index: Index
    path: Path
    made: int


def render(
    spec: Spec,
    folder: Path | str,
    *,
    executor: Executor = Local(),
    watch: Watch = lambda rows, total: rows,
) -> Rendered:
    """Render a benchmark, or what is missing of it.

    The folder then holds the clips, ``index.parquet``, and the boxes in AVA-Kinetics's form. It
    may be stopped at any moment; another call goes on.

    Args:
        spec: What to render.
        folder: Where; one that holds a benchmark of another seed, size or bias is refused.
        executor: Renders them; processes of this machine by default. All of its machines must see
            the folder under the same name.
        watch: Sees each row as its clip is done, and how many there will be; for a progress bar.

    Raises:
        UsageError: The folder holds something else, or another process renders into it.
        OutputError: There is no room for the clips, or the folder may not be written to.
        AnigifsError: A clip cannot be rendered.
    """
    folder = Path(folder)
    settings = {"seed": spec.seed, "size": spec.size, "context_bias": spec.context_bias}
    claim(folder, SETTINGS, "benchmark", {"version": VERSION, **settings})
    jobs = list(spec.jobs())
    # GIFs of film are begun when the films are there.
    stages = [[j for j in jobs if (j.domain == "film-gif") == later] for later in (False, True)]
    rows, made = complete(stages, make, folder, executor, watch)
    index = Index.from_rows((rows[job.path] for job in jobs), "puppets-16", folder)
    index.write(folder / INDEX)
    write_ava(index, folder)
    return Rendered(index, folder / INDEX, made)


def complete(
    stages: Iterable[Iterable[AnyJob]],
    make_one: Callable[[AnyJob, Path], Row],
    folder: Path,
    executor: Executor,
    watch: Watch,
) -> tuple[dict[str, Row], int]:
    """Make the clips that a folder lacks, and note each in its journal.

    Args:
        stages: The clips; a stage is begun when the one before is done.
        make_one: Renders a clip into the folder; a function that processes can import.
        folder: Where.
        executor: As for :func:`render`.
        watch: As for :func:`render`.

    Returns:
        The rows of all clips by their paths, and how many were made.

    Raises:
        UsageError: Another process renders into the folder.
    """
    stages = [list(stage) for stage in stages]
    with Lock(folder / NAME, f"{folder}: another process is rendering into it"):
        known = _journalled(folder)
        rows = {job.path: known[job.path] for jobs in stages for job in jobs if job.path in known}
        missing = [[job for job in jobs if job.path not in rows] for jobs in stages]
        count = sum(map(len, missing))
        for row in watch(_made(missing, make_one, folder.absolute(), executor), count):
            assert row.path is not None  # noqa: S101 - every row of ours has one
            append_record(folder / JOURNAL, {"version": VERSION, "row": asdict(row)})
            rows[row.path] = row
    return rows, count


def _made(
    stages: Sequence[Sequence[AnyJob]],
    make_one: Callable[[AnyJob, Path], Row],
    folder: Path,
    executor: Executor,
) -> Iterator[Row]:
    work: Work[AnyJob, Row] = Work("puppets", partial(_make_in, folder, make_one), _failed)
    for jobs in stages:
        yield from executor.run(work, jobs)


def _make_in(folder: Path, make_one: Callable[[AnyJob, Path], Row], job: AnyJob) -> Row:
    return make_one(job, folder)


def _failed(job: Rendering, reason: str) -> Row:
    raise AnigifsError(f"{job.path}: {reason}")


def _journalled(folder: Path) -> dict[str, Row]:
    """Return the rows of clips that are there as they were made, by path."""
    rows = {}
    for record in read_records(folder / JOURNAL):
        if record.get("version") == VERSION:
            try:
                values = dict(record["row"])
                values["boxes"] = tuple(Box(**box) for box in values["boxes"])
                row = Row(**values)
            except (KeyError, TypeError, ValueError):
                continue  # no row of ours: its clip is rendered again
            if row.path is not None:
                rows[row.path] = row
    return {path: row for path, row in rows.items() if _is_there(folder / path, row)}


def _is_there(path: Path, row: Row) -> bool:
    return path.is_file() and sha256_of(path) == row.sha256
