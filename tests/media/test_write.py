from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from PIL import GifImagePlugin

from anigifs.foundation import UsageError
from anigifs.media import read, write_gif, write_mp4

RNG = np.random.default_rng(3)


def cartoon(frames: int) -> np.ndarray:
    """A square of one colour that wanders over another."""
    made = np.full((frames, 30, 44, 3), (250, 240, 200), np.uint8)
    for index in range(frames):
        made[index, index : index + 8, 2 * index : 2 * index + 8] = (200, 30, 60)
    return made


def test_few_colours_come_back_exactly_and_pillow_reads_the_same(tmp_path: Path) -> None:
    path = tmp_path / "a.gif"
    frames, delays = cartoon(12), [10 * (index % 5 + 2) for index in range(12)]
    write_gif(path, frames, delays)
    decoded, info = read(path)
    np.testing.assert_array_equal(decoded, frames)
    assert info.raw_delays_ms == tuple(delays)
    assert info.loops == 0
    with GifImagePlugin.GifImageFile(str(path)) as picture:
        assert picture.n_frames == 12
        for index, frame in enumerate(frames):
            picture.seek(index)
            np.testing.assert_array_equal(np.asarray(picture.convert("RGB")), frame)


def test_a_film_shows_frames_in_the_order_that_is_asked_for(tmp_path: Path) -> None:
    frames_THWC = np.zeros((3, 32, 32, 3), np.uint8)
    frames_THWC[1], frames_THWC[2] = 100, 200
    order = [2, 0, 0, 1]
    write_mp4(tmp_path / "asked.mp4", frames_THWC, order=order)
    write_mp4(tmp_path / "copied.mp4", frames_THWC[order])
    assert (tmp_path / "asked.mp4").read_bytes() == (tmp_path / "copied.mp4").read_bytes()


def test_equal_neighbours_stay_frames(tmp_path: Path) -> None:
    frames = np.repeat(cartoon(3), 2, axis=0)
    write_gif(tmp_path / "a.gif", frames, 40, loops=None)
    decoded, info = read(tmp_path / "a.gif")
    assert info.loops is None
    np.testing.assert_array_equal(decoded, frames)


@pytest.mark.parametrize("dither", [True, False])
def test_many_colours_come_back_near(tmp_path: Path, dither: bool) -> None:
    ramp = np.linspace(0, 255, 64).astype(np.uint8)
    picture = np.stack(np.broadcast_arrays(ramp[:, None], ramp[None], 128), axis=2)
    frames = np.stack([picture, np.flip(picture, axis=0)]).astype(np.uint8)
    write_gif(tmp_path / "a.gif", frames, 100, dither=dither)
    decoded, _ = read(tmp_path / "a.gif")
    assert np.abs(decoded.astype(int) - frames).mean() < 8


@pytest.mark.parametrize("delays", [45, -10, [40], [40, 40, 700_000]])
def test_delays_that_a_gif_cannot_keep_are_refused(tmp_path: Path, delays: object) -> None:
    with pytest.raises(UsageError, match="multiples of 10 ms"):
        write_gif(tmp_path / "a.gif", cartoon(3), delays)  # type: ignore[arg-type]


@pytest.mark.parametrize("shape", [(0, 4, 4, 3), (2, 4, 4), (2, 4, 4, 4)])
def test_other_shapes_are_refused_and_leave_no_file(tmp_path: Path, shape: tuple[int, ...]) -> None:
    frames = np.zeros(shape, np.uint8)
    with pytest.raises(UsageError, match="uint8"):
        write_gif(tmp_path / "a.gif", frames, 100)
    with pytest.raises(UsageError, match="uint8"):
        write_mp4(tmp_path / "a.mp4", frames)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("palette", ["global", "frame"])
def test_colours_that_are_nearly_equal_stay_apart(
    tmp_path: Path, palette: Literal["global", "frame"]
) -> None:
    """Pillow's own way to a palette takes 252 and 255 for one."""
    greys = np.arange(256, dtype=np.uint8).reshape(1, 16, 16, 1)
    frames = np.concatenate([greys, np.flip(greys, 1)]).repeat(3, axis=3)
    write_gif(tmp_path / "a.gif", frames, 50, palette=palette)
    decoded, _ = read(tmp_path / "a.gif")
    np.testing.assert_array_equal(decoded, frames)
