import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from anigifs.clips import LAPTOP, PAPER, Geometry, load_clip
from anigifs.foundation import MediaError
from anigifs.media import GifPart, gif_bytes, write_gif, write_mp4
from anigifs.media.gif import walk

PALETTE = np.array([(i, i, i) for i in range(0, 256)], np.uint8)


def grey_gif(path: Path, levels: list[int], delays: list[int], size: int = 12) -> None:
    parts = [
        GifPart(np.full((size, size), level, np.uint8), delay_ms=delay)
        for level, delay in zip(levels, delays, strict=True)
    ]
    path.write_bytes(gif_bytes(size, size, parts, palette=PALETTE))


def test_the_clip_shows_the_sampled_frames(tmp_path: Path) -> None:
    grey_gif(tmp_path / "a.gif", [10, 60, 200], [100, 0, 200])
    clip = load_clip(tmp_path / "a.gif", Geometry(16, 32))
    assert clip.frames_THWC.shape == (16, 32, 32, 3)
    assert clip.frames_THWC.dtype == np.uint8
    assert clip.indices == (0,) * 4 + (1,) * 4 + (2,) * 8
    assert clip.frames_THWC[:, 0, 0, 0].tolist() == [10] * 4 + [60] * 4 + [200] * 8


@pytest.mark.parametrize("frames", range(1, 9))
def test_one_to_eight_frames_are_answered_with_a_warning(tmp_path: Path, frames: int) -> None:
    grey_gif(tmp_path / "a.gif", list(range(frames)), [50] * frames)
    clip = load_clip(tmp_path / "a.gif", LAPTOP, "native")
    assert len(clip.frames_THWC) == 9
    assert "repeated to fill the clip" in clip.info.warnings[0]


def test_nine_frames_need_no_warning(tmp_path: Path) -> None:
    grey_gif(tmp_path / "a.gif", list(range(9)), [50] * 9)
    assert load_clip(tmp_path / "a.gif", LAPTOP).info.warnings == ()


@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 700), (900, 2), (33, 57)])
def test_one_pixel_and_odd_shapes_are_answered(tmp_path: Path, height: int, width: int) -> None:
    frames = np.full((9, height, width, 3), (9, 99, 199), np.uint8)
    write_gif(tmp_path / "a.gif", frames, 50)
    clip = load_clip(tmp_path / "a.gif", PAPER)
    np.testing.assert_array_equal(
        clip.frames_THWC, np.broadcast_to((9, 99, 199), (40, 224, 224, 3))
    )


def test_transparent_pixels_show_the_stated_background(tmp_path: Path) -> None:
    clear = [Image.new("RGBA", (20, 20), (255, 0, 0, alpha)) for alpha in (0, 255, 0)]
    for kind in ("GIF", "WEBP", "PNG"):
        path = tmp_path / f"clear.{kind}"
        buffer = io.BytesIO()
        more = {"disposal": 2} if kind == "GIF" else {}
        clear[0].save(
            buffer, kind, save_all=True, append_images=clear[1:], duration=100, loop=0, **more
        )
        path.write_bytes(buffer.getvalue())
        black = load_clip(path, Geometry(9, 16)).frames_THWC
        green = load_clip(path, Geometry(9, 16), background=(0, 200, 0)).frames_THWC
        assert black[0].max() == 0
        np.testing.assert_array_equal(green[0], np.broadcast_to((0, 200, 0), (16, 16, 3)))
        assert np.abs(green[4].astype(int) - (255, 0, 0)).max() <= 2


def test_a_damaged_frame_shortens_the_clip_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.gif"
    grey_gif(path, list(range(0, 200, 10)), [100] * 20)
    data = bytearray(path.read_bytes())
    frame = walk(bytes(data)).frames[10]
    data[frame.begin - 1] = 0
    path.write_bytes(data)
    clip = load_clip(path, LAPTOP)
    assert clip.info.frames == 10
    assert clip.info.warnings == ("frame 11 of 20 is damaged; only those before it were used",)
    assert set(clip.indices) == set(range(10))
    assert clip.frames_THWC[:, 0, 0, 0].tolist() == [10 * index for index in clip.indices]


def test_a_damaged_first_frame_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "a.gif"
    grey_gif(path, [1, 2], [100, 100])
    data = bytearray(path.read_bytes())
    data[walk(bytes(data)).frames[0].begin - 1] = 0
    path.write_bytes(data)
    with pytest.raises(MediaError, match="first frame is damaged"):
        load_clip(path)


def test_a_video_and_a_gif_of_the_same_frames_give_the_same_clip(tmp_path: Path) -> None:
    frames = np.stack([np.full((40, 60, 3), 12 * index, np.uint8) for index in range(20)])
    write_gif(tmp_path / "a.gif", frames, 40)
    write_mp4(tmp_path / "a.mp4", frames, fps=25)
    gif, video = (load_clip(tmp_path / name, LAPTOP) for name in ("a.gif", "a.mp4"))
    assert gif.indices == video.indices
    assert np.abs(gif.frames_THWC.astype(int) - video.frames_THWC).max() <= 5
