"""DeepMind's TensorFlow checkpoints of I3D, read without TensorFlow.

``model.ckpt.index`` says where in ``model.ckpt.data-00000-of-00001`` each variable lies.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from anigifs.foundation import WeightsError
from anigifs.models.weights.check import check_names
from anigifs.models.weights.crc32c import masked_crc32c
from anigifs.models.weights.names import Arrays, tensorflow_names, to_canonical
from anigifs.models.weights.sstable import read_table, varint

_PREFIX = "RGB/inception_i3d/"  # the checkpoint from scratch on Kinetics-600 has none
_FLOW = "Flow/inception_i3d/"
_MOMENTUM = "/Momentum"  # the optimiser's state
_FLOAT32 = 1


def read_tensorflow(path: Path) -> Arrays:
    """Read a checkpoint as a canonical state, every tensor's checksum verified.

    Args:
        path: The folder of ``model.ckpt.*``, the prefix, or one of the files.

    Raises:
        WeightsError: A file is missing or damaged, or the checkpoint is not an RGB I3D.
    """
    index, data = checkpoint_files(path)
    table = read_table(index.read_bytes(), str(index))
    if any(name.startswith(_FLOW) for name in table):
        raise WeightsError(f"{index}: a checkpoint for optical flow; add one for RGB")
    entries = {
        name.removeprefix(_PREFIX): _entry(value, str(index))
        for name, value in table.items()
        if name and not name.endswith(_MOMENTUM)  # the empty name is the header's
    }
    names = tensorflow_names()
    check_names(entries, names, str(index))
    content = memoryview(data.read_bytes())
    arrays = {name: _array(content, entry, f"{data}: {name}") for name, entry in entries.items()}
    return to_canonical(arrays, names, str(index))


def checkpoint_files(path: Path) -> tuple[Path, Path]:
    """Return the index and the data file of a checkpoint, however it was pointed at.

    Raises:
        WeightsError: One of them is missing, or there is more than one shard.
    """
    prefix = path / "model.ckpt" if path.is_dir() else path
    name = prefix.name.removesuffix(".index").partition(".data-")[0]
    index = prefix.with_name(f"{name}.index")
    data = prefix.with_name(f"{name}.data-00000-of-00001")
    for file in (index, data):
        if not file.is_file():
            raise WeightsError(f"{file} is missing: a checkpoint is {name}.index and {name}.data-*")
    return index, data


@dataclass(frozen=True)
class _Entry:
    """Where one variable lies, and what its bytes must sum to."""

    shape: tuple[int, ...]
    offset: int
    size: int
    crc: int


def _entry(message: bytes, where: str) -> _Entry:
    """Read a BundleEntryProto; fields at their default are absent from it."""
    try:
        fields = dict(_fields(message))
        shape = tuple(_size(dim) for number, dim in _fields(_bytes(fields.get(2))) if number == 2)
        numbers = {key: value for key, value in fields.items() if isinstance(value, int)}
    except (IndexError, TypeError):
        raise WeightsError(f"{where}: the checkpoint index is damaged") from None
    if numbers.get(1) != _FLOAT32 or numbers.get(3, 0) != 0:
        raise WeightsError(f"{where}: holds a variable that is not float32, or a second shard")
    return _Entry(shape, numbers.get(4, 0), numbers.get(5, 0), numbers.get(6, 0))


def _size(dim: int | bytes) -> int:
    size = dict(_fields(_bytes(dim))).get(1, 0)
    if not isinstance(size, int):
        raise TypeError("a dimension's size is an integer")
    return size


def _bytes(field: int | bytes | None) -> bytes:
    if isinstance(field, int):
        raise TypeError("a message was expected")
    return field or b""


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Yield (number, value) of a protocol-buffer message's fields."""
    at = 0
    while at < len(message):
        key, at = varint(message, at)
        number, wire = key >> 3, key & 7
        if wire == 0:
            value, at = varint(message, at)
            yield number, value
        elif wire == 2:
            length, at = varint(message, at)
            yield number, message[at : at + length]
            at += length
        elif wire == 5:
            yield number, int.from_bytes(message[at : at + 4], "little")
            at += 4
        else:
            raise TypeError(f"wire type {wire}")


def _array(content: memoryview, entry: _Entry, where: str) -> NDArray[np.float32]:
    part = content[entry.offset : entry.offset + entry.size]
    if len(part) != entry.size or entry.size != 4 * int(np.prod(entry.shape)):
        raise WeightsError(f"{where}: the data file is cut off, or belongs to another index")
    if masked_crc32c(part) != entry.crc:
        raise WeightsError(f"{where}: the data file is damaged (checksum)")
    return np.frombuffer(part, "<f4").reshape(entry.shape).astype(np.float32)
