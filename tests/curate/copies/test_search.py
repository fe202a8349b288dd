"""The search finds the pairs that comparing each with each finds."""

import numpy as np
import pytest

from anigifs.curate.copies import search
from anigifs.curate.copies.clusters import joined
from anigifs.curate.copies.matching import FAMILY_BITS, compare
from anigifs.curate.copies.search import candidate_pairs
from anigifs.curate.seeing.fingerprints import Fingerprint, fingerprint_of
from anigifs.curate.seeing.pdq import HASH_BITS, WAYS, turned
from tests.curate.drawn import moving


def noisy(hashes_NB: np.ndarray, bits: int, rng: np.random.Generator) -> np.ndarray:
    """Return hashes of which so many bits each are turned round."""
    flips_NN = np.zeros((len(hashes_NB), HASH_BITS), np.uint8)
    flips_NN[:, :bits] = 1
    return hashes_NB ^ np.packbits(rng.permuted(flips_NN, axis=1), axis=1)


def made(hashes_NB: np.ndarray) -> Fingerprint:
    return Fingerprint(hashes_NB, np.full(len(hashes_NB), 100, np.uint8), len(hashes_NB))


def test_copies_of_real_frames_are_found() -> None:
    scenes = [moving(seed) for seed in range(10)]
    prints = [fingerprint_of(one) for one in scenes]
    prints += [fingerprint_of(one[::-1, :, ::-1]) for one in scenes]
    wanted = {
        (one, other)
        for other in range(len(prints))
        for one in range(other)
        if compare(prints[one], prints[other]).akin
    }
    found = {tuple(pair) for pair in candidate_pairs(prints, FAMILY_BITS).tolist()}
    assert wanted == {(place, place + 10) for place in range(10)}
    assert wanted <= found


@pytest.mark.parametrize("way", WAYS)
def test_noisy_copies_are_found_however_they_lie(way: str) -> None:
    rng = np.random.default_rng(1)
    originals = [rng.integers(0, 256, (16, 32), np.uint8) for _ in range(60)]
    copies = [turned(noisy(one, 20, rng), way) for one in originals]
    pairs_P2 = candidate_pairs([made(one) for one in (*originals, *copies)], FAMILY_BITS)
    assert pairs_P2.tolist() == [[place, place + 60] for place in range(60)]


def test_many_copies_hang_together_though_few_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "NEIGHBOURS", 1)
    rng, count = np.random.default_rng(2), 1_000
    original = rng.integers(0, 256, (1, 32), np.uint8)
    prints = [made(noisy(original, 3, rng)) for _ in range(count)]
    pairs_P2 = candidate_pairs(prints, FAMILY_BITS)
    parts = joined([str(place) for place in range(count)], np.char.mod("%d", pairs_P2).tolist())
    assert len(parts) == 1
    assert len(pairs_P2) < 12 * count  # of half a million


def test_nothing_is_found_in_nothing() -> None:
    assert candidate_pairs([], FAMILY_BITS).shape == (0, 2)
    blank = fingerprint_of(np.zeros((1, 50, 50, 3), np.uint8))
    assert candidate_pairs([blank, blank], FAMILY_BITS).shape == (0, 2)
