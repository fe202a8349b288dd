"""Animated WebP, written by Pillow, which has libwebp read it too: the timing is what is ours."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from anigifs.foundation import MediaError
from anigifs.media import Format, probe, read, read_frames

DELAYS = (40, 0, 10, 500, 90, 100)
BACKGROUND = (10, 200, 30)


def pictures(count: int, size: tuple[int, int] = (21, 14)) -> list[Image.Image]:
    rng = np.random.default_rng(count)
    made = []
    for _ in range(count):
        pixels = rng.integers(0, 256, (size[1], size[0], 4), dtype=np.uint8)
        pixels[..., 3] = rng.choice([0, 128, 255], (size[1], size[0]))
        made.append(Image.fromarray(pixels))
    return made


def encoded(count: int = len(DELAYS)) -> bytes:
    first, *rest = pictures(count)
    buffer = io.BytesIO()
    first.save(
        buffer,
        "WEBP",
        save_all=True,
        append_images=rest,
        duration=list(DELAYS[:count]),
        loop=3,
        lossless=True,
    )
    return buffer.getvalue()


def by_pillow(data: bytes) -> list[np.ndarray]:
    frames = []
    with Image.open(io.BytesIO(data)) as picture:
        paper = Image.new("RGBA", picture.size, (*BACKGROUND, 255))
        for index in range(getattr(picture, "n_frames", 1)):
            picture.seek(index)
            frames.append(
                np.asarray(Image.alpha_composite(paper, picture.convert("RGBA")))[..., :3]
            )
    return frames


def test_frames_delays_and_size_are_the_files_own(tmp_path: Path) -> None:
    path = tmp_path / "a.gif"  # the name must not matter
    path.write_bytes(data := encoded())
    info = probe(path)
    assert info.format is Format.WEBP
    assert (info.width, info.height, info.frames, info.loops) == (21, 14, 6, 3)
    assert info.raw_delays_ms == DELAYS
    assert info.delays == (40, 100, 100, 500, 90, 100)
    assert info.warnings == ()
    frames, _ = read(path, background=BACKGROUND)
    np.testing.assert_array_equal(frames, by_pillow(data))
    some = dict(read_frames(info, [4, 1], BACKGROUND))
    assert list(some) == [1, 4]
    np.testing.assert_array_equal(some[4], frames[4])


def test_a_still_picture_is_one_frame(tmp_path: Path) -> None:
    path = tmp_path / "still"
    for lossless in (True, False):
        pictures(1)[0].convert("RGB").save(path, "WEBP", lossless=lossless)
        info = probe(path)
        assert (info.width, info.height, info.delays) == (21, 14, (100,))


def test_a_truncated_file_is_answered_with_its_whole_frames_or_refused(tmp_path: Path) -> None:
    data = encoded()
    path = tmp_path / "cut"
    path.write_bytes(data)
    all_frames, _ = read(path, background=BACKGROUND)
    answered = set()
    for length in range(16, len(data), 7):
        path.write_bytes(data[:length])
        try:
            frames, info = read(path, background=BACKGROUND)
        except MediaError:
            continue
        assert info.warnings
        answered.add(len(frames))
        np.testing.assert_array_equal(frames, all_frames[: len(frames)])
    assert answered >= {1, 2, 3, 4, 5}


def test_a_canvas_above_the_budget_is_refused_undecoded(tmp_path: Path) -> None:
    data = bytearray(encoded())
    data[24:30] = (16_000).to_bytes(3, "little") * 2
    (tmp_path / "a.webp").write_bytes(data)
    with pytest.raises(MediaError, match="asks for a canvas of 16001 x 16001"):
        probe(tmp_path / "a.webp")


def test_a_canvas_stated_twice_bypasses_no_budget(tmp_path: Path) -> None:
    path = tmp_path / "a.webp"
    pictures(1)[0].convert("RGB").save(path, "WEBP")
    data = path.read_bytes() + b"VP8X" + (10).to_bytes(4, "little") + bytes(4) + b"\xff\x1f\0" * 2
    path.write_bytes(data[:4] + (len(data) - 8).to_bytes(4, "little") + data[8:])
    assert probe(path).width == 21
    with pytest.raises(MediaError, match="first frame is damaged"):
        read(path)
