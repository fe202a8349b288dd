import numpy as np
import pytest
from PIL import Image, ImageOps

from anigifs.transforms import Operation
from anigifs.transforms.gif_making import GIF_MAKING, apply_gif_making

EVERY = [Operation(name, level) for name, levels in GIF_MAKING.items() for level in levels]


def clips() -> np.ndarray:
    """Two clips of a bright disc that moves over a ramp of colours, with a little grain."""
    rng = np.random.default_rng(0)
    rows, columns = np.mgrid[:48, :48]
    clips_BTHWC = np.empty((2, 9, 48, 48, 3), np.uint8)
    for number in range(2):
        for frame in range(9):
            ramp = np.stack([rows * 2, columns * 2, 60 + rows + columns], -1)
            disc = (rows - 24) ** 2 + (columns - 8 - 4 * frame) ** 2 < 60
            picture = np.where(disc[..., None], (250, 220, 40 * number), ramp)
            grain = rng.integers(-4, 5, picture.shape)
            clips_BTHWC[number, frame] = (picture + grain).clip(0, 255)
    return clips_BTHWC


def colours(clip_THWC: np.ndarray) -> int:
    return len(np.unique(clip_THWC.reshape(-1, 3), axis=0))


@pytest.mark.parametrize("operation", EVERY, ids=str)
def test_clips_change_by_themselves_and_nothing_is_written_to(operation: Operation) -> None:
    given = clips()
    before = given.copy()
    changed = apply_gif_making(operation, given)
    assert np.array_equal(given, before)
    assert changed.shape == given.shape
    assert changed.dtype == np.uint8
    assert changed.flags.c_contiguous
    assert not np.array_equal(changed, given)
    assert np.array_equal(apply_gif_making(operation, given[1:]), changed[1:])


@pytest.mark.parametrize("name", ["palette", "dither"])
@pytest.mark.parametrize("most", GIF_MAKING["palette"])
def test_a_clip_has_the_colours_of_its_palette(name: str, most: int) -> None:
    for clip_THWC in apply_gif_making(Operation(name, most), clips()):
        assert 1 < colours(clip_THWC) <= most


def test_dither_is_nearer_on_the_average_and_farther_at_a_pixel() -> None:
    given = clips()
    plain, dithered = (
        apply_gif_making(Operation(name, 8), given).astype(float) for name in ("palette", "dither")
    )
    assert np.abs(dithered - given).mean() > np.abs(plain - given).mean()

    def blocks(clips_BTHWC: np.ndarray) -> np.ndarray:
        return np.asarray(clips_BTHWC.reshape(2, 9, 6, 8, 6, 8, 3).mean(axis=(3, 5)))

    of = blocks(given.astype(float))
    assert np.abs(blocks(dithered) - of).mean() < np.abs(blocks(plain) - of).mean()


def test_two_values_a_channel_are_pillows_halves() -> None:
    given = clips()
    changed = apply_gif_making(Operation("posterise", 2), given)
    assert set(np.unique(changed)) == {0, 255}
    halves = ImageOps.posterize(Image.fromarray(given[0, 0]), 1)  # 0 or 128
    assert np.array_equal(changed[0, 0] > 127, np.asarray(halves) > 0)
    levels = np.unique(apply_gif_making(Operation("posterise", 4), given))
    assert set(levels) <= {0, 85, 170, 255}


def test_channels_change_places() -> None:
    given = clips()
    for order in GIF_MAKING["hues"]:
        changed = apply_gif_making(Operation("hues", order), given)
        for place, channel in enumerate(str(order)):
            assert np.array_equal(changed[..., place], given[..., "rgb".index(channel)])


def test_flat_areas_lose_grain_and_keep_edges() -> None:
    given = clips()
    frame, flat = given[0, 0].astype(float), apply_gif_making(Operation("flatten", 2), given)[0, 0]
    area = np.s_[30:44, 24:44]
    grain = np.abs(np.diff(frame[area], axis=0)).mean()
    assert np.abs(np.diff(flat[area].astype(float), axis=0)).mean() < 0.7 * grain
    disc, ramp = flat[24, 8].astype(float), flat[24, 30].astype(float)
    assert np.abs(disc - ramp).max() > 0.9 * np.abs(frame[24, 8] - frame[24, 30]).max()


def test_outlines_are_black_on_edges_and_wider_at_the_higher_level() -> None:
    given = clips()
    thin, wide = (apply_gif_making(Operation("outline", level), given)[0, 4] for level in (1, 2))
    for picture in (thin, wide):
        drawn = (picture != given[0, 4]).any(axis=2)
        assert (picture[drawn] == 0).all()
        assert not drawn[24, 24]  # the middle of the disc
        assert not drawn[:10].any()  # of the ramp with its grain
        assert drawn[:, 10:40].any()
    assert (wide == 0).all(axis=2).sum() > (thin == 0).all(axis=2).sum() > 20


@pytest.mark.parametrize("factor", GIF_MAKING["resolution"])
def test_pixels_become_squares_of_their_mean(factor: int) -> None:
    given = clips()
    changed = apply_gif_making(Operation("resolution", factor), given)
    square = np.s_[0, 0, factor : 2 * factor, factor : 2 * factor]
    assert len(np.unique(changed[square].reshape(-1, 3), axis=0)) == 1
    mean_C = given[square].reshape(-1, 3).mean(axis=0)
    assert np.abs(changed[square][0, 0] - mean_C).max() <= 0.51
