"""What holds for every method in two processes: they hold one state, that of one process."""

import json
import math
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from anigifs.training import TrainConfig
from anigifs.training.loop import train
from tests.conftest import REPOSITORY
from tests.training.conftest import Bench
from tests.training.variants import CALM, VARIANTS, config_of, is_same, lines

#: Every method is trained twice in one test.
pytestmark = [pytest.mark.timeout(1200), pytest.mark.usefixtures("small_clips")]
#: Those that compare or mix the clips of a process's own share of a batch only.
WITHIN_A_SHARE = {
    "background-randomisation",
    "mixstyle",
    "mixup",
    "video-mix-cuboid",
    "self-challenging",
    "erm-pyramid",  # each process draws subsets of its own
    "rada-pyramid",
}

#: One method of each way to act on a batch, on the loss, on the network and on the weights.
OF_EACH_KIND = [
    *("erm", "rsda", "rand-conv", "combined", "rada-pyramid", "dann", "mcd"),
]


def train_by_a_pair(bench: Bench, folder: Path, configs: Mapping[str, TrainConfig]) -> None:
    """Train runs in two processes, and make sure that these hold one state at the end of each."""
    jobs = {name: config.to_json() for name, config in configs.items()}
    (folder / "jobs.json").write_text(json.dumps(jobs))
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node"]
    command += ["2", "-m", "tests.training.pair", str(folder), str(bench.root / "store")]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, timeout=1000
    )
    assert done.returncode == 0, done.stderr[-3000:]
    for name in configs:
        first, second = (torch.load(folder / f"{name}-{rank}.pt") for rank in (0, 1))
        assert is_same(first["method"], second["method"]), name
        for key, value in first["model"].items():
            assert torch.equal(value, second["model"][key]), (name, key)


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(OF_EACH_KIND, id="of each kind"),
        pytest.param(
            [name for name in VARIANTS if name not in OF_EACH_KIND],
            id="all others",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_a_pair_of_processes_trains_every_method(
    bench: Bench, tmp_path: Path, names: list[str]
) -> None:
    """They hold one state: the weights, the searches and the counts are those of one process."""
    configs = {name: config_of(bench, name, steps=5, **CALM) for name in names}
    train_by_a_pair(bench, tmp_path, configs)
    for name, config in configs.items():
        alone = tmp_path / "alone" / name
        train(config, alone, bench.root / "store")
        both = tmp_path / name
        for one, two in zip(
            lines(alone / "metrics.jsonl"), lines(both / "metrics.jsonl"), strict=True
        ):
            if name not in WITHIN_A_SHARE:
                assert one["loss"] == pytest.approx(two["loss"], rel=0.01, abs=0.01), name
            assert one.get("checked") == two.get("checked"), name
        acts = [lines(folder / "acts.jsonl") for folder in (alone, both)]
        assert [one.get("words") for one in acts[0]] == [one.get("words") for one in acts[1]]


@pytest.mark.slow
def test_a_pair_trains_every_method_in_parts_and_in_bfloat16(bench: Bench, tmp_path: Path) -> None:
    """They hold one state, each share of a batch in two parts; plain training is what it was."""
    # Of a batch of 8 a part has two clips, which is the least that can be mixed.
    half = {"batch_size": 8, "precision": "bfloat16"}
    plain = {name: config_of(bench, name, steps=5, **half, **CALM) for name in VARIANTS}
    parts = {name: replace(config, accumulate=2) for name, config in plain.items()}
    train_by_a_pair(bench, tmp_path, parts)
    losses = {
        name: [one["loss"] for one in lines(tmp_path / name / "metrics.jsonl")] for name in parts
    }
    for name, values in losses.items():
        assert len(values) == 5, name
        assert all(map(math.isfinite, values)), name
    # Others draw or search for each part anew.
    train(plain["erm"], tmp_path / "alone", bench.root / "store")
    whole = [one["loss"] for one in lines(tmp_path / "alone" / "metrics.jsonl")]
    assert losses["erm"] == pytest.approx(whole, rel=0.05, abs=0.05)


@pytest.mark.slow
def test_unequal_shares_have_as_many_parts(bench: Bench, tmp_path: Path) -> None:
    """Losses of the rows of all processes would wait for one another for ever."""
    uneven = {"batch_size": 5, "accumulate": 5}  # shares of 2 and 3 clips
    names = ("coral", "mmd", "cdan")
    configs = {name: config_of(bench, name, steps=2, **uneven, **CALM) for name in names}
    train_by_a_pair(bench, tmp_path, configs)
    for name in names:
        assert len(lines(tmp_path / name / "metrics.jsonl")) == 2
