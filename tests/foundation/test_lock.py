import fcntl
import os
from pathlib import Path

import pytest

from anigifs.foundation import UsageError
from anigifs.foundation.lock import Lock


def test_a_lock_is_gone_once_it_is_free(tmp_path: Path) -> None:
    path = tmp_path / "deep" / ".lock"
    with Lock(path, "taken") as lock:
        assert str(os.getpid()) in path.read_text()
        with pytest.raises(UsageError, match=rf"^taken \(process {os.getpid()} on .*\); wait"):
            Lock(path, "taken")
        lock.close()
        with Lock(path, "taken"):
            lock.close()  # a second time, when another holds it
            assert path.exists()
    assert list(path.parent.iterdir()) == []


def test_a_file_that_its_holder_has_removed_meanwhile_is_no_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the opening of the file and the lock on it, its holder may let go."""
    path, flock = tmp_path / ".lock", fcntl.flock
    first = Lock(path, "taken")

    def late(descriptor: int, operation: int) -> None:
        first.close()
        flock(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", late)
    with Lock(path, "taken"):
        assert path.exists()
        with pytest.raises(UsageError, match="taken"):
            Lock(path, "taken")
    assert not path.exists()
