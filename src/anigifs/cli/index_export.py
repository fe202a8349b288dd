"""``anigifs index export``: clips in the layouts that other tools read."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import tyro

from anigifs.cli.execution import ExecutorOptions
from anigifs.cli.output import Warnings, print_envelope, printable, with_progress
from anigifs.foundation import UsageError

if TYPE_CHECKING:
    from anigifs.index.export import ExportAccount


@dataclass(frozen=True)
class Export:
    """Export checked clips for Hugging Face datasets or WebDataset.

    It can be stopped at any moment: called again, it goes on from there. Rows that cannot be
    exported are counted by reason.

    Example: anigifs index export clips/index.parquet --as imagefolder --out hub/
    """

    index: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="INDEX")]
    """The index; its rows must have been checked."""
    kind: Annotated[
        Literal["imagefolder", "videofolder", "webdataset"],
        tyro.conf.arg(
            name="as",
            help="imagefolder copies GIFs; videofolder copies videos and makes lossless MP4s of "
            "GIFs, with their timing beside them; webdataset packs either into tar files.",
        ),
    ]
    out: Annotated[Path, tyro.conf.arg(metavar="FOLDER")]
    """A new folder, or that of the same export."""
    split: Annotated[tuple[str, ...], tyro.conf.arg(metavar="NAME...")] = ()
    """Only clips of these splits."""
    domain: Annotated[tuple[str, ...], tyro.conf.arg(metavar="NAME...")] = ()
    """Only clips of these domains."""
    metadata: Literal["csv", "parquet"] = "csv"
    """How folders tell what is known of each clip; parquet holds every column as it is."""
    shard_mb: Annotated[int, tyro.conf.arg(metavar="N")] = 256
    """The most megabytes of a tar file, unless a single clip has more."""
    work: ExecutorOptions = field(default_factory=ExecutorOptions)
    json: bool = False
    """Print one JSON object on standard output."""
    strict: bool = False
    """Exit with 2 if any row is left out."""

    def run(self) -> int:
        """Export, and print the account."""
        from anigifs.index import Index
        from anigifs.index.export import export

        executor = self.work.executor()
        if self.shard_mb < 1:
            raise UsageError(f"--shard-mb {self.shard_mb}: at least 1")
        index = Index.read(self.index)
        for name, wanted in (("split", self.split), ("domain", self.domain)):
            index = index.filter(**{name: wanted}) if wanted else index
        account = export(
            index,
            self.out,
            self.kind,
            metadata=self.metadata,
            shard_mb=self.shard_mb,
            executor=executor,
            watch=lambda done, total: with_progress(done, total, "exporting"),
        )
        warnings = Warnings()
        if account.not_told:
            warnings.take(
                f"metadata.csv cannot hold {', '.join(account.not_told)}: empty in one split, or "
                "like numbers; --metadata parquet holds them"
            )
        if self.json:
            results = [{"split": name, "clips": clips} for name, clips in account.splits.items()]
            summary = {"folder": str(self.out), "index": index.identity, **asdict(account)}
            print_envelope(results, summary, warnings.lines)
        else:
            _print(account, self.out)
        return 2 if account.left_out and self.strict else 0


def _print(account: "ExportAccount", out: Path) -> None:
    things = "shards" if account.kind == "webdataset" else "files"
    print(
        f"{printable(str(out))}: {account.exported:,} of {account.rows:,} clips as {account.kind}; "
        f"{account.files:,} {things}, {account.made:,} made now"
    )
    for split, clips in account.splits.items():
        print(f"{clips:9,}  {printable(split)}")
    if account.left_out:
        print("left out:")
    for reason, rows in account.left_out.items():
        print(f"{rows:9,}  {printable(reason)}")
