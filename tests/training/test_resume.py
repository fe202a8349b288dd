"""A run is the same bits whether or not it was killed, and whatever started it."""

import json
import os
import signal
import time
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from anigifs.clips.prepared import PreparedClips
from anigifs.foundation import UsageError
from anigifs.training.data import prepare_rule, source_rows
from anigifs.training.devices import Place
from anigifs.training.loop import Trainer
from anigifs.training.run_folder import RunFolder
from tests.training.conftest import SHORT, Bench
from tests.training.variants import config_of


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


@pytest.mark.parametrize("processes", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_a_run_that_was_killed_ends_in_the_same_bits(
    bench: Bench, straight: Path, tmp_path: Path, processes: int
) -> None:
    whole = straight
    if processes == 2:
        whole = bench.train(tmp_path / "whole", *SHORT, processes=2)
    run = tmp_path / "run"
    command = bench.command(run, *SHORT, processes=processes)
    # Killed twice, each time at another update; once where each start is that of three processes.
    kills = 2 if processes == 1 else 1
    updates = np.random.default_rng(processes).permutation([1, 2, 3, 4, 5, 6])[:kills]
    for wanted in sorted(updates):
        process = bench.start(command)
        deadline = time.monotonic() + 120
        while len(lines(run) if (run / "metrics.jsonl").exists() else []) < wanted:
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    if processes == 1:
        bench.train_here(run, *SHORT)
    else:
        bench.train(run, *SHORT, processes=processes)
    assert_same_end(run, whole)
    assert lines(run, "records.jsonl") == lines(whole, "records.jsonl")


def test_a_finished_run_is_left_as_it_is(bench: Bench, straight: Path) -> None:
    before = (straight / "checkpoint.pt").stat().st_mtime_ns
    bench.train_here(straight, *SHORT)
    assert (straight / "checkpoint.pt").stat().st_mtime_ns == before


def test_one_seed_is_one_run_and_another_is_another(
    bench: Bench, straight: Path, tmp_path: Path
) -> None:
    assert_same_end(bench.train_here(tmp_path / "again", *SHORT), straight)
    other = bench.train_here(tmp_path / "other", "--steps", "1", "--seed", "1")
    assert lines(other)[0]["loss"] != lines(straight)[0]["loss"]


@pytest.mark.slow
def test_two_processes_see_the_losses_of_one(bench: Bench, tmp_path: Path) -> None:
    exact = ["--epochs", "1", "--precision", "float32", "--dropout", "0"]
    one = bench.train_here(tmp_path / "one", *exact)
    two = bench.train(tmp_path / "two", *exact, processes=2)
    parts = bench.train_here(tmp_path / "parts", *exact, "--accumulate", "2")
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
    code, err = bench.run_here(tmp_path / "run", "--steps", "500")
    os.killpg(first.pid, signal.SIGKILL)
    first.communicate()
    assert code == 2
    assert "is being trained by another process" in err


def test_several_processes_need_frozen_statistics(bench: Bench, tmp_path: Path) -> None:
    config = config_of(bench, "erm", freeze_batch_norm=False)
    rows = source_rows(config)
    prepared = PreparedClips(bench.root / "store", prepare_rule(config, rows))
    first = Place(rank=0, world=2, device=torch.device("cpu"))
    with (
        closing(RunFolder(tmp_path / "run")) as folder,
        pytest.raises(UsageError, match="BatchNorm statistics of its own"),
    ):
        Trainer(config, folder, first, rows, prepared)


def test_another_configuration_in_the_same_folder_is_refused(bench: Bench, straight: Path) -> None:
    code, err = bench.run_here(straight, *SHORT, "--seed", "9")
    assert code == 2
    assert "holds a run that differs in seed 0 -> 9" in err
    assert err.count("\n") == 1
