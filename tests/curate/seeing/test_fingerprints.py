"""Fingerprints: where something moves, what is hashed, and the table."""

from pathlib import Path

import numpy as np
import pytest

from anigifs.curate.seeing.fingerprints import (
    FINGERPRINTS,
    Fingerprint,
    fingerprint_of,
    from_hashes,
    hashes_of,
    moving_part,
    read_fingerprints,
    write_fingerprints,
)
from anigifs.curate.seeing.pdq import luma_of
from anigifs.foundation import UsageError
from tests.curate.drawn import moving, picture


def luma(frames_THWC: np.ndarray) -> np.ndarray:
    return luma_of(frames_THWC).astype(np.uint8)


def test_the_moving_part_leaves_bars_and_borders_out() -> None:
    frames_THWC = moving(1)
    bar = np.zeros((12, 30, 120, 3), np.uint8)
    bar[:, ::2] = 255
    left, top, right, bottom = moving_part(luma(frames_THWC)) or pytest.fail("nothing moves")
    captioned = moving_part(luma(np.concatenate([bar, frames_THWC], axis=1)))
    assert captioned == pytest.approx((left, top + 30, right, bottom + 30))
    bordered = moving_part(luma(np.pad(frames_THWC, [(0, 0), (7, 9), (5, 3), (0, 0)])))
    assert bordered == pytest.approx((left + 5, top + 7, right + 5, bottom + 7))


def test_the_moving_part_does_not_depend_on_the_order_of_frames() -> None:
    frames_THWC = moving(2)
    shuffled = np.random.default_rng(0).permutation(frames_THWC)
    assert moving_part(luma(shuffled)) == moving_part(luma(frames_THWC))


def test_noise_and_a_stray_pixel_do_not_move() -> None:
    frames_THWC = np.repeat(picture(3, 90, 120)[None], 4, axis=0).astype(np.int16)
    noisy = frames_THWC + np.random.default_rng(0).integers(-4, 5, frames_THWC.shape)
    assert moving_part(luma(np.clip(noisy, 0, 255))) is None
    stray = frames_THWC.copy()
    stray[1, 5, 5] = 255 - stray[0, 5, 5]
    assert moving_part(luma(stray)) is None
    # Nor does one pull the part of a file in which something else moves towards itself.
    both = moving(3)
    without = moving_part(luma(both))
    both[1, 0, 0] = 255 - both[0, 0, 0]
    assert moving_part(luma(both)) == pytest.approx(without, abs=1.5)


def test_each_hash_is_there_once_and_flat_frames_are_not_relied_on() -> None:
    frames_THWC = moving(4)
    twice = fingerprint_of(np.concatenate([frames_THWC, frames_THWC]))
    once = fingerprint_of(frames_THWC)
    assert (twice.hashes_NB == once.hashes_NB).all()
    assert twice.whole == once.whole <= len(frames_THWC)
    blank = fingerprint_of(np.full((1, 90, 120, 3), 200, np.uint8))
    assert blank.quality_N.tolist() == [0]
    assert [len(view) for view in blank.views] == [0, 0]


def test_views_are_of_whole_frames_and_of_their_moving_parts() -> None:
    one = Fingerprint(
        np.arange(128, dtype=np.uint8).reshape(4, 32), np.array([90, 10, 90, 90], np.uint8), 2
    )
    whole_NB, part_NB = one.views
    assert whole_NB[:, 0].tolist() == [0]
    assert part_NB[:, 0].tolist() == [64, 96]


def test_the_table_gives_back_what_was_written(tmp_path: Path) -> None:
    prints = {name * 64: fingerprint_of(moving(seed)) for seed, name in enumerate("fa")}
    write_fingerprints(tmp_path / FINGERPRINTS, prints.items())
    read = read_fingerprints(tmp_path)
    assert list(read) == sorted(prints)
    for name, one in prints.items():
        again = from_hashes(hashes_of(one), one.quality_N.tolist(), one.whole)
        for other in (read[name], again):
            assert (other.hashes_NB == one.hashes_NB).all()
            assert (other.quality_N == one.quality_N).all()
            assert other.whole == one.whole


def test_a_collection_that_was_not_screened_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no such file; `anigifs screen .*` makes it"):
        read_fingerprints(tmp_path)
    (tmp_path / FINGERPRINTS).write_bytes(b"PAR1, or so")
    with pytest.raises(UsageError, match="cannot be read"):
        read_fingerprints(tmp_path)
