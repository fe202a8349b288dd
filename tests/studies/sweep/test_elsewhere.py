"""What executors on other machines have in common, on machines that there are none of."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import torch

from anigifs.foundation import OutputError
from anigifs.studies.sweep import elsewhere, running
from anigifs.studies.sweep.doing import Ending, Task
from anigifs.studies.sweep.elsewhere import Attempt, Ended, do_elsewhere
from anigifs.studies.sweep.processes import End, Next, Tell
from anigifs.studies.sweep.request import Request
from tests.studies.sweep.conftest import Bench
from tests.studies.sweep.test_running import Watched, hashes


class Machines:
    """Do each job when the next is asked for, the last that was sent first."""

    def __init__(self, room: int | None) -> None:
        self._room = room
        self._tasks: dict[int, Task] = {}
        self.sent: list[str] = []
        self.most = 0
        self.stopped: list[str] = []

    def room(self) -> int | None:
        return self._room

    def send(self, task: Task) -> int:
        self.sent.append(task.job.run.name)
        self._tasks[len(self.sent)] = task
        self.most = max(self.most, len(self._tasks))
        return len(self.sent)

    def ended(self, flights: Sequence[int]) -> Iterator[tuple[int, Ended]]:
        flight = flights[-1]
        task = self._tasks.pop(flight)
        if task.job.run.name == "ceiling":
            yield flight, Ending("", "its node is gone")
        else:
            yield flight, Attempt(1)(task)

    def stop(self, flights: Sequence[int]) -> None:
        self.stopped = [self._tasks[flight].job.run.name for flight in flights]


@pytest.fixture
def machines(monkeypatch: pytest.MonkeyPatch) -> Machines:
    made = Machines(None)

    def send_away(next_task: Next, tell: Tell, end: End, request: Request) -> None:
        do_elsewhere(next_task, tell, end, made)

    monkeypatch.setattr(running, "EXECUTORS", {"local": send_away})
    monkeypatch.setenv("ANIGIFS_HOME", os.environ.get("ANIGIFS_HOME", str(Path.home())))
    return made


def test_a_full_disk_ends_the_sweep(
    machines: Machines, bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(task: Task, tell: object) -> Ending:
        raise OutputError("out: cannot write")

    monkeypatch.setattr(elsewhere, "attempt", full)
    with pytest.raises(OutputError, match=r"^out: cannot write$"):
        bench.sweep(bench.plan(), tmp_path / "out", only=["base"])
    assert machines.stopped == ["base"]  # the one that was not looked at yet


@pytest.mark.parametrize("room", [1, None])
def test_jobs_are_sent_when_what_they_start_from_is_there(
    machines: Machines, room: int | None, finished: Path, bench: Bench, tmp_path: Path
) -> None:
    machines._room = room
    watched = Watched()
    swept = bench.sweep(bench.plan(), tmp_path / "out", watched, seeds=[1])
    assert swept.done == 2
    assert [name[:9] for name in swept.failed] == ["ceiling-1"]
    assert machines.sent.index("base") < machines.sent.index("erm")
    assert machines.most == (2 if room is None else 1)  # erm waits for base
    assert "ceiling, seed 1: failed: its node is gone" in watched.said
    found, expected = hashes(tmp_path / "out"), hashes(finished)
    assert found == {key: expected[key] for key in [("base", 1), ("erm", 1)]}
    assert machines.stopped == []


def test_a_stop_ends_what_is_under_way(machines: Machines, bench: Bench, tmp_path: Path) -> None:
    class Stopping(Watched):
        def say(self, line: str) -> None:
            if "failed" in line:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bench.sweep(bench.plan(), tmp_path / "out", Stopping(), seeds=[1])
    assert machines.stopped == ["base"]


def test_how_far_a_job_is_is_read_from_what_it_writes(
    machines: Machines, bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = iter([0, 1, 1, 2])  # lines, at each look

    def ended(flights: Sequence[int]) -> Iterator[tuple[int, Ended]]:
        lines = next(written, None)
        if lines is None:
            yield flights[0], Ending("", "gone")
            return
        folder = tmp_path / "out" / "work" / "runs" / machines._tasks[flights[0]].job.name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "metrics.jsonl").write_text('{"seconds": 0.1}\n' * lines)

    monkeypatch.setattr(machines, "ended", ended)
    watched = Watched()
    bench.sweep(bench.plan(), tmp_path / "out", watched, seeds=[1], only=["base"])
    assert [(job, step, of) for job, step, of, _ in watched.updates] == [
        ("base, seed 1", 1, 2),
        ("base, seed 1", 2, 2),
    ]


def test_a_job_elsewhere_has_the_threads_and_the_weights_of_this_machine(
    machines: Machines, bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANIGIFS_HOME", str(tmp_path / "home"))
    attempt = Attempt(1)
    monkeypatch.setenv("ANIGIFS_HOME", str(tmp_path / "another"))
    seen = []

    def look(task: Task, tell: object) -> Ending:
        seen.append((torch.get_num_threads(), os.environ["ANIGIFS_HOME"]))
        return Ending("", "looked")

    monkeypatch.setattr(elsewhere, "attempt", look)
    assert attempt(None) == Ending("", "looked")  # type: ignore[arg-type]
    assert seen == [(1, str(tmp_path / "home"))]
