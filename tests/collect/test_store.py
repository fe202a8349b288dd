import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from anigifs.collect.store import Store


def added(store: Store, data: bytes, kind: str = "gif") -> str:
    with store.temporary() as path:
        path.write_bytes(data)
        return store.add(path, kind)


def files(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if path.is_file())


def test_a_file_is_named_by_its_content(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    sha256 = added(store, b"bytes")
    assert sha256 == hashlib.sha256(b"bytes").hexdigest()
    path = tmp_path / "store/objects" / sha256[:2] / sha256[2:4] / f"{sha256}.gif"
    assert store.path(sha256, "gif") == path
    assert path.read_bytes() == b"bytes"
    assert files(store.root) == [path]


def test_the_same_bytes_twice_are_one_file(tmp_path: Path) -> None:
    store = Store(tmp_path)
    assert added(store, b"bytes") == added(store, b"bytes")
    assert added(store, b"others") != added(store, b"bytes")
    assert len(files(tmp_path)) == 2
    assert list(store.verify()) == []


def test_what_is_not_added_is_gone(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with store.temporary() as path:
        path.write_bytes(b"half")
    with pytest.raises(RuntimeError), store.temporary() as path:
        raise RuntimeError
    assert files(tmp_path) == []


def test_threads_may_add_the_same_bytes_at_once(tmp_path: Path) -> None:
    store = Store(tmp_path)
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.append(added(store, b"bytes" * 1000)))
        for _ in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(found), len(set(found)), len(files(tmp_path))) == (16, 1, 1)
    assert list(store.verify()) == []


def test_damage_is_found_and_mended_by_the_whole_file(tmp_path: Path) -> None:
    store = Store(tmp_path)
    good, bad = added(store, b"good"), added(store, b"bytes")
    path = store.path(bad, "gif")
    path.write_bytes(b"byteS")
    problems = list(store.verify())
    assert [problem.path for problem in problems] == [path]
    assert "damaged" in str(problems[0])
    added(store, b"bytes")
    assert list(store.verify()) == []
    assert store.path(good, "gif").read_bytes() == b"good"


def test_strangers_in_the_store_are_found(tmp_path: Path) -> None:
    store = Store(tmp_path)
    sha256 = added(store, b"bytes")
    folder = store.path(sha256, "gif").parent
    (folder / "notes.txt").write_text("")
    elsewhere = tmp_path / "objects" / "00" / "00" / f"{sha256}.gif"
    elsewhere.parent.mkdir(parents=True)
    elsewhere.write_bytes(b"bytes")
    (folder / ".left.part").write_bytes(b"byt")
    texts = {problem.path: problem.text for problem in store.verify()}
    assert set(texts) == {folder / "notes.txt", elsewhere, folder / ".left.part"}
    assert "unfinished" in texts[folder / ".left.part"]


def test_an_empty_store_has_no_problems(tmp_path: Path) -> None:
    assert list(Store(tmp_path / "none").verify()) == []
    assert not (tmp_path / "none").exists()


def test_old_leftovers_are_cleared_and_young_ones_are_not(tmp_path: Path) -> None:
    store = Store(tmp_path)
    sha256 = added(store, b"bytes")
    part = store.path(sha256, "gif").with_name(".left.part")
    old, young = tmp_path / "unfinished/old", tmp_path / "unfinished/young"
    for path in (part, old, young):
        path.write_bytes(b"half")
    for path in (part, old, store.path(sha256, "gif")):
        os.utime(path, (time.time() - 7200,) * 2)
    store.clear_unfinished()
    assert files(tmp_path) == sorted([store.path(sha256, "gif"), young])


KILLED = """
import sys
from pathlib import Path
from anigifs.collect.store import Store
store, number = Store(Path(sys.argv[1])), 0
while True:
    with store.temporary() as path:
        path.write_bytes(str(number).encode() * 5000)
        print(store.add(path, "gif"), flush=True)
    number += 1
"""


def test_a_kill_leaves_whole_files_only(tmp_path: Path) -> None:
    command = [sys.executable, "-c", KILLED, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = [process.stdout.readline().strip() for _ in range(20)]
        process.send_signal(signal.SIGKILL)
        told += process.stdout.read().split("\n")[:-1]
    store = Store(tmp_path)
    assert all(store.path(sha256, "gif").exists() for sha256 in told)
    store.clear_unfinished(older_s=-1)
    assert list(store.verify()) == []
