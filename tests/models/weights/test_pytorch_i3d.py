"""State dicts of the PyTorch port, of both ages, whole and broken."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from anigifs.foundation import WeightsError
from anigifs.models import build_i3d
from anigifs.models.weights.check import check_shapes
from anigifs.models.weights.pytorch_i3d import read_pytorch_i3d
from tests.models.small import CLASSES, WIDTH, canonical_arrays, small_model

STATE = dict(small_model().state_dict())
CANONICAL = canonical_arrays(small_model(), gamma=True)


def saved(path: Path, state: object, *, zipped: bool = True) -> Path:
    torch.save(state, path, _use_new_zipfile_serialization=zipped)
    return path


@pytest.mark.parametrize("counters", [True, False])
@pytest.mark.parametrize("zipped", [True, False])
def test_files_of_287_and_344_tensors_are_one_set(
    counters: bool, zipped: bool, tmp_path: Path
) -> None:
    state = {key: v for key, v in STATE.items() if counters or "num_batches" not in key}
    assert len(state) == (344 if counters else 287)
    found = read_pytorch_i3d(saved(tmp_path / "rgb.pt", state, zipped=zipped))
    assert found.keys() == CANONICAL.keys()
    assert all(np.array_equal(found[key], array) for key, array in CANONICAL.items())
    assert check_shapes(found, WIDTH, "here") == len(CLASSES)


def test_a_file_of_the_real_shapes_is_read(tmp_path: Path) -> None:
    model = build_i3d(400)
    found = read_pytorch_i3d(saved(tmp_path / "rgb_imagenet.pt", dict(model.state_dict())))
    assert check_shapes(found, 1.0, "here") == 400
    expected = canonical_arrays(model)
    assert all(np.array_equal(found[key], array) for key, array in expected.items())


def broken(change: str) -> dict[str, Any]:
    state = dict(STATE)
    match change:
        case "missing":
            del state["Mixed_4b.b1b.conv3d.weight"]
        case "odd":
            state["fc.weight"] = torch.zeros(2)
        case "type":
            state["logits.conv3d.bias"] = state["logits.conv3d.bias"].double()
    return state


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("missing", r"lacks Mixed_4b\.b1b\.conv3d\.weight"),
        ("odd", r"has fc\.weight"),
        ("type", r"logits\.conv3d\.bias is torch\.float64"),
    ],
)
def test_what_is_wrong_is_named(change: str, said: str, tmp_path: Path) -> None:
    path = saved(tmp_path / "rgb.pt", broken(change))
    with pytest.raises(WeightsError, match=said) as error:
        read_pytorch_i3d(path)
    assert str(error.value).startswith(str(path))


class Malicious:
    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.system, ("exit 1",)


def test_a_file_that_would_run_a_command_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="tensors only"):
        read_pytorch_i3d(saved(tmp_path / "rgb.pt", {"a": Malicious()}))


@pytest.mark.parametrize("content", [b"", b"not a file of tensors", b"PK\x03\x04 nor a zip"])
def test_other_files_are_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "rgb.pt"
    path.write_bytes(content)
    with pytest.raises(WeightsError, match="tensors only"):
        read_pytorch_i3d(path)


def test_something_else_than_a_state_dict_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="not a state dict"):
        read_pytorch_i3d(saved(tmp_path / "rgb.pt", {"state": STATE}))


def test_a_shape_that_does_not_fit_is_named() -> None:
    wrong = {**CANONICAL, "Mixed_5c.b0.bn.bias": np.zeros(3, np.float32)}
    with pytest.raises(WeightsError, match=r"here: Mixed_5c\.b0\.bn\.bias has shape \(3,\)"):
        check_shapes(wrong, WIDTH, "here")
