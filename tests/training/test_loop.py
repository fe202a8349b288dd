import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from anigifs.clips.batch import Batch
from anigifs.clips.prepared import PreparedClips
from anigifs.evaluation.predictions import Predictions
from anigifs.foundation import AnigifsError, UsageError
from anigifs.index import Index
from anigifs.methods import METHODS, Erm, Run, StepResult
from anigifs.models import I3D, build_i3d, load_model
from anigifs.training import TrainConfig
from anigifs.training.data import prepare_rule, source_rows
from anigifs.training.guard import DivergedError
from anigifs.training.loop import Progress, train
from anigifs.training.optimiser import make_optimiser, set_rates
from tests.training.conftest import SMALL, Bench

pytestmark = pytest.mark.usefixtures("small_clips")


def config_of(bench: Bench, **more: object) -> TrainConfig:
    values = {
        "weights": str(bench.root / "narrow"),
        "batch_size": 4,
        "steps": 3,
        "lr": 1e-3,
        **more,
    }
    return TrainConfig(index=str(bench.index), **values)  # type: ignore[arg-type]


def run(bench: Bench, out: Path, **more: object) -> dict[str, Any]:
    return train(config_of(bench, **more), out, bench.root / "store")


def test_a_run_leaves_its_config_metrics_records_predictions_and_weights(
    bench: Bench, tmp_path: Path
) -> None:
    told: list[Progress] = []
    config = config_of(bench)
    chosen = train(config, tmp_path / "run", bench.root / "store", told.append)
    assert [progress.step for progress in told] == [1, 2, 3]
    assert TrainConfig.from_json((tmp_path / "run/config.json").read_text()) == config
    predictions = Predictions.read(tmp_path / "run/predictions/validation-000003.parquet")
    assert predictions.sha256 == chosen["predictions_hash"]
    right = [
        predictions.classes[int(np.argmax(row))] == label
        for row, label in zip(predictions.logits_NK, predictions.labels, strict=True)
    ]
    assert chosen["top1"] == pytest.approx(np.mean(right))
    assert chosen["index_hash"] == Index.read(bench.index).identity
    _, record = load_model(tmp_path / "run" / "best")
    assert record.sha256 == chosen["weights_hash"]
    assert record.classes == ("down", "right")
    assert (record.untrained, record.frames, record.size) == ((), *SMALL)


def test_it_learns_what_can_be_learnt(bench: Bench, tmp_path: Path) -> None:
    run(bench, tmp_path / "run", steps=40, head_lr=1e-2, flip=False, dropout=0.0)
    losses = [
        json.loads(line)["loss"]
        for line in (tmp_path / "run/metrics.jsonl").read_text().splitlines()
    ]
    assert np.mean(losses[-10:]) < 0.5 * np.mean(losses[:10])


def test_batch_norm_is_frozen_unless_asked_and_the_average_lags(
    bench: Bench, tmp_path: Path
) -> None:
    start, _ = load_model(bench.root / "narrow")
    key = "Mixed_4b.b0.bn.running_mean"
    run(bench, tmp_path / "frozen")
    run(bench, tmp_path / "free", freeze_batch_norm=False, average=0.9)
    frozen, free = (
        torch.load(tmp_path / name / "checkpoint.pt", weights_only=True)
        for name in ("frozen", "free")
    )
    assert torch.equal(frozen["model"][key], start.state_dict()[key])
    assert not torch.equal(free["model"][key], start.state_dict()[key])
    name = "Mixed_4b.b0.conv3d.weight"
    moved, averaged = free["model"][name], free["average"][f"module.{name}"]
    begun = start.state_dict()[name]
    assert 0 < (averaged - begun).norm() < (moved - begun).norm()


