import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from anigifs.foundation import MediaError, UsageError
from anigifs.media import write_gif, write_mp4
from anigifs.studies import strip

COLOURS = [(255, 0, 0), (0, 255, 0), (0, 0, 255)]


def pixels(webp: bytes) -> np.ndarray:
    picture = Image.open(io.BytesIO(webp))
    assert (picture.format, picture.mode) == ("WEBP", "RGBA")
    return np.asarray(picture)


def flat(colours: list[tuple[int, int, int]], height: int = 40, width: int = 60) -> np.ndarray:
    return np.stack([np.full((height, width, 3), colour, np.uint8) for colour in colours])


def test_frames_stand_side_by_side_with_space_between(tmp_path: Path) -> None:
    write_gif(tmp_path / "a.gif", flat(COLOURS), 100)
    found = pixels(strip(tmp_path / "a.gif", frames=3, height=20))
    assert found.shape == (20, 3 * 20 + 2 * 2, 4)
    for place, colour in enumerate(COLOURS):
        inner = found[2:18, place * 22 + 2 : place * 22 + 18].astype(int)
        assert np.abs(inner - (*colour, 255)).max() < 8
    assert (found[:, 20:22, 3] == 0).all()


def test_frames_are_equally_spaced_in_time(tmp_path: Path) -> None:
    write_gif(tmp_path / "a.gif", flat(COLOURS), [100, 100, 400])
    found = pixels(strip(tmp_path / "a.gif", frames=6, height=32))
    shown = [int(found[16, place * 34 + 16, :3].argmax()) for place in range(6)]
    assert shown == [0, 1, 2, 2, 2, 2]


def test_a_film_is_cut_to_its_middle(tmp_path: Path) -> None:
    frames = flat([(0, 0, 0)] * 12, 32, 96)
    frames[:, :, 32:64] = 200
    write_mp4(tmp_path / "a.mp4", frames)
    found = pixels(strip(tmp_path / "a.mp4", frames=2, height=32))
    assert found.shape == (32, 66, 4)
    assert found[:, 4:28, :3].mean() == pytest.approx(200, abs=4)


def test_what_cannot_be_shown_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="no such file"):
        strip(tmp_path / "none.gif")
    write_gif(tmp_path / "a.gif", flat(COLOURS), 100)
    with pytest.raises(UsageError, match="a strip of 0 frames"):
        strip(tmp_path / "a.gif", frames=0)
