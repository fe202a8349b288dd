"""A PostgreSQL of the tests' own, in a temporary folder, that ends with whoever started it."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg

from tests.conftest import absent

USER = "anigifs"
START_S = 30
#: Runs the server until its own input ends, as it does when the tests end, however they end.
_UNTIL_END = '"$@" & server=$!; read -r _; kill -QUIT $server; wait $server; rm -rf "$FOLDER"'
#: Nothing outlives the tests, so nothing has to reach the disk.
_QUICK = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off"]


@dataclass
class Cluster:
    """A running server.

    Attributes:
        sockets: The folder of its socket; it listens nowhere else.
    """

    sockets: Path
    _schemas: int = 0

    def schema(self) -> str:
        """Return the URL of an empty schema."""
        self._schemas += 1
        name = f"test_{self._schemas}"
        with psycopg.connect(self._conninfo, autocommit=True) as connection:
            connection.execute(f"CREATE SCHEMA {name}".encode())
        options = quote(f"-csearch_path={name}", safe="")
        return f"postgresql://{USER}@/postgres?host={quote(str(self.sockets))}&options={options}"

    def wait(self) -> None:
        """Wait until it answers."""
        end = time.monotonic() + START_S
        while True:
            try:
                psycopg.connect(self._conninfo).close()
                return
            except psycopg.OperationalError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)

    @property
    def _conninfo(self) -> str:
        return f"host={self.sockets} user={USER} dbname=postgres"


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    """Yield a server, or skip the test where PostgreSQL is not installed."""
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="anigifs-pg-"))  # a short name: a socket's has 107 bytes
    owner = _owner()
    if owner is not None:
        os.chown(folder, pwd.getpwnam(owner).pw_uid, -1)
    data, sockets = folder / "data", folder / "s"
    try:
        _make(programs / "initdb", data, sockets, owner)
        server = [str(programs / "postgres"), "-D", str(data), "-k", str(sockets)]
        server += ["-c", "listen_addresses=", *(f"--{option}" for option in _QUICK)]
        with subprocess.Popen(
            ["/bin/sh", "-c", _UNTIL_END, "sh", *server],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={"FOLDER": str(folder), "PATH": os.environ["PATH"]},
            user=owner,
        ) as process:
            try:
                cluster = Cluster(sockets)
                cluster.wait()
                yield cluster
            finally:
                if process.stdin is not None:
                    process.stdin.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: path.parent.name)
    on_path = shutil.which("initdb")
    if not found and on_path is None:
        absent("PostgreSQL (package postgresql)")
    return found[-1] if found else Path(on_path or "").parent


def _owner() -> str | None:
    """Return who runs it: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        return "nobody"


def _make(initdb: Path, data: Path, sockets: Path, owner: str | None) -> None:
    sockets.mkdir()
    if owner is not None:
        os.chown(sockets, pwd.getpwnam(owner).pw_uid, -1)
    how = ["-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
    subprocess.run(
        [str(initdb), "-D", str(data), *how],
        check=True,
        capture_output=True,
        cwd=data.parent,
        user=owner,
        env={"PATH": os.environ["PATH"]},
    )
