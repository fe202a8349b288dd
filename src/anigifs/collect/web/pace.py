"""How often a host is asked, and how often at a time."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import inf

#: What :meth:`Pace.wait_time` says of a host whose slots are all taken: soon.
BUSY_S = 0.05
#: The longest that a host is left alone on its word, in seconds.
LONGEST_HOLD_S = 86_400.0
_HOSTS_KEPT = 10_000


@dataclass
class _Host:
    active: int = 0
    free_at: float = -inf


class Pace:
    """Gives out turns to ask a host; threads may share it.

    Args:
        per_host: Turns at a time.
        gap_s: From the beginning of a turn to that of the next.
        clock: Seconds of any beginning.
        sleep: Waits so many seconds.

    Example:
        >>> pace = Pace(per_host=2, gap_s=1.0, clock=lambda: 5.0)
        >>> with pace.slot("example.org"):
        ...     pace.wait_time("example.org"), pace.wait_time("example.com")
        (1.0, 0.0)
        >>> pace.hold("example.org", 60.0)
        >>> pace.wait_time("example.org")
        60.0
    """

    def __init__(
        self,
        per_host: int,
        gap_s: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._per_host, self._gap_s, self._clock, self._sleep = per_host, gap_s, clock, sleep
        self._hosts: dict[str, _Host] = {}
        self._changed = threading.Condition()

    @contextmanager
    def slot(self, host: str) -> Iterator[None]:
        """Wait for a turn, and have it in this block."""
        while (wait := self._take(host)) > 0:
            self._sleep(wait)
        try:
            yield
        finally:
            with self._changed:
                self._hosts[host].active -= 1
                self._changed.notify_all()

    def hold(self, host: str, seconds: float) -> None:
        """Give out no turn for so long, as a server has asked for; a day at most."""
        with self._changed:
            known = self._known(host)
            known.free_at = max(known.free_at, self._clock() + min(seconds, LONGEST_HOLD_S))

    def wait_time(self, host: str) -> float:
        """Return the seconds until there could be a turn; 0 is now."""
        with self._changed:
            known = self._hosts.get(host, _Host())
            wait = max(0.0, known.free_at - self._clock())
            return max(wait, BUSY_S) if known.active >= self._per_host else wait

    def _take(self, host: str) -> float:
        """Take a turn and return 0, or return the seconds after which to try again."""
        with self._changed:
            known = self._known(host)
            while known.active >= self._per_host:
                self._changed.wait()
                known = self._known(host)
            now = self._clock()
            if known.free_at > now:
                return known.free_at - now
            known.active += 1
            known.free_at = now + self._gap_s
            return 0.0

    def _known(self, host: str) -> _Host:
        if host not in self._hosts and len(self._hosts) >= _HOSTS_KEPT:
            self._forget()
        return self._hosts.setdefault(host, _Host())

    def _forget(self) -> None:
        """Drop the hosts of which nothing needs to be known any more."""
        now = self._clock()
        kept = {name: one for name, one in self._hosts.items() if one.active or one.free_at > now}
        self._hosts = kept
