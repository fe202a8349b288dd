"""The JAX port's pickle: read where it holds arrays, refused where it would run anything."""

import os
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from anigifs.foundation import WeightsError
from anigifs.models.weights.jax_pickle import read_jax_pickle
from anigifs.models.weights.names import jax_names
from tests.models.small import canonical_arrays, small_model

CANONICAL = canonical_arrays(small_model())


def tree() -> dict[str, Any]:
    """The small network as the port nests it: units by path, parts inside."""
    root: dict[str, Any] = {}
    for path, key in jax_names().items():
        kind, *unit, module, part = path.split("/")
        array = CANONICAL[key]
        array = array.transpose(2, 3, 4, 1, 0) if array.ndim == 5 else array
        branch = root.setdefault(kind, {}).setdefault("/".join(unit), {}).setdefault(module, {})
        branch[part] = array
    return root


def written(path: Path, content: object, protocol: int = 4) -> Path:
    path.write_bytes(pickle.dumps(content, protocol))
    return path


def test_arrays_are_read_bit_for_bit(tmp_path: Path) -> None:
    found = read_jax_pickle(written(tmp_path / "weights", tree()))
    assert found.keys() == CANONICAL.keys()
    assert all(np.array_equal(found[key], array) for key, array in CANONICAL.items())


def test_the_names_of_numpy_before_version_2_are_read(tmp_path: Path) -> None:
    path = written(tmp_path / "weights", tree(), protocol=3)
    old = path.read_bytes().replace(b"numpy._core.multiarray", b"numpy.core.multiarray")
    assert b"numpy.core.multiarray" in old
    path.write_bytes(old)
    assert len(read_jax_pickle(path)) == 287


class Malicious:
    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.system, (f"touch {self.target}",)


def test_a_pickle_that_would_run_a_command_is_refused_and_runs_nothing(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    path = written(tmp_path / "weights", {"params": Malicious(victim)})
    with pytest.raises(WeightsError, match=r"asks for posix\.system.*do not trust this file"):
        read_jax_pickle(path)
    assert not victim.exists()


@pytest.mark.parametrize("name", ["builtins eval", "numpy load", "numpy.core.multiarray scalar"])
def test_any_other_global_is_refused(name: str, tmp_path: Path) -> None:
    module, _, function = name.partition(" ")
    path = tmp_path / "weights"
    path.write_bytes(b"c" + f"{module}\n{function}\n".encode() + b".")
    with pytest.raises(WeightsError, match=f"asks for {module}.{function}"):
        read_jax_pickle(path)


def test_a_pickle_cut_off_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "weights", tree())
    path.write_bytes(path.read_bytes()[:-1000])
    with pytest.raises(WeightsError, match="not a whole pickle"):
        read_jax_pickle(path)


def test_missing_variables_are_named(tmp_path: Path) -> None:
    content = tree()
    del content["batch_stats"]["Mixed_3b/Branch_0/Conv3d_0a_1x1"]
    with pytest.raises(WeightsError, match=r"lacks batch_stats/Mixed_3b/Branch_0/.*mean"):
        read_jax_pickle(written(tmp_path / "weights", content))


def test_another_type_is_refused(tmp_path: Path) -> None:
    content = tree()
    content["params"]["Conv3d_1a_7x7"]["Conv_0"]["kernel"] = 3
    with pytest.raises(WeightsError, match="kernel is not an array of float32"):
        read_jax_pickle(written(tmp_path / "weights", content))


def test_a_dictionary_inside_itself_is_refused(tmp_path: Path) -> None:
    content: dict[str, Any] = {}
    content["params"] = content
    with pytest.raises(WeightsError, match="nested deeper"):
        read_jax_pickle(written(tmp_path / "weights", content))
