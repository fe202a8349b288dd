"""Memory that runs out, and processes that are killed for it."""

import resource
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from anigifs.index import Index, from_folder
from anigifs.media import write_gif
from tests.conftest import REPOSITORY
from tests.faults.holding import all_at_once
from tests.faults.running import run
from tests.faults.world import COMMANDS, Scene

MIB = 2**20


def in_use() -> int:
    """Return the bytes of address space that this process has taken."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * resource.getpagesize()


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A folder of small GIFs and one of 4,000 x 4,000 pixels, with an index."""
    rng = np.random.default_rng(0)
    for number in range(3):
        frames = rng.integers(0, 256, (3, 20, 20, 3), dtype=np.uint8)
        write_gif(tmp_path / "clips" / "yoga" / f"{number}.gif", frames, 50)
    frames = np.zeros((2, 4_000, 4_000, 3), np.uint8)
    frames[:, :50, :50] = np.arange(2, dtype=np.uint8)[:, None, None, None] * 40
    write_gif(tmp_path / "clips" / "yoga" / "large.gif", frames, 50)
    from_folder(tmp_path / "clips").write(tmp_path / "clips" / "index.parquet")
    return tmp_path / "clips"


def errors_of(index: Path) -> dict[str, str | None]:
    return {str(row.path): row.error for row in Index.read(index).rows()}


def test_a_file_that_takes_too_much_memory_is_an_error_of_its_own(large: Path) -> None:
    """Whichever of the libraries asks for more than there is."""
    code = """
import ctypes, resource
from pathlib import Path
from anigifs.foundation.work import Local
from anigifs.index import Index
from anigifs.index.checking import check
from tests.faults.running import limited
from tests.faults.test_memory import MIB, in_use
ctypes.CDLL(None).mallopt(-8, 1)  # one arena: the C library keeps nothing in reserve
root = Path(sys.argv[2])
index = Index.read(root / "index.parquet")
check(index, "probe", journal=root / "probed.jsonl", executor=Local(1))
for place, more in enumerate((16, 60, 100)):
    with limited(resource.RLIMIT_AS, in_use() + more * MIB):
        found, _ = check(index, "decode", journal=root / f"{place}.jsonl", executor=Local(1))
    for row in found.rows():
        assert (row.error == "memory ran out") == (row.path == "yoga/large.gif"), (more, row)
found, account = check(index, "decode", journal=root / "0.jsonl", executor=Local(1))
assert {row.error for row in found.rows()} == {None}
assert account.looked_at == 1
"""
    assert all_at_once(code, 1, large) == [(0, "")]


def test_a_command_that_runs_out_of_memory_is_one_line(scene: Scene) -> None:
    """In a process of its own: this one may have kept gigabytes that it has freed."""
    code = """
import resource
from pathlib import Path
from tests.faults.running import limited, run
from tests.faults.test_memory import MIB, in_use
root = Path(sys.argv[2])
predict = ["predict", root / "clips" / "down" / "0.gif", "--weights", sys.argv[3]]
assert run([*predict, "--frames", 9, "--size", 32]).code == 0
with limited(resource.RLIMIT_AS, in_use() + 64 * MIB):
    said = run([*predict, "--frames", 64, "--size", 1024]).said
assert said.startswith("anigifs: memory ran out; give it more, or ask for less at a time"), said
"""
    root, weights = scene.world.clips.parent, scene.world.weights
    assert all_at_once(code, 1, root, weights) == [(0, "")]


@contextmanager
def killer_of_who_reads(file: Path) -> Iterator[list[int]]:
    """Kill every process that has a file open, as the kernel does when memory is short."""
    killed: list[int] = []
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            for process in Path("/proc").glob("[0-9]*"):
                if process.name != str(Path("/proc/self").resolve().name) and reads(process, file):
                    subprocess.run(["kill", "-9", process.name], check=False, capture_output=True)
                    killed.append(int(process.name))
            time.sleep(0.002)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield killed
    finally:
        done.set()
        thread.join()


def reads(process: Path, file: Path) -> bool:
    try:
        return any(one.resolve() == file for one in (process / "fd").iterdir())
    except OSError:
        return False


def test_a_file_whose_process_is_killed_twice_is_given_up_and_the_others_are_not(
    large: Path,
) -> None:
    index = large / "index.parquet"
    arguments = ["index", "check", index, "--check", "decode", "--workers", 2]
    with killer_of_who_reads(large / "yoga" / "large.gif") as killed:
        ran = run(arguments)
    assert ran.code == 0, ran.err
    assert len(set(killed)) == 2
    found = errors_of(index)
    assert found.pop("yoga/large.gif") == (
        "its process was killed (is memory short?), 2 times; it was given up"
    )
    assert set(found.values()) == {None}
    assert run(arguments).code == 0
    assert set(errors_of(index).values()) == {None}


@pytest.mark.slow
def test_of_two_processes_that_train_one_is_killed_and_the_run_goes_on(scene: Scene) -> None:
    arguments = [*COMMANDS["train"](scene), "--steps", 40, "--checkpoint-steps", 2]
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    command = [*torchrun, "--nproc-per-node", "2", "-m", "anigifs", *map(str, arguments)]
    with subprocess.Popen(command, cwd=REPOSITORY, stderr=subprocess.PIPE, text=True) as process:
        checkpoint = scene.out / "run" / "checkpoint.pt"
        while not checkpoint.exists():
            assert process.poll() is None
            time.sleep(0.05)
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        subprocess.run(["kill", "-9", children[-1]], check=True)
        process.communicate(timeout=120)
    assert process.returncode != 0
    again = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert again.returncode == 0, again.stderr
