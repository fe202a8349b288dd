"""Work on a Ray cluster of two nodes with one CPU each, all on this machine."""

import importlib.util
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Generator, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from anigifs.foundation import UsageError, read_records
from anigifs.foundation.work import Local, Work
from anigifs.foundation.work import ray as ray_module
from anigifs.foundation.work.ray import Ray
from tests.conftest import absent
from tests.foundation.work.test_local import (
    lost,
    never,
    notes_and_waits,
    raises_at_3,
    returns_what_cannot_be_sent,
)
from tests.ray_nodes import ray_cluster

if TYPE_CHECKING:
    from ray.cluster_utils import Cluster

#: Items that both nodes have done before one is killed.
FREE = 6
PATIENCE_SECONDS = 200.0


def until(seen: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not seen():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def squared_where(item: int) -> str:
    return f"{item**2} on {os.environ.get('OMP_NUM_THREADS')} threads"


def squared(item: int) -> str:
    return str(item**2)


def ends_at_3_and_hangs_at_5(item: int) -> str:
    if item == 5:
        time.sleep(600)
    return str(item) if item != 3 else os._exit(139)


def kills_its_worker_at_3(item: int) -> str:
    if item == 3:
        os.kill(os.getppid(), signal.SIGKILL)
    return str(item)


def at(folder: Path, free: bool) -> set[str]:
    """Return the processes that have begun items, free ones or others."""
    marks = (path.name.split("-") for path in folder.glob("*-*"))
    return {process for item, process in marks if (int(item) < FREE) == free}


def waits_to_be_killed(folder: Path, item: int) -> str:
    """Wait, with a free item, until two nodes are at work; with others, until one was killed."""
    (folder / f"{item}-{os.getpid()}").touch()
    if item < FREE:
        until(lambda: len(at(folder, free=True)) == 2)
    else:
        until((folder / "killed").exists)
    return squared(item)


def nodes(log: Path) -> set[str]:
    return {str(line["node"]) for line in read_records(log)}


@pytest.fixture(scope="module")
def cluster() -> Iterator["Cluster"]:
    with ray_cluster() as made:
        yield made


@pytest.fixture
def two(cluster: "Cluster") -> "Cluster":
    if not cluster.worker_nodes:
        cluster.add_node(num_cpus=1)
    return cluster


def test_results_are_those_of_this_machine_alone(
    two: "Cluster", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "3")  # for one task, Ray sets 1
    work = Work("test", squared_where, lost)
    log = tmp_path / "log.jsonl"
    found = sorted(Ray(two.address, shard_items=3, shard_log=log).run(work, range(20)))
    assert found == sorted(Local(2).run(work, range(20)))
    assert "4 on 3 threads" in found
    lines = list(read_records(log))
    assert sorted(line["items"] for line in lines) == [2, 3, 3, 3, 3, 3, 3]
    assert len({line["shard"] for line in lines}) == 7
    assert {line["stage"] for line in lines} == {"test"}
    assert {line["given_up"] for line in lines} == {0}


def test_a_cluster_that_runs_here_is_found(two: "Cluster") -> None:
    assert list(Ray().run(Work("test", squared, lost), range(1))) == ["0"]


def test_the_items_of_a_node_that_is_killed_are_done_on_another(
    two: "Cluster", tmp_path: Path
) -> None:
    log, marks = tmp_path / "log.jsonl", tmp_path / "marks"
    marks.mkdir()
    [node] = two.worker_nodes

    def kill() -> None:
        until(lambda: len(at(marks, free=False)) == 2)  # each node is at an item
        two.remove_node(node, allow_graceful=False)
        # What ran on a machine of its own would be gone at once; here it has to notice.
        until(lambda: any(not Path(f"/proc/{one}").exists() for one in at(marks, free=False)))
        (marks / "killed").touch()

    killer = threading.Thread(target=kill)
    killer.start()
    ray = Ray(two.address, shard_items=1, shard_log=log)
    found = sorted(ray.run(Work("test", partial(waits_to_be_killed, marks), lost), range(20)))
    killer.join()
    assert found == sorted(Local(1).run(Work("test", squared, lost), range(20)))
    assert len(nodes(log)) == 2
    assert any(node.node_id.startswith(name.partition("/")[2]) for name in nodes(log))
    begun = [path.name.partition("-")[0] for path in marks.glob("*-*")]
    assert len(begun) > len(set(begun))  # an item that was under way is done again


def test_what_ends_its_process_or_hangs_is_given_up_and_the_others_are_done(two: "Cluster") -> None:
    ray = Ray(two.address, item_seconds=3, shard_items=2)
    found = sorted(ray.run(Work("test", ends_at_3_and_hangs_at_5, lost), range(8)))
    assert found == sorted(
        [
            *("0", "1", "2", "4", "6", "7"),
            "3: its process ended with code 139, 2 times; it was given up",
            "5: it took longer than 3 s, 2 times; it was given up",
        ]
    )


def test_an_item_that_costs_workers_is_found_in_its_shard_and_given_up(
    two: "Cluster", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ray_module, "MOST_LOSSES", 2)
    ray = Ray(two.address, shard_items=4)
    work = Work("test", kills_its_worker_at_3, lost)
    *others, given_up = sorted(sorted(ray.run(work, range(6))), key=len)
    assert others == ["0", "1", "2", "4", "5"]
    assert given_up.startswith("3: its worker was lost, 2 times; it was given up (")
    assert "\n" not in given_up


def test_what_is_raised_ends_the_work(two: "Cluster") -> None:
    with pytest.raises(UsageError, match=r"^the disk is full$"):
        list(Ray(two.address).run(Work("test", raises_at_3, lost), range(7)))
    work = Work("test", returns_what_cannot_be_sent, lambda item, reason: reason)
    with pytest.raises(Exception, match=r"^TypeError: cannot pickle '_thread.lock' object$"):
        list(Ray(two.address).run(work, range(3)))


def test_closing_ends_what_is_under_way_and_lets_it_tidy_up(two: "Cluster", tmp_path: Path) -> None:
    results = Ray(two.address, shard_items=1).run(
        Work("test", partial(notes_and_waits, tmp_path), never), range(4)
    )
    assert next(results) == 0
    until((tmp_path / "begun").exists)
    assert isinstance(results, Generator)
    results.close()
    assert (tmp_path / "tidied").exists()


def test_a_connection_of_the_caller_stays(two: "Cluster") -> None:
    import ray

    ray.init(address=two.address, logging_level="ERROR", log_to_driver=False)
    try:
        assert list(Ray().run(Work("test", squared, lost), range(1))) == ["0"]
        assert ray.is_initialized()
    finally:
        ray.shutdown()


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ray, and no cluster that is named in the environment."""
    if importlib.util.find_spec("ray") is None:
        absent("ray (pip install 'anigifs[ray]')")
    monkeypatch.delenv("RAY_ADDRESS", raising=False)


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("127.0.0.1:1", r"^127\.0\.0\.1:1: no connection to a Ray cluster: .*refused"),
        ("nonsense", "^nonsense: no connection to a Ray cluster: Invalid address"),
        ("ray://10.0.0.1:10001", "not by Ray's client"),
    ],
)
def test_an_address_at_which_nobody_answers_is_told_at_once(address: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        next(Ray(address).run(Work("test", squared, lost), range(3)))


@pytest.mark.usefixtures("library")
def test_an_address_at_which_something_else_answers_is_told_at_once() -> None:
    with socket.create_server(("0.0.0.0", 0)) as server:

        def answer() -> None:
            line, _ = server.accept()
            with line:
                line.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                line.recv(100)

        other = threading.Thread(target=answer)
        other.start()
        with pytest.raises(UsageError, match="something else listens there"):
            next(Ray(f"127.0.0.1:{server.getsockname()[1]}").run(Work("t", squared, lost), [1]))
        other.join()


def test_without_the_package_it_is_said_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(UsageError, match=r"needs the package ray: pip install 'anigifs\[ray\]'"):
        next(Ray().run(Work("test", squared, lost), range(3)))


@pytest.mark.parametrize("settings", [{"shard_items": 0}, {"item_seconds": 0}])
def test_impossible_settings_are_refused(settings: dict[str, int]) -> None:
    with pytest.raises(UsageError, match=r"at least 1|more than 0"):
        Ray(**settings)  # type: ignore[arg-type]


STANDALONE = """
import json, operator
from anigifs.foundation.work import Work
from anigifs.foundation.work.ray import Ray
work = Work("test", operator.neg, lambda item, reason: None)
print(json.dumps(sorted(Ray().run(work, range(3)))))
"""


@pytest.mark.usefixtures("library")
def test_without_a_cluster_one_is_begun_here_and_ended_and_says_nothing() -> None:
    folder = Path(tempfile.mkdtemp(prefix="ray", dir="/tmp"))
    (folder / "ray").mkdir()
    (folder / "ray" / "ray_current_cluster").write_text("127.0.0.1:1")  # one that has ended
    env = {**os.environ, "RAY_TMPDIR": str(folder), "OMP_NUM_THREADS": "1"}
    ran = subprocess.run(
        [sys.executable, "-c", STANDALONE], env=env, capture_output=True, text=True, check=True
    )
    assert json.loads(ran.stdout) == [-2, -1, 0]
    processes = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline")]
    assert not [line for line in processes if str(folder).encode() in line]
    shutil.rmtree(folder)
