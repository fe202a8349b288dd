"""The command around a sweep; what a sweep does is tested with the studies."""

import csv
from pathlib import Path

import pytest

from anigifs.foundation import AnigifsError
from anigifs.training import loop
from tests.cli.conftest import Run
from tests.training.made import make_clips, make_weights

PLAN = """
title = "Two squares"
seeds = [0]
baseline = "erm"
index = "clips/index.parquet"
[train]
weights = "./narrow"
batch_size = 4
steps = 2
[tests.film]
split = "val"
[runs.base]
listed = false
[runs.erm]
start = "base"
[runs.ceiling]
oracle = true
flip = false
"""


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("sweep")
    make_clips(root / "clips")
    make_weights(root / "narrow")
    (root / "squares.toml").write_text(PLAN)
    return root / "squares.toml"


def test_a_sweep_from_its_plan_to_its_table(run: Run, plan: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    planned = run("sweep", plan, "--out", out, "--plan")
    assert planned.code == 0, planned.err
    assert [line.split()[0] for line in planned.out.splitlines()] == [
        *("run", "base", "erm", "ceiling", "3")
    ]
    assert "3 jobs: 3 waiting; 0.0 minutes done, about 0.1 left" in planned.out
    assert not out.exists()

    ran = run("sweep", plan, "--out", out, "--json")
    assert ran.code == 0, ran.err
    assert [(cell["model"], cell["set"]) for cell in ran.json["results"]] == [
        ("erm", "film"),
        ("ceiling", "film"),
    ]
    summary = ran.json["summary"]
    assert (summary["done"], summary["failed"], summary["left"]) == (3, {}, [])
    assert ran.err.splitlines()[:2] == [
        "base, seed 0: begun (1 of 3), about 0.0 min",
        "base, seed 0: done",
    ]
    lines = list(csv.DictReader(Path(summary["csv"]).read_text().splitlines()))
    assert [line["method"] for line in lines] == ["base", "ceiling", "erm"]

    status = run("sweep", plan, "--out", out, "--status", "--json").json
    assert {one["state"] for one in status["results"]} == {"done"}
    assert (status["summary"]["jobs"], status["summary"]["minutes_left"]) == (3, 0)
    assert run("sweep", plan, "--out", out, "--plan", "--json").json["results"] == []

    text = (out / "table.txt").read_text()
    (out / "table.txt").unlink()
    made = run("sweep", plan, "--out", out, "--table")
    assert made.code == 0, made.err
    assert (out / "table.txt").read_text() == text
    assert made.out.startswith("Two squares\n")


def test_a_job_that_fails_is_exit_code_2(
    run: Run, plan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*arguments: object) -> None:
        raise AnigifsError("no luck")

    monkeypatch.setattr(loop, "train", failing)
    ran = run("sweep", plan, "--out", tmp_path / "out", "--json")
    assert ran.code == 2
    assert ran.json["error"].startswith("2 jobs failed: base-0-")
    assert len(ran.json["summary"]["skipped"]) == 1
    assert "0 done, 2 failed, 1 skipped" in ran.err


def test_no_time_is_told_and_is_no_error(run: Run, plan: Path, tmp_path: Path) -> None:
    ran = run("sweep", plan, "--out", tmp_path / "out", "--budget", "0.001")
    assert ran.code == 0
    assert "no time for 3 jobs: base-0-" in ran.err
    assert ran.out == "no table yet: the baseline has no record\n"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--status", "--plan"], "--status, --table and --plan: one of them at a time"),
        (["--jobs", "0"], "--jobs 0: at least 1"),
        (["--budget", "-1"], "--budget: more than 0 minutes"),
        (["--only", "rsda"], "--only rsda: no such run; there are base, erm, ceiling"),
        (["--table"], "no record of 'erm' yet"),
        (["--table", "--seeds", "0"], "--only and --seeds do not go with --table"),
        (["--address", "10.0.0.1:6379"], "--address: of a Ray cluster, so --executor ray"),
        (["--executor", "submitit"], "--slurm time=MINUTES: SLURM has to know"),
        (["--executor", "submitit", "--slurm", "60"], "--slurm 60: KEY=VALUE"),
    ],
)
def test_what_cannot_be_is_one_line(
    run: Run, plan: Path, tmp_path: Path, options: list[str], said: str
) -> None:
    ran = run("sweep", plan, "--out", tmp_path / "out", *options)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert ran.err.count("\n") == 1
