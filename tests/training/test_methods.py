"""What holds for every method: it is not ERM, and a kill or a second process changes nothing."""

import json
import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from anigifs.foundation import AnigifsError, UsageError
from anigifs.methods import METHODS
from anigifs.training import TrainConfig
from anigifs.training.loop import Progress, train
from anigifs.training.selection import select
from tests.conftest import REPOSITORY
from tests.training.conftest import Bench

#: One run of each method is made for all tests, and every method in two processes for one.
pytestmark = pytest.mark.timeout(1200)
UPDATES = 6
#: The variants that have code of their own, each under a name for its run.
VARIANTS = {
    "erm": ("erm",),
    "random-augmentation": ("random-augmentation",),
    "rsda": ("rsda", "candidates=3", "period=2"),
    "ada": ("ada", "period=2", "steps=2"),
    "rada": ("rada", "period=2", "steps=2", "rate=0.01"),
    "erm-pyramid": ("erm",),
    "rada-pyramid": ("rada", "period=2", "steps=2"),
    "esda": ("rsda", "candidates=12", "period=4", "search=evolution"),
    "saliency-gating": ("saliency-gating", "period=1"),
    "saliency-gating-persist": ("saliency-gating", "period=2", "persist=true"),
    "saliency-gating-elsewhere": ("saliency-gating", "period=1", "mask=elsewhere"),
    "saliency-gating-always": ("saliency-gating", "period=1", "mask=always", "layer=Mixed_5c"),
    "background-randomisation": ("background-randomisation", "share=1"),
    "linear-probe": ("linear-probe",),
    "weight-interpolation": ("weight-interpolation",),
    "mixstyle": ("mixstyle", "p=1"),
    "mixup": ("video-mix", "kind=mixup"),
    "video-mix-cuboid": ("video-mix", "kind=cuboid"),
    "rand-conv": ("rand-conv", "p=1"),
    "weight-averaging": ("weight-averaging", "after=0.5"),
    "self-challenging": ("self-challenging",),
    "spatiotemporal-search": ("spatiotemporal-search", "candidates=3", "period=2", "clean=0.3"),
    "combined": (
        "spatiotemporal-search+saliency-gating+weight-averaging",
        "spatiotemporal-search.candidates=2",
        "spatiotemporal-search.period=2",
        "saliency-gating.period=1",
        "weight-averaging.after=0.5",
    ),
    "adabn": ("adabn",),
    "coral": ("coral",),
    "mmd": ("mmd",),
    "dann": ("dann", "hidden=16"),
    "cdan": ("cdan", "hidden=16"),
    "mcd": ("mcd",),
    "attentive-alignment": ("attentive-alignment", "hidden=16"),
}
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


def config_of(bench: Bench, name: str, **more: object) -> TrainConfig:
    method, *options = VARIANTS[name]
    values: dict[str, Any] = {
        "index": str(bench.index),
        "weights": str(bench.root / "narrow"),
        "batch_size": 4,
        "steps": UPDATES,
        "lr": 1e-3,
        "precision": "float32",
        "checkpoint_steps": 3,
        "head": "pyramid" if name.endswith("-pyramid") else "fresh",
        **more,
    }
    if method in METHODS and METHODS[method].adapts:
        of_two = {"index": str(bench.two_domains), "domain": "video"}
        values |= {**of_two, "target_domain": "animated-gif", "target_styles": ("flat",)}
    return TrainConfig(method=method, options=tuple(options), **values)


def is_head(key: str) -> bool:
    return key.startswith("logits.")


def kept(run: Path) -> dict[str, torch.Tensor]:
    return load_file(run / "best" / "model.safetensors")


@pytest.fixture(scope="session")
def runs(bench: Bench) -> dict[str, Path]:
    """One undisturbed run of each."""
    made = {}
    for name in VARIANTS:
        made[name] = bench.root / "methods" / name
        train(config_of(bench, name), made[name], bench.root / "store")
    return made


