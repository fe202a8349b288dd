"""Opening the database, and how it is read and written."""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, insert, make_url, select
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError

from anigifs.foundation import UsageError
from anigifs.foundation.sqlite_file import is_cut_short
from anigifs.review.settings import SQLITE
from anigifs.review.store.schema import VERSION, about, metadata
from anigifs.review.store.turns import Turns

#: The database in a review's folder.
FILE = "review.sqlite"
#: How long a lock that another program holds is waited for, and PostgreSQL is given to answer.
PATIENCE_MS = 30_000
CONNECT_S = 10
#: As many connections as a server has threads. The one that was used last is used next: it has at
#: hand what it read, and its statements are prepared.
_POOL: dict[str, Any] = {"pool_size": 40, "max_overflow": 0, "pool_use_lifo": True}
_WRITES = "anigifs_writes"
_turns: dict[str, Turns] = {}
_guard = threading.Lock()


class Unreachable(UsageError):  # noqa: N818 - a state of the database
    """The database cannot be reached or used, now or at all."""


def engine_of(database: str, folder: Path) -> Engine:
    """Return the engine of a review's database; nothing is connected to yet.

    Args:
        database: ``sqlite``, or a URL of PostgreSQL without a password.
        folder: Where the file of SQLite lies.

    Raises:
        UsageError: The URL makes no sense, or its driver is not installed.
    """
    if database == SQLITE:
        return _sqlite_engine(folder / FILE)
    url = _checked(database)
    try:
        engine = create_engine(
            url,
            pool_pre_ping=True,
            connect_args={"connect_timeout": CONNECT_S},
            hide_parameters=True,
            **_POOL,
        )
    except ModuleNotFoundError:
        raise UsageError(
            "PostgreSQL needs the package psycopg: pip install 'anigifs[postgres]'"
        ) from None
    event.listen(engine, "connect", _set_up_postgres)
    return engine


def check_reachable(engine: Engine) -> None:
    """Make sure that a server answers; a file of SQLite may yet be made.

    Raises:
        Unreachable: It does not.
    """
    if engine.dialect.name != SQLITE:
        with reading(engine):
            return


def make_tables(engine: Engine, folder: Path, identity: str) -> None:
    """Make the tables of a review, unless its database has them.

    Args:
        engine: Of the database.
        folder: Where the file of SQLite lies.
        identity: Of the review.

    Raises:
        UsageError: It holds tables of another version, or of another review.
        Unreachable: It cannot be used.
    """
    if engine.dialect.name == SQLITE:
        # It holds hashes of passwords: nobody else may read it.
        os.close(os.open(folder / FILE, os.O_RDWR | os.O_CREAT, 0o600))
    with writing(engine) as connection:
        if engine.dialect.has_table(connection, about.name):
            _check_about(connection, identity)
            return
        metadata.create_all(connection)
        rows = [("schema", VERSION), ("identity", identity)]
        connection.execute(insert(about), [{"key": key, "value": value} for key, value in rows])


def check_tables(engine: Engine, identity: str) -> None:
    """Make sure that a database holds the tables of this program and of one review.

    Raises:
        UsageError: It holds those of another version, or of another review, or none.
        Unreachable: It cannot be used.
    """
    if engine.dialect.name == SQLITE and is_cut_short(Path(str(engine.url.database))):
        raise Unreachable(f"{shown(engine)}: cut short; put a copy of it back")
    with reading(engine) as connection:
        if not engine.dialect.has_table(connection, about.name):
            raise UsageError(f"{shown(engine)}: holds no review; run `anigifs review init` again")
        _check_about(connection, identity)


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Yield a connection that sees one state of the database, whatever is written meanwhile.

    Raises:
        Unreachable: The database cannot be used.
    """
    options = {} if engine.dialect.name == SQLITE else {"isolation_level": "REPEATABLE READ"}
    with _transaction(engine, options) as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Yield a connection in a transaction that writes, and commit it; an exception undoes it.

    SQLite has one writer at a time, which locks at the start; threads wait in turn. On PostgreSQL
    (``READ COMMITTED``) it is for who writes to lock the rows that the decision rests on.

    Raises:
        Unreachable: The database cannot be used.
    """
    with _turn(engine), _transaction(engine, {_WRITES: True}) as connection:
        yield connection


