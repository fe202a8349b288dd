"""A disk that takes no more, by the kernel's own refusal: the largest size of a file.

The refusal comes out of the write itself (EFBIG), in this process and in all that it starts, as
ENOSPC does; ``test_full_and_read_only.py`` has that one as well, where file systems can be mounted.
"""

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from anigifs.collect.fetching import fetch_all
from anigifs.collect.frontier import Frontier
from anigifs.collect.items import Fetched, Hit, Page, Query
from anigifs.collect.store import Store
from anigifs.foundation import OutputError, append_record, atomic_path, read_records
from anigifs.foundation.lock import Lock
from tests.conftest import REPOSITORY
from tests.faults.running import contents, ends_well, limited, litter, run
from tests.faults.world import COMMANDS, Scene

#: How large a file may become where a command is to be stopped in the middle, in bytes.
MIDDLE = {
    "collect": 20_000,
    "explain": 20_000,
    "index export imagefolder": 20_000,
    "index export videofolder": 20_000,
    "index export webdataset": 20_000,
    "puppets": 20_000,
    "release": 300_000,
    "review init": 20_000,
    "screen": 20_000,
    "train": 300_000,
    "weights add": 20_000,
}
FIRST_WRITE = 600
#: Commands that compute for long before they write; they are stopped once.
LONG = ("explain", "gap", "release")


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_a_full_disk_is_one_line_and_room_is_all_it_takes(name: str, scene: Scene) -> None:
    arguments = COMMANDS[name](scene)
    before = contents(scene.out)
    middle = MIDDLE.get(name, FIRST_WRITE)
    for most in (middle,) if name in LONG else (0, middle):
        with limited(resource.RLIMIT_FSIZE, most):
            said = run(arguments).said
        assert "ake room and start again" in said
        assert str(scene.out) in said
        assert contents(scene.out).items() >= before.items()
        assert litter(scene.out) == []
    ends_well(run(arguments))
    assert litter(scene.out) == []


def test_a_checkpoint_that_does_not_fit_leaves_the_one_before(scene: Scene) -> None:
    """PyTorch says no more than that writing failed; that the disk is full is found out."""
    arguments = COMMANDS["train"](scene)
    ends_well(run([*arguments, "--steps", 1]))
    checkpoint = scene.out / "run" / "checkpoint.pt"
    size = checkpoint.stat().st_size
    (scene.out / "run").rename(scene.out / "first")
    with limited(resource.RLIMIT_FSIZE, size // 2):
        said = run(arguments).said
    assert f"{checkpoint}: cannot write (File too large); make room" in said
    assert litter(scene.out) == []
    whole = run(arguments)
    ends_well(whole)
    straight = run([*arguments[:4], scene.out / "straight", *arguments[5:]])
    best = "best/model.safetensors"
    assert contents(scene.out / "run")[best] == contents(scene.out / "straight")[best]
    assert straight.code == 0


def test_standard_output_that_is_full_is_one_line() -> None:
    for arguments in (["weights", "list", "--json"], ["--version"]):
        with Path("/dev/full").open("wb") as full:
            ran = subprocess.run(
                [sys.executable, "-m", "anigifs", *arguments],
                cwd=REPOSITORY,
                stdout=full,
                stderr=subprocess.PIPE,
                text=True,
                check=False,
            )
        assert ran.returncode == 2
        said = "anigifs: No space left on device; make room and start again: what is done is kept\n"
        assert ran.stderr == said


@pytest.mark.parametrize("room", [0, 1, 5, 13])
def test_a_record_is_appended_whole_or_not_at_all(tmp_path: Path, room: int) -> None:
    path = tmp_path / "records.jsonl"
    append_record(path, {"run": 1})
    size = path.stat().st_size
    with limited(resource.RLIMIT_FSIZE, size + room):
        with pytest.raises(OutputError, match=r"records.jsonl: cannot write \(File too large\)"):
            append_record(path, {"run": 2, "more": "x" * 50})
        assert path.stat().st_size == size
    append_record(path, {"run": 3})
    assert [record["run"] for record in read_records(path)] == [1, 3]


def test_a_library_that_only_says_that_it_failed_is_asked_why(tmp_path: Path) -> None:
    def write(size: int, most: int) -> None:
        with limited(resource.RLIMIT_FSIZE, most), atomic_path(tmp_path / "a") as temporary:
            descriptor = os.open(temporary, os.O_WRONLY)
            try:
                while size:
                    size -= os.write(descriptor, bytes(size))
            except OSError:
                raise RuntimeError("writing failed") from None
            finally:
                os.close(descriptor)
            raise RuntimeError("a bug of its own")

    with pytest.raises(OutputError, match="File too large"):
        write(size=200, most=100)
    with pytest.raises(RuntimeError, match="a bug of its own"):
        write(size=200, most=2**30)
    assert list(tmp_path.iterdir()) == []


def test_fetching_ends_at_once_and_fetches_again_what_had_no_room(tmp_path: Path) -> None:
    store, asked = Store(tmp_path / "store"), []

    def fetch(url: str) -> Fetched:
        asked.append(url)
        with store.temporary() as path:
            path.write_bytes(bytes(5_000) + url.encode())
            return Fetched(outcome="stored", sha256=store.add(path, "gif"), kind="gif")

    with Frontier(tmp_path / "frontier.sqlite") as frontier:
        frontier.add_queries([Query("commons", "yoga", "animated", "animated yoga")])
        hits = tuple(Hit(media_url=f"https://media.example/{n}.gif") for n in range(60))
        frontier.commit_page(1, Page(hits, None, ""), first_rank=1)
    with Frontier(tmp_path / "frontier.sqlite") as frontier:
        with (
            # The database has its pages already, so that it is the file for which there is no room.
            limited(resource.RLIMIT_FSIZE, 4_000),
            pytest.raises(OutputError, match=r"store: cannot write \(File too large\); make room"),
        ):
            fetch_all(frontier, fetch, threads=1)
        assert len(asked) < 10
        assert litter(tmp_path) == ["frontier.sqlite.lock"]
        done = fetch_all(frontier, fetch, threads=1)
        assert (done.stored, done.failed, done.waiting) == (60, 0, 0)
        assert list(store.verify()) == []


def test_a_lock_that_cannot_be_written_holds_nobody_up(tmp_path: Path) -> None:
    with (
        limited(resource.RLIMIT_FSIZE, 0),
        pytest.raises(OutputError, match="File too large"),
    ):
        Lock(tmp_path / ".lock", "taken")
    with Lock(tmp_path / ".lock", "taken"):
        pass