def test_no_method_is_left_out() -> None:
    named = {name for method, *_ in VARIANTS.values() for name in method.split("+")}
    assert named == set(METHODS)


@pytest.mark.parametrize("name", [name for name in VARIANTS if not name.startswith("erm")])
def test_its_weights_are_not_those_of_erm(bench: Bench, runs: dict[str, Path], name: str) -> None:
    own, erm = kept(runs[name]), kept(runs["erm-pyramid" if name.endswith("-pyramid") else "erm"])
    changed = [key for key, value in own.items() if not torch.equal(value, erm[key])]
    if name == "adabn":  # nothing is trained for it
        ends = [torch.load(runs[one] / "checkpoint.pt")["model"] for one in (name, "erm")]
        assert is_same(*ends)
        assert any("running_mean" in key for key in changed)
    else:
        assert any(is_head(key) for key in changed)
    if name == "linear-probe":
        start = load_file(bench.root / "narrow" / "model.safetensors")
        assert all(torch.equal(own[key], start[key]) for key in own if not is_head(key))


def is_same(one: object, other: object) -> bool:
    """Whether two states are equal, tensors in their bits."""
    if isinstance(one, torch.Tensor) and isinstance(other, torch.Tensor):
        return torch.equal(one, other)
    if isinstance(one, dict) and isinstance(other, dict):
        return set(one) == set(other) and all(is_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(is_same, one, other))
    return one == other


class Killed(Exception):  # noqa: N818 - it stands for a kill
    pass


@pytest.mark.parametrize("name", VARIANTS)
def test_a_resumed_run_is_the_same_bit_for_bit(
    bench: Bench, runs: dict[str, Path], tmp_path: Path, name: str
) -> None:
    def kill(progress: Progress) -> None:
        if progress.step == 5:  # two updates after the checkpoint
            raise Killed

    config = config_of(bench, name)
    with pytest.raises(Killed):
        train(config, tmp_path / "run", bench.root / "store", kill)
    train(config, tmp_path / "run", bench.root / "store")
    states = [
        torch.load(folder / "checkpoint.pt", weights_only=True)
        for folder in (tmp_path / "run", runs[name])
    ]
    assert is_same(states[0]["method"], states[1]["method"])
    for key, value in states[0]["model"].items():
        assert torch.equal(value, states[1]["model"][key]), key
    assert all(
        torch.equal(value, kept(runs[name])[key]) for key, value in kept(tmp_path / "run").items()
    )
    for kind in ("acts.jsonl", "metrics.jsonl"):
        assert lines(tmp_path / "run" / kind) == lines(runs[name] / kind)


def lines(path: Path) -> list[dict[str, Any]]:
    """The lines of a file, without what a clock had its hand in."""
    if not path.exists():
        return []
    read = [json.loads(line) for line in path.read_text().splitlines()]
    return [{k: v for k, v in one.items() if k not in ("seconds", "waited")} for one in read]


def test_what_a_method_did_can_be_read(runs: dict[str, Path]) -> None:
    searches = lines(runs["rsda"] / "acts.jsonl")
    assert [one["step"] for one in searches] == [2, 4]
    assert all(len(one["losses"]) == len(one["candidates"]) == 3 for one in searches)
    checks = lines(runs["saliency-gating"] / "metrics.jsonl")
    assert all(one["checked"] + one["without_tube"] == 4 for one in checks)
    assert all(one["gated"] == one["checked"] - one["peaks_inside"] for one in checks)
    assert all(0 <= one["energy_inside"] <= one["checked"] for one in checks)
    for name in ("rada", "rada-pyramid"):
        attacks = lines(runs[name] / "acts.jsonl")
        assert [one["step"] for one in attacks] == [2, 4, 6]
        assert all(one[level]["most"] > 0 for one in attacks for level in ("whole", "local"))
    phases = lines(runs["ada"] / "acts.jsonl")
    assert [(one["step"], one["kept"], one["held"]) for one in phases] == [(2, 4, 4), (4, 4, 8)]
    replayed = [one["replayed"] for one in lines(runs["ada"] / "metrics.jsonl")]
    assert not any(replayed[:2])
    assert any(replayed[2:])
    assert not (runs["erm"] / "acts.jsonl").exists()


