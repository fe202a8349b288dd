import io
from pathlib import Path

import numpy as np
import pytest
from PIL import GifImagePlugin, Image

from anigifs.foundation import MediaError
from anigifs.media import GifPart, gif_bytes, probe, read, read_frames
from anigifs.media.gif import GifLayout, frames_to_draw, walk
from tests.media.corpus import random_gif, random_palette
from tests.media.skia_frames import skia_frames

BACKGROUND = (10, 200, 30)
RNG = np.random.default_rng(5)
PALETTE = random_palette(RNG, 4)


def drawn(path: Path) -> list[np.ndarray]:
    return [frame for _, frame in read_frames(probe(path), background=BACKGROUND)]


def assert_equal_to_skia(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    ours, theirs = drawn(path), list(skia_frames(data, BACKGROUND))
    assert len(ours) == len(theirs)
    for index, (mine, other) in enumerate(zip(ours, theirs, strict=True)):
        np.testing.assert_array_equal(mine, other, err_msg=f"frame {index}")


@pytest.mark.parametrize("overhang", [False, True], ids=["inside the canvas", "beyond it"])
@pytest.mark.parametrize("seeds", [range(i, i + 50) for i in range(0, 300, 50)], ids=str)
def test_frames_equal_an_independent_renderers(
    tmp_path: Path, seeds: range, overhang: bool
) -> None:
    for seed in seeds:
        assert_equal_to_skia(tmp_path / f"{seed}.gif", random_gif(seed, overhang=overhang))


def solid(index: int, size: int = 6, **more: object) -> GifPart:
    return GifPart(np.full((size, size), index, np.uint8), **more)  # type: ignore[arg-type]


ODDITIES = {
    "first frame larger than the canvas": gif_bytes(3, 3, [solid(1), solid(2)], palette=PALETTE),
    "canvas of no size": gif_bytes(0, 0, [solid(1), solid(2, 3)], palette=PALETTE),
    "indices beyond the palette": gif_bytes(6, 6, [solid(9)], palette=PALETTE),
    "transparent index beyond the palette": gif_bytes(
        6, 6, [solid(1), solid(9, transparent=9)], palette=PALETTE
    ),
    "a second frame wholly outside": gif_bytes(
        6, 6, [solid(1), solid(2, left=9, top=9, disposal=2), solid(3, 2)], palette=PALETTE
    ),
    "a disposal that no one defined": gif_bytes(
        6, 6, [solid(1), solid(2, 3, disposal=5), solid(3, 2)], palette=PALETTE
    ),
}


@pytest.mark.parametrize("name", ODDITIES)
def test_oddities_equal_an_independent_renderers(tmp_path: Path, name: str) -> None:
    assert_equal_to_skia(tmp_path / "odd.gif", ODDITIES[name])


def test_a_disposal_method_is_not_carried_over_to_the_next_frame(tmp_path: Path) -> None:
    # Pillow 13 does carry it over, which is why frames are composed here.
    parts = [solid(1), solid(2, 4, disposal=2), solid(3, 3, disposal=0), solid(1, 1)]
    assert_equal_to_skia(tmp_path / "a.gif", gif_bytes(6, 6, parts, palette=PALETTE))


def test_wanted_frames_equal_the_same_frames_of_all(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    skipped = 0
    for seed in range(200):
        path = tmp_path / f"{seed}.gif"
        path.write_bytes(random_gif(seed))
        info = probe(path)
        everything = dict(read_frames(info, background=BACKGROUND))
        wanted = sorted({int(i) for i in rng.integers(0, info.frames, 3)})
        some = dict(read_frames(info, wanted, BACKGROUND))
        assert list(some) == wanted
        for index, frame in some.items():
            np.testing.assert_array_equal(frame, everything[index], err_msg=f"{seed}, {index}")
        assert isinstance(info.layout, GifLayout)
        used = info.layout.frames[: wanted[-1] + 1]
        skipped += len(used) - len(frames_to_draw(used, wanted, info.width, info.height))
    assert skipped > 100  # or nothing was tested


def test_real_gifs_equal_pillows_frames(shared_clips: Path) -> None:
    paths = sorted(shared_clips.glob("*.gif"))
    assert paths
    for path in paths:
        with Image.open(path) as picture:
            for index, frame in read_frames(probe(path)):
                picture.seek(index)
                np.testing.assert_array_equal(frame, np.asarray(picture.convert("RGB")))


def test_the_walk_agrees_with_pillow_on_size_frames_delays_and_loops(tmp_path: Path) -> None:
    for seed in range(60):
        data = random_gif(seed)
        layout = walk(data)
        with GifImagePlugin.GifImageFile(io.BytesIO(data)) as picture:
            assert (layout.width, layout.height) == picture.size
            assert len(layout.frames) == picture.n_frames
            assert layout.loops == picture.info["loop"]
            for index, frame in enumerate(layout.frames):
                picture.seek(index)
                assert frame.delay_ms == picture.info["duration"]


def test_delays_of_0_and_10_ms_play_as_100_and_the_raw_ones_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.gif"
    parts = [solid(1, delay_ms=delay) for delay in (0, 10, 20, 500)]
    path.write_bytes(gif_bytes(6, 6, parts, palette=PALETTE))
    info = probe(path)
    assert info.raw_delays_ms == (0, 10, 20, 500)
    assert info.delays == (100, 100, 20, 500)
    assert info.duration_ms == 720


def test_every_truncation_is_answered_with_its_whole_frames_or_refused(tmp_path: Path) -> None:
    data = random_gif(3)
    layout = walk(data)
    path = tmp_path / "cut.gif"
    for length in range(13, len(data)):
        path.write_bytes(data[:length])
        whole = sum(frame.end <= length for frame in layout.frames)
        if whole == 0:
            with pytest.raises(MediaError, match="whole frame"):
                probe(path)
            continue
        frames, info = read(path)
        assert len(frames) == info.frames == whole
        assert "truncated" in info.warnings[0]


def test_a_damaged_frame_ends_the_animation_before_it(tmp_path: Path) -> None:
    data = bytearray(gif_bytes(6, 6, [solid(1), solid(2), solid(3)], palette=PALETTE))
    second = walk(bytes(data)).frames[1]
    data[second.begin - 1] = 99  # a code size that cannot be
    path = tmp_path / "a.gif"
    path.write_bytes(data)
    frames, info = read(path)
    assert len(frames) == info.frames == 1
    assert info.warnings == ("frame 2 of 3 is damaged; only those before it were used",)


def test_stray_bytes_between_blocks_are_passed_over(tmp_path: Path) -> None:
    data = gif_bytes(6, 6, [solid(1)], palette=PALETTE)
    path = tmp_path / "a.gif"
    path.write_bytes(data[:-1] + bytes(20) + data[-1:])
    info = probe(path)
    assert (info.frames, info.warnings) == (1, ())
    path.write_bytes(data[:-1] + b"rubbish" + data[-1:])
    info = probe(path)
    assert info.frames == 1
    assert info.warnings == ("damaged: 7 stray bytes between frames passed over",)


def test_bombs_are_refused_undecoded(tmp_path: Path) -> None:
    canvas = tmp_path / "canvas.gif"  # 43 bytes that ask for 3.6 Gpx
    canvas.write_bytes(gif_bytes(60_000, 60_000, [solid(1, 1)], palette=PALETTE[:2], loops=None))
    assert canvas.stat().st_size <= 43
    total = tmp_path / "total.gif"
    total.write_bytes(gif_bytes(4000, 4000, [solid(1, 1)] * 400, palette=PALETTE))
    assert total.stat().st_size < 12_000
    frames = tmp_path / "frames.gif"
    frames.write_bytes(gif_bytes(2, 2, [solid(1, 1)] * 2001, palette=PALETTE))
    rectangle = bytearray(gif_bytes(2, 2, [solid(1, 1), solid(1, 1)], palette=PALETTE))
    at = walk(bytes(rectangle)).frames[1].begin - 6
    rectangle[at : at + 4] = b"\xff\xff\xff\xff"
    hidden = tmp_path / "rectangle.gif"
    hidden.write_bytes(rectangle)
    for path, reason in [
        (canvas, "60000 x 60000"),
        (total, "6,400,000,000 pixels"),
        (frames, "2,001 frames"),
        (hidden, "4,294,836,226 pixels"),
    ]:
        with pytest.raises(MediaError, match=f"asks for .*{reason}.*not decoded"):
            probe(path)
