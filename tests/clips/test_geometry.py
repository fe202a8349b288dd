import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from anigifs.clips import LAPTOP, PAPER, Geometry, resize_and_crop
from anigifs.foundation import UsageError


def smooth_noise(height: int, width: int, seed: int = 0) -> np.ndarray:
    """A picture with detail of every size, as photographs have."""
    rng = np.random.default_rng(seed)
    total = np.zeros((height, width, 3))
    for scale in (1, 2, 4, 8, 16, 32):
        coarse = rng.integers(0, 256, (height // scale + 2, width // scale + 2, 3), dtype=np.uint8)
        layer = Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)
        total += np.asarray(layer) * scale**0.5
    return np.asarray(255 * total / total.max()).astype(np.uint8)


@pytest.mark.parametrize("shape", [(240, 320), (300, 230), (512, 513), (1080, 700), (100, 150)])
@pytest.mark.parametrize("size", [224, 112])
def test_it_is_within_a_grey_level_of_pillows_antialiased_bilinear(
    shape: tuple[int, int], size: int
) -> None:
    frame = smooth_noise(*shape)
    rows, columns = Geometry(9, size).crop_of(*shape)
    square = Image.fromarray(np.ascontiguousarray(frame[rows, columns]))
    expected = np.asarray(square.resize((size, size), Image.Resampling.BILINEAR)).astype(int)
    ours = resize_and_crop(frame, Geometry(9, size))
    assert np.abs(ours - expected).mean() < 1


def test_fine_stripes_become_grey_and_not_other_stripes() -> None:
    stripes = np.zeros((500, 500, 3), np.uint8)
    stripes[:, ::2] = 255
    assert resize_and_crop(stripes, LAPTOP)[4:-4, 4:-4].std() < 6
    assert resize_and_crop(stripes, Geometry(9, 200))[4:-4, 4:-4].std() < 12


def test_the_crop_is_the_centre() -> None:
    frame = np.zeros((50, 90, 3), np.uint8)
    frame[:, 20:70] = 200
    np.testing.assert_array_equal(resize_and_crop(frame, PAPER), 200)
    assert PAPER.crop_of(50, 90) == (slice(0, 50), slice(20, 70))


def test_i3ds_own_recipe_cuts_224_of_256() -> None:
    assert Geometry(40, 224, resize_side=256).crop_of(256, 340) == (slice(16, 240), slice(58, 282))
    assert Geometry(40, 224, resize_side=256).crop_of(512, 512) == (slice(32, 480), slice(32, 480))


def test_a_frame_of_the_right_size_is_untouched() -> None:
    frame = smooth_noise(224, 224)
    np.testing.assert_array_equal(resize_and_crop(frame, PAPER), frame)


@given(st.integers(1, 400), st.integers(1, 400), st.sampled_from([9, 112, 224]))
def test_any_frame_gives_the_size_asked_for(height: int, width: int, size: int) -> None:
    frame = np.full((height, width, 3), 77, np.uint8)
    result = resize_and_crop(frame, Geometry(9, size))
    assert result.shape == (size, size, 3)
    assert result.dtype == np.uint8
    np.testing.assert_array_equal(result, 77)


def test_a_crop_larger_than_the_frame_is_refused() -> None:
    with pytest.raises(UsageError, match="a crop of 224 pixels does not fit"):
        Geometry(40, 224, resize_side=200)
