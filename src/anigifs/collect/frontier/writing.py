"""What is done to the tables; each function is called within a transaction of its own."""

import sqlite3
from collections.abc import Collection, Iterable

from anigifs.collect.frontier.retries import Retries
from anigifs.collect.frontier.rows import (
    ATTEMPT_COLUMNS,
    HIT_COLUMNS,
    QUERY_COLUMNS,
    clean,
    values_of_attempt,
    values_of_hit,
)
from anigifs.collect.frontier.urls import canonical, host_of
from anigifs.collect.items import Fetched, Hit, Page, Query


def add_queries(connection: sqlite3.Connection, queries: Iterable[Query]) -> int:
    """Add the queries that are not there yet, and return how many there were."""
    before = connection.total_changes
    connection.executemany(
        f"INSERT INTO query ({', '.join(QUERY_COLUMNS)}) VALUES ({_marks(len(QUERY_COLUMNS))}) "
        "ON CONFLICT DO NOTHING",
        ([clean(getattr(one, name)) for name in QUERY_COLUMNS] for one in queries),
    )
    return connection.total_changes - before


def add_page(
    connection: sqlite3.Connection, query_id: int, page: Page, first_rank: int, now: float
) -> None:
    """Add a page, its hits and the files that they name, and move the query on."""
    number, count = _next_page(connection, query_id, first_rank), len(page.hits)
    connection.execute(
        "INSERT INTO page VALUES (?, ?, ?, ?, ?, ?, ?)",
        (query_id, number, first_rank, count, page.next_cursor, page.raw_sha256, now),
    )
    for rank, hit in enumerate(page.hits, start=first_rank):
        _add_hit(connection, (query_id, rank, number), hit, now)
    state = "done" if page.next_cursor is None else "open"
    connection.execute(
        "UPDATE query SET state = ?, cursor = ?, pages = ?, hits = hits + ?, tries = 0, "
        "again_at = 0, reason = '', detail = '' WHERE id = ?",
        (state, page.next_cursor, number, count, query_id),
    )


def fail_query(
    connection: sqlite3.Connection,
    query_id: int,
    reason: str,
    detail: str,
    again_at: float | None,
    now: float,
) -> None:
    """Add a failure, and say when the query may be asked again or that it has failed for good."""
    state, due = ("failed", 0.0) if again_at is None else ("open", again_at)
    changed = connection.execute(
        "UPDATE query SET state = ?, again_at = ?, tries = tries + 1, reason = ?, detail = ? "
        "WHERE id = ? AND state = 'open'",
        (state, due, reason, clean(detail), query_id),
    )
    if not changed.rowcount:
        raise ValueError(f"query {query_id} is not open")
    connection.execute(
        "INSERT INTO failure (query_id, reason, detail, at) VALUES (?, ?, ?, ?)",
        (query_id, reason, clean(detail), now),
    )


def bring_near(connection: sqlite3.Connection, latest: float) -> None:
    """Let nothing be due later than a time, in seconds since 1970: no wait is so long.

    What is, was put off before the machine's clock was put back.
    """
    for statement in (
        "UPDATE media SET due = :latest WHERE state = 'waiting' AND due > :latest",
        "UPDATE query SET again_at = :latest WHERE state = 'open' AND again_at > :latest",
    ):
        connection.execute(statement, {"latest": latest})


def reopen_queries(connection: sqlite3.Connection, providers: Collection[str]) -> int:
    """Open the failed queries of providers, and return how many there were."""
    sql = (
        "UPDATE query SET state = 'open', tries = 0, again_at = 0 "
        "WHERE state = 'failed' AND provider = ?"
    )
    return sum(connection.execute(sql, [provider]).rowcount for provider in providers)


def reopen_files(connection: sqlite3.Connection, now: float) -> int:
    """Let the files that were tried in vain wait again, and return how many there were.

    Their tries are counted on: each has one more, and after that is where it was.
    """
    sql = (
        "UPDATE media SET state = 'waiting', reason = '', detail = '', due = ? "
        "WHERE state = 'refused' AND reason = 'exhausted'"
    )
    return connection.execute(sql, [now]).rowcount


def add_attempts(
    connection: sqlite3.Connection,
    attempts: Iterable[tuple[int, Fetched]],
    retries: Retries,
    now: float,
) -> None:
    """Add attempts, and give their files the state that follows."""
    for media_id, fetched in attempts:
        row = connection.execute(
            "SELECT tries FROM media WHERE id = ? AND state = 'waiting'", [media_id]
        ).fetchone()
        if row is None:
            raise ValueError(f"file {media_id} does not wait to be fetched")
        tries = row[0] + 1
        connection.execute(
            f"INSERT INTO attempt (media_id, number, {', '.join(ATTEMPT_COLUMNS)}) "
            f"VALUES ({_marks(2 + len(ATTEMPT_COLUMNS))})",
            (media_id, tries, *values_of_attempt(fetched)),
        )
        state, reason, detail, due = _fate(fetched, tries, retries, now)
        connection.execute(
            "UPDATE media SET state = ?, reason = ?, detail = ?, tries = ?, due = ? WHERE id = ?",
            (state, reason, clean(detail), tries, due, media_id),
        )


def _next_page(connection: sqlite3.Connection, query_id: int, first_rank: int) -> int:
    row = connection.execute(
        "SELECT pages, hits FROM query WHERE id = ? AND state = 'open'", [query_id]
    ).fetchone()
    if row is None:
        raise ValueError(f"query {query_id} is not open")
    if first_rank != row[1] + 1:
        raise ValueError(f"query {query_id}: its next hit has rank {row[1] + 1}")
    return int(row[0]) + 1


def _add_hit(
    connection: sqlite3.Connection, place: tuple[int, int, int], hit: Hit, now: float
) -> None:
    """Add a hit at its query, rank and page, and the file that it names."""
    url = clean(canonical(hit.media_url))
    connection.execute(
        "INSERT INTO media (url, host, first_seen) VALUES (?, ?, ?) ON CONFLICT (url) DO NOTHING",
        (url, clean(host_of(url)), now),
    )
    (media_id,) = connection.execute("SELECT id FROM media WHERE url = ?", [url]).fetchone()
    connection.execute(
        f"INSERT INTO hit (query_id, rank, page, media_id, {', '.join(HIT_COLUMNS)}) "
        f"VALUES ({_marks(len(place) + 1 + len(HIT_COLUMNS))})",
        (*place, media_id, *values_of_hit(hit)),
    )


def _fate(
    fetched: Fetched, tries: int, retries: Retries, now: float
) -> tuple[str, str, str, float]:
    """Return the state, reason, detail and next time of a file after an attempt."""
    if fetched.outcome != "failed":
        return fetched.outcome, fetched.reason, fetched.detail, now
    wait = retries.wait(tries, fetched.retry_after)
    if wait is None:
        said = f"{fetched.reason}: {fetched.detail}" if fetched.detail else fetched.reason
        return "refused", "exhausted", said, now
    return "waiting", fetched.reason, fetched.detail, now + wait


def _marks(count: int) -> str:
    return ", ".join("?" * count)
