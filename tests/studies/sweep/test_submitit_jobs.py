"""Jobs that submitit gives to processes of this machine, which stand for those of SLURM."""

import os
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from anigifs.foundation import UsageError
from anigifs.studies.sweep import submitit_jobs
from anigifs.studies.sweep.request import Request
from anigifs.studies.sweep.submitit_jobs import Queue
from tests.conftest import absent
from tests.studies.sweep.conftest import Bench
from tests.studies.sweep.test_running import Watched, hashes, records, status

#: So long that a run is caught before it ends.
LONG_STEPS = 30
LONG = ("steps = 2\n\n[runs.erm]", f"steps = {LONG_STEPS}\n\n[runs.erm]")
TIMES = ("training_seconds", "testing_seconds", "seconds_an_update", "load", "commit")
LOCAL = {"executor": "submitit", "cluster": "local", "threads": 1}


@pytest.fixture(autouse=True)
def library(monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        import submitit  # noqa: F401
    except ImportError:
        absent("submitit (pip install 'anigifs[submitit]')")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setattr(submitit_jobs, "LOOK_SECONDS", 0.5)


def without_times(out: Path) -> dict[tuple[str, int], dict[str, Any]]:
    """Return records; a run's own times are never twice the same, and the commit may be another."""

    def stripped(value: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
        if isinstance(value, list):
            return [stripped(one) for one in value]
        if isinstance(value, dict):
            return {name: stripped(one) for name, one in value.items() if name not in TIMES}
        return value

    return {key: stripped(one) for key, one in records(out).items()}


def processes(out: Path) -> list[int]:
    """Return the processes that do jobs of a sweep."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().split(b"\0")
        except OSError:
            continue  # it has ended meanwhile
        if b"submitit.core._submit" in words and str(out).encode() in b"".join(words):
            found.append(int(path.parent.name))
    return found


class Signalling(Watched):
    """Sends a signal to what does the jobs, once they have made updates."""

    def __init__(self, out: Path, number: signal.Signals) -> None:
        super().__init__()
        self.out, self.number, self.sent = out, number, 0

    def update(self, job: str, step: int, total: int, share: float) -> None:
        super().update(job, step, total, share)
        if step >= 2 and not self.sent:  # then there is a checkpoint of the first
            for one in processes(self.out):
                os.kill(one, self.number)
                self.sent += 1


def test_a_run_is_the_same_bits_as_that_of_this_process(
    finished: Path, bench: Bench, tmp_path: Path
) -> None:
    out, watched = tmp_path / "out", Watched()
    swept = bench.sweep(bench.plan(), out, watched, only=["base"], seeds=[1], **LOCAL)
    assert (swept.done, swept.failed) == (1, {})
    assert without_times(out) == {("base", 1): without_times(finished)["base", 1]}
    assert watched.said[-1] == "base, seed 1: done"
    assert not list((out / "work" / "submitit").iterdir())  # nothing was lost, so no log is kept


@pytest.mark.slow
def test_a_run_that_is_stopped_and_begun_again_ends_in_the_same_bits(
    bench: Bench, tmp_path: Path
) -> None:
    """As SLURM does it where a job's time is up or others come first."""
    plan = bench.plan(LONG, ("seeds = [0, 1]", "seeds = [0]"), name="long")
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    bench.sweep(plan, whole, only=["base"])
    watched = Signalling(cut, signal.SIGUSR2)
    swept = bench.sweep(plan, cut, watched, only=["base"], **LOCAL)
    assert watched.sent == 1
    assert (swept.done, swept.failed) == (1, {})
    assert without_times(cut) == without_times(whole)


@pytest.mark.slow
def test_a_run_that_is_killed_is_one_line_and_goes_on_with_the_next_call(
    bench: Bench, tmp_path: Path
) -> None:
    plan = bench.plan(LONG, ("seeds = [0, 1]", "seeds = [0]"), name="long")
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    bench.sweep(plan, whole, only=["base"])
    swept = bench.sweep(plan, cut, Signalling(cut, signal.SIGKILL), only=["base"], **LOCAL)
    [error] = swept.failed.values()
    assert error.startswith("its process is gone; its log is ")
    assert "\n" not in error
    log = Path(error.rpartition("its log is ")[2])
    assert log.is_file()
    assert status(plan, cut)["base", 0].state == "resumable"
    watched = Watched()
    assert bench.sweep(plan, cut, watched, only=["base"], **LOCAL).done == 1
    assert hashes(cut) == hashes(whole)


@pytest.mark.slow
def test_a_stop_ends_the_processes(bench: Bench, tmp_path: Path) -> None:
    class Stopping(Watched):
        def update(self, job: str, step: int, total: int, share: float) -> None:
            raise KeyboardInterrupt

    out = tmp_path / "out"
    plan = bench.plan(LONG, name="long")
    with pytest.raises(KeyboardInterrupt):
        bench.sweep(plan, out, Stopping(), only=["base"], parallel=2, **LOCAL)
    assert processes(out) == []


@pytest.mark.parametrize(
    ("slurm", "message"),
    [
        ({"time": 60}, 'submitit: RuntimeError: Could not detect "srun"'),
        ({"time": 60, "partitian": "gpu"}, "submitit: "),
    ],
)
def test_what_submitit_refuses_is_one_line(
    tmp_path: Path, slurm: dict[str, Any], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))  # where no SLURM is
    request = Request(tmp_path, tmp_path, executor="submitit", slurm=slurm)
    with pytest.raises(UsageError, match=message):
        Queue(request)


def test_slurm_is_told_what_was_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a program in the place of SLURM's that keeps what it is given."""
    (tmp_path / "srun").touch()
    sbatch = tmp_path / "sbatch"
    sbatch.write_text(f'#!/bin/sh\ncp "$1" {tmp_path}/given\necho Submitted batch job 7\n')
    for path in (tmp_path / "srun", sbatch):
        path.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    slurm: dict[str, str | int] = {
        "time": 60,
        "partition": "long",
        "mem": "8GB",
        "cpus_per_task": 3,
    }
    request = Request(tmp_path / "puppets", tmp_path, executor="submitit", slurm=slurm)
    queue = Queue(request)
    assert queue.room() is None  # SLURM decides
    assert queue.send(None).job_id == "7"  # type: ignore[arg-type]
    told = (tmp_path / "given").read_text().splitlines()
    for line in (
        *("--cpus-per-task=3", "--mem=8GB", "--partition=long", "--time=60"),
        "--job-name=anigifs-puppets",
    ):
        assert f"#SBATCH {line}" in told
    with pytest.raises(UsageError, match="submitit: NameError: Unknown argument 'partitian'"):
        Queue(Request(tmp_path, tmp_path, executor="submitit", slurm={**slurm, "partitian": "x"}))
    sbatch.write_text("#!/bin/sh\necho no such partition >&2\nexit 1\n")
    with pytest.raises(UsageError, match=r"submitit: .*no such partition"):
        queue.send(None)  # type: ignore[arg-type]


def test_without_the_package_it_is_said_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "submitit", None)
    with pytest.raises(UsageError, match=r"pip install 'anigifs\[submitit\]'"):
        Queue(Request(tmp_path, tmp_path, executor="submitit", cluster="local"))
