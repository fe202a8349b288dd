"""TensorFlow checkpoints under their two styles, whole and broken, written by the tests."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from anigifs.foundation import WeightsError
from anigifs.models import build_i3d
from anigifs.models.weights.check import check_shapes
from anigifs.models.weights.crc32c import crc32c
from anigifs.models.weights.tensorflow import read_tensorflow
from tests.models.small import CLASSES, WIDTH, canonical_arrays, small_model
from tests.models.weights.checkpoint import table, write_checkpoint

Array = NDArray[np.float32]

BRANCHES = {
    "b0": "Branch_0/Conv3d_0a_1x1",
    "b1a": "Branch_1/Conv3d_0a_1x1",
    "b1b": "Branch_1/Conv3d_0b_3x3",
    "b2a": "Branch_2/Conv3d_0a_1x1",
    "b2b": "Branch_2/Conv3d_0b_3x3",
    "b3b": "Branch_3/Conv3d_0b_1x1",
}
PARTS = {
    "conv3d.weight": "conv_3d/w",
    "conv3d.bias": "conv_3d/b",
    "bn.bias": "batch_norm/beta",
    "bn.running_mean": "batch_norm/moving_mean",
    "bn.running_var": "batch_norm/moving_variance",
}
CANONICAL = canonical_arrays(small_model())


def their_name(key: str) -> str:
    unit = key.partition(".conv3d." if ".conv3d." in key else ".bn.")[0]
    part = PARTS[key.removeprefix(f"{unit}.")]
    block, _, branch = unit.partition(".")
    if unit == "logits":
        return f"Logits/Conv3d_0c_1x1/{part}"
    name = f"{block}/{BRANCHES[branch]}" if branch else block
    return f"{name.replace('Mixed_5b/Branch_2/Conv3d_0b', 'Mixed_5b/Branch_2/Conv3d_0a')}/{part}"


def variables(
    prefix: str, *, flat: bool, momentum: bool, arrays: dict[str, Array] = CANONICAL
) -> dict[str, Array]:
    """A network, our small one unless told, under TensorFlow's names, in its layout."""
    found: dict[str, Array] = {}
    for key, array in arrays.items():
        if key.endswith("bn.weight"):
            continue
        if array.ndim == 5:
            array = array.transpose(2, 3, 4, 1, 0)
        elif ".bn." in key and not flat:
            array = array.reshape(1, 1, 1, 1, -1)
        found[prefix + their_name(key)] = array
    if momentum:
        trained = [name for name in found if name.endswith(("/w", "/b", "/beta"))]
        found |= {f"{name}/Momentum": found[name] * 0 + 7 for name in trained}
    return found


def imagenet_style() -> dict[str, Array]:
    return variables("RGB/inception_i3d/", flat=True, momentum=False)


def kinetics_600_style() -> dict[str, Array]:
    return variables("", flat=False, momentum=True)


def test_the_styles_have_as_many_variables_as_the_published_files() -> None:
    assert (len(imagenet_style()), len(kinetics_600_style())) == (230, 346)


@pytest.mark.parametrize("style", [imagenet_style, kinetics_600_style])
@pytest.mark.parametrize("point_at", [".", "model.ckpt", "model.ckpt.index"])
def test_both_styles_are_read_bit_for_bit(style: object, point_at: str, tmp_path: Path) -> None:
    write_checkpoint(tmp_path, style())  # type: ignore[operator]
    found = read_tensorflow(tmp_path / point_at)
    assert found.keys() == CANONICAL.keys()
    assert all(np.array_equal(found[key], array) for key, array in CANONICAL.items())
    assert check_shapes(found, WIDTH, "here") == len(CLASSES)


