"""Jobs on a Ray cluster of two nodes with one CPU each, all on this machine."""

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from anigifs.foundation import UsageError
from anigifs.studies.sweep import ray_tasks
from tests.ray_nodes import ray_cluster
from tests.studies.sweep.conftest import Bench
from tests.studies.sweep.test_running import Watched, status
from tests.studies.sweep.test_submitit_jobs import LONG, LONG_STEPS, without_times

if TYPE_CHECKING:
    from ray.cluster_utils import Cluster

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def cluster() -> Iterator["Cluster"]:
    with ray_cluster() as made:
        yield made


@pytest.fixture
def two(cluster: "Cluster", monkeypatch: pytest.MonkeyPatch) -> "Cluster":
    monkeypatch.setattr(ray_tasks, "LOOK_SECONDS", 0.5)
    if not cluster.worker_nodes:
        cluster.add_node(num_cpus=1)
    return cluster


def children(parent: int) -> list[int]:
    """Return the processes that a process has started."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended meanwhile
            if int(path.read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(int(path.parent.name))
    return found


def test_runs_are_the_same_bits_as_those_of_this_process(
    two: "Cluster", finished: Path, bench: Bench, tmp_path: Path
) -> None:
    out, watched = tmp_path / "out", Watched()
    swept = bench.sweep(
        bench.plan(), out, watched, seeds=[1], executor="ray", address=two.address, threads=1
    )
    assert (swept.done, swept.failed) == (3, {})
    expected = without_times(finished)
    assert without_times(out) == {key: one for key, one in expected.items() if key[1] == 1}
    begun = [line.partition(":")[0] for line in watched.said if ": begun" in line]
    assert begun == ["base, seed 1", "ceiling, seed 1", "erm, seed 1"]  # there is room for two


def test_more_threads_than_any_node_has_are_refused(
    two: "Cluster", bench: Bench, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="--threads 2: no node of the Ray cluster has more than 1"):
        bench.sweep(bench.plan(), tmp_path, executor="ray", address=two.address, threads=2)


def test_a_run_whose_node_is_killed_is_one_line_and_goes_on_with_the_next_call(
    cluster: "Cluster", bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ray_tasks, "LOOK_SECONDS", 0.5)
    plan = bench.plan(LONG, name="long")
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    asked: dict[str, Any] = {"only": ["base"], "seeds": [0], "threads": 2}
    bench.sweep(plan, whole, **asked)
    node = cluster.add_node(num_cpus=2)  # the only one with room for two threads

    class Killing(Watched):
        killed = False

        def update(self, job: str, step: int, total: int, share: float) -> None:
            if step >= 2 and not self.killed:  # then there is a checkpoint of the first
                workers = children(node.all_processes["raylet"][0].process.pid)
                cluster.remove_node(node, allow_graceful=False)
                # On a machine of their own they would be gone with it.
                for worker in workers:
                    with suppress(ProcessLookupError):
                        os.kill(worker, signal.SIGKILL)
                self.killed = True

    swept = bench.sweep(plan, cut, Killing(), executor="ray", address=cluster.address, **asked)
    [error] = swept.failed.values()
    assert error.startswith("its node or its process is gone (")
    assert "\n" not in error
    found = status(plan, cut)["base", 0]
    assert (found.state, found.updates) == ("resumable", LONG_STEPS)
    watched = Watched()
    assert bench.sweep(plan, cut, watched, **asked).done == 1  # on this machine
    assert len(watched.updates) < LONG_STEPS
    assert without_times(cut) == without_times(whole)


def test_a_stop_ends_what_is_under_way(two: "Cluster", bench: Bench, tmp_path: Path) -> None:
    class Stopping(Watched):
        def update(self, job: str, step: int, total: int, share: float) -> None:
            raise KeyboardInterrupt

    asked = {"executor": "ray", "address": two.address, "threads": 1}
    plan = bench.plan(LONG, name="long")
    with pytest.raises(KeyboardInterrupt):
        bench.sweep(plan, tmp_path / "out", Stopping(), only=["base"], **asked)
    assert bench.sweep(plan, tmp_path / "out", only=["base"], seeds=[0], **asked).done == 1
