"""APNG, made chunk by chunk; FFmpeg's decoder is the oracle for how frames are composed."""

import io
import struct
import zlib
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from anigifs.foundation import MediaError
from anigifs.media import probe, read, read_frames
from anigifs.media.apng import walk_png

WIDTH, HEIGHT = 12, 9
BACKGROUND = (10, 200, 30)
SIGNATURE = b"\x89PNG\r\n\x1a\n"
PALETTE = np.random.default_rng(9).integers(0, 256, (8, 3), dtype=np.uint8).tobytes()
CHANNELS = {0: 1, 2: 3, 3: 1, 6: 4}


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", len(body), name) + body + struct.pack(">I", zlib.crc32(name + body))


def pixels(rng: np.random.Generator, colour: int, height: int, width: int) -> bytes:
    high = 8 if colour == 3 else 256
    drawn = rng.integers(0, high, (height, width, CHANNELS[colour]), dtype=np.uint8)
    if colour == 6:
        drawn[..., 3] = rng.choice([0, 90, 255], (height, width))
    return zlib.compress(b"".join(b"\0" + row.tobytes() for row in drawn))


def random_apng(seed: int, colour: int, frames: int = 6, disposals: int = 3) -> bytes:
    """Frames of any rectangle, disposal and blending; the first covers the canvas."""
    rng = np.random.default_rng(seed)
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, colour, 0, 0, 0)
    out = [SIGNATURE, chunk(b"IHDR", header), chunk(b"acTL", struct.pack(">II", frames, 2))]
    if colour == 3:
        out += [chunk(b"PLTE", PALETTE), chunk(b"tRNS", bytes([0, 255, 255, 0]))]
    number = 0
    for index in range(frames):
        w, h, x, y = WIDTH, HEIGHT, 0, 0
        if index:
            x, y = int(rng.integers(0, WIDTH)), int(rng.integers(0, HEIGHT))
            w, h = int(rng.integers(1, WIDTH - x + 1)), int(rng.integers(1, HEIGHT - y + 1))
        operations = (int(rng.integers(0, disposals)), int(rng.integers(0, 2)))
        control = struct.pack(">IIIIIHHBB", number, w, h, x, y, 17, 1000, *operations)
        out.append(chunk(b"fcTL", control))
        data = pixels(rng, colour, h, w)
        if index == 0:
            out.append(chunk(b"IDAT", data))
        else:
            number += 1
            out.append(chunk(b"fdAT", struct.pack(">I", number) + data))
        number += 1
    return b"".join([*out, chunk(b"IEND", b"")])


def by_ffmpeg(data: bytes) -> list[np.ndarray]:
    frames = []
    with av.open(io.BytesIO(data), "r", format="apng") as container:
        for frame in container.decode(video=0):
            above = Image.fromarray(frame.to_ndarray(format="rgba"))
            paper = Image.new("RGBA", above.size, (*BACKGROUND, 255))
            frames.append(np.asarray(Image.alpha_composite(paper, above).convert("RGB")))
    return frames


@pytest.mark.parametrize("colour", [6, 3], ids=["RGBA", "palette"])
@pytest.mark.parametrize("seed", range(20))
def test_frames_are_composed_as_ffmpeg_composes_them(
    tmp_path: Path, colour: int, seed: int
) -> None:
    path = tmp_path / "a.gif"  # the name must not matter
    path.write_bytes(data := random_apng(seed, colour))
    frames, info = read(path, background=BACKGROUND)
    assert (info.width, info.height, info.frames, info.loops) == (WIDTH, HEIGHT, 6, 2)
    assert info.delays == (17,) * 6
    expected = np.stack(by_ffmpeg(data))
    assert np.abs(frames.astype(int) - expected).max() <= 2  # roundings of half-transparent ones


@pytest.mark.parametrize("colour", [0, 2], ids=["grey", "RGB"])
@pytest.mark.parametrize("seed", range(10))
def test_opaque_frames_are_exact(tmp_path: Path, colour: int, seed: int) -> None:
    # Without clearing: FFmpeg clears to black where there is no transparency in the file.
    path = tmp_path / "a.png"
    path.write_bytes(data := random_apng(seed, colour, disposals=1))
    np.testing.assert_array_equal(read(path, background=BACKGROUND)[0], np.stack(by_ffmpeg(data)))