class Faulty(Erm):
    """Goes wrong at its second update, in the loss or in a gradient."""

    where = "loss"

    def build(self, model: I3D, run: Run) -> None:
        self.calls = 0

    def loss(self, model: nn.Module, batch: Batch) -> StepResult:
        result = super().loss(model, batch)
        self.calls += 1
        if self.calls < 2:
            return result
        if self.where == "loss":
            return replace(result, loss=result.loss * float("nan"))
        result.logits_BK.register_hook(_spoil)  # type: ignore[no-untyped-call]
        return result


def _spoil(gradient: torch.Tensor) -> torch.Tensor:
    return gradient * float("inf")


class Idle(Erm):
    def shortfall(self) -> str | None:
        return "it never acted"


@pytest.mark.parametrize(
    ("where", "message"), [("loss", "the loss is nan"), ("gradient", "is not finite")]
)
def test_a_run_that_goes_wrong_stops_and_names_the_clips(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str, message: str
) -> None:
    monkeypatch.setitem(METHODS, "faulty", Faulty)
    monkeypatch.setattr(Faulty, "where", where)
    known = {row.clip_id for row in Index.read(bench.index).rows()}
    with pytest.raises(DivergedError, match=f"step 2: .*{message} on the clips") as caught:
        run(bench, tmp_path / "run", method="faulty")
    assert set(str(caught.value).rpartition("clips ")[2].split(", ")) <= known


