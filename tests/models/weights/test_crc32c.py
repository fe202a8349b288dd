"""The checksum, against published values and a bit-by-bit computation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anigifs.models.weights.crc32c import crc32c, masked_crc32c
from tests.models.weights.checkpoint import slow_crc32c

RFC_3720 = [  # appendix B.4, and the polynomial's usual check value
    (bytes(32), 0x8A9136AA),
    (b"\xff" * 32, 0x62A8AB43),
    (bytes(range(32)), 0x46DD794E),
    (bytes(reversed(range(32))), 0x113FDB5C),
    (b"123456789", 0xE3069283),
    (b"", 0),
]


@pytest.mark.parametrize(("data", "expected"), RFC_3720)
def test_published_values(data: bytes, expected: int) -> None:
    assert crc32c(data) == expected


@given(st.binary(max_size=3000))
def test_any_bytes(data: bytes) -> None:
    assert crc32c(data) == slow_crc32c(data)


@pytest.mark.parametrize("size", [511, 512, 513, 1024, 1025, 20_000])
def test_sizes_around_the_rows(size: int) -> None:
    data = np.random.default_rng(size).bytes(size)
    assert crc32c(data) == slow_crc32c(data)
    assert crc32c(memoryview(data)) == crc32c(data)


def test_the_mask_can_be_undone() -> None:
    masked = (masked_crc32c(b"foo") - 0xA282EAD8) & 0xFFFFFFFF
    assert ((masked >> 17) | (masked << 15)) & 0xFFFFFFFF == slow_crc32c(b"foo")
