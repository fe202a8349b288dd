"""``anigifs audit``: check a sample of a release for link rot."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import tyro

from anigifs.cli.manners import Manners
from anigifs.cli.output import print_envelope, printable
from anigifs.cli.study import one_bar

if TYPE_CHECKING:
    from anigifs.curate.rebuilding.audit import Audited, Share

#: Groups of a kind that are printed for people; the report has all.
SHOWN = 10


@dataclass(frozen=True)
class Audit:
    """Ask for a random sample of a release, and say how much of it could be rebuilt today.

    The addresses are asked also where the release carries the bytes. Nothing is kept. Intervals
    are Wilson's at 95 %.

    Example: anigifs audit ani-gifs-1.0.0 --sample 200 --contact me@lab.example
    """

    release: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="RELEASE")]
    """The folder of a release."""
    sample: Annotated[int, tyro.conf.arg(metavar="N")] = 200
    """Items that are checked; all of them where there are fewer."""
    seed: Annotated[int, tyro.conf.arg(metavar="N")] = 0
    """The same seed chooses the same items."""
    manners: Manners = field(default_factory=Manners)
    """How the web is asked."""
    out: Annotated[Path | None, tyro.conf.arg(metavar="FILE")] = None
    """Where the whole report goes, as JSON."""
    json: bool = False
    """Print one JSON object on standard output."""

    def run(self) -> int:
        """Check, and print."""
        from anigifs.curate.rebuilding.audit import audit
        from anigifs.foundation import write_text

        wishes = self.manners.wishes()
        with one_bar("audit") as (tell, _):
            found = audit(self.release, self.sample, self.seed, wishes, tell=tell)
        if self.out is not None:
            write_text(self.out, json.dumps(found.report(), indent=1) + "\n")
        if self.json:
            report: dict[str, Any] = found.report()
            print_envelope(report.pop("fates"), report)
            return 0
        for line in _lines(found):
            print(printable(line))
        return 0


def _lines(found: "Audited") -> Iterator[str]:
    from anigifs.curate.rebuilding.audit import RECOVERABLE

    yield found.title
    yield f"{'':12}{'first address':>24}{'all addresses':>24}"
    for name, share in found.items.items():
        yield f"{name:12}{_told(found.links[name]):>24}{_told(share):>24}"
    for by, groups in found.groups.items():
        yield f"first addresses that are {RECOVERABLE}, by {by}:"
        yield from _group_lines({name: one[RECOVERABLE] for name, one in groups.items()})
    if found.reasons:
        yield ", ".join(f"{reason} {count:,}" for reason, count in found.reasons.items())


def _group_lines(groups: "Mapping[str, Share]") -> Iterator[str]:
    for name, share in list(groups.items())[:SHOWN]:
        yield f"  {_told(share):>24}  of {share.of:,}  {name}"
    if len(groups) > SHOWN:
        yield f"  ... and {len(groups) - SHOWN:,} more"


def _told(share: "Share") -> str:
    return f"{100 * share.share:.1f} % ({100 * share.low:.1f}-{100 * share.high:.1f})"