def test_a_method_that_never_acted_fails_its_run(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(METHODS, "idle", Idle)
    with pytest.raises(AnigifsError, match="this is no run of 'idle': it never acted"):
        run(bench, tmp_path / "run", method="idle")


def test_only_the_source_is_read(bench: Bench, tmp_path: Path) -> None:
    """Rows of a target, in the same index and splits, are neither trained on nor chosen by."""
    rows = list(Index.read(bench.index).rows())
    targets = [
        replace(row, domain="animated-gif", clip_id=row.clip_id[::-1], path="gone.gif", label="up")
        for row in rows
    ]
    index = Index.from_rows([*rows, *targets], root=bench.index.parent)
    index.write(bench.index.parent / "both.parquet")
    config = config_of(bench, domain="video")
    both = source_rows(replace(config, index=str(bench.index.parent / "both.parquet")))
    alone = source_rows(config)
    assert (both.train, both.val, both.classes) == (alone.train, alone.val, alone.classes)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"train_split": "nowhere"}, "no decoded rows in split 'nowhere'"),
        ({"domain": "film"}, "no decoded rows of domain 'film' in split 'train'"),
        ({"batch_size": 400}, "16 training clips do not fill a batch of 400"),
        ({"index": "missing.parquet"}, "missing.parquet"),
    ],
)
def test_what_cannot_be_trained_is_one_line(
    bench: Bench, tmp_path: Path, more: dict[str, Any], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        train(replace(config_of(bench, steps=None), **more), tmp_path / "run", bench.root / "store")


@pytest.mark.parametrize("more", [{"weights": "nosuch"}, {"lr": 0.5}])
def test_nothing_is_prepared_for_a_run_that_cannot_be(
    bench: Bench, tmp_path: Path, more: dict[str, Any]
) -> None:
    config = config_of(bench, steps=1)
    train(config, tmp_path / "run", bench.root / "store")
    with pytest.raises(AnigifsError, match=r"no weights .nosuch.|differs in lr"):
        train(replace(config, **more), tmp_path / "run", tmp_path / "store")
    assert not (tmp_path / "store").exists()


def test_a_start_that_fails_leaves_the_folder_free(bench: Bench, tmp_path: Path) -> None:
    out = tmp_path / "run"
    with pytest.raises(AnigifsError, match="no weights 'nosuch'"):
        run(bench, out, weights="nosuch")
    out.mkdir(exist_ok=True)
    (out / ".config.json.x.part").touch()  # as a kill leaves it
    run(bench, out)
    (out / "checkpoint.pt").write_bytes((out / "checkpoint.pt").read_bytes()[:1000])
    with pytest.raises(UsageError, match=r"checkpoint.pt: damaged; remove it"):
        run(bench, out)


def test_an_index_that_changed_under_a_run_is_refused(bench: Bench, tmp_path: Path) -> None:
    rows = list(Index.read(bench.index).rows())
    index = bench.index.parent / "changing.parquet"
    Index.from_rows(rows, root=bench.index.parent).write(index)
    config = replace(config_of(bench), index=str(index))
    train(config, tmp_path / "run", bench.root / "store")
    place = max(i for i, row in enumerate(rows) if row.split == "val")
    rows[place] = replace(rows[place], split="test")
    Index.from_rows(rows, root=bench.index.parent).write(index)
    with pytest.raises(UsageError, match="has changed since this run began"):
        train(config, tmp_path / "run", bench.root / "store")


def test_every_frame_can_be_trained_on_and_validated_with(bench: Bench, tmp_path: Path) -> None:
    assert run(bench, tmp_path / "run", sampler="dense", steps=1)["n"] == 8


def test_rates_follow_the_schedule_and_a_fresh_head_has_its_own() -> None:
    model = build_i3d(2, width=1 / 16)
    config = TrainConfig(index="", lr=1e-4, head_lr=1e-3)
    optimiser = make_optimiser(model, config, fresh_head=True)
    seen = []
    for step in (0, 50, 100):
        set_rates(optimiser, config, step, 100)
        seen.append([group["lr"] for group in optimiser.param_groups])
    assert seen[0] == [1e-4, 1e-3]
    assert seen[1] == pytest.approx([5e-5, 5e-4])
    assert seen[2] == pytest.approx([0, 0], abs=1e-12)
    count = sum(len(group["params"]) for group in optimiser.param_groups)
    assert count == len(list(model.parameters()))


def test_a_long_gradient_is_shortened_before_the_update(bench: Bench, tmp_path: Path) -> None:
    """After one update Adam's first moment is a tenth of the gradient that it was given."""

    def moment(out: Path) -> float:
        state = torch.load(out / "checkpoint.pt", weights_only=True)["optimiser"]["state"]
        return float(torch.stack([one["exp_avg"].norm() for one in state.values()]).norm())

    def norm(out: Path) -> float:
        (line,) = (out / "metrics.jsonl").read_text().splitlines()
        return float(json.loads(line)["gradient_norm"])

    free, short = tmp_path / "free", tmp_path / "short"
    run(bench, free, steps=1)
    run(bench, short, steps=1, clip_gradient=norm(free) / 10)
    assert norm(short) == norm(free)  # told as it was
    assert moment(free) == pytest.approx(norm(free) / 10, rel=1e-3)
    assert moment(short) == pytest.approx(norm(free) / 100, rel=1e-3)


def test_prepared_clips_are_found_where_they_were_stored(bench: Bench, tmp_path: Path) -> None:
    run(bench, tmp_path / "run")
    config = config_of(bench)
    prepared = PreparedClips(bench.root / "store", prepare_rule(config, source_rows(config)))
    rows = source_rows(config)
    assert all(row.clip_id in prepared for row in (*rows.train, *rows.val))


def test_snapshots_are_the_weights_of_their_update(bench: Bench, tmp_path: Path) -> None:
    chosen = run(bench, tmp_path / "run", steps=5, snapshots=2)
    folders = sorted((tmp_path / "run" / "snapshots").iterdir())
    assert [one.name for one in folders] == ["000002", "000004", "000005"]
    hashes = {one.name: load_model(one)[1].sha256 for one in folders}
    assert len(set(hashes.values())) == 3
    # Rates fall to zero over a run's own length: only the last is of a shorter run's, too.
    assert hashes[f"{chosen['step']:06d}"] == chosen["weights_hash"]
    run(bench, tmp_path / "none", steps=2)
    assert not (tmp_path / "none" / "snapshots").exists()
    with pytest.raises(UsageError, match="snapshots is at least 0, not -1"):
        config_of(bench, snapshots=-1)
