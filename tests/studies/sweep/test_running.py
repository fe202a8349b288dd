"""A sweep from end to end: what it leaves, how it goes on, and what it does about trouble."""

import csv
import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from anigifs.foundation import AnigifsError, UsageError, read_records
from anigifs.studies.sweep import request
from anigifs.studies.sweep.jobs import each_once, make_jobs
from anigifs.studies.sweep.reading import read_plan
from anigifs.studies.sweep.standing import standing_of
from anigifs.studies.sweep.status import JobStatus, status_of
from anigifs.studies.sweep.watching import Watcher
from anigifs.studies.sweep.workplace import Workplace
from anigifs.training import TrainConfig, loop
from tests.conftest import REPOSITORY
from tests.studies.sweep.conftest import JOBS, Bench


class Watched(Watcher):
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.warned: list[str] = []
        self.updates: list[tuple[str, int, int, float]] = []

    def say(self, line: str) -> None:
        self.said.append(line)

    def warn(self, line: str) -> None:
        self.warned.append(line)

    def update(self, job: str, step: int, total: int, share: float) -> None:
        self.updates.append((job, step, total, share))


def records(out: Path) -> dict[tuple[str, int], dict[str, Any]]:
    read = (json.loads(path.read_text()) for path in sorted((out / "records").iterdir()))
    return {(one["run"], one["seed"]): one for one in read}


def hashes(out: Path) -> dict[tuple[str, int], str]:
    return {key: one["weights_hash"] for key, one in records(out).items()}


def status(plan: Path, out: Path) -> dict[tuple[str, int], JobStatus]:
    read = read_plan(str(plan))
    jobs = make_jobs(read, standing_of(read, out))
    found = status_of(read, jobs, each_once(jobs.values()), out, Workplace(out / "work"))
    return {(one.run, one.seed): one for one in found}


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def without_work(out: Path, to: Path) -> Path:
    """Copy what is committed of a sweep."""
    shutil.copytree(out, to, ignore=shutil.ignore_patterns("work"))
    return to


def test_every_job_has_one_record_that_says_all(finished: Path, bench: Bench) -> None:
    found = records(finished)
    assert list(found) == [(run, seed) for run in ("base", "ceiling", "erm") for seed in (0, 1)]
    for (run, seed), one in found.items():
        name = f"{run}-{seed}-{one['id']}"
        assert (finished / "records" / f"{name}.json").is_file()
        assert [test["set"] for test in one["tests"]] == ["film", "seen"]
        for test in one["tests"]:
            assert test["predictions"] == f"predictions/{name}-{test['set']}.parquet"
            assert (finished / test["predictions"]).is_file()
            assert (test["model"], test["seed"], test["role"]) == (run, seed, "test")
            assert test["weights_hash"] == one["weights_hash"]
            assert test["index_hash"] == one["index_hash"] == one["config"]["index"]
        assert (one["threads"], one["parallel"], one["method"]) == (1, 1, "erm")
        assert one["validation"]["role"] == "source-validation"
        assert one["validation"]["step"] == one["step"] <= one["updates"]
        assert one["training_seconds"] >= one["seconds_an_update"] > 0
        assert one["oracle"] == (run == "ceiling")
    erm, base = found["erm", 1], found["base", 1]
    assert (erm["start"], erm["title"]) == ("base", "ERM, continued")
    assert (erm["updates"], erm["updates_in_all"], base["updates_in_all"]) == (3, 5, 2)
    assert erm["start_weights_hash"] == base["weights_hash"]
    assert erm["config"]["weights"] == base["id"]
    assert str(bench.root) not in json.dumps(list(found.values()))
    assert not list((finished / "work" / "runs").glob("*/checkpoint.pt"))


def test_a_finished_sweep_trains_nothing_again(finished: Path, bench: Bench) -> None:
    before, watched = contents(finished), Watched()
    swept = bench.sweep(bench.plan(), finished, watched)
    assert (swept.done, watched.said, watched.updates) == (0, [], [])
    assert contents(finished) == before


def test_a_finished_sweep_needs_no_work_and_no_clips(
    finished: Path, bench: Bench, tmp_path: Path
) -> None:
    out = without_work(finished, tmp_path / "out")
    plan = tmp_path / "elsewhere.toml"  # where the index that it names is not
    plan.write_text(bench.plan().read_text().replace("./narrow", str(bench.root / "narrow")))
    swept = bench.sweep(plan, out)
    assert (swept.done, swept.failed, swept.left) == (0, {}, [])