@pytest.mark.parametrize(
    "name",
    [
        "saliency-gating",
        "saliency-gating-persist",
        "background-randomisation",
        "rsda",
        "mixup",
        "video-mix-cuboid",
        "rand-conv",
        "weight-averaging",
    ],
)
def test_parts_of_a_batch_add_up(bench: Bench, tmp_path: Path, name: str) -> None:
    states = []
    for parts in (1, 2):
        config = config_of(bench, name, accumulate=parts, dropout=0.0, lr=1e-5, head_lr=1e-5)
        train(config, tmp_path / str(parts), bench.root / "store")
        states.append(torch.load(tmp_path / str(parts) / "checkpoint.pt", weights_only=True))
    if name not in ("rsda", "weight-averaging"):  # of losses and weights that differ in last bits
        assert states[0]["method"] == states[1]["method"]
    for key, value in states[0]["model"].items():
        torch.testing.assert_close(value, states[1]["model"][key], rtol=1e-3, atol=1e-5)


def test_a_pair_of_processes_trains_every_method(bench: Bench, tmp_path: Path) -> None:
    """They hold one state: the weights, the searches and the counts are those of one process."""
    # A low rate: one that makes the losses leap would make much of the order of a sum.
    calm = {"dropout": 0.0, "lr": 1e-5, "head_lr": 1e-5}
    jobs = {name: config_of(bench, name, **calm).to_json() for name in VARIANTS}
    (tmp_path / "jobs.json").write_text(json.dumps(jobs))
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node"]
    command += ["2", "-m", "tests.training.pair", str(tmp_path), str(bench.root / "store")]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, timeout=1000
    )
    assert done.returncode == 0, done.stderr[-3000:]
    for name in VARIANTS:
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


def test_methods_that_cannot_work_end_in_one_line(bench: Bench, tmp_path: Path) -> None:
    config = config_of(bench, "linear-probe", freeze_batch_norm=False)
    with pytest.raises(UsageError, match="keep BatchNorm statistics frozen"):
        train(config, tmp_path / "run", bench.root / "store")
    config = TrainConfig(index="nowhere.parquet", method="rsda", options=("period=x",))
    with pytest.raises(UsageError, match="period is a whole number or none, not 'x'"):
        train(config, tmp_path / "other", bench.root / "store")


def test_a_run_that_is_too_short_for_its_method_is_refused(bench: Bench, tmp_path: Path) -> None:
    config = replace(config_of(bench, "rsda"), options=("candidates=3", "period=50"))
    with pytest.raises(UsageError, match="no search in 6 updates: one is due every 50"):
        train(config, tmp_path / "run", bench.root / "store")
    assert not (tmp_path / "run").exists()


def test_weights_of_before_a_method_acted_are_no_result_of_it(bench: Bench, tmp_path: Path) -> None:
    """They are ERM's, and in a run of little luck the best on the source."""
    config = replace(config_of(bench, "rsda"), options=("candidates=2", "period=5"))
    with suppress(AnigifsError):  # nothing is found, or identity is drawn in the only update left
        train(config, tmp_path / "run", bench.root / "store")
    early, last = lines(tmp_path / "run" / "records.jsonl")
    assert (early["step"], early["acted"]) == (4, False)
    if last["acted"]:
        assert select([early, last]) == last
    else:
        assert select([early, last]) is None


def test_no_two_methods_end_in_the_same_weights(runs: dict[str, Path]) -> None:
    keys = ("logits.conv3d.weight", "Mixed_5c.b0.bn.running_mean")
    ends = {
        name: torch.cat([kept(folder)[key].flatten() for key in keys])
        for name, folder in runs.items()
    }
    for one, other in combinations(ends, 2):
        assert not torch.equal(ends[one], ends[other]), (one, other)
