"""Named arrays in one file, which is there whole or counts as absent."""

import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from anigifs.foundation.files import atomic_path


def write_arrays(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Write arrays by name, without pickles.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "logits.npz"
        >>> write_arrays(path, {"logits": np.zeros(2)})
        >>> read_arrays(path)
        {'logits': array([0., 0.])}
    """
    with atomic_path(path) as temporary, temporary.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)


def read_arrays(path: Path) -> dict[str, np.ndarray] | None:
    """Return the arrays of a file; None where it is absent or damaged."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
