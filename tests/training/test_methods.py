"""What holds for every method: it is not ERM, and a kill changes nothing."""

import shutil
from contextlib import suppress
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from anigifs.foundation import AnigifsError, UsageError
from anigifs.methods import METHODS
from anigifs.training import TrainConfig
from anigifs.training.loop import Progress, train
from anigifs.training.selection import select
from tests.training.conftest import Bench
from tests.training.variants import CALM, VARIANTS, config_of, is_same, lines

#: One run of each method is made for all tests.
pytestmark = [pytest.mark.timeout(1200), pytest.mark.usefixtures("small_clips")]


def is_head(key: str) -> bool:
    return key.startswith("logits.")


def kept(run: Path) -> dict[str, torch.Tensor]:
    return load_file(run / "best" / "model.safetensors")


@pytest.fixture(scope="module")
def runs(bench: Bench, small_clips: None) -> dict[str, Path]:
    """One undisturbed run of each, and beside it what a kill at its fifth update leaves."""
    made = {}
    for name in VARIANTS:
        made[name] = run = bench.root / "methods" / name

        def kill(progress: Progress, run: Path = run) -> None:
            if progress.step == 5:  # the last checkpoint is of the update before
                shutil.copytree(run, killed(run))

        train(config_of(bench, name), run, bench.root / "store", kill)
    return made


def killed(run: Path) -> Path:
    return run.with_name(f"{run.name} killed")


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


@pytest.mark.parametrize("name", VARIANTS)
def test_a_resumed_run_is_the_same_bit_for_bit(
    bench: Bench, runs: dict[str, Path], tmp_path: Path, name: str
) -> None:
    shutil.copytree(killed(runs[name]), tmp_path / "run")
    assert len(lines(tmp_path / "run" / "metrics.jsonl")) == 5
    told: list[int] = []
    train(
        config_of(bench, name),
        tmp_path / "run",
        bench.root / "store",
        lambda progress: told.append(progress.step),
    )
    assert told == [5, 6]
    states = [
        torch.load(folder / "checkpoint.pt", weights_only=True)
        for folder in (tmp_path / "run", runs[name])
    ]
    assert is_same(states[0]["method"], states[1]["method"])
    for key, value in states[0]["model"].items():
        assert torch.equal(value, states[1]["model"][key]), key
    assert is_same(kept(tmp_path / "run"), kept(runs[name]))
    for kind in ("acts.jsonl", "metrics.jsonl"):
        assert lines(tmp_path / "run" / kind) == lines(runs[name] / kind)


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
        config = config_of(bench, name, steps=4, accumulate=parts, **CALM)
        train(config, tmp_path / str(parts), bench.root / "store")
        states.append(torch.load(tmp_path / str(parts) / "checkpoint.pt", weights_only=True))
    if name not in ("rsda", "weight-averaging"):  # of losses and weights that differ in last bits
        assert states[0]["method"] == states[1]["method"]
    for key, value in states[0]["model"].items():
        torch.testing.assert_close(value, states[1]["model"][key], rtol=1e-3, atol=1e-5)


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
