"""``anigifs screen``: look at every file of a collection before people do."""

import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import tyro

from anigifs.cli.execution import ExecutorOptions
from anigifs.cli.output import print_envelope, printable
from anigifs.cli.study import one_bar

if TYPE_CHECKING:
    from anigifs.curate.screening.animated import Fitted
    from anigifs.curate.screening.screening import Account


@dataclass(frozen=True)
class Screen:
    """Look at every stored file of a collection: reject what is certain, and score the rest.

    Rejected is only what is no moving picture, a still, or broken, with the reason. Scores order
    the queue of those who judge. It can be stopped at any moment; the same command goes on, and
    what was looked at is not decoded again.

    Example: anigifs screen found

    Example: anigifs screen found --votes votes.csv
    """

    collection: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="FOLDER")]
    """What `anigifs collect` made; screened.parquet and fingerprints.parquet go there."""
    votes: Annotated[Path | None, tyro.conf.arg(metavar="FILE")] = None
    """Votes to learn from what is animated and what is filmed: .csv, .jsonl or .parquet."""
    nsfw: bool = False
    """Ask NudeNet as well, with pip install 'anigifs[nsfw]'; its answer rejects nothing."""
    work: ExecutorOptions = field(default_factory=ExecutorOptions)
    json: bool = False
    """Print one JSON object on standard output."""

    def run(self) -> int:
        """Screen, write the tables and print the account."""
        from anigifs.curate.screening.nsfw import check_installed, load_nudenet
        from anigifs.curate.screening.screening import screen
        from anigifs.curate.votes import read_votes

        executor = self.work.executor()
        if self.nsfw:
            check_installed()
        votes = None if self.votes is None else read_votes(self.votes)
        maker = load_nudenet if self.nsfw else None
        try:
            with one_bar("screen") as (tell, _):
                account = screen(
                    self.collection, executor=executor, tell=tell, nsfw=maker, votes=votes
                )
        except KeyboardInterrupt:
            print("anigifs: stopped; the same command goes on", file=sys.stderr)
            raise
        self._print(account)
        return 0

    def _print(self, account: "Account") -> None:
        from anigifs.curate.screening.screened import REASONS, SCREENED

        rejected = [
            {"reason": reason, "files": files, "about": REASONS[reason]}
            for reason, files in account.rejected.items()
        ]
        table = self.collection / SCREENED
        if self.json:
            summary = {"out": str(table), "left": account.left, **asdict(account)}
            print_envelope(rejected, summary)
            return
        for line in _lines(account):
            print(printable(line))
        print(printable(f"{table}: {account.files:,} files"))


def _lines(account: "Account") -> Iterator[str]:
    from anigifs.curate.screening.screened import REASONS

    yield (
        f"{account.files:,} files, {account.looked_at:,} looked at now: {account.left:,} to be "
        f"judged, {sum(account.rejected.values()):,} rejected"
    )
    for reason, files in account.rejected.items():
        yield f"  {reason:<10} {files:>7,}  {REASONS[reason]}"
    if account.unfinished:
        yield (
            f"{account.unfinished:,} of the broken ones could not be looked at to the end; the "
            "same command tries them again"
        )
    kinds = ", ".join(f"{kind} {files:,}" for kind, files in account.kinds.items())
    yield f"to be judged: {kinds or 'none'}; {account.incomplete:,} cut off or damaged"
    for score, parts in account.scores.items():
        cells = "  ".join(f"{f'<= {end:g}':>8} {files:>6,}" for end, files in parts.items())
        yield f"  {score:<10} {cells}"
    yield _told_of(account.model)
    for hint, files in account.ai_hints.items():
        yield f"perhaps generated, {hint}: {files:,}"
    if account.nsfw is not None:
        yield f"perhaps not safe for work: {account.nsfw:,}"


def _told_of(model: "Fitted") -> str:
    known = "" if model.auc is None else f"; AUC {model.auc:.3f} on others"
    return (
        f"animated: a model fitted on {model.on} ({model.drawn:,} drawn, {model.filmed:,} filmed"
        f"{known})"
    )
