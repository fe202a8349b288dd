from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image, ImageSequence

from anigifs.foundation import MediaError
from anigifs.index.export import Timing, write_lossless_mp4
from anigifs.media import write_gif
from tests.index.export.clips import DELAYS_MS, noise, write_see_through


def decoded(path: Path) -> np.ndarray:
    with av.open(str(path)) as container:
        return np.stack([f.to_ndarray(format="rgb24") for f in container.decode(video=0)])


def by_pillow(path: Path) -> np.ndarray:
    """The GIF's frames over black, drawn by Pillow."""
    frames = []
    with Image.open(path) as image:
        for frame in ImageSequence.Iterator(image):
            paper = Image.new("RGBA", frame.size, (0, 0, 0, 255))
            frames.append(np.asarray(Image.alpha_composite(paper, frame.convert("RGBA")))[..., :3])
    return np.stack(frames)


@pytest.mark.parametrize("kind", ["noise of many colours", "patches that can be seen through"])
def test_pixels_are_exactly_those_of_the_gif(tmp_path: Path, kind: str) -> None:
    gif = tmp_path / "a.gif"
    if kind.startswith("noise"):
        write_gif(gif, noise(0), DELAYS_MS)
    else:
        write_see_through(gif)
    write_lossless_mp4(gif, tmp_path / "a.mp4")
    frames_THWC = decoded(tmp_path / "a.mp4")
    assert frames_THWC.shape[1:3] in ((17, 21), (9, 13))  # odd sides stay
    np.testing.assert_array_equal(frames_THWC, by_pillow(gif))


def test_times_are_those_of_the_gif(tmp_path: Path) -> None:
    write_gif(tmp_path / "a.gif", noise(0), DELAYS_MS, loops=3)
    timing = write_lossless_mp4(tmp_path / "a.gif", tmp_path / "a.mp4")
    assert timing == Timing(4, (50, 200, 100, 1000), (50, 200, 0, 1000), 3)
    assert Timing.from_record(timing.record()) == timing
    assert timing.duration_ms == 1350
    with av.open(str(tmp_path / "a.mp4")) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.pix_fmt == "gbrp"
        assert stream.time_base is not None
        times = [(f.pts * stream.time_base, f.duration * stream.time_base)
                 for f in container.decode(stream) if f.pts is not None]  # fmt: skip
    starts_ms = [round(1000 * start) for start, _ in times]
    assert starts_ms == [0, 50, 250, 350]
    assert [round(1000 * duration) for _, duration in times] == [50, 200, 100, 1000]


def test_the_same_gif_gives_the_same_bytes(tmp_path: Path) -> None:
    write_gif(tmp_path / "a.gif", noise(0, frames=12, height=64, width=160), 50)
    for name in ("a.mp4", "b.mp4"):
        write_lossless_mp4(tmp_path / "a.gif", tmp_path / name)
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()


def test_a_cut_gif_is_written_as_far_as_it_goes(tmp_path: Path) -> None:
    gif = tmp_path / "a.gif"
    write_gif(gif, noise(0), DELAYS_MS)
    whole = by_pillow(gif)
    gif.write_bytes(gif.read_bytes()[:-200])
    timing = write_lossless_mp4(gif, tmp_path / "a.mp4")
    assert (timing.frames, timing.delays_ms) == (3, (50, 200, 100))
    np.testing.assert_array_equal(decoded(tmp_path / "a.mp4"), whole[:3])


def test_what_cannot_be_decoded_leaves_nothing_behind(tmp_path: Path) -> None:
    gif = tmp_path / "a.gif"
    write_gif(gif, noise(0), DELAYS_MS)
    data = bytearray(gif.read_bytes())
    middle = data.index(b"\x08", 810)  # where the codes of the first frame begin
    data[middle + 1 : middle + 200] = bytes([255]) * 199
    gif.write_bytes(bytes(data))
    with pytest.raises(MediaError):
        write_lossless_mp4(gif, tmp_path / "a.mp4")
    assert list(tmp_path.iterdir()) == [gif]


def test_a_video_of_other_pixels_does_not_appear(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from anigifs.index.export import lossless

    write_gif(tmp_path / "a.gif", noise(0), DELAYS_MS)
    monkeypatch.setattr(lossless, "OPTIONS", {**lossless.OPTIONS, "qp": "30"})
    with pytest.raises(MediaError, match="its video would not have the same pixels"):
        write_lossless_mp4(tmp_path / "a.gif", tmp_path / "a.mp4")
    assert not (tmp_path / "a.mp4").exists()
