"""The tables of the frontier, and how its file is opened."""

import sqlite3
from pathlib import Path
from typing import NoReturn

from anigifs.foundation import AnigifsError, UsageError
from anigifs.foundation.sqlite_file import is_cut_short

#: Raised by one whenever a table changes; written into every file.
SCHEMA_VERSION = 1
#: Written into every file, so that no other database is taken for one ("aniF").
APPLICATION = 0x616E6946
#: Seconds to wait for another connection's lock.
BUSY_S = 30.0

# A rank is a hit's place among all hits of its query, from 1. `media.tries` counts committed
# attempts, and is the number of the last one.
TABLES = """
CREATE TABLE query (
  id INTEGER PRIMARY KEY,
  provider TEXT NOT NULL,
  label TEXT NOT NULL,
  keyword TEXT NOT NULL,
  text TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'done', 'failed')),
  cursor TEXT,
  pages INTEGER NOT NULL DEFAULT 0,
  hits INTEGER NOT NULL DEFAULT 0,
  tries INTEGER NOT NULL DEFAULT 0,
  again_at REAL NOT NULL DEFAULT 0,
  reason TEXT NOT NULL DEFAULT '',
  detail TEXT NOT NULL DEFAULT '',
  UNIQUE (provider, label, keyword, text)
);
CREATE TABLE page (
  query_id INTEGER NOT NULL REFERENCES query,
  number INTEGER NOT NULL,
  first_rank INTEGER NOT NULL,
  hits INTEGER NOT NULL,
  next_cursor TEXT,
  raw_sha256 TEXT NOT NULL,
  at REAL NOT NULL,
  PRIMARY KEY (query_id, number)
) WITHOUT ROWID;
CREATE TABLE failure (
  id INTEGER PRIMARY KEY,
  query_id INTEGER NOT NULL REFERENCES query,
  reason TEXT NOT NULL,
  detail TEXT NOT NULL,
  at REAL NOT NULL
);
CREATE TABLE media (
  id INTEGER PRIMARY KEY,
  url TEXT NOT NULL UNIQUE,
  host TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'stored', 'refused')),
  reason TEXT NOT NULL DEFAULT '',
  detail TEXT NOT NULL DEFAULT '',
  tries INTEGER NOT NULL DEFAULT 0,
  due REAL NOT NULL DEFAULT 0,
  first_seen REAL NOT NULL,
  CHECK (state <> 'stored' OR (reason = '' AND tries > 0)),
  CHECK (state <> 'refused' OR (reason <> '' AND tries > 0))
);
CREATE INDEX media_of_host ON media (host, due, id) WHERE state = 'waiting';
CREATE INDEX media_due ON media (due) WHERE state = 'waiting';
CREATE TABLE hit (
  query_id INTEGER NOT NULL REFERENCES query,
  rank INTEGER NOT NULL,
  page INTEGER NOT NULL,
  media_id INTEGER NOT NULL REFERENCES media,
  media_url TEXT NOT NULL,
  page_url TEXT NOT NULL,
  provider_id TEXT NOT NULL,
  title TEXT NOT NULL,
  width INTEGER,
  height INTEGER,
  mime TEXT NOT NULL,
  bytes INTEGER,
  licence TEXT NOT NULL,
  licence_url TEXT NOT NULL,
  licence_evidence TEXT NOT NULL,
  creator TEXT NOT NULL,
  attribution TEXT NOT NULL,
  sha1 TEXT NOT NULL,
  tags TEXT NOT NULL,
  PRIMARY KEY (query_id, rank),
  FOREIGN KEY (query_id, page) REFERENCES page
) WITHOUT ROWID;
CREATE TABLE attempt (
  media_id INTEGER NOT NULL REFERENCES media,
  number INTEGER NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('stored', 'refused', 'failed')),
  reason TEXT NOT NULL,
  detail TEXT NOT NULL,
  status INTEGER,
  hops TEXT NOT NULL,
  address TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  kind TEXT NOT NULL,
  started REAL NOT NULL,
  ended REAL NOT NULL,
  signals TEXT NOT NULL,
  retry_after REAL,
  media TEXT NOT NULL,
  PRIMARY KEY (media_id, number),
  CHECK ((outcome = 'stored') = (sha256 <> ''))
) WITHOUT ROWID;
"""

#: What is the machine's doing, and no bug: such an error is said in one line.
_MACHINES = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
}


def open_to_write(path: Path) -> sqlite3.Connection:
    """Open a frontier's file, which is made if it is not there.

    Transactions are begun and ended by hand. They are with the system when they have been
    committed, so a kill of this program loses none; they are not synced to the disk one by one.

    Raises:
        UsageError: The file is no frontier, or one of another version.
        AnigifsError: It cannot be opened or written.
    """
    connection = _connect(path, f"{path.resolve().as_uri()}?mode=rwc")
    try:
        new = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone() == (0,)
        if not new:
            _check(path, connection)  # before anything is changed in what may be another's
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        if new:
            _make_tables(connection)
    except BaseException as error:
        connection.close()
        raise_plainly(path, error)
    return connection


def open_to_read(path: Path) -> sqlite3.Connection:
    """Open a frontier's file to read from it, also while another process writes to it.

    Raises:
        UsageError: There is no such file, or it is no frontier, or one of another version.
        AnigifsError: It cannot be opened.
    """
    if not path.is_file():
        raise UsageError(f"{path}: no such frontier; a search makes one")
    connection = _connect(path, f"{path.resolve().as_uri()}?mode=ro")
    try:
        _check(path, connection)
    except BaseException as error:
        connection.close()
        raise_plainly(path, error)
    return connection


def raise_plainly(path: Path, error: BaseException) -> NoReturn:
    """Raise ``error``, as one line where the machine or the file is at fault."""
    if isinstance(error, sqlite3.DatabaseError):
        # 3.11 gives errors a code; the low byte of it is the kind.
        code = getattr(error, "sqlite_errorcode", None)
        if code is not None and code & 0xFF == sqlite3.SQLITE_NOTADB:
            raise UsageError(f"{path}: not a frontier, which is a SQLite file") from None
        if code is not None and code & 0xFF in _MACHINES:
            raise AnigifsError(f"{path}: {error}{_what_to_do(code & 0xFF)}") from error
    raise error


def _what_to_do(kind: int) -> str:
    if kind == sqlite3.SQLITE_BUSY:
        return f" by another program, for more than {BUSY_S:g} s; start again when it has ended"
    if kind in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
        return "; is the disk full? Make room and start again: what is done is kept"
    return ""


def _connect(path: Path, uri: str) -> sqlite3.Connection:
    try:
        return sqlite3.connect(
            uri, uri=True, timeout=BUSY_S, isolation_level=None, check_same_thread=False
        )
    except sqlite3.OperationalError as error:
        raise AnigifsError(f"{path}: {error}") from None


def _make_tables(connection: sqlite3.Connection) -> None:
    """Make all tables in one transaction: a kill leaves an empty file or a whole frontier."""
    connection.execute("BEGIN IMMEDIATE")
    for statement in TABLES.split(";\n"):
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION}")
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    connection.execute("COMMIT")


def _check(path: Path, connection: sqlite3.Connection) -> None:
    if is_cut_short(path):
        raise UsageError(f"{path}: cut short; put a copy of it back, or collect into a new folder")
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if application != APPLICATION:
        raise UsageError(f"{path}: a database, but no frontier")
    if version != SCHEMA_VERSION:
        raise UsageError(
            f"{path}: a frontier of version {version}, where {SCHEMA_VERSION} is read; "
            "collect anew, or update anigifs"
        )
