"""The head that a run begins with."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from anigifs.foundation import UsageError
from anigifs.models import WeightsRecord, load_model, save_model
from anigifs.models.pyramid import PyramidHead, give_pyramid
from anigifs.training import TrainConfig
from anigifs.training.loop import starting_model
from tests.training.conftest import Bench

CLASSES = ("down", "right")


def config_of(weights: Path, **more: object) -> TrainConfig:
    return replace(TrainConfig(index="none", weights=str(weights)), **more)  # type: ignore[arg-type]


@pytest.fixture
def pyramid(bench: Bench, tmp_path: Path) -> Path:
    """Weights with a pyramid for clips of 16 frames."""
    model, record = load_model(bench.root / "narrow", CLASSES)
    give_pyramid(model, "Mixed_4f", 4, seed=5)
    save_model(model, replace(record, head="pyramid", head_layer="Mixed_4f"), tmp_path / "pyramid")
    return tmp_path / "pyramid"


@pytest.mark.parametrize(
    ("preset", "layer", "cells"), [("laptop", "Mixed_4f", 4), ("paper", "Mixed_5c", 5)]
)
def test_a_fresh_pyramid_reads_where_methods_look(
    bench: Bench, preset: str, layer: str, cells: int
) -> None:
    config = config_of(bench.root / "narrow", head="pyramid", preset=preset, dropout=0.25, seed=3)
    model, record, fresh = starting_model(config, CLASSES)
    assert isinstance(model.logits, PyramidHead)
    assert (model.logits.layer, model.logits.cells) == (layer, cells)
    assert (record.head, record.head_layer, record.classes) == ("pyramid", layer, CLASSES)
    assert fresh
    assert model.logits.dropout.p == 0.25
    again, _, _ = starting_model(config, CLASSES)
    other, _, _ = starting_model(replace(config, seed=4), CLASSES)
    weights = [one.state_dict()["logits.project.weight"] for one in (model, again, other)]
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])


def test_a_pyramid_takes_the_place_of_a_head_for_the_same_classes(bench: Bench) -> None:
    model, _, fresh = starting_model(config_of(bench.root / "narrow", head="pyramid"), ("a", "b"))
    assert isinstance(model.logits, PyramidHead)
    assert fresh


@pytest.mark.parametrize("head", ["fresh", "copy", "pyramid"])
def test_weights_with_a_pyramid_for_the_classes_keep_it(pyramid: Path, head: str) -> None:
    model, record, fresh = starting_model(config_of(pyramid, head=head), CLASSES)
    expected, _ = load_model(pyramid)
    assert not fresh
    assert record.head == "pyramid"
    assert model.state_dict().keys() == expected.state_dict().keys()
    assert all(
        torch.equal(value, expected.state_dict()[key]) for key, value in model.state_dict().items()
    )


@pytest.mark.parametrize(("head", "kind"), [("fresh", "linear"), ("pyramid", "pyramid")])
def test_for_other_classes_the_head_is_another(pyramid: Path, head: str, kind: str) -> None:
    model, record, fresh = starting_model(config_of(pyramid, head=head), ("up", "left", "right"))
    assert fresh
    assert record.head == kind
    assert isinstance(model.logits, PyramidHead) == (kind == "pyramid")
    assert model.logits.conv3d.out_channels == 3


def test_a_run_without_a_pyramid_starts_as_it_did(bench: Bench) -> None:
    config = config_of(bench.root / "narrow", seed=7)
    model, record, fresh = starting_model(config, CLASSES)
    expected, _ = load_model(bench.root / "narrow", CLASSES, "fresh", 7)
    assert all(
        torch.equal(value, expected.state_dict()[key]) for key, value in model.state_dict().items()
    )
    assert fresh
    assert WeightsRecord.from_json(record.to_json(), "record.json").head == "linear"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"preset": "paper"}, "reads 4 time cells at Mixed_4f, and clips of the preset paper have"),
        ({"sampler": "dense"}, "clips of one length"),
    ],
)
def test_clips_that_a_pyramid_cannot_read_are_refused(
    pyramid: Path, more: dict[str, object], said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        starting_model(config_of(pyramid, **more), CLASSES)
