"""The sorted string table (LevelDB's file format) that a TensorFlow checkpoint's index is.

The last 48 bytes point at an index block, whose entries point at the data blocks; keys in a block
share prefixes with the key before. Every block ends in its compression type and its checksum.
"""

from collections.abc import Iterator

from anigifs.foundation import WeightsError
from anigifs.models.weights.crc32c import masked_crc32c

_FOOTER = 48
_TRAILER = 5
_MAGIC = 0xDB4775248B80FB57


def read_table(data: bytes, where: str) -> dict[str, bytes]:
    """Return all entries of a table.

    Raises:
        WeightsError: The data are not a whole, uncompressed table.
    """
    try:
        footer = data[-_FOOTER:]
        if len(footer) < _FOOTER or int.from_bytes(footer[-8:], "little") != _MAGIC:
            raise WeightsError(f"{where}: not a TensorFlow checkpoint index, or not all of it")
        _, _, at = _handle(footer, 0)
        offset, size, _ = _handle(footer, at)
        table: dict[str, bytes] = {}
        for _, handle in _entries(_block(data, offset, size, where)):
            offset, size, _ = _handle(handle, 0)
            block = _block(data, offset, size, where)
            table.update((key.decode(), value) for key, value in _entries(block))
    except (IndexError, UnicodeDecodeError):
        raise WeightsError(f"{where}: the checkpoint index is damaged") from None
    return table


def varint(data: bytes, at: int) -> tuple[int, int]:
    """Read a protocol-buffer integer at ``at``; return it and the place behind it.

    Raises:
        IndexError: The data end inside it.
    """
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def _handle(data: bytes, at: int) -> tuple[int, int, int]:
    offset, at = varint(data, at)
    size, at = varint(data, at)
    return offset, size, at


def _block(data: bytes, offset: int, size: int, where: str) -> bytes:
    block, trailer = data[offset : offset + size], data[offset + size :][:_TRAILER]
    if len(trailer) < _TRAILER or masked_crc32c(block + trailer[:1]) != _fixed32(trailer, 1):
        raise WeightsError(f"{where}: the checkpoint index is damaged (checksum)")
    if trailer[0] != 0:
        raise WeightsError(f"{where}: the checkpoint index is compressed, which is not read")
    return block


def _entries(block: bytes) -> Iterator[tuple[bytes, bytes]]:
    restarts = _fixed32(block, len(block) - 4)
    end, at, key = len(block) - 4 * (restarts + 1), 0, b""
    while at < end:
        shared, at = varint(block, at)
        unshared, at = varint(block, at)
        length, at = varint(block, at)
        key = key[:shared] + block[at : at + unshared]
        at += unshared
        yield key, block[at : at + length]
        at += length


def _fixed32(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "little")
