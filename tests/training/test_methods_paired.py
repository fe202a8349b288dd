"""What holds for every method in two processes: they hold one state, that of one process."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from anigifs.training.loop import train
from tests.conftest import REPOSITORY
from tests.training.conftest import Bench
from tests.training.variants import VARIANTS, config_of, is_same, lines

#: Every method is trained twice in one test.
pytestmark = pytest.mark.timeout(1200)
#: Those that compare or mix the clips of a process's own share of a batch only, or draw for each
#: clip by its place in it.
WITHIN_A_SHARE = {
    "background-randomisation",
    "mixstyle",
    "mixup",
    "video-mix-cuboid",
    "self-challenging",
    "spatiotemporal-search",
    "combined",
    "erm-pyramid",  # each process draws subsets of its own
    "rada-pyramid",
}

#: One method of each way to act on a batch, on the loss, on the network and on the weights.
OF_EACH_KIND = [
    *("erm", "rsda", "saliency-gating", "background-randomisation", "mixstyle", "rand-conv"),
    *("rada-pyramid", "combined", "adabn", "dann", "mcd"),
]


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
    # A low rate: one that makes the losses leap would make much of the order of a sum.
    calm = {"dropout": 0.0, "lr": 1e-5, "head_lr": 1e-5}
    jobs = {name: config_of(bench, name, **calm).to_json() for name in names}
    (tmp_path / "jobs.json").write_text(json.dumps(jobs))
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node"]
    command += ["2", "-m", "tests.training.pair", str(tmp_path), str(bench.root / "store")]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, timeout=1000
    )
    assert done.returncode == 0, done.stderr[-3000:]
    for name in names:
        alone = tmp_path / "alone" / name
        train(config_of(bench, name, **calm), alone, bench.root / "store")
        both = tmp_path / name
        first, second = (torch.load(tmp_path / f"{name}-{rank}.pt") for rank in (0, 1))
        assert is_same(first["method"], second["method"]), name
        for key, value in first["model"].items():
            assert torch.equal(value, second["model"][key]), (name, key)
        for one, two in zip(
            lines(alone / "metrics.jsonl"), lines(both / "metrics.jsonl"), strict=True
        ):
            if name not in WITHIN_A_SHARE:
                assert one["loss"] == pytest.approx(two["loss"], rel=0.01, abs=0.01), name
            assert one.get("checked") == two.get("checked"), name
        acts = [lines(folder / "acts.jsonl") for folder in (alone, both)]
        assert [one.get("words") for one in acts[0]] == [one.get("words") for one in acts[1]]
