"""Export an index into a folder of its own."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from anigifs.foundation import UsageError
from anigifs.foundation.claim import claim
from anigifs.foundation.lock import NAME, Lock
from anigifs.foundation.work import Executor, Local
from anigifs.index.export.folders import clips_by_split, make_files, write_metadata
from anigifs.index.export.metadata import write_readme
from anigifs.index.export.plan import IMAGES, Plan, check_names, plan_export
from anigifs.index.export.shards import plan_shards, write_shards
from anigifs.index.table import Index
from anigifs.media import Format

Kind = Literal["imagefolder", "videofolder", "webdataset"]
Metadata = Literal["csv", "parquet"]
KINDS: tuple[Kind, ...] = get_args(Kind)
METADATA: tuple[Metadata, ...] = get_args(Metadata)
EXPORT = "export.json"
#: Raised by one when files are made in another way, so that a folder is not a mixture.
EXPORT_VERSION = 1
MEGABYTE = 1_000_000

Watch = Callable[[Iterator[Any], int], Iterable[Any]]


@dataclass(frozen=True)
class ExportAccount:
    """What was exported.

    Attributes:
        kind: The layout.
        rows: Rows of the index.
        exported: Clips that are in the folder.
        made: Files, or shards, that were made now; the others were there.
        files: Files, or shards, that are there.
        splits: Clips by split.
        left_out: Rows that are not exported, by reason, the most frequent first.
        not_told: Columns that the metadata could not hold.
    """

    kind: Kind
    rows: int
    exported: int
    made: int
    files: int
    splits: Mapping[str, int]
    left_out: Mapping[str, int]
    not_told: tuple[str, ...]


def export(
    index: Index,
    out: Path | str,
    kind: Kind,
    *,
    metadata: Metadata = "csv",
    shard_mb: int = 256,
    executor: Executor = Local(),
    watch: Watch | None = None,
) -> ExportAccount:
    """Export the rows of an index that have been checked and are whole files.

    ``imagefolder`` copies GIFs, WebPs and APNGs; ``videofolder`` copies videos and makes lossless
    MP4s of the others, with their timing in ``timing/``; ``webdataset`` puts either as it is, with
    a JSON, into tar files. Files appear whole or not at all; called again, it goes on from there.

    Args:
        index: The rows.
        out: A new folder, or that of the same export.
        kind: The layout.
        metadata: How folders tell what is known of each clip: ``parquet`` holds everything.
        shard_mb: The most megabytes of a shard, unless a single clip has more.
        executor: Makes the videos; processes of this machine by default. Files are copied by this
            process.
        watch: Given what is done as it is done and how much there is; for a progress bar.

    Raises:
        UsageError: The folder holds something else, another process exports into it, no row can
            be exported, or a setting is no sense.
        OutputError: There is no room for the files, or the folder may not be written to.
    """
    _check_settings(kind, metadata, shard_mb)
    plan = plan_export(index, IMAGES if kind == "imagefolder" else frozenset(Format))
    _check_any(out, len(plan.items), plan.left_out)
    folder = Path(out)
    form = {"shard_mb": shard_mb} if kind == "webdataset" else {"metadata": metadata}
    settings = {"as": kind, "index": index.identity, "version": EXPORT_VERSION, **form}
    claim(folder, EXPORT, "dataset export", settings)
    with Lock(folder / NAME, f"{folder}: another process is exporting into it"):
        if kind == "webdataset":
            account = _shards(plan, folder, len(index), shard_mb, watch)
        else:
            check_names(plan.items, "label")
            account = _files(plan, folder, len(index), kind, metadata, executor, watch)
        _check_any(out, account.exported, account.left_out)
        write_readme(folder, kind, account.splits)
        for leftover in folder.rglob(".*.part"):  # of a run that was killed
            leftover.unlink(missing_ok=True)
    return account


def _check_settings(kind: Kind, metadata: Metadata, shard_mb: int) -> None:
    if kind not in KINDS or metadata not in METADATA:
        raise UsageError(f"an export as {kind!r} with {metadata!r}: {KINDS} and {METADATA}")
    if shard_mb < 1:
        raise UsageError(f"shards of {shard_mb} MB: at least 1")


def _check_any(out: Path | str, exported: int, left_out: Mapping[str, int]) -> None:
    if not exported:
        reasons = "; ".join(f"{count:,} {reason}" for reason, count in left_out.items())
        raise UsageError(f"{out}: no row can be exported: {reasons or 'the index is empty'}")


def _files(
    plan: Plan,
    folder: Path,
    rows: int,
    kind: Kind,
    metadata: Metadata,
    executor: Executor,
    watch: Watch | None,
) -> ExportAccount:
    as_video = kind == "videofolder"
    outcomes = make_files(plan, folder, as_video=as_video, executor=executor, watch=watch)
    not_told = write_metadata(folder, outcomes, metadata)
    sound = [outcome for outcome in outcomes if outcome.error is None]
    failed = Counter(outcome.error for outcome in outcomes if outcome.error is not None)
    return ExportAccount(
        kind=kind,
        rows=rows,
        exported=len(sound),
        made=sum(outcome.made for outcome in sound),
        files=len(sound),
        splits=clips_by_split(outcome.job.item for outcome in sound),
        left_out=dict((plan.left_out + failed).most_common()),
        not_told=tuple(not_told),
    )


def _shards(
    plan: Plan, folder: Path, rows: int, shard_mb: int, watch: Watch | None
) -> ExportAccount:
    outcomes = write_shards(plan_shards(plan.items, shard_mb * MEGABYTE), folder, watch)
    failed: Counter[str] = Counter()
    splits: Counter[str] = Counter()
    for outcome in outcomes:
        failed += outcome.left_out
        items = outcome.shard.items
        splits[items[0].split] += len(items) - outcome.left_out.total()
    return ExportAccount(
        kind="webdataset",
        rows=rows,
        exported=splits.total(),
        made=sum(outcome.made for outcome in outcomes),
        files=len(outcomes),
        splits=dict(splits),
        left_out=dict((plan.left_out + failed).most_common()),
        not_told=(),
    )