@pytest.mark.parametrize(
    ("classes", "prefix", "momentum", "published_bytes"),
    [
        pytest.param(400, "RGB/inception_i3d/", False, 50_818_176, id="rgb_imagenet"),
        pytest.param(600, "", True, 103_218_112, id="rgb_scratch_kin600", marks=pytest.mark.slow),
    ],
)
def test_the_published_shapes_make_a_file_of_the_published_size_and_are_read(
    classes: int, prefix: str, momentum: bool, published_bytes: int, tmp_path: Path
) -> None:
    arrays = canonical_arrays(build_i3d(classes))
    theirs = variables(prefix, flat=not momentum, momentum=momentum, arrays=arrays)
    write_checkpoint(tmp_path, theirs, checksum=crc32c)  # the quick one: proven elsewhere
    assert (tmp_path / "model.ckpt.data-00000-of-00001").stat().st_size == published_bytes
    found = read_tensorflow(tmp_path)
    assert check_shapes(found, 1.0, "here") == classes
    assert all(np.array_equal(found[key], array) for key, array in arrays.items())


def test_the_index_takes_several_blocks_with_shared_prefixes(tmp_path: Path) -> None:
    write_checkpoint(tmp_path, imagenet_style())
    index = (tmp_path / "model.ckpt.index").read_bytes()
    assert index.count(b"RGB/inception_i3d/") > 5  # once a restart, more than one block
    assert index.count(b"RGB/inception_i3d/") < 230


def test_optical_flow_is_refused(tmp_path: Path) -> None:
    flow = variables("Flow/inception_i3d/", flat=True, momentum=False)
    with pytest.raises(WeightsError, match="optical flow"):
        read_tensorflow(write_checkpoint(tmp_path, flow))


def test_missing_and_odd_variables_are_named(tmp_path: Path) -> None:
    found = imagenet_style()
    found["RGB/inception_i3d/extra"] = found.pop("RGB/inception_i3d/Logits/Conv3d_0c_1x1/conv_3d/b")
    with pytest.raises(WeightsError, match=r"lacks Logits/Conv3d_0c_1x1/conv_3d/b and has extra"):
        read_tensorflow(write_checkpoint(tmp_path, found))


def test_another_type_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="not float32"):
        read_tensorflow(write_checkpoint(tmp_path, imagenet_style(), dtype=2))


def test_a_missing_data_file_is_named(tmp_path: Path) -> None:
    prefix = write_checkpoint(tmp_path, imagenet_style())
    (tmp_path / "model.ckpt.data-00000-of-00001").unlink()
    with pytest.raises(WeightsError, match="data-00000-of-00001 is missing"):
        read_tensorflow(prefix)


def test_a_data_file_cut_off_is_refused(tmp_path: Path) -> None:
    prefix = write_checkpoint(tmp_path, imagenet_style())
    data = tmp_path / "model.ckpt.data-00000-of-00001"
    data.write_bytes(data.read_bytes()[:-100])
    with pytest.raises(WeightsError, match="cut off"):
        read_tensorflow(prefix)


@pytest.mark.parametrize("file", ["model.ckpt.data-00000-of-00001", "model.ckpt.index"])
def test_one_changed_bit_is_found(file: str, tmp_path: Path) -> None:
    prefix = write_checkpoint(tmp_path, imagenet_style())
    content = bytearray((tmp_path / file).read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / file).write_bytes(content)
    with pytest.raises(WeightsError, match=r"damaged \(checksum\)"):
        read_tensorflow(prefix)


@pytest.mark.parametrize("kept", [0, 10, 47, 5000])
def test_an_index_cut_off_is_refused(kept: int, tmp_path: Path) -> None:
    prefix = write_checkpoint(tmp_path, imagenet_style())
    index = tmp_path / "model.ckpt.index"
    index.write_bytes(index.read_bytes()[:kept])
    with pytest.raises(WeightsError, match="not all of it"):
        read_tensorflow(prefix)


def test_a_compressed_index_is_refused(tmp_path: Path) -> None:
    prefix = write_checkpoint(tmp_path, imagenet_style())
    (tmp_path / "model.ckpt.index").write_bytes(table({"a": b"b"}, compression=1))
    with pytest.raises(WeightsError, match="compressed"):
        read_tensorflow(prefix)
