import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from anigifs.foundation.sqlite_file import is_cut_short


@pytest.mark.parametrize("page_bytes", [512, 4096, 65536])
@pytest.mark.parametrize("mode", ["delete", "wal"])
def test_a_database_is_whole_until_a_byte_is_gone(
    tmp_path: Path, page_bytes: int, mode: str
) -> None:
    database = tmp_path / "a.sqlite"
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA page_size = {page_bytes}")
        connection.execute(f"PRAGMA journal_mode = {mode}")
        connection.execute("CREATE TABLE a (text TEXT)")
        connection.executemany("INSERT INTO a VALUES (?)", [("x" * 300,)] * 50)
        assert not is_cut_short(database)  # its last pages may still lie in the log
    assert not is_cut_short(database)
    whole = database.read_bytes()
    for length in (len(whole) - 1, len(whole) // 2, 99, 1):
        database.write_bytes(whole[:length])
        assert is_cut_short(database)
    database.write_bytes(b"")
    assert not is_cut_short(database)
    assert not is_cut_short(tmp_path / "none.sqlite")
