import hashlib
import os
import stat
from pathlib import Path

import pytest

from anigifs.foundation import atomic_path, sha256_of, write_bytes, write_text


def test_a_file_appears_whole_with_the_usual_mode(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "name with spaces é.txt"
    write_text(path, "größe")
    assert path.read_bytes() == "größe".encode()
    (tmp_path / "plain").write_text("")
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE((tmp_path / "plain").stat().st_mode)
    assert os.listdir(path.parent) == [path.name]  # noqa: PTH208 - hidden files count too


def test_a_failure_leaves_what_stood_there(tmp_path: Path) -> None:
    path = tmp_path / "a"
    write_bytes(path, b"old")

    def fail_halfway() -> None:
        with atomic_path(path) as temporary:
            temporary.write_bytes(b"half of the n")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_halfway()
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a"]  # noqa: PTH208


def test_a_name_as_long_as_the_system_takes_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / (61 * "\N{GRINNING FACE}" + ".csv")  # 248 bytes
    write_text(path, "a,b")
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


def test_sha256_is_hashlibs(tmp_path: Path) -> None:
    data = bytes(range(256)) * 5000
    write_bytes(tmp_path / "a", data)
    assert sha256_of(tmp_path / "a") == hashlib.sha256(data).hexdigest()
