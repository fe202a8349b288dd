"""Reading the frontier from end to end with little memory."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from anigifs.collect.frontier.rows import (
    ATTEMPT_COLUMNS,
    HIT_COLUMNS,
    QUERY_COLUMNS,
    Candidate,
    Found,
    Tally,
    attempt_of,
    hit_of,
)
from anigifs.collect.frontier.schema import open_to_read, raise_plainly
from anigifs.collect.items import Query
from anigifs.foundation import UsageError

#: What hits can be grouped by.
GROUPS = ("label", "keyword", "provider")

_FOUND = ("media.url", "hit.page", "hit.rank", "page.at", "page.raw_sha256")
_FATE = ("media.state", "media.reason", "media.detail", "media.tries", "media.first_seen")
_JOINED = (
    "FROM query JOIN hit ON hit.query_id = query.id "
    "JOIN page ON page.query_id = hit.query_id AND page.number = hit.page "
    "JOIN media ON media.id = hit.media_id "
)
_LAST_ATTEMPT = "LEFT JOIN attempt ON attempt.media_id = media.id AND attempt.number = media.tries "
# That of a primary key, and named by that table's columns, so that SQLite sorts nothing.
_ORDER = "ORDER BY hit.query_id, hit.rank"
_COUNTS = """
SELECT 'queries_' || state, count(*) FROM query GROUP BY state
UNION ALL SELECT 'pages', count(*) FROM page
UNION ALL SELECT 'hits', count(*) FROM hit
UNION ALL SELECT 'media', count(*) FROM media
UNION ALL SELECT state, count(*) FROM media GROUP BY state
UNION ALL SELECT 'attempts', count(*) FROM attempt
"""
_COUNTED = (
    *("queries_open", "queries_done", "queries_failed", "pages", "hits"),
    *("media", "waiting", "stored", "refused", "attempts"),
)


class Reader:
    """Reads a frontier, also while a process collects into it.

    Each call opens the file anew and sees it as it was at that moment.

    Args:
        path: The frontier's file.

    Raises:
        UsageError: There is no such file, or it is no frontier, or one of another version; when
            it is read.
        AnigifsError: It cannot be read; likewise.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)

    def hits(self) -> Iterator[Found]:
        """Yield every hit, query by query in the order of their rank, with little memory."""
        columns = [*_FOUND, *_of("query", QUERY_COLUMNS), *_of("hit", HIT_COLUMNS)]
        for values in self._rows(columns, _JOINED):
            yield _found(values)

    def candidates(self) -> Iterator[Candidate]:
        """Yield every hit with the fate of its file, in the same order, with little memory."""
        hit = [*_FOUND, *_of("query", QUERY_COLUMNS), *_of("hit", HIT_COLUMNS)]
        columns = [*hit, *_FATE, *_of("attempt", ATTEMPT_COLUMNS)]
        for values in self._rows(columns, _JOINED + _LAST_ATTEMPT):
            fate, attempt = values[len(hit) :][: len(_FATE)], values[len(hit) + len(_FATE) :]
            state, reason, detail, tries, first_seen = fate
            last = attempt_of(attempt) if tries else None
            found = _found(values[: len(hit)])
            yield Candidate(found, state, reason, detail, tries, first_seen, last)

    def tallies(self, by: Sequence[str]) -> list[Tally]:
        """Return how many hits and different files each group has of each fate.

        Queries that found nothing count as a fate of their own, which is empty.

        Args:
            by: Some of :data:`GROUPS`; none is one group of all.

        Raises:
            UsageError: Hits cannot be grouped so.
        """
        if unknown := [name for name in by if name not in GROUPS]:
            raise UsageError(f"hits are grouped by {', '.join(GROUPS)}, not by {unknown[0]!r}")
        keys = ", ".join([*_of("query", by), "media.state", "media.reason"])
        sql = (
            f"SELECT {keys}, count(hit.rank), count(DISTINCT hit.media_id) FROM query "
            "LEFT JOIN hit ON hit.query_id = query.id LEFT JOIN media ON media.id = hit.media_id "
            f"GROUP BY {keys} ORDER BY {keys}"
        )
        with _opened(self.path) as connection:
            return [
                Tally(tuple(group), state or "", reason or "", hits, media)
                for *group, state, reason, hits, media in connection.execute(sql)
            ]

    def counts(self) -> dict[str, int]:
        """Return how many there are.

        Returns:
            ``queries_open``, ``queries_done``, ``queries_failed``, ``pages``, ``hits``, ``media``
            (different files), of these ``waiting``, ``stored`` and ``refused``, and ``attempts``.
        """
        with _opened(self.path) as connection:
            found = {name: int(count) for name, count in connection.execute(_COUNTS)}
        return dict.fromkeys(_COUNTED, 0) | found

    def _rows(self, columns: Sequence[str], joined: str) -> Iterator[tuple[Any, ...]]:
        sql = f"SELECT {', '.join(columns)} {joined} {_ORDER}"
        with _opened(self.path) as connection:
            yield from connection.execute(sql)


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(open_to_read(path)) as connection:
        try:
            yield connection
        except sqlite3.DatabaseError as error:
            raise_plainly(path, error)


def _of(table: str, names: Sequence[str]) -> list[str]:
    return [f"{table}.{name}" for name in names]


def _found(values: Sequence[Any]) -> Found:
    url, page, rank, at, raw_sha256 = values[: len(_FOUND)]
    rest = values[len(_FOUND) :]
    query, hit = Query(*rest[: len(QUERY_COLUMNS)]), hit_of(rest[len(QUERY_COLUMNS) :])
    return Found(url, query, page, rank, hit, at, raw_sha256)