def test_what_is_cleared_shows_the_background(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    for seed in range(20):
        path.write_bytes(random_apng(seed, colour=2, frames=2))
        info = probe(path)
        first, second = info.layout.frames  # type: ignore[attr-defined]
        if first.disposal:
            frames, _ = read(path, background=BACKGROUND)
            outside = np.ones((HEIGHT, WIDTH), bool)
            outside[second.top :, second.left :][: second.height, : second.width] = False
            assert (frames[1][outside] == BACKGROUND).all()


def test_wanted_frames_equal_the_same_frames_of_all(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(random_apng(1, colour=6))
    everything = dict(read_frames(probe(path)))
    some = dict(read_frames(probe(path), [4, 1]))
    assert list(some) == [1, 4]
    np.testing.assert_array_equal(some[4], everything[4])


def test_every_truncation_is_answered_with_its_whole_frames_or_refused(tmp_path: Path) -> None:
    data = random_apng(2, colour=6)
    path = tmp_path / "cut.png"
    path.write_bytes(data)
    whole, _ = read(path)
    answered = set()
    for length in range(8, len(data) - 12, 5):
        path.write_bytes(data[:length])
        try:
            frames, info = read(path)
        except MediaError:
            continue
        assert "truncated" in info.warnings[0]
        answered.add(len(frames))
        np.testing.assert_array_equal(frames, whole[: len(frames)])
    assert answered >= {1, 2, 3, 4, 5}


def test_only_the_first_palette_counts(tmp_path: Path) -> None:
    data = random_apng(1, colour=3)
    place = data.index(b"fcTL") - 4
    many = data[:place] + 3 * chunk(b"PLTE", bytes(24)) + data[place:]
    for name, one in (("one.png", data), ("many.png", many)):
        (tmp_path / name).write_bytes(one)
    assert walk_png(many).shared == walk_png(data).shared
    first, again = (read(tmp_path / name)[0] for name in ("one.png", "many.png"))
    np.testing.assert_array_equal(first, again)


def test_a_damaged_frame_ends_the_animation_before_it(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    data = bytearray(random_apng(2, colour=6))
    at = [i for i in range(len(data)) if data[i : i + 4] == b"fdAT"][2] + 14
    data[at : at + 6] = bytes(6)
    path.write_bytes(data)
    frames, info = read(path)
    assert len(frames) == info.frames == 3


def test_a_default_image_is_not_part_of_the_animation(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    greys = [Image.new("L", (8, 8), level) for level in (1, 2, 3)]
    greys[0].save(path, "PNG", save_all=True, append_images=greys[1:], default_image=True)
    frames, info = read(path)
    assert info.frames == 2
    assert frames[:, 0, 0, 0].tolist() == [2, 3]


def test_sixteen_bits_of_grey_keep_their_upper_eight(tmp_path: Path) -> None:
    ramp = np.arange(0, 65536, 256, dtype=np.uint16).reshape(16, 16)
    Image.fromarray(ramp).save(tmp_path / "a.png")
    frames, info = read(tmp_path / "a.png")
    assert info.frames == 1
    np.testing.assert_array_equal(frames[0, ..., 0], ramp >> 8)


def test_sizes_that_do_not_stand_where_they_must_bypass_no_budget(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    large = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0)
    rest = chunk(b"IHDR", large) + chunk(b"IDAT", zlib.compress(bytes(99))) + chunk(b"IEND", b"")
    path.write_bytes(SIGNATURE + rest)
    with pytest.raises(MediaError, match="asks for a canvas of 20000 x 20000"):
        probe(path)
    path.write_bytes(SIGNATURE + chunk(b"tEXt", bytes([0, 0, 0, 8] * 2)) + rest)
    with pytest.raises(MediaError, match="damaged within its header"):
        probe(path)


TIMES = ((1, 100), (0, 100), (7, 0), (1, 3), (500, 1000), (65535, 1000))  # 0 below is 100


def timed(data: bytes) -> bytes:
    """Give each frame a delay of its own."""
    out, at, number = bytearray(data), len(SIGNATURE), 0
    while at < len(out):
        length = int.from_bytes(out[at : at + 4], "big")
        if out[at + 4 : at + 8] == b"fcTL":
            body = bytearray(out[at + 8 : at + 8 + length])
            body[20:24] = struct.pack(">HH", *TIMES[number])
            out[at : at + 12 + length] = chunk(b"fcTL", bytes(body))
            number += 1
        at += 12 + length
    return bytes(out)


def test_each_frame_has_its_own_delay(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(data := timed(random_apng(0, colour=6)))
    by_pillow = []
    with Image.open(io.BytesIO(data)) as picture:
        for index in range(len(TIMES)):
            picture.seek(index)
            by_pillow.append(round(picture.info["duration"]))
    info = probe(path)
    assert info.raw_delays_ms == tuple(by_pillow) == (10, 0, 70, 333, 500, 65535)
    assert info.delays == (100, 100, 70, 333, 500, 65535)
