"""Who is being fetched now: kept in memory, so that a kill leaves nothing claimed."""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator

from anigifs.collect.frontier.rows import MediaRow

_FIRST_HOST = "SELECT host FROM media WHERE state = 'waiting' ORDER BY host LIMIT 1"
_NEXT_HOST = "SELECT host FROM media WHERE state = 'waiting' AND host > ? ORDER BY host LIMIT 1"
_DUE = (
    "SELECT id, url, host, tries FROM media "
    "WHERE state = 'waiting' AND host = ? AND due <= ? ORDER BY due, id LIMIT ?"
)


class Claims:
    """Hands out waiting files, host by host in turn.

    A claim looks at the hosts that have files waiting, each by a search in an index, so that its
    cost does not grow with the number of files.
    """

    def __init__(self) -> None:
        self._claimed: dict[int, str] = {}
        self._of_host: Counter[str] = Counter()
        self._last_host = ""

    def take(
        self,
        connection: sqlite3.Connection,
        count: int,
        now: float,
        room: Callable[[str], int],
    ) -> list[MediaRow]:
        """Claim up to ``count`` files whose time has come, from as many hosts as there are.

        Args:
            connection: Of the frontier.
            count: At most so many.
            now: In seconds since 1970.
            room: How many files of a host may be claimed by this call.
        """
        taken: list[MediaRow] = []
        of_host: Counter[str] = Counter()
        share = 1
        while len(taken) < count:
            before = len(taken)
            for host in self._round(connection):
                most = min(share, count - len(taken), room(host) - of_host[host])
                if most > 0:
                    rows = self._take_of(connection, host, most, now)
                    of_host[host] += len(rows)
                    taken += rows
                    self._last_host = host
                if len(taken) == count:
                    break
            if len(taken) == before:
                break
            share *= 2
        return taken

    def give_back(self, media_id: int) -> None:
        """Forget a claim, if there is one."""
        host = self._claimed.pop(media_id, None)
        if host is not None:
            self._of_host[host] -= 1
            if not self._of_host[host]:
                del self._of_host[host]

    def __len__(self) -> int:
        return len(self._claimed)

    def _take_of(
        self, connection: sqlite3.Connection, host: str, count: int, now: float
    ) -> list[MediaRow]:
        # Claimed rows still wait in the table: so many more are read that enough others remain.
        limit = count + self._of_host.get(host, 0)
        due = (MediaRow(*row) for row in connection.execute(_DUE, (host, now, limit)))
        taken = [row for row in due if row.media_id not in self._claimed][:count]
        if taken:
            self._claimed |= {row.media_id: host for row in taken}
            self._of_host[host] += len(taken)
        return taken

    def _round(self, connection: sqlite3.Connection) -> Iterator[str]:
        """Yield the hosts that have files waiting, once each, from the last one served on."""
        start = self._last_host
        yield from _hosts(connection, start)
        for host in _hosts(connection, None):
            if host > start:
                return
            yield host


def _hosts(connection: sqlite3.Connection, after: str | None) -> Iterator[str]:
    """Yield the hosts that sort after one, or all of them, by a search in the index for each."""
    last = after
    while True:
        found = (
            connection.execute(_FIRST_HOST)
            if last is None
            else connection.execute(_NEXT_HOST, (last,))
        ).fetchone()
        if found is None:
            return
        last = str(found[0])
        yield last
