"""One name for each tensor: the canonical keys, and their twins in other programs' files.

Canonical are the state-dict keys of :class:`anigifs.models.i3d.I3D`, such as
``Mixed_3b.b1b.bn.running_var``. TensorFlow's ``Mixed_3b/Branch_1/Conv3d_0b_3x3/...`` name the same
tensors; the JAX port took the units' names over and renamed what is in them.
"""

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from anigifs.foundation import WeightsError

Arrays = dict[str, NDArray[np.float32]]

_SINGLE = ("Conv3d_1a_7x7", "Conv3d_2b_1x1", "Conv3d_2c_3x3")
MIXED = tuple(f"Mixed_{block}" for block in ("3b", "3c", "4b", "4c", "4d", "4e", "4f", "5b", "5c"))
_BRANCHES = {
    "b0": "Branch_0/Conv3d_0a_1x1",
    "b1a": "Branch_1/Conv3d_0a_1x1",
    "b1b": "Branch_1/Conv3d_0b_3x3",
    "b2a": "Branch_2/Conv3d_0a_1x1",
    "b2b": "Branch_2/Conv3d_0b_3x3",
    "b3b": "Branch_3/Conv3d_0b_1x1",
}
HEAD = "logits"


def _tensorflow_unit(block: str, branch: str) -> str:
    if (block, branch) == ("Mixed_5b", "b2b"):
        return "Mixed_5b/Branch_2/Conv3d_0a_3x3"  # a slip in the original that its files all carry
    return f"{block}/{_BRANCHES[branch]}"


UNITS: dict[str, str] = {
    **{name: name for name in _SINGLE},
    **{
        f"{block}.{branch}": _tensorflow_unit(block, branch)
        for block in MIXED
        for branch in _BRANCHES
    },
}
"""The 57 units that end in batch normalisation: canonical name to TensorFlow's."""


def tensorflow_names() -> dict[str, str]:
    """Return the 230 variables of a TensorFlow I3D, without a prefix, and their canonical keys.

    Example:
        >>> tensorflow_names()["Mixed_5b/Branch_2/Conv3d_0a_3x3/conv_3d/w"]
        'Mixed_5b.b2b.conv3d.weight'
    """
    names = {
        "Logits/Conv3d_0c_1x1/conv_3d/w": f"{HEAD}.conv3d.weight",
        "Logits/Conv3d_0c_1x1/conv_3d/b": f"{HEAD}.conv3d.bias",
    }
    for unit, theirs in UNITS.items():
        names[f"{theirs}/conv_3d/w"] = f"{unit}.conv3d.weight"
        names[f"{theirs}/batch_norm/beta"] = f"{unit}.bn.bias"
        names[f"{theirs}/batch_norm/moving_mean"] = f"{unit}.bn.running_mean"
        names[f"{theirs}/batch_norm/moving_variance"] = f"{unit}.bn.running_var"
    return names


def jax_names() -> dict[str, str]:
    """Return the 230 leaves of the JAX port's variables, as paths, and their canonical keys.

    The port keeps TensorFlow's names of units, without the slip in Mixed_5b.
    """
    names = {
        "params/Logits/Conv3d_0c_1x1/Conv_0/kernel": f"{HEAD}.conv3d.weight",
        "params/Logits/Conv3d_0c_1x1/Conv_0/bias": f"{HEAD}.conv3d.bias",
    }
    for unit in UNITS:
        block, _, branch = unit.partition(".")
        theirs = f"{block}/{_BRANCHES[branch]}" if branch else block
        names[f"params/{theirs}/Conv_0/kernel"] = f"{unit}.conv3d.weight"
        names[f"params/{theirs}/BatchNorm_0/bias"] = f"{unit}.bn.bias"
        names[f"batch_stats/{theirs}/BatchNorm_0/mean"] = f"{unit}.bn.running_mean"
        names[f"batch_stats/{theirs}/BatchNorm_0/var"] = f"{unit}.bn.running_var"
    return names


def canonical_keys() -> frozenset[str]:
    """Return every key of a canonical set: 287, without BatchNorm's counters."""
    gammas = (f"{unit}.bn.weight" for unit in UNITS)
    return frozenset([*tensorflow_names().values(), *gammas])


def to_canonical(
    arrays: Mapping[str, NDArray[np.float32]], names: Mapping[str, str], where: str
) -> Arrays:
    """Rename channels-last arrays, put them in PyTorch's layout, and add the gammas of 1.

    Args:
        arrays: A complete set under the foreign names, kernels as ``(kt, kh, kw, C_in, C_out)``,
            vectors of any shape with one axis longer than 1.
        names: Foreign name to canonical key.
        where: The file's name, for the error.

    Raises:
        WeightsError: A kernel does not have five axes.
    """
    canonical = dict(_renamed(arrays, names, where))
    for unit in UNITS:  # gamma is absent where it was never learnt: it is 1
        canonical[f"{unit}.bn.weight"] = np.ones_like(canonical[f"{unit}.bn.bias"])
    return canonical


def _renamed(
    arrays: Mapping[str, NDArray[np.float32]], names: Mapping[str, str], where: str
) -> Iterator[tuple[str, NDArray[np.float32]]]:
    for theirs, key in names.items():
        array = arrays[theirs]
        if not key.endswith("conv3d.weight"):
            yield key, np.ascontiguousarray(array.ravel())
        elif array.ndim == 5:
            yield key, np.ascontiguousarray(array.transpose(4, 3, 0, 1, 2))
        else:
            raise WeightsError(
                f"{where}: {theirs} has shape {array.shape}, not a 3-D convolution's"
            )
