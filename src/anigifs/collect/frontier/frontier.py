"""The frontier itself: every change is one transaction, and nothing is told before it is there."""

import fcntl
import sqlite3
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from anigifs.collect.frontier.claims import Claims
from anigifs.collect.frontier.reading import Reader
from anigifs.collect.frontier.retries import Retries
from anigifs.collect.frontier.rows import (
    ATTEMPT_COLUMNS,
    HIT_COLUMNS,
    QUERY_COLUMNS,
    Candidate,
    Found,
    MediaRow,
    Standing,
    Tally,
    clean,
    values_of_attempt,
    values_of_hit,
)
from anigifs.collect.frontier.schema import open_to_write, raise_plainly
from anigifs.collect.frontier.urls import canonical, host_of
from anigifs.collect.items import Fetched, Hit, Page, Query
from anigifs.foundation import UsageError

#: More files of one host than are ever claimed at a time.
_NO_BOUND = 2**31


class Frontier:
    """The state of a collection, in a file of SQLite; safe to use from several threads.

    One process writes to it at a time; the lock goes with the process, however that ends. Claims
    are kept in memory, so a kill gives back what was claimed.

    Args:
        path: The file, which is made if it is not there.
        retries: How often and how soon a fetch that failed is tried again.
        clock: Seconds since 1970.

    Raises:
        UsageError: The file is no frontier, or another process writes to it.
        AnigifsError: It cannot be opened or written.

    Example:
        >>> import tempfile
        >>> query = Query("commons", "yoga", "animated", "animated yoga")
        >>> with Frontier(Path(tempfile.mkdtemp()) / "frontier.sqlite") as frontier:
        ...     _ = frontier.add_queries([query])
        ...     page = Page((Hit(media_url="https://example.org/a.gif"),), None, "")
        ...     frontier.commit_page(1, page, first_rank=1)
        ...     frontier.claim(5, now=0.0)
        [MediaRow(media_id=1, url='https://example.org/a.gif', host='example.org', tries=0)]
    """

    def __init__(
        self,
        path: Path | str,
        retries: Retries = Retries(),  # noqa: B008 - frozen
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.path, self.retries, self.clock = Path(path), retries, clock
        self.reader = Reader(self.path)
        self._claims = Claims()
        self._guard = threading.RLock()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = _lock(self.path)
        try:
            self._connection = open_to_write(self.path)
        except BaseException:
            self._lock.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file and let others write to it."""
        with self._guard:
            self._connection.close()
            self._lock.close()

    # Searches

    def add_queries(self, queries: Iterable[Query]) -> int:
        """Add the queries that are not there yet, in one transaction; return how many were new."""
        names, marks = ", ".join(QUERY_COLUMNS), ", ".join("?" * len(QUERY_COLUMNS))
        sql = f"INSERT INTO query ({names}) VALUES ({marks}) ON CONFLICT DO NOTHING"
        with self._transaction() as connection:
            before = connection.total_changes
            connection.executemany(
                sql, ([clean(getattr(one, name)) for name in QUERY_COLUMNS] for one in queries)
            )
            return connection.total_changes - before

    def open_queries(self, providers: Collection[str]) -> list[tuple[int, Query, str | None]]:
        """Return the number, the query and the next cursor of each query that is not at its end.

        Args:
            providers: Whose queries; those of others are left out.
        """
        names = ", ".join(QUERY_COLUMNS)
        with self._connected() as connection:
            rows = connection.execute(
                f"SELECT id, cursor, {names} FROM query WHERE state = 'open' ORDER BY id"
            ).fetchall()
        found = ((number, Query(*values), cursor) for number, cursor, *values in rows)
        return [one for one in found if one[1].provider in providers]

    def standing(self, query_id: int) -> Standing:
        """Return how far a query is.

        Raises:
            KeyError: There is no such query.
        """
        names = ", ".join(field.name for field in fields(Standing))
        with self._connected() as connection:
            row = connection.execute(f"SELECT {names} FROM query WHERE id = ?", [query_id])
            values = row.fetchone()
        if values is None:
            raise KeyError(query_id)
        return Standing(*values)

    def commit_page(self, query_id: int, page: Page, first_rank: int) -> None:
        """Commit a page's hits, the files that they name and where to ask next, all or nothing.

        Args:
            query_id: Whose page it is.
            page: What the provider answered; without a next cursor the query is done.
            first_rank: Of the page's first hit: one more than the hits before it.

        Raises:
            ValueError: The query is not open, or its next hit has another rank.
        """
        now, count = self.clock(), len(page.hits)
        state = "done" if page.next_cursor is None else "open"
        with self._transaction() as connection:
            number = self._next_page(connection, query_id, first_rank)
            connection.execute(
                "INSERT INTO page VALUES (?, ?, ?, ?, ?, ?, ?)",
                (query_id, number, first_rank, count, page.next_cursor, page.raw_sha256, now),
            )
            for rank, hit in enumerate(page.hits, start=first_rank):
                _insert_hit(connection, (query_id, rank, number), hit, now)
            connection.execute(
                "UPDATE query SET state = ?, cursor = ?, pages = ?, hits = hits + ?, tries = 0, "
                "again_at = 0, reason = '', detail = '' WHERE id = ?",
                (state, page.next_cursor, number, count, query_id),
            )

    def fail_query(self, query_id: int, reason: str, detail: str, again_at: float | None) -> None:
        """Commit that a query was asked in vain.

        Args:
            query_id: Which one.
            reason: A key of :data:`anigifs.collect.reasons.REASONS`.
            detail: More about it, in words.
            again_at: When it may be asked again, in seconds since 1970; None is never, and the
                query has failed for good.

        Raises:
            ValueError: The query is not open.
        """
        state, due = ("failed", 0.0) if again_at is None else ("open", again_at)
        with self._transaction() as connection:
            changed = connection.execute(
                "UPDATE query SET state = ?, again_at = ?, tries = tries + 1, reason = ?, "
                "detail = ? WHERE id = ? AND state = 'open'",
                (state, due, reason, clean(detail), query_id),
            )
            if not changed.rowcount:
                raise ValueError(f"query {query_id} is not open")
            connection.execute(
                "INSERT INTO failure (query_id, reason, detail, at) VALUES (?, ?, ?, ?)",
                (query_id, reason, clean(detail), self.clock()),
            )

    def reopen_queries(self, providers: Collection[str]) -> int:
        """Let the providers' failed queries be asked again; return how many there were."""
        with self._transaction() as connection:
            return sum(
                connection.execute(
                    "UPDATE query SET state = 'open', tries = 0, again_at = 0 "
                    "WHERE state = 'failed' AND provider = ?",
                    [provider],
                ).rowcount
                for provider in providers
            )

    def asked_since(self, provider: str, at: float) -> int:
        """Return how often a provider has been asked since a time, in seconds since 1970."""
        with self._connected() as connection:
            return sum(
                connection.execute(
                    f"SELECT count(*) FROM {table} JOIN query ON query.id = query_id "
                    f"WHERE provider = ? AND {table}.at >= ?",
                    (provider, at),
                ).fetchone()[0]
                for table in ("page", "failure")
            )

    # Files

    def claim(
        self, count: int, now: float, room: Callable[[str], int] = lambda host: _NO_BOUND
    ) -> list[MediaRow]:
        """Claim files that wait and whose time has come, spread over their hosts.

        A claim ends with the commit of an attempt, with :meth:`release`, or with the process.

        Args:
            count: At most so many.
            now: In seconds since 1970.
            room: How many files of a host may be claimed by this call.
        """
        with self._connected() as connection:
            return self._claims.take(connection, count, now, room)

    def release(self, media_ids: Iterable[int]) -> None:
        """Give claimed files back untouched."""
        with self._guard:
            for media_id in media_ids:
                self._claims.give_back(media_id)

    def next_due(self, now: float) -> float | None:
        """Return when the next file is to be tried again that is not now; None if there is none.

        Args:
            now: In seconds since 1970.
        """
        sql = "SELECT min(due) FROM media WHERE state = 'waiting' AND due > ?"
        with self._connected() as connection:
            (due,) = connection.execute(sql, [now]).fetchone()
        return None if due is None else float(due)

    def commit_attempt(self, media_id: int, fetched: Fetched, now: float) -> None:
        """Commit an attempt to fetch a file and the state that it leads to, all or nothing.

        Args:
            media_id: Which file.
            fetched: What became of the attempt. One that failed is tried again after
                :attr:`retries`; after the last try the file is refused as ``exhausted``.
            now: In seconds since 1970.

        Raises:
            ValueError: The file does not wait to be fetched.
        """
        self.commit_attempts([(media_id, fetched)], now)

    def commit_attempts(self, attempts: Sequence[tuple[int, Fetched]], now: float) -> None:
        """Commit several attempts, each as :meth:`commit_attempt` does, in one transaction."""
        with self._transaction() as connection:
            for media_id, fetched in attempts:
                self._add_attempt(connection, media_id, fetched, now)
        self.release(media_id for media_id, _ in attempts)

    # Reading

    def counts(self) -> dict[str, int]:
        """Return how many there are; see :meth:`Reader.counts`."""
        return self.reader.counts()

    def hits(self) -> Iterator[Found]:
        """Yield every hit; see :meth:`Reader.hits`."""
        return self.reader.hits()

    def candidates(self) -> Iterator[Candidate]:
        """Yield every hit with the fate of its file; see :meth:`Reader.candidates`."""
        return self.reader.candidates()

    def tallies(self, by: Sequence[str]) -> list[Tally]:
        """Return how many hits and files have which fate; see :meth:`Reader.tallies`."""
        return self.reader.tallies(by)

    def _next_page(self, connection: sqlite3.Connection, query_id: int, first_rank: int) -> int:
        row = connection.execute(
            "SELECT pages, hits FROM query WHERE id = ? AND state = 'open'", [query_id]
        ).fetchone()
        if row is None:
            raise ValueError(f"query {query_id} is not open")
        if first_rank != row[1] + 1:
            raise ValueError(f"query {query_id}: its next hit has rank {row[1] + 1}")
        return int(row[0]) + 1

    def _add_attempt(
        self, connection: sqlite3.Connection, media_id: int, fetched: Fetched, now: float
    ) -> None:
        row = connection.execute(
            "SELECT tries FROM media WHERE id = ? AND state = 'waiting'", [media_id]
        ).fetchone()
        if row is None:
            raise ValueError(f"file {media_id} does not wait to be fetched")
        tries = row[0] + 1
        marks = ", ".join("?" * (2 + len(ATTEMPT_COLUMNS)))
        connection.execute(
            f"INSERT INTO attempt (media_id, number, {', '.join(ATTEMPT_COLUMNS)}) "
            f"VALUES ({marks})",
            (media_id, tries, *values_of_attempt(fetched)),
        )
        state, reason, detail, due = self._fate(fetched, tries, now)
        connection.execute(
            "UPDATE media SET state = ?, reason = ?, detail = ?, tries = ?, due = ? WHERE id = ?",
            (state, reason, clean(detail), tries, due, media_id),
        )

    def _fate(self, fetched: Fetched, tries: int, now: float) -> tuple[str, str, str, float]:
        """Return the state, reason, detail and next time of a file after an attempt."""
        if fetched.outcome != "failed":
            return fetched.outcome, fetched.reason, fetched.detail, now
        wait = self.retries.wait(tries, fetched.retry_after)
        if wait is None:
            said = f"{fetched.reason}: {fetched.detail}" if fetched.detail else fetched.reason
            return "refused", "exhausted", said, now
        return "waiting", fetched.reason, fetched.detail, now + wait

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """Commit what is done inside, or nothing of it."""
        with self._connected() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        with self._guard:
            try:
                yield self._connection
            except sqlite3.DatabaseError as error:
                raise_plainly(self.path, error)


def _lock(path: Path) -> BinaryIO:
    lock = path.with_name(f"{path.name}.lock").open("ab")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise UsageError(f"{path}: another process is collecting into it") from None
    return lock


def _insert_hit(
    connection: sqlite3.Connection, place: tuple[int, int, int], hit: Hit, now: float
) -> None:
    """Insert a hit at its query, rank and page, and the file that it names."""
    url = clean(canonical(hit.media_url))
    connection.execute(
        "INSERT INTO media (url, host, first_seen) VALUES (?, ?, ?) ON CONFLICT (url) DO NOTHING",
        (url, clean(host_of(url)), now),
    )
    (media_id,) = connection.execute("SELECT id FROM media WHERE url = ?", [url]).fetchone()
    marks = ", ".join("?" * (len(place) + 1 + len(HIT_COLUMNS)))
    connection.execute(
        f"INSERT INTO hit (query_id, rank, page, media_id, {', '.join(HIT_COLUMNS)}) "
        f"VALUES ({marks})",
        (*place, media_id, *values_of_hit(hit)),
    )
