"""The pickled variables of the JAX port, read without letting the pickle run anything.

A pickle is a program. This reader lets it call the three functions that NumPy needs to rebuild an
array, and nothing else: any other name in the file is an error before anything is called.
"""

import pickle
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from anigifs.foundation import WeightsError
from anigifs.models.weights.check import check_names
from anigifs.models.weights.names import Arrays, jax_names, to_canonical

_DEEPEST = 8  # dictionaries inside one another; the real file has 5

# NumPy 2 moved its internals from `core` to `_core`; files name either.
_RECONSTRUCT = np.empty(0).__reduce__()[0]
_ALLOWED: dict[tuple[str, str], Any] = {
    ("numpy.core.multiarray", "_reconstruct"): _RECONSTRUCT,
    ("numpy._core.multiarray", "_reconstruct"): _RECONSTRUCT,
    ("numpy", "ndarray"): np.ndarray,
    ("numpy", "dtype"): np.dtype,
}


def read_jax_pickle(path: Path) -> Arrays:
    """Read a pickled dictionary of the JAX port's variables as a canonical state.

    Raises:
        WeightsError: The pickle names anything but NumPy's arrays, is damaged, or holds other
            variables than an I3D has.
    """
    names = jax_names()
    # One more than there may be: a small file can spell out millions by repeating itself.
    leaves = dict(islice(_leaves(_load(path), str(path)), len(names) + 1))
    check_names(leaves, names, str(path))
    for name, leaf in leaves.items():
        if not isinstance(leaf, np.ndarray) or leaf.dtype != np.float32:
            raise WeightsError(f"{path}: {name} is not an array of float32")
    return to_canonical(leaves, names, str(path))


class _ArraysOnly(pickle.Unpickler):
    def __init__(self, file: BinaryIO, where: str) -> None:
        super().__init__(file)
        self._where = where

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401 - pickle's signature
        if (module, name) not in _ALLOWED:
            raise WeightsError(
                f"{self._where}: the pickle asks for {module}.{name}, and only NumPy arrays are "
                f"read: do not trust this file"
            )
        return _ALLOWED[module, name]


def _load(path: Path) -> object:
    with path.open("rb") as file:
        try:
            return _ArraysOnly(file, str(path)).load()
        except WeightsError:
            raise
        except Exception as error:  # a damaged pickle can raise almost anything
            raise WeightsError(f"{path}: not a whole pickle: {error}") from None


def _leaves(tree: object, where: str, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    if not isinstance(tree, dict):
        yield "/".join(path), tree
        return
    if len(path) == _DEEPEST:
        raise WeightsError(f"{where}: dictionaries nested deeper than any I3D's")
    for name, branch in tree.items():
        yield from _leaves(branch, where, (*path, str(name)))