@contextmanager
def _transaction(engine: Engine, options: dict[str, Any]) -> Iterator[Connection]:
    with _plainly(engine), engine.connect() as connection:
        connection.execution_options(**options)
        with connection.begin():
            yield connection


def _check_about(connection: Connection, identity: str) -> None:
    found = {row.key: row.value for row in connection.execute(select(about))}
    where = shown(connection.engine)
    if found.get("schema") != VERSION:
        raise UsageError(
            f"{where}: its tables are of version {found.get('schema')}, and this program reads "
            f"version {VERSION}"
        )
    if found.get("identity") != identity:
        raise UsageError(f"{where}: holds another review; give each a database of its own")


def _sqlite_engine(path: Path) -> Engine:
    engine = create_engine(URL.create("sqlite", database=str(path)), hide_parameters=True, **_POOL)
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: DBAPIConnection, record: object) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself
    for pragma in (
        f"busy_timeout = {PATIENCE_MS}",
        "journal_mode = WAL",
        "synchronous = FULL",  # what is committed outlives a power cut
        "foreign_keys = ON",
    ):
        connection.cursor().execute(f"PRAGMA {pragma}")


def _set_up_postgres(connection: DBAPIConnection, record: object) -> None:
    connection.cursor().execute(f"SET lock_timeout = {PATIENCE_MS}")
    connection.commit()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _turn(engine: Engine) -> AbstractContextManager[None]:
    """Return what makes the threads of this process write one after another, where they must."""
    if engine.dialect.name != SQLITE:
        return nullcontext()
    with _guard:
        return _turns.setdefault(str(engine.url), Turns())


def _checked(database: str) -> URL:
    try:
        url = make_url(database)
    except ArgumentError:
        raise UsageError(f"{database}: no URL of a database; write {_EXAMPLE}") from None
    if url.password is not None or "password" in url.query:
        raise UsageError(
            "the URL of the database holds a password; leave it out and put it into PGPASSWORD or "
            "~/.pgpass"
        )
    if url.get_backend_name() != "postgresql":
        raise UsageError(f"{database}: only SQLite and PostgreSQL; write {_EXAMPLE}")
    return url.set(drivername="postgresql+psycopg")


_EXAMPLE = f"'{SQLITE}' or postgresql://USER@HOST/DATABASE"


@contextmanager
def _plainly(engine: Engine) -> Iterator[None]:
    """Say in one line that a database cannot be used; mistakes of ours keep their traceback."""
    try:
        yield
    except DatabaseError as error:
        damaged = type(error) is DatabaseError and engine.dialect.name == SQLITE
        if damaged or isinstance(error, OperationalError):
            raise Unreachable(f"{shown(engine)}: {_reason(error)}") from error
        raise


def _reason(error: DatabaseError) -> str:
    lines = str(error.orig).strip().splitlines()
    said = lines[0] if lines else type(error.orig).__name__
    return f"the database cannot be used ({said}{_hint(error)})"


def _hint(error: DatabaseError) -> str:
    kind = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
    if kind == sqlite3.SQLITE_BUSY:
        return f" by another program, for more than {PATIENCE_MS / 1000:g} s"
    if kind in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
        return "; is the disk full? Make room and start again: what is done is kept"
    return ""


def shown(engine: Engine) -> str:
    """Return what a database is called in messages; never with a password."""
    if engine.dialect.name == SQLITE:
        return str(engine.url.database)
    as_given = engine.url.set(drivername=engine.url.get_backend_name())
    return as_given.render_as_string(hide_password=True)
