"""The one door: loading, replacing the head, saving - and what is said of wrong files."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from anigifs.foundation import UsageError, WeightsError
from anigifs.models import WeightsRecord, build_i3d, for_inference, load_model, save_model
from anigifs.models.weights.store import write_record
from tests.models.small import CLASSES, WIDTH, random_clips, small_model

RECORD = WeightsRecord(name="small", width=WIDTH, classes=CLASSES, licence="CC0", source="a test")


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    save_model(small_model(), RECORD, tmp_path / "saved")
    return tmp_path / "saved"


def test_a_saved_network_comes_back_bit_for_bit(saved: Path) -> None:
    model, record = load_model(saved)
    assert dataclasses.replace(record, sha256="") == RECORD
    assert len(record.sha256) == 64
    assert not model.training
    expected = small_model().state_dict()
    assert all(torch.equal(value, expected[key]) for key, value in model.state_dict().items())


def test_a_fresh_head_depends_on_the_seed_alone(saved: Path) -> None:
    torch.manual_seed(1)
    one, record = load_model(saved, classes=["a", "b"], seed=7)
    torch.manual_seed(2)
    same, _ = load_model(saved, classes=["a", "b"], seed=7)
    other, _ = load_model(saved, classes=["a", "b"], seed=8)
    weight = one.logits.conv3d.weight
    assert (record.classes, record.taxonomy) == (("a", "b"), "custom")
    assert weight.shape == (2, 64, 1, 1, 1)
    assert torch.equal(weight, same.logits.conv3d.weight)
    assert not torch.equal(weight, other.logits.conv3d.weight)
    assert weight.abs().max() <= 2 / 8  # two deviations of 1/sqrt(64 channels)
    assert weight.std() > 0.05
    assert not one.state_dict()["logits.conv3d.bias"].any()
    key = "Mixed_5c.b0.conv3d.weight"
    assert torch.equal(one.state_dict()[key], small_model().state_dict()[key])


def test_a_copied_head_keeps_the_rows_of_equal_names(saved: Path) -> None:
    clips = random_clips(9, 32, 32)
    whole, _ = load_model(saved)
    part, record = load_model(saved, classes=["yoga", "new", "bowling"], head="copy")
    before, after = whole(clips)[0][0], part(clips)[0][0]
    assert record.classes == ("yoga", "new", "bowling")
    torch.testing.assert_close(after[[0, 2]], before[[CLASSES.index("yoga"), 1]])
    assert part.state_dict()["logits.conv3d.bias"][1] == 0


def test_random_weights_depend_on_the_seed_and_leave_the_generator_alone() -> None:
    torch.manual_seed(3)
    expected = torch.rand(1)
    torch.manual_seed(3)
    one, same, other = (build_i3d(3, WIDTH, seed) for seed in (0, 0, 1))
    assert torch.equal(torch.rand(1), expected)
    key = "Mixed_3b.b0.conv3d.weight"
    assert torch.equal(one.state_dict()[key], same.state_dict()[key])
    assert not torch.equal(one.state_dict()[key], other.state_dict()[key])


def drop(state: dict[str, Tensor]) -> None:
    del state["Mixed_4d.b0.bn.bias"]


def add(state: dict[str, Tensor]) -> None:
    state["surplus"] = torch.zeros(1)


def reshape(state: dict[str, Tensor]) -> None:
    state["Conv3d_1a_7x7.conv3d.weight"] = torch.zeros(4, 3, 5, 5, 5)


def retype(state: dict[str, Tensor]) -> None:
    state["logits.conv3d.bias"] = state["logits.conv3d.bias"].half()


def shrink(state: dict[str, Tensor]) -> None:
    for part in ("weight", "bias"):
        state[f"logits.conv3d.{part}"] = state[f"logits.conv3d.{part}"][:3].clone()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (drop, r"lacks Mixed_4d\.b0\.bn\.bias"),
        (add, "has surplus"),
        (reshape, r"Conv3d_1a_7x7\.conv3d\.weight has shape \(4, 3, 5, 5, 5\)"),
        (retype, r"logits\.conv3d\.bias is torch\.float16, not torch\.float32"),
        (shrink, "head has 3 classes, its record 5"),
    ],
)
def test_a_file_of_someone_else_is_refused_in_one_line(
    change: Callable[[dict[str, Tensor]], None], said: str, saved: Path
) -> None:
    state = load_file(saved / "model.safetensors")
    change(state)
    save_file(state, saved / "model.safetensors")
    write_record(saved, RECORD)
    with pytest.raises(WeightsError, match=said) as error:
        load_model(saved)
    assert "\n" not in str(error.value)
    assert str(saved / "model.safetensors") in str(error.value)


def test_a_damaged_file_is_refused_by_its_hash(saved: Path) -> None:
    (saved / "model.safetensors").write_bytes(b"rubbish")
    with pytest.raises(WeightsError, match=r"\(sha256\)"):
        load_model(saved)


def test_rubbish_with_a_right_hash_is_refused(saved: Path) -> None:
    (saved / "model.safetensors").write_bytes(b"rubbish")
    write_record(saved, RECORD)
    with pytest.raises(WeightsError, match="not a safetensors file"):
        load_model(saved)


def test_another_architecture_is_refused(saved: Path) -> None:
    write_record(saved, dataclasses.replace(RECORD, architecture="x3d"))
    with pytest.raises(WeightsError, match="weights of 'x3d'; only i3d is known"):
        load_model(saved)


def test_an_unknown_rule_for_the_head_is_refused(saved: Path) -> None:
    with pytest.raises(ValueError, match="fresh or copy, not 'old'"):
        load_model(saved, head="old")  # type: ignore[arg-type]


@pytest.mark.parametrize("classes", [[], ["a", "b", "a"]])
def test_classes_are_some_and_different(classes: list[str], saved: Path) -> None:
    with pytest.raises(UsageError, match="none, or one is named twice"):
        load_model(saved, classes)


def test_only_what_fits_its_record_is_saved(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="head has 5 classes, its record 1"):
        save_model(small_model(), dataclasses.replace(RECORD, classes=("one",)), tmp_path / "a")
    with pytest.raises(WeightsError, match="the model to save"):
        save_model(for_inference(small_model()), RECORD, tmp_path / "b")
    assert not (tmp_path / "a").exists()
    assert not (tmp_path / "b").exists()
