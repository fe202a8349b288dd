"""The frontier itself: every change is one transaction, and nothing is told before it is there."""

import sqlite3
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

from anigifs.collect.frontier import writing
from anigifs.collect.frontier.claims import Claims
from anigifs.collect.frontier.reading import Reader
from anigifs.collect.frontier.retries import Retries
from anigifs.collect.frontier.rows import (
    QUERY_COLUMNS,
    Candidate,
    Found,
    MediaRow,
    Standing,
    Tally,
)
from anigifs.collect.frontier.schema import open_to_write, raise_plainly
from anigifs.collect.items import Fetched, Page, Query
from anigifs.foundation.clock import steady_time
from anigifs.foundation.lock import Lock

Given = ParamSpec("Given")
Result = TypeVar("Result")
#: More files of one host than are ever claimed at a time.
_NO_BOUND = 2**31


class Frontier:
    """The state of a collection, in a file of SQLite; safe to use from several threads.

    One process writes to it at a time; the lock goes with the process, however that ends. Claims
    are kept in memory, so a kill gives back what was claimed.

    Args:
        path: The file, which is made if it is not there.
        retries: How often and how soon a fetch that failed is tried again.
        clock: Seconds since 1970; where the machine's was put back since the last call, nothing
            waits for longer than it would if it were put off now.

    Raises:
        UsageError: The file is no frontier, or another process writes to it.
        AnigifsError: It cannot be opened or written.

    Example:
        >>> import tempfile
        >>> from anigifs.collect.items import Hit
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
        clock: Callable[[], float] = steady_time,
    ) -> None:
        self.path, self.retries, self.clock = Path(path), retries, clock
        self.reader = Reader(self.path)
        self._claims = Claims()
        self._guard = threading.RLock()
        lock = self.path.with_name(f"{self.path.name}.lock")
        self._lock = Lock(lock, f"{self.path}: another process is collecting into it")
        try:
            self._connection = open_to_write(self.path)
            self._write(writing.bring_near, self.clock() + self.retries.longest_s)
        except BaseException:
            self._lock.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file and let others write to it."""
        with self._guard:
            self._connection.close()
            self._lock.close()

    # Searches

    def add_queries(self, queries: Iterable[Query]) -> int:
        """Add the queries that are not there yet, in one transaction; return how many were new."""
        return self._write(writing.add_queries, queries)

    def open_queries(self, providers: Collection[str]) -> list[tuple[int, Query, str | None]]:
        """Return the number, the query and the next cursor of each query that is not at its end.

        Args:
            providers: Whose queries; those of others are left out.
        """
        names = ", ".join(QUERY_COLUMNS)
        rows = self._all(f"SELECT id, cursor, {names} FROM query WHERE state = 'open' ORDER BY id")
        found = ((number, Query(*values), cursor) for number, cursor, *values in rows)
        return [one for one in found if one[1].provider in providers]

    def standing(self, query_id: int) -> Standing:
        """Return how far a query is.

        Raises:
            KeyError: There is no such query.
        """
        names = ", ".join(field.name for field in fields(Standing))
        rows = self._all(f"SELECT {names} FROM query WHERE id = ?", query_id)
        if not rows:
            raise KeyError(query_id)
        return Standing(*rows[0])

    def commit_page(self, query_id: int, page: Page, first_rank: int) -> None:
        """Commit a page's hits, the files that they name and where to ask next, all or nothing.

        Args:
            query_id: Whose page it is.
            page: What the provider answered; without a next cursor the query is done.
            first_rank: Of the page's first hit: one more than the hits before it.

        Raises:
            ValueError: The query is not open, or its next hit has another rank.
        """
        self._write(writing.add_page, query_id, page, first_rank, self.clock())

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
        self._write(writing.fail_query, query_id, reason, detail, again_at, self.clock())

    def reopen_queries(self, providers: Collection[str]) -> int:
        """Let the providers' failed queries be asked again; return how many there were."""
        return self._write(writing.reopen_queries, providers)

    def asked_since(self, provider: str, at: float) -> int:
        """Return how often a provider has been asked since a time, in seconds since 1970."""
        return sum(
            self._all(
                f"SELECT count(*) FROM {table} JOIN query ON query.id = query_id "
                f"WHERE provider = ? AND {table}.at >= ?",
                provider,
                at,
            )[0][0]
            for table in ("page", "failure")
        )

    # Files

    def reopen_files(self) -> int:
        """Let each file that was tried in vain be tried once more; return how many there were."""
        return self._write(writing.reopen_files, self.clock())

    def held_hosts(self, now: float) -> dict[str, float]:
        """Return the hosts that have asked to be left alone, and until when.

        Args:
            now: In seconds since 1970, as the answer.
        """
        sql = (
            "SELECT host, max(due) FROM media WHERE state = 'waiting' AND reason = 'rate-limited' "
            "AND due > ? GROUP BY host"
        )
        return {str(host): float(due) for host, due in self._all(sql, now)}

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
        return self._use(self._claims.take, count, now, room)

    def release(self, media_ids: Iterable[int] | None = None) -> None:
        """Give claimed files back untouched.

        Args:
            media_ids: Which ones; None is all.
        """
        with self._guard:
            if media_ids is None:
                self._claims = Claims()
            else:
                for media_id in media_ids:
                    self._claims.give_back(media_id)

    def next_due(self, now: float) -> float | None:
        """Return when the next file is to be tried again that is not now; None if there is none.

        Args:
            now: In seconds since 1970.
        """
        sql = "SELECT min(due) FROM media WHERE state = 'waiting' AND due > ?"
        ((due,),) = self._all(sql, now)
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
        self._write(writing.add_attempts, attempts, self.retries, now)
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

    def _all(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Return the rows that a statement gives."""
        return self._use(lambda connection: connection.execute(sql, values).fetchall())

    def _write(
        self,
        work: Callable[Concatenate[sqlite3.Connection, Given], Result],
        *args: Given.args,
        **kwargs: Given.kwargs,
    ) -> Result:
        """Commit what ``work`` does, or nothing of it."""

        def transaction(connection: sqlite3.Connection) -> Result:
            if connection.in_transaction:
                connection.execute("ROLLBACK")  # an interrupt kept the last one from doing it
            try:
                connection.execute("BEGIN IMMEDIATE")
                result = work(connection, *args, **kwargs)
                connection.execute("COMMIT")
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
            return result

        return self._use(transaction)

    def _use(
        self,
        work: Callable[Concatenate[sqlite3.Connection, Given], Result],
        *args: Given.args,
        **kwargs: Given.kwargs,
    ) -> Result:
        # No context manager of our own: an interrupt on its way in would leave it half open.
        with self._guard:
            try:
                return work(self._connection, *args, **kwargs)
            except sqlite3.DatabaseError as error:
                raise_plainly(self.path, error)
