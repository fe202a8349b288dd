import sqlite3
from pathlib import Path

import pytest

from anigifs.collect.frontier import Frontier, Reader
from anigifs.collect.frontier.schema import SCHEMA_VERSION
from anigifs.foundation import AnigifsError, UsageError


def test_what_is_no_frontier_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no database " * 100)
    other = sqlite3.connect(tmp_path / "other")
    other.execute("CREATE TABLE mine (a)")
    other.close()
    before = (tmp_path / "other").read_bytes()
    with pytest.raises(UsageError, match="not a frontier"):
        Frontier(tmp_path / "text")
    with pytest.raises(UsageError, match="a database, but no frontier"):
        Frontier(tmp_path / "other")
    assert (tmp_path / "other").read_bytes() == before
    with pytest.raises(UsageError, match="no such frontier"):
        Reader(tmp_path / "nothing").counts()
    (tmp_path / "folder").mkdir()
    with pytest.raises(AnigifsError, match=r"folder: .*unable to open"):
        Frontier(tmp_path / "folder")


def test_another_version_is_refused(tmp_path: Path) -> None:
    Frontier(tmp_path / "f").close()
    connection = sqlite3.connect(tmp_path / "f")
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    connection.close()
    for opened in (Frontier, lambda path: Reader(path).counts()):
        with pytest.raises(UsageError, match=f"of version {SCHEMA_VERSION + 1}"):
            opened(tmp_path / "f")


def test_one_process_writes_and_others_read(tmp_path: Path) -> None:
    with Frontier(tmp_path / "f") as frontier:
        with pytest.raises(UsageError, match="another process is collecting into it"):
            Frontier(tmp_path / "f")
        assert Reader(tmp_path / "f").counts() == frontier.counts()
    Frontier(tmp_path / "f").close()


def test_a_read_only_disk_is_said_in_one_line(tmp_path: Path) -> None:
    with Frontier(tmp_path / "f") as frontier:
        frontier._connection.execute("PRAGMA query_only = ON")
        with pytest.raises(AnigifsError, match="readonly"):
            frontier.reopen_queries(["a"])
