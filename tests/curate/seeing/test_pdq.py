"""PDQ against hashes that the package ``pdqhash`` 0.2.8 made of the same pictures."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anigifs.curate.seeing.pdq import WAYS, distances, luma_of, pdq, turned
from tests.curate.drawn import picture

#: Of ``pdqhash.compute`` and ``compute_dihedral`` for ``picture(seed, height, width)``.
ORACLE = json.loads((Path(__file__).parent / "data" / "pdqhash.json").read_text())
#: Which of the hashes of ``compute_dihedral`` is of which way.
PLACES = {
    "same": 0,
    "turned by 270": 1,
    "turned by 180": 2,
    "turned by 90": 3,
    "upside down": 4,
    "mirrored": 5,
    "transposed": 6,
    "transposed, turned by 180": 7,
}
#: Bits by which a turned hash may differ from the hash of the turned: medians are not quite 0.
NEAR = 24


def hash_of(frame_HWC: np.ndarray) -> np.ndarray:
    return pdq(luma_of(frame_HWC[None]))[0]


def bits_of(text: str) -> np.ndarray:
    return np.frombuffer(bytes.fromhex(text), np.uint8)[None]


@pytest.mark.parametrize("made", ORACLE, ids=lambda made: f"{made['height']}x{made['width']}")
def test_hash_and_quality_are_those_of_another_implementation(made: dict[str, object]) -> None:
    frame_HWC = picture(made["seed"], made["height"], made["width"])  # type: ignore[arg-type]
    hashes_TB, quality_T = pdq(luma_of(frame_HWC[None]))
    # A coefficient that is the median but for rounding may fall on either side.
    assert distances(hashes_TB, bits_of(str(made["hash"])))[0, 0] <= 2
    assert quality_T[0] == made["quality"]


@pytest.mark.parametrize("made", ORACLE, ids=lambda made: f"{made['height']}x{made['width']}")
def test_turning_a_hash_comes_near_to_hashing_the_turned(made: dict[str, list[str]]) -> None:
    whole = bits_of(str(made["hash"]))
    for way, place in PLACES.items():
        assert distances(turned(whole, way), bits_of(made["dihedral"][place]))[0, 0] <= NEAR


@pytest.mark.parametrize("way", WAYS)
def test_turning_is_what_it_is_called(way: str) -> None:
    frame_HWC = picture(3, 64, 64)  # as large as what is hashed: nothing is smoothed or thinned
    over, left_right, top_bottom = WAYS[way]
    lying_HWC = frame_HWC.transpose(1, 0, 2) if over else frame_HWC
    lying_HWC = lying_HWC[:: -1 if top_bottom else 1, :: -1 if left_right else 1]
    away = distances(turned(hash_of(frame_HWC), way), hash_of(lying_HWC))[0, 0]
    assert away <= NEAR
    for other in set(WAYS) - {way}:
        assert distances(turned(hash_of(frame_HWC), other), hash_of(lying_HWC))[0, 0] > 60


def test_ways_that_turn_by_a_quarter_are_numpys() -> None:
    frame_HWC = picture(4, 64, 64)
    clockwise = hash_of(np.rot90(frame_HWC, -1))
    assert distances(turned(hash_of(frame_HWC), "turned by 90"), clockwise)[0, 0] <= NEAR


@given(st.binary(min_size=32, max_size=320), st.sampled_from(list(WAYS)))
def test_turning_moves_bits_and_loses_none(data: bytes, way: str) -> None:
    hashes_NB = np.frombuffer(data[: len(data) // 32 * 32], np.uint8).reshape(-1, 32)
    back = {"turned by 90": "turned by 270", "turned by 270": "turned by 90"}.get(way, way)
    assert (turned(turned(hashes_NB, way), back) == hashes_NB).all()
    between = distances(turned(hashes_NB, way), turned(hashes_NB[::-1], way))
    assert (between == distances(hashes_NB, hashes_NB[::-1])).all()


def test_distances_count_bits() -> None:
    rng = np.random.default_rng(0)
    one, other = (rng.integers(0, 256, (count, 32), np.uint8) for count in (3, 5))
    wanted = [
        [bin(int.from_bytes(bytes(a)) ^ int.from_bytes(bytes(b))).count("1") for b in other]
        for a in one
    ]
    assert distances(one, other).tolist() == wanted
