"""Options of commands that ask the web for files whose addresses are known."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import tyro

from anigifs.foundation import UsageError

if TYPE_CHECKING:
    from anigifs.collect.collecting import Wishes

MIB = 1024**2


@dataclass(frozen=True)
class Manners:
    """Who asks, how often, and for how much; as `anigifs collect` has it."""

    contact: Annotated[str, tyro.conf.arg(metavar="ADDRESS")] = ""
    """Your e-mail address or web page, which every request names."""
    threads: Annotated[int, tyro.conf.arg(metavar="N")] = 16
    """Files that are fetched side by side."""
    per_host: Annotated[int, tyro.conf.arg(metavar="N")] = 2
    """Requests to one host at a time."""
    gap: Annotated[float, tyro.conf.arg(metavar="SECONDS")] = 1.0
    """From one request to a host to the next."""
    most_mib: Annotated[float, tyro.conf.arg(metavar="MIB")] = 25.0
    """The most of one file."""
    allow: Annotated[tuple[str, ...], tyro.conf.arg(metavar="HOST:PORT...")] = ()
    """Private addresses that may be connected to all the same, such as a mirror in your network."""

    def wishes(self) -> "Wishes":
        """Return how files are fetched.

        Raises:
            UsageError: A number makes no sense, or nobody could be complained to.
        """
        from anigifs.collect.collecting import Wishes
        from anigifs.collect.web import Limits

        for name, value in (("--threads", self.threads), ("--per-host", self.per_host)):
            if value < 1:
                raise UsageError(f"{name} {value}: at least 1")
        if not 0 <= self.gap < math.inf or not 0 < self.most_mib < math.inf:
            raise UsageError("--gap is 0 or more, and --most-mib more than 0, both finite")
        if "@" not in self.contact and "://" not in self.contact:
            raise UsageError(
                "--contact: give an e-mail address or a web page, so that those who are asked can "
                "complain; it goes into the User-Agent of every request"
            )
        limits = Limits(
            per_host=self.per_host,
            gap_s=self.gap,
            most_bytes=round(self.most_mib * MIB),
            agent=f"{Limits.agent} (+{self.contact})",
            allow=self.allow,
        )
        return Wishes(limits, self.threads)
