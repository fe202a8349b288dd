"""Options of commands that ask the web for files whose addresses are known."""

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated

import tyro

from anigifs.foundation import UsageError

if TYPE_CHECKING:
    from anigifs.collect.collecting import Wishes
    from anigifs.collect.web.limits import Limits

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

        limits = limits_of(self.threads, self.per_host, self.gap, self.most_mib)
        return Wishes(replace(signed(limits, self.contact), allow=self.allow), self.threads)


def limits_of(threads: int, per_host: int, gap: float, most_mib: float) -> "Limits":
    """Return the limits that these options set; nobody is named yet.

    Raises:
        UsageError: A number makes no sense.
    """
    from anigifs.collect.web.limits import Limits

    for name, value in (("--threads", threads), ("--per-host", per_host)):
        if value < 1:
            raise UsageError(f"{name} {value}: at least 1")
    if not 0 <= gap < math.inf or not 0 < most_mib < math.inf:
        raise UsageError("--gap is 0 or more, and --most-mib more than 0, both finite")
    return Limits(per_host=per_host, gap_s=gap, most_bytes=round(most_mib * MIB))


def signed(limits: "Limits", contact: str) -> "Limits":
    """Return limits by which every request names who can be complained to.

    Raises:
        UsageError: Nobody can.
    """
    if "@" not in contact and "://" not in contact:
        raise UsageError(
            "--contact: give an e-mail address or a web page, so that those who are asked can "
            "complain; it goes into the User-Agent of every request"
        )
    return replace(limits, agent=f"{limits.agent} (+{contact})")
