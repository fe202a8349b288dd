"""Writes TensorFlow checkpoints for the tests, from the file formats' description alone."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

_RESTART_EVERY = 16
_MAGIC = 0xDB4775248B80FB57


def _byte_table() -> list[int]:
    table = []
    for crc in range(256):
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
        table.append(crc)
    return table


_TABLE = _byte_table()


def slow_crc32c(data: bytes) -> int:
    crc = 0xFFFFFFFF
    for byte in data:
        crc = _TABLE[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    return crc ^ 0xFFFFFFFF


Checksum = Callable[[bytes], int]


def _masked(data: bytes, checksum: Checksum = slow_crc32c) -> bytes:
    crc = checksum(data)
    rotated = ((crc >> 15) | (crc << 17)) & 0xFFFFFFFF
    return ((rotated + 0xA282EAD8) & 0xFFFFFFFF).to_bytes(4, "little")


def varint(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def _block(entries: list[tuple[bytes, bytes]]) -> bytes:
    body, restarts, last = bytearray(), [], b""
    for number, (key, value) in enumerate(entries):
        shared = 0
        if number % _RESTART_EVERY == 0:
            restarts.append(len(body))
        else:
            while shared < min(len(key), len(last)) and key[shared] == last[shared]:
                shared += 1
        body += varint(shared) + varint(len(key) - shared) + varint(len(value))
        body += key[shared:] + value
        last = key
    for place in restarts or [0]:
        body += place.to_bytes(4, "little")
    return bytes(body) + len(restarts or [0]).to_bytes(4, "little")


def table(entries: Mapping[str, bytes], block_size: int = 2048, compression: int = 0) -> bytes:
    """A sorted string table with as many data blocks as it takes."""
    out, index = bytearray(), []
    pending: list[tuple[bytes, bytes]] = []

    def write(block: bytes) -> bytes:
        handle = varint(len(out)) + varint(len(block))
        kind = bytes([compression])
        out.extend(block + kind + _masked(block + kind))
        return handle

    def flush() -> None:
        index.append((pending[-1][0], write(_block(pending))))
        pending.clear()

    for key, value in sorted((key.encode(), value) for key, value in entries.items()):
        pending.append((key, value))
        if sum(len(k) + len(v) for k, v in pending) > block_size:
            flush()
    if pending:
        flush()
    handles = write(_block([])) + write(_block(index))
    return bytes(out) + handles.ljust(40, b"\0") + _MAGIC.to_bytes(8, "little")


def _entry(
    shape: tuple[int, ...], offset: int, data: bytes, dtype: int, checksum: Checksum
) -> bytes:
    dims = b"".join(
        b"\x12" + varint(len(dim)) + dim for dim in (b"\x08" + varint(size) for size in shape)
    )
    message = b"\x08" + varint(dtype) + b"\x12" + varint(len(dims)) + dims
    if offset:  # fields at 0 are not written
        message += b"\x20" + varint(offset)
    return message + b"\x28" + varint(len(data)) + b"\x35" + _masked(data, checksum)


def write_checkpoint(
    folder: Path,
    variables: Mapping[str, Array],
    dtype: int = 1,
    checksum: Checksum = slow_crc32c,
) -> Path:
    """Write ``model.ckpt.index`` and its data file; return the prefix."""
    folder.mkdir(parents=True, exist_ok=True)
    entries, data = {"": b"\x08\x01\x1a\x02\x08\x01"}, bytearray()  # one shard, version 1
    for name, array in sorted(variables.items()):
        raw = array.astype("<f4").tobytes()
        entries[name] = _entry(array.shape, len(data), raw, dtype, checksum)
        data += raw
    prefix = folder / "model.ckpt"
    prefix.with_name("model.ckpt.index").write_bytes(table(entries))
    prefix.with_name("model.ckpt.data-00000-of-00001").write_bytes(data)
    return prefix
