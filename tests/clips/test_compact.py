import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anigifs.clips.compact import compress, expand
from tests.clips.made import drawing, noise


@given(st.integers(0, 2**32 - 1), st.integers(1, 256), st.integers(1, 3))
def test_it_is_lossless_up_to_256_colours_a_frame(seed: int, colours: int, frames: int) -> None:
    rng = np.random.default_rng(seed)
    palette = rng.integers(0, 256, (frames, colours, 3), np.uint8)
    frames_FHWC = np.stack([p[rng.integers(0, colours, (17, 19))] for p in palette])
    found = compress(frames_FHWC)
    assert found is not None
    palettes, indices_FHW = found
    for frame, indices, own in zip(frames_FHWC, indices_FHW, palettes, strict=True):
        np.testing.assert_array_equal(own[indices], frame)
        back = np.zeros_like(frame)
        expand(indices, own, back)
        np.testing.assert_array_equal(back, frame)


def test_the_same_frames_give_the_same_bytes() -> None:
    frames = drawing(3, 4)
    first, again = compress(frames), compress(frames.copy())
    assert first is not None
    assert again is not None
    assert [part.tobytes() for part in first] == [part.tobytes() for part in again]


@pytest.mark.parametrize("colours", [256, 257])
def test_one_colour_too_many_in_one_frame_is_too_many(colours: int) -> None:
    frames = np.zeros((2, 20, 20, 3), np.uint8)
    frames[1].reshape(-1, 3)[:colours, 0] = np.arange(colours) % 256
    frames[1].reshape(-1, 3)[:colours, 1] = np.arange(colours) // 256
    assert (compress(frames) is None) == (colours > 256)


def test_a_photograph_does_not_fit() -> None:
    assert compress(noise(0, 2, 40, 40)) is None
