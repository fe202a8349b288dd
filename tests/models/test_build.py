"""The one door: loading, replacing the head, saving - and what is said of wrong files."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from anigifs.foundation import UsageError, WeightsError
from anigifs.models import (
    WeightsRecord,
    build_i3d,
    for_inference,
    load_model,
    rehead,
    save_model,
    state_sha256,
)
from anigifs.models.pyramid import PyramidHead, give_pyramid
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


PYRAMID = dataclasses.replace(RECORD, head="pyramid", head_layer="Mixed_4f")


@pytest.fixture
def pyramid(tmp_path: Path) -> Path:
    model = small_model()
    give_pyramid(model, "Mixed_4f", 4)
    save_model(model, PYRAMID, tmp_path / "pyramid")
    return tmp_path / "pyramid"


def test_a_network_with_a_pyramid_comes_back_bit_for_bit(pyramid: Path) -> None:
    model, record = load_model(pyramid)
    expected = small_model()
    give_pyramid(expected, "Mixed_4f", 4)
    clips = random_clips(16, 32, 32)
    assert dataclasses.replace(record, sha256="") == PYRAMID
    assert isinstance(model.logits, PyramidHead)
    assert (model.logits.layer, model.logits.cells) == ("Mixed_4f", 4)
    assert torch.equal(model(clips)[0], expected(clips)[0])
    assert state_sha256(model) == state_sha256(expected) == record.sha256
    assert torch.equal(
        for_inference(model, "float32")(clips)[0], for_inference(expected, "float32")(clips)[0]
    )
    assert not any(one.requires_grad for one in model.get_submodule("Mixed_5b").parameters())


def test_a_pyramid_makes_room_for_a_linear_head_of_other_classes(pyramid: Path) -> None:
    model, record = load_model(pyramid, ["a", "b"])
    linear = build_i3d(5, WIDTH)
    assert (record.head, record.head_layer) == ("linear", "Mixed_5c")
    assert model.state_dict().keys() == linear.state_dict().keys()
    assert model(random_clips(9, 32, 32))[0].shape == (1, 2)
    assert all(one.requires_grad for one in model.parameters())
    with pytest.raises(UsageError, match="rows of a pyramid head cannot be copied"):
        load_model(pyramid, ["a", "b"], head="copy")


def test_a_copy_of_a_pyramid_keeps_it(pyramid: Path, anigifs_home: Path) -> None:
    record = rehead("mine", pyramid)
    model, _ = load_model("mine")
    assert record.head == "pyramid"
    assert record.sha256 == state_sha256(model) == load_model(pyramid)[1].sha256


def forget(state: dict[str, Tensor]) -> None:
    del state["logits.relate.encoder_feed.inner.bias"]


def flatten(state: dict[str, Tensor]) -> None:
    state["logits.conv3d.weight"] = state["logits.conv3d.weight"][:, :, :2].contiguous()


def narrow(state: dict[str, Tensor]) -> None:
    state["logits.project.weight"] = torch.zeros(256, 3)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (forget, r"lacks logits\.relate\.encoder_feed\.inner\.bias"),
        (add, "has surplus"),
        (flatten, r"has shape \(5, 256, 2, 1, 1\), which is no pyramid's"),
        (narrow, r"logits\.project\.weight has shape \(256, 3\), and .* \(256, 52\)"),
        (shrink, "head has 3 classes, its record 5"),
    ],
)
def test_a_wrong_pyramid_is_refused_in_one_line(
    change: Callable[[dict[str, Tensor]], None], said: str, pyramid: Path
) -> None:
    state = load_file(pyramid / "model.safetensors")
    change(state)
    save_file(state, pyramid / "model.safetensors")
    write_record(pyramid, PYRAMID)
    with pytest.raises(WeightsError, match=said):
        load_model(pyramid)


def test_a_pyramid_is_not_saved_as_a_linear_head_nor_the_other_way(tmp_path: Path) -> None:
    model = small_model()
    with pytest.raises(WeightsError, match=r"lacks logits\.project"):
        save_model(model, PYRAMID, tmp_path / "a")
    give_pyramid(model, "Mixed_4f", 4)
    with pytest.raises(WeightsError, match=r"has logits\.project"):
        save_model(model, RECORD, tmp_path / "b")
