"""Patience with those who try passwords: each failure makes the next attempt wait longer."""

import ipaddress
import math
import threading
from collections import OrderedDict
from dataclasses import dataclass, field

#: How long a failure is remembered after the last one, in milliseconds.
MEMORY_MS = 3_600_000
#: Names, and addresses, that are remembered, at most.
MOST = 10_000


class Throttled(Exception):  # noqa: N818 - an answer, not a fault
    """Somebody has to wait before the next attempt.

    Attributes:
        retry_s: For how long, in whole seconds, at least 1.
    """

    def __init__(self, retry_s: int) -> None:
        super().__init__(f"too many attempts; try again in {retry_s} s")
        self.retry_s = retry_s


@dataclass(frozen=True, slots=True)
class Patience:
    """How long who failed so many times waits.

    Attributes:
        free: Failures that cost nothing.
        first_s: The wait after one more, which doubles with each further one.
        most_s: The longest wait.
    """

    free: int
    first_s: float = 1.0
    most_s: float = 60.0

    def wait_ms(self, failures: int) -> int:
        """Return the wait after so many failures, in milliseconds.

        Example:
            >>> [Patience(free=2, most_s=5).wait_ms(failures) for failures in range(7)]
            [0, 0, 0, 1000, 2000, 4000, 5000]
        """
        if failures <= self.free:
            return 0
        doublings = min(failures - self.free - 1, 40)
        return round(1000 * min(self.most_s, math.ldexp(self.first_s, doublings)))


#: A name waits a minute at most, so that nobody can shut somebody else out for long; an address,
#: which many people may share, has more attempts and then waits for a quarter of an hour.
OF_A_NAME, OF_AN_ADDRESS = Patience(free=4), Patience(free=30, most_s=900)


@dataclass(slots=True)
class _Failures:
    count: int = 0
    at_ms: int = 0


@dataclass
class _Ledger:
    """Who failed how often, and when last; those who failed longest ago are forgotten first."""

    patience: Patience
    most: int
    rows: OrderedDict[str, _Failures] = field(default_factory=OrderedDict)

    def wait_ms(self, key: str, now_ms: int) -> int:
        row = self.rows.get(key)
        if row is None or now_ms - row.at_ms >= MEMORY_MS:
            return 0
        wait_ms = self.patience.wait_ms(row.count)
        # The last failure may be of a request that came later and was answered earlier; and where
        # the clock was put back, nobody waits for longer than if they had failed now.
        return max(0, min(wait_ms, row.at_ms + wait_ms - now_ms))

    def add(self, key: str, now_ms: int) -> None:
        row = self.rows.pop(key, _Failures())
        if now_ms - row.at_ms >= MEMORY_MS:
            row.count = 0
        self.rows[key] = _Failures(row.count + 1, now_ms)
        while len(self.rows) > self.most:
            self.rows.popitem(last=False)

    def take_back(self, key: str) -> None:
        if row := self.rows.get(key):
            row.count = max(0, row.count - 1)


class Throttle:
    """Counts failed attempts by name and by address, in memory.

    An attempt counts as failed from its beginning, so that many at once gain nothing; who is let
    in takes it back.

    Args:
        of_a_name: How long attempts on one account wait.
        of_an_address: How long attempts from one address wait.
        most: Names, and addresses, that are remembered.

    Example:
        >>> throttle = Throttle(of_a_name=Patience(free=0))
        >>> throttle.begin("ann", "192.0.2.1", now_ms=0)
        >>> throttle.begin("ann", "192.0.2.1", now_ms=400)
        Traceback (most recent call last):
        ...
        anigifs.review.people.throttle.Throttled: too many attempts; try again in 1 s
    """

    def __init__(
        self,
        of_a_name: Patience = OF_A_NAME,
        of_an_address: Patience = OF_AN_ADDRESS,
        most: int = MOST,
    ) -> None:
        self._lock = threading.Lock()
        self._names, self._addresses = _Ledger(of_a_name, most), _Ledger(of_an_address, most)

    def begin(self, name: str, address: str, now_ms: int) -> None:
        """Count an attempt as failed.

        Args:
            name: Of the account.
            address: Where it comes from: an IP address, or any text.
            now_ms: The time, in milliseconds since any moment.

        Raises:
            Throttled: It comes too early, and is neither counted nor to be looked at.
        """
        network = _network(address)
        with self._lock:
            wait_ms = max(
                self._names.wait_ms(name, now_ms), self._addresses.wait_ms(network, now_ms)
            )
            if wait_ms > 0:
                raise Throttled(-(-wait_ms // 1000))
            self._names.add(name, now_ms)
            self._addresses.add(network, now_ms)

    def succeeded(self, name: str, address: str) -> None:
        """Forget the failures on a name, and that the last attempt of an address was one."""
        with self._lock:
            self._names.rows.pop(name, None)
            self._addresses.take_back(_network(address))

    def remembered(self) -> int:
        """Return how many names and addresses are remembered."""
        return len(self._names.rows) + len(self._addresses.rows)


def _network(address: str) -> str:
    """Return who stands behind an address: of IPv6, one subscriber has 64 bits of them."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed.packed[:8] + bytes(8), 64)))
    return str(parsed)
