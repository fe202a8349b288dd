"""``anigifs review export`` and ``load``: votes out of a review, and into one."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import tyro

from anigifs.cli.output import print_envelope, printable, waiting
from anigifs.cli.review_accounts import opened
from anigifs.foundation import UsageError


@dataclass(frozen=True)
class ReviewExport:
    """Write the votes of a review that count, or all that were ever cast.

    A .json file is for Label Studio; its labelling interface is written beside it, as .xml.

    Example: anigifs review export review votes.csv

    Example: anigifs review export review everything.parquet --raw
    """

    review: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="FOLDER")]
    """What `anigifs review init` made."""
    votes: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="FILE")]
    """What is written: .csv, .jsonl, .parquet, or .json for Label Studio."""
    raw: bool = False
    """Every vote as it was cast; one that was taken back is followed by a skip."""
    until: Annotated[int | None, tyro.conf.arg(metavar="SEQ")] = None
    """As it was after the vote with this number in the log."""
    json: bool = False
    """Print one JSON object on standard output."""

    def run(self) -> int:
        """Write them."""
        if self.until is not None and not 0 <= self.until < 2**63:
            raise UsageError(f"--until {self.until}: a number in the log, 0 to {2**63 - 1}")
        with opened(self.review) as review, waiting("writing votes"):
            from anigifs.review.exchange.files import export

            count, paths = export(review, self.votes, until_seq=self.until, raw=self.raw)
        if self.json:
            print_envelope([], {"votes": count, "files": [str(path) for path in paths]})
            return 0
        print(printable(f"{self.votes}: {count:,} votes"))
        for path in paths[1:]:
            print(printable(f"{path}: the labelling interface"))
        return 0


@dataclass(frozen=True)
class ReviewLoad:
    """Add votes of a file to a review, under accounts that cannot log in; all of them or none.

    The same file again changes nothing.

    Example: anigifs review load review votes.csv

    Example: anigifs review load review label-studio.json
    """

    review: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="FOLDER")]
    """What `anigifs review init` made."""
    votes: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="FILE")]
    """.csv, .jsonl or .parquet as docs/votes.md says, or .json that Label Studio exported."""
    json: bool = False
    """Print one JSON object on standard output."""

    def run(self) -> int:
        """Add them, and say how many."""
        with opened(self.review) as review, waiting("loading votes"):
            from anigifs.review.exchange.files import read
            from anigifs.review.exchange.loading import load

            cast = read(self.votes)
            try:
                found = load(review, cast)
            except UsageError as error:
                raise UsageError(f"{self.votes}: {error}") from None
        if self.json:
            print_envelope([], asdict(found))
            return 0
        print(
            printable(
                f"{self.review}: {found.added:,} votes added, of {len(found.people):,} people; "
                f"{found.repeated:,} were there already"
            )
        )
        if found.older:
            print(f"{found.older:,} passed over: the same person has a later vote there")
        if found.known:
            print(
                f"{found.known:,} known answers passed over; `anigifs review init` takes them "
                "with --gold"
            )
        return 0
