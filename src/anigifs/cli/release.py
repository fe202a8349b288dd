"""``anigifs release``: a collection and the votes on it as a data set for others."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import tyro

from anigifs.cli.options import shares_of
from anigifs.cli.output import Warnings, print_envelope, printable
from anigifs.cli.study import one_bar

if TYPE_CHECKING:
    from anigifs.curate.release.account import Account

SHOWN = 8  # classes in a line


@dataclass(frozen=True)
class Release:
    """Make a data set of what was accepted: index, files, tables, cards, checksums.

    Files are copied only where their licence is open; the others are given by address and hash, and
    `anigifs materialise` fetches them. The same collection, votes and options give the same bytes.

    Example: anigifs release found --votes votes.csv --out ani-gifs-1.0.0 --contact me@lab.example
    """

    collection: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="COLLECTION")]
    """Folder of `anigifs collect`, after `anigifs screen` and `anigifs duplicates`."""
    votes: Annotated[Path, tyro.conf.arg(metavar="FILE")]
    """What people said of its items: .csv, .jsonl or .parquet."""
    out: Annotated[Path, tyro.conf.arg(metavar="FOLDER")]
    """A new folder."""
    name: Annotated[str, tyro.conf.arg(metavar="NAME")] = "ani-gifs"
    """Of the data set."""
    version: Annotated[str, tyro.conf.arg(metavar="1.0.0")] = "1.0.0"
    """Of this release."""
    date: Annotated[str, tyro.conf.arg(metavar="DATE")] = ""
    """Of this release, such as 2026-11-28; by default the day of the last fetch."""
    removals: Annotated[Path | None, tyro.conf.arg(metavar="FILE")] = None
    """What must not be in it: TOML, as docs/votes.md says."""
    splits: Annotated[tuple[str, ...], tyro.conf.arg(metavar="NAME=SHARE...")] = ("test=1.0",)
    """Into which splits it is divided, and how much each gets; families stay together."""
    seed: int = 0
    """Of the splits, and of the examples that are drawn."""
    least_votes: Annotated[int, tyro.conf.arg(metavar="N")] = 1
    """People who must have judged an item."""
    classes: Annotated[str, tyro.conf.arg(metavar="LIST")] = "kinetics-600"
    """The class list, or a file with a name a line."""
    most_frequent: Annotated[int, tyro.conf.arg(metavar="N")] = 40
    """Classes of the subset for domain adaptation, and of the figure."""
    least_test: Annotated[int, tyro.conf.arg(metavar="N")] = 10
    """Classes with fewer items in the test split are named."""
    include_all_bytes: bool = False
    """Copy all files whatever their licence: for your own use, never to be given to others."""
    licence: Annotated[str, tyro.conf.arg(metavar="SPDX")] = "CC-BY-4.0"
    """Of the annotations."""
    creators: Annotated[tuple[str, ...], tyro.conf.arg(metavar="NAME...")] = ()
    """Who made it, to be cited."""
    contact: Annotated[str, tyro.conf.arg(metavar="ADDRESS")] = ""
    """Where to ask for a removal."""
    json: bool = False
    """Print one JSON object on standard output."""

    def run(self) -> int:
        """Make it, and print what is in it."""
        from anigifs.curate.release.building import build
        from anigifs.curate.release.settings import ReleaseSettings

        settings = ReleaseSettings(
            name=self.name,
            version=self.version,
            date=self.date,
            splits=shares_of("--splits", self.splits),
            seed=self.seed,
            least_votes=self.least_votes,
            classes=self.classes,
            most_frequent=self.most_frequent,
            least_test=self.least_test,
            include_all_bytes=self.include_all_bytes,
            licence=self.licence,
            creators=self.creators,
            contact=self.contact,
            removals=self.removals,
        )
        with one_bar("release") as (tell, _):
            account = build(self.collection, self.votes, self.out, settings, tell)
        warnings = Warnings()
        for line in _doubts(account, settings.contact):
            warnings.take(line)
        if self.json:
            self._print_json(account, settings.splits, warnings)
        else:
            for line in _lines(account, self.out):
                print(printable(line))
        return 0

    def _print_json(
        self, account: "Account", splits: Mapping[str, float], warnings: Warnings
    ) -> None:
        from anigifs.curate.release.classes import flat

        classes = [flat(one, splits) for one in account.by_class if one.hits or one.accepted]
        told = {name: value for name, value in asdict(account).items() if name != "by_class"}
        print_envelope(classes, {"out": str(self.out), **told}, warnings.lines)


def _doubts(account: "Account", contact: str) -> Iterator[str]:
    if account.foreign:
        yield f"{account.foreign:,} votes are on files that are in no item; they were passed over"
    if account.unmatched:
        yield f"{account.unmatched:,} removals meet nothing in the collection"
    if account.short_classes:
        names = ", ".join(account.short_classes[:SHOWN])
        more = ", ..." if len(account.short_classes) > SHOWN else ""
        yield (
            f"{len(account.short_classes):,} of {account.classes:,} classes have fewer than "
            f"{account.least_test:,} items in the test split: {names}{more}"
        )
    if not contact:
        yield "no --contact: whoever finds their work in it cannot ask for its removal"


def _lines(account: "Account", out: Path) -> Iterator[str]:
    decided = account.decisions
    splits = ", ".join(f"{name} {count:,}" for name, count in account.splits.items())
    yield (
        f"{account.hits:,} hits, {account.files:,} files, {account.rejected_by_program:,} "
        f"screened out; {account.clusters:,} items: {decided['accepted']:,} accepted, "
        f"{decided['rejected']:,} rejected, {decided['undecided']:,} undecided, "
        f"{decided['unjudged']:,} not judged"
    )
    yield (
        f"{out}: {account.name} {account.version}, {account.items:,} items of "
        f"{account.classes:,} classes; {splits}"
    )
    yield (
        f"{account.with_bytes:,} files are in it; {account.waiting:,} items wait for "
        "`anigifs materialise`"
    )
    if account.requests:
        yield (
            f"removed: {sum(account.removed.values()):,} items, {account.removed_hits:,} hits, "
            f"by {account.requests:,} requests"
        )
    yield f"identity {account.identity}"
