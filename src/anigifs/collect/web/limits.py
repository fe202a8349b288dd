"""How much of the web is asked for, how long it is waited for, and what is never asked."""

from dataclasses import dataclass

from anigifs import __version__
from anigifs.foundation import UsageError

MIB = 1024**2


@dataclass(frozen=True)
class Limits:
    """What binds every request.

    Attributes:
        ports: That may be asked.
        redirects: Followed at most.
        connect_s: For a connection, and as long again for its encryption.
        read_s: Without a byte.
        total_s: For everything from the first request to the last byte, over all redirects;
            waiting for a turn (:mod:`anigifs.collect.web.pace`) does not count.
        least_bytes_s: Bytes a second that a body must bring, on average since it began...
        least_after_s: ...once it has taken so long.
        most_bytes: Of a body.
        per_host: Requests to a host at a time.
        gap_s: From one request to a host to the next.
        agent: The name that is given, with a contact so that one can complain.
        allow: ``host:port`` that may be asked although it is private or not of ``ports``, spelt as
            in the address; for the demo and for tests.

    Raises:
        UsageError: The agent cannot be sent, or an allowance is not ``host:port``.
    """

    ports: tuple[int, ...] = (80, 443)
    redirects: int = 5
    connect_s: float = 10.0
    read_s: float = 20.0
    total_s: float = 60.0
    least_bytes_s: float = 1024.0
    least_after_s: float = 10.0
    most_bytes: int = 25 * MIB
    per_host: int = 2
    gap_s: float = 1.0
    agent: str = f"anigifs/{__version__}"
    allow: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not (self.agent.isascii() and self.agent.isprintable() and self.agent.strip()):
            raise UsageError(f"{self.agent!a}: give an agent of plain letters and signs")
        for allowed in self.allow:
            if not allowed.rpartition(":")[2].isdecimal():
                raise UsageError(f"{allowed!a}: allow a host and a port, such as 127.0.0.1:8765")
