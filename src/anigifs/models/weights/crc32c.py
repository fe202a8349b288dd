"""CRC-32C as TensorFlow's files use it, fast enough in NumPy for a whole checkpoint.

A checksum is sequential, but it is also linear over GF(2): the data are cut into rows, all rows
advance together one byte at a time, and the rows' results are then joined in pairs, each first half
moved by the length of its second. (Adler & Woods' crc32_combine joins checksums the same way.)
"""

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint32]

_POLYNOMIAL = 0x82F63B78  # Castagnoli's, bits reversed
_ROW = 512  # bytes that all rows advance by, one at a time


def masked_crc32c(data: bytes | memoryview) -> int:
    """Return the checksum in the form that LevelDB and TensorFlow store.

    It is rotated and shifted, because the checksum of data that hold checksums is weak.
    """
    crc = crc32c(data)
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def crc32c(data: bytes | memoryview) -> int:
    """Return the CRC-32C (Castagnoli) of ``data``.

    Example:
        >>> hex(crc32c(b"123456789"))
        '0xe3069283'
    """
    body = np.frombuffer(data, np.uint8)
    start = _moved(np.array([0xFFFFFFFF], np.uint32), len(body))[0]
    return int(~(start ^ _remainder(body)))


def _remainder(body: NDArray[np.uint8]) -> np.uint32:
    """The checksum from a register of 0, which zeros in front of the data leave as it is."""
    rows = 1 << max(0, -(-len(body) // _ROW) - 1).bit_length()
    padded = np.zeros(rows * _ROW, np.uint8)
    padded[len(padded) - len(body) :] = body
    register = np.zeros(rows, np.uint32)
    for column in padded.reshape(rows, _ROW).T:
        register = _TABLE[(register ^ column) & 0xFF] ^ (register >> 8)
    operator = _power(_ROW)
    while len(register) > 1:
        register = _apply(operator, register[0::2]) ^ register[1::2]
        operator = _apply(operator, operator)
    return np.uint32(register[0])


def _moved(register: Words, zeros: int) -> Words:
    """The register after that many zero bytes: the operator for one, by repeated squaring."""
    operator = _ONE_BYTE
    while zeros:
        if zeros & 1:
            register = _apply(operator, register)
        operator = _apply(operator, operator)
        zeros >>= 1
    return register


def _power(zeros: int) -> Words:
    return _moved(_BITS, zeros)


def _apply(operator: Words, registers: Words) -> Words:
    """Multiply 32 x 32 bits by each register: add up the columns that its bits select."""
    result = np.zeros_like(registers)
    for bit, column in enumerate(operator):
        result ^= np.where(registers >> np.uint32(bit) & np.uint32(1), column, np.uint32(0))
    return result


def _make_table() -> Words:
    table = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        table = np.where(table & 1, (table >> 1) ^ np.uint32(_POLYNOMIAL), table >> 1)
    return table.astype(np.uint32)


_TABLE = _make_table()
_BITS = np.uint32(1) << np.arange(32, dtype=np.uint32)
_ONE_BYTE = _TABLE[_BITS & 0xFF] ^ (_BITS >> np.uint32(8))