def test_a_job_that_was_killed_goes_on_and_ends_in_the_same_bits(
    bench: Bench, tmp_path: Path
) -> None:
    long = ("steps = 2\n\n[runs.erm]", "steps = 8\n\n[runs.erm]")
    plan = bench.plan(long, ("seeds = [0, 1]", "seeds = [0]"), name="long")
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    bench.sweep(plan, whole, only=["base"])
    command = [sys.executable, "-m", "anigifs", "sweep", str(plan), "--out", str(cut)]
    process = subprocess.Popen(
        [*command, "--only", "base"],
        cwd=REPOSITORY,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 120
    while not list(read_records(next(cut.glob("work/runs/*/metrics.jsonl"), cut / "none")))[2:]:
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not (cut / "records").exists()
    found = status(plan, cut)["base", 0]
    assert (found.state, found.updates) == ("resumable", 8)
    assert 1 <= found.step < 8
    watched = Watched()
    bench.sweep(plan, cut, watched, only=["base"])
    assert len(watched.updates) < 8
    assert hashes(cut) == hashes(whole)
    assert records(cut)["base", 0]["updates"] == 8


def test_jobs_side_by_side_end_in_the_same_bits(
    finished: Path, bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request, "usable_cores", lambda: 2)
    watched = Watched()
    swept = bench.sweep(bench.plan(), tmp_path / "out", watched, parallel=2, seeds=[1])
    assert (swept.done, swept.failed) == (3, {})
    expected = {key: value for key, value in hashes(finished).items() if key[1] == 1}
    assert hashes(tmp_path / "out") == expected
    assert {one["parallel"] for one in records(tmp_path / "out").values()} == {2}
    shares = [share for *_, share in watched.updates]
    assert shares == sorted(shares)
    assert len([line for line in watched.said if line.endswith(": done")]) == 3


def test_weights_that_are_gone_are_made_again_where_they_are_needed(
    finished: Path, bench: Bench, tmp_path: Path
) -> None:
    out = without_work(finished, tmp_path / "out")
    erm = next((out / "records").glob("erm-1-*"))
    before = {name: text for name, text in contents(out / "records").items() if name != erm.name}
    lost = json.loads(erm.read_text())
    erm.unlink()
    found = status(bench.plan(), out)
    assert [key for key, one in found.items() if one.again] == [("base", 1)]
    assert found["erm", 1].state == "waiting"
    watched = Watched()
    swept = bench.sweep(bench.plan(), out, watched)
    assert swept.done == 2
    assert "only for its weights" in watched.said[0]
    assert watched.warned == []
    made = json.loads(erm.read_text())
    for name in ("id", "weights_hash", "start_weights_hash", "updates_in_all"):
        assert made[name] == lost[name]
    assert before.items() <= contents(out / "records").items()


def test_weights_that_come_out_otherwise_are_told_and_the_old_record_stays(
    finished: Path, bench: Bench, tmp_path: Path
) -> None:
    out = without_work(finished, tmp_path / "out")
    path = next((out / "records").glob("base-1-*"))
    recorded = {**json.loads(path.read_text()), "weights_hash": "f" * 64}
    path.write_text(json.dumps(recorded))
    next((out / "records").glob("erm-1-*")).unlink()
    watched = Watched()
    bench.sweep(bench.plan(), out, watched)
    true = hashes(finished)["base", 1]
    assert f"base, seed 1 was trained again, and its weights are {true[:12]}" in watched.warned[0]
    assert "erm, seed 1 did not start from the recorded weights of base" in watched.warned[1]
    assert records(out)["erm", 1]["start_weights_hash"] == true
    assert json.loads(path.read_text()) == recorded


def test_some_runs_and_seeds(bench: Bench, tmp_path: Path) -> None:
    swept = bench.sweep(bench.plan(), tmp_path / "out", only=["erm"], seeds=[1])
    assert swept.done == 2
    assert list(hashes(tmp_path / "out")) == [("base", 1), ("erm", 1)]


def test_what_a_method_did_is_kept(bench: Bench, tmp_path: Path) -> None:
    method = 'method = "rsda"\noptions = { candidates = 2, period = 1 }\n'
    longer = ("steps = 2\nflip = false", "steps = 6\nflip = false")
    plan = bench.plan(("[runs.ceiling]\n", f"[runs.ceiling]\n{method}"), longer, name="acts")
    out = tmp_path / "out"
    bench.sweep(plan, out, only=["ceiling"], seeds=[0])
    (kept,) = (out / "acts").iterdir()
    assert kept.stem == next((out / "records").iterdir()).stem
    searches = read_records(kept)
    assert [one["step"] for one in searches] == [1, 2, 3, 4, 5]
    assert all(len(one["losses"]) == 2 for one in searches)


def test_a_budget_begins_nothing_that_would_end_later(
    finished: Path, bench: Bench, tmp_path: Path
) -> None:
    # Nothing is measured yet, so an update is taken to need a second.
    swept = bench.sweep(bench.plan(), tmp_path / "out", seconds=1.5)
    assert (swept.done, len(swept.left)) == (0, JOBS)
    assert swept.left[0].startswith("base-0-")
    out = without_work(finished, tmp_path / "measured")
    for path in (out / "records").glob("erm-*"):
        path.unlink()
    slow = next((out / "records").glob("ceiling-0-*"))
    slow.write_text(json.dumps({**json.loads(slow.read_text()), "training_seconds": 1e6}))
    swept = bench.sweep(bench.plan(), out, seconds=600.0)
    assert (swept.done, swept.left) == (4, [])  # those of the same run count, not all


def test_a_job_that_fails_costs_only_what_starts_from_it(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    true, out = loop.train, tmp_path / "out"
    plan = bench.plan()

    def failing(config: TrainConfig, folder: Path, *others: object) -> object:
        if folder.name.startswith("base-0"):
            raise AnigifsError("no luck")
        if folder.name.startswith("ceiling-1"):
            raise RuntimeError("a bug of ours")
        return true(config, folder, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(loop, "train", failing)
    swept = bench.sweep(plan, out)
    assert swept.done == 3
    assert [name.rpartition("-")[0] for name in swept.failed] == ["base-0", "ceiling-1"]
    assert [name[:6] for name in swept.skipped] == ["erm-0-"]
    assert "no luck" in next(iter(swept.failed.values()))
    kept = sorted((out / "work" / "failed").iterdir())
    assert kept[0].read_text() == "no luck\n"
    assert "Traceback" in kept[1].read_text()
    states = {key: one.state for key, one in status(plan, out).items()}
    assert states == {
        ("base", 0): "failed",
        ("erm", 0): "blocked",
        ("ceiling", 0): "done",
        ("base", 1): "done",
        ("erm", 1): "done",
        ("ceiling", 1): "failed",
    }
    monkeypatch.setattr(loop, "train", true)
    swept = bench.sweep(plan, out)
    assert (swept.done, swept.failed) == (3, {})
    assert not list((out / "work" / "failed").iterdir())


def test_a_process_that_ends_is_one_failed_job(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killer(Watched):
        def update(self, job: str, step: int, total: int, share: float) -> None:
            if job == "ceiling, seed 0":
                for child in multiprocessing.active_children():
                    child.kill()

    swept = bench.sweep(
        bench.plan(), tmp_path / "out", Killer(), parallel=2, only=["ceiling"], seeds=[0]
    )
    assert swept.done == 0
    assert "its process ended with code -9" in next(iter(swept.failed.values()))


def test_a_stop_ends_the_processes_and_keeps_what_is_done(bench: Bench, tmp_path: Path) -> None:
    class Stopping(Watched):
        def update(self, job: str, step: int, total: int, share: float) -> None:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bench.sweep(bench.plan(), tmp_path / "out", Stopping(), parallel=2)
    assert multiprocessing.active_children() == []
    assert bench.sweep(bench.plan(), tmp_path / "out", seeds=[0], only=["base"]).done == 1


def test_a_run_that_was_renamed_is_not_trained_again(
    finished: Path, bench: Bench, tmp_path: Path
) -> None:
    out = without_work(finished, tmp_path / "out")
    swept = bench.sweep(bench.plan(("[runs.ceiling]", "[runs.top]"), name="renamed"), out)
    assert swept.done == 0
    assert swept.table is not None
    assert [row.key for row in swept.table.rows] == ["erm", "top"]


def test_damaged_predictions_are_made_again(finished: Path, bench: Bench, tmp_path: Path) -> None:
    out = tmp_path / "out"
    shutil.copytree(finished, out)
    whole = contents(out / "predictions")
    path = next((out / "predictions").glob("erm-0-*-film.parquet"))
    path.write_bytes(path.read_bytes()[:100])
    watched = Watched()
    swept = bench.sweep(bench.plan(), out, watched)
    assert (swept.done, watched.updates) == (1, [])
    assert contents(out / "predictions") == whole


def test_two_sweeps_do_not_work_in_one_place(bench: Bench, tmp_path: Path) -> None:
    with (
        Workplace(tmp_path / "out" / "work").locked(),
        pytest.raises(UsageError, match="another sweep is at work here"),
    ):
        bench.sweep(bench.plan(), tmp_path / "out")


def test_a_folder_of_something_else_is_refused(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(UsageError, match="holds files, but no sweep"):
        bench.sweep(bench.plan(), tmp_path)


def test_what_a_test_cannot_find_is_told_before_anything_is_trained(
    bench: Bench, tmp_path: Path
) -> None:
    plan = bench.plan(('domain = "video"', 'domain = "gif"'), name="empty")
    with pytest.raises(UsageError, match="the test 'seen' finds no clips there"):
        bench.sweep(plan, tmp_path / "out")


def test_a_curve_is_of_the_tests_that_ask_for_it_and_its_weights_go(
    bench: Bench, tmp_path: Path
) -> None:
    plan = bench.plan(
        ('domain = "video"\nsplit = "train"', 'domain = "video"\nsplit = "train"\ncurve = true'),
        ("steps = 3", "steps = 3\nsnapshots = 2"),
        name="curve",
    )
    bench.sweep(plan, tmp_path / "out", only=("erm",), seeds=(0,))
    found = records(tmp_path / "out")
    assert "curve" not in found["base", 0]
    curve = found["erm", 0]["curve"]
    assert [(one["step"], one["set"]) for one in curve] == [(2, "seen"), (3, "seen")]
    seen = next(one for one in found["erm", 0]["tests"] if one["set"] == "seen")
    assert [one["n"] for one in curve] == [seen["n"]] * 2
    at = {one["step"]: one for one in curve}
    assert at[found["erm", 0]["step"]]["cross_entropy"] == seen["cross_entropy"]
    assert not list((tmp_path / "out" / "work").rglob("snapshots"))
    # Tested again, since predictions are lost: what the weights on the way scored is kept.
    (tmp_path / "out" / seen["predictions"]).unlink()
    bench.sweep(plan, tmp_path / "out", only=("erm",), seeds=(0,))
    assert (tmp_path / "out" / seen["predictions"]).is_file()
    assert records(tmp_path / "out")["erm", 0]["curve"] == curve


ADAPTING = """
[runs.tent]
start = "erm"
test_time = "entropy"
"""


def test_what_adapts_while_it_is_tested_trains_nothing_and_is_marked(
    bench: Bench, tmp_path: Path
) -> None:
    plan = bench.plan(("[runs.ceiling]", f"{ADAPTING}\n[runs.ceiling]"), name="adapting")
    watched = Watched()
    bench.sweep(plan, tmp_path / "out", watched, only=("tent",), seeds=(0,))
    bench.sweep(plan, tmp_path / "out", watched, only=("erm",), seeds=(0,))
    found = records(tmp_path / "out")
    assert [one for one in found if one[1] == 0] == [("base", 0), ("erm", 0), ("tent", 0)]
    erm, tent = found["erm", 0], found["tent", 0]
    assert tent["weights_hash"] == erm["weights_hash"] == tent["start_weights_hash"]
    assert tent["updates_in_all"] == erm["updates_in_all"] == 5
    assert (tent["updates"], tent["training_seconds"]) == (0, 0)
    assert {one["test_time"] for one in tent["tests"]} == {"entropy"}
    assert tent["tests"][0]["predictions_hash"] != erm["tests"][0]["predictions_hash"]
    table = (tmp_path / "out" / "table.txt").read_text()
    assert "tent (adapts while it is tested)" in table
    lines = csv.DictReader((tmp_path / "out.csv").read_text().splitlines())
    assert {line["cost_vs_erm"] for line in lines if line["method"] == "tent"} == {""}
    assert not watched.warned
    # Its start's weights are made again where they were thrown away, and it is made from them.
    shutil.rmtree(tmp_path / "out" / "work")
    (path,) = (tmp_path / "out" / "records").glob("tent-*")
    path.unlink()
    bench.sweep(plan, tmp_path / "out", watched, only=("tent",), seeds=(0,))
    assert (
        records(tmp_path / "out")["tent", 0]["tests"][0]["predictions_hash"]
        == (tent["tests"][0]["predictions_hash"])
    )
