"""A run is the same bits whether or not it was killed, and whatever started it."""

import json
import os
import signal
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from tests.training.conftest import SHORT, Bench


def lines(run: Path, name: str = "metrics.jsonl") -> list[dict[str, float]]:
    return [json.loads(line) for line in (run / name).read_text().splitlines()]


def assert_same_end(one: Path, other: Path) -> None:
    for a, b in zip(lines(one), lines(other), strict=True):
        assert (a["step"], a["loss"], a["gradient_norm"]) == (
            b["step"],
            b["loss"],
            b["gradient_norm"],
        )
    first, second = (torch.load(run / "checkpoint.pt", weights_only=True) for run in (one, other))
    assert first["step"] == second["step"]
    assert first["loader"] == second["loader"]
    for key, value in first["model"].items():
        assert torch.equal(value, second["model"][key]), key
    moments = [state["optimiser"]["state"] for state in (first, second)]
    for number, kept in moments[0].items():
        assert torch.equal(kept["exp_avg"], moments[1][number]["exp_avg"])
    best = [load_file(run / "best" / "model.safetensors") for run in (one, other)]
    assert all(torch.equal(value, best[1][key]) for key, value in best[0].items())


@pytest.mark.parametrize("processes", [1, 2])
def test_a_run_that_was_killed_ends_in_the_same_bits(
    bench: Bench, straight: Path, tmp_path: Path, processes: int
) -> None:
    whole = straight
    if processes == 2:
        whole = bench.train(tmp_path / "whole", *SHORT, processes=2)
    run = tmp_path / "run"
    command = bench.command(run, *SHORT, processes=processes)
    updates = np.random.default_rng(processes).permutation([1, 2, 3, 4, 5, 6])[:2]
    for wanted in sorted(updates):  # killed twice, each time at another update
        process = bench.start(command)
        deadline = time.monotonic() + 120
        while len(lines(run) if (run / "metrics.jsonl").exists() else []) < wanted:
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    bench.train(run, *SHORT, processes=processes)
    assert_same_end(run, whole)
    assert lines(run, "records.jsonl") == lines(whole, "records.jsonl")


def test_a_finished_run_is_left_as_it_is(bench: Bench, straight: Path) -> None:
    before = (straight / "checkpoint.pt").stat().st_mtime_ns
    bench.train(straight, *SHORT)
    assert (straight / "checkpoint.pt").stat().st_mtime_ns == before


def test_one_seed_is_one_run_and_another_is_another(
    bench: Bench, straight: Path, tmp_path: Path
) -> None:
    assert_same_end(bench.train(tmp_path / "again", *SHORT), straight)
    other = bench.train(tmp_path / "other", *SHORT, "--seed", "1")
    assert lines(other)[0]["loss"] != lines(straight)[0]["loss"]


def test_two_processes_see_the_losses_of_one(bench: Bench, tmp_path: Path) -> None:
    exact = ["--epochs", "1", "--precision", "float32", "--dropout", "0"]
    one = bench.train(tmp_path / "one", *exact)
    two = bench.train(tmp_path / "two", *exact, processes=2)
    parts = bench.train(tmp_path / "parts", *exact, "--accumulate", "2")
    for run in (two, parts):
        for a, b in zip(lines(one), lines(run), strict=True):
            assert a["loss"] == pytest.approx(b["loss"], rel=1e-3)
    records = [lines(run, "records.jsonl")[0] for run in (one, two)]
    assert records[0]["n"] == records[1]["n"] == 8


def test_one_run_is_trained_by_one_command_at_a_time(bench: Bench, tmp_path: Path) -> None:
    first = bench.start(bench.command(tmp_path / "run", "--steps", "500"))
    while not (tmp_path / "run" / "metrics.jsonl").exists():
        assert first.poll() is None
        time.sleep(0.05)
    second = bench.start(bench.command(tmp_path / "run", "--steps", "500"))
    _, err = second.communicate()
    os.killpg(first.pid, signal.SIGKILL)
    first.communicate()
    assert second.returncode == 2
    assert "is being trained by another process" in err


def test_several_processes_need_frozen_statistics(bench: Bench, tmp_path: Path) -> None:
    off = "--no-freeze-batch-norm"
    process = bench.start(bench.command(tmp_path / "run", "--steps", "1", off, processes=2))
    _, err = process.communicate()
    assert process.returncode != 0
    assert "BatchNorm statistics of its own" in err


def test_another_configuration_in_the_same_folder_is_refused(bench: Bench, straight: Path) -> None:
    process = bench.start(bench.command(straight, *SHORT, "--seed", "9"))
    _, err = process.communicate()
    assert process.returncode == 2
    assert "holds a run that differs in seed 0 -> 9" in err
    assert err.count("\n") == 1
