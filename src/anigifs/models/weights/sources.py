"""The foreign formats that weights can be added from.

To add one: a file with a function from a path to a canonical state, and a line here.
"""

from collections.abc import Callable
from pathlib import Path

from anigifs.models.weights.jax_pickle import read_jax_pickle
from anigifs.models.weights.names import Arrays
from anigifs.models.weights.pytorch_i3d import read_pytorch_i3d
from anigifs.models.weights.tensorflow import checkpoint_files, read_tensorflow

READERS: dict[str, Callable[[Path], Arrays]] = {
    "jax-pickle": read_jax_pickle,
    "pytorch-i3d": read_pytorch_i3d,
    "tensorflow": read_tensorflow,
}


def main_file(path: Path, source_format: str) -> Path:
    """Return the file whose hash stands for a source: of a checkpoint, the one with the tensors."""
    return checkpoint_files(path)[1] if source_format == "tensorflow" else path
