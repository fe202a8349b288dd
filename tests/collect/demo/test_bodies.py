"""The files, as Pillow and PyAV see them."""

import io
import json
from collections.abc import Iterator
from itertools import groupby

import av
import numpy as np
import pytest
from PIL import Image, ImageSequence, UnidentifiedImageError

from anigifs.collect.demo import KINDS, Planted, World
from anigifs.collect.demo.bodies import Bodies
from anigifs.collect.demo.pictures import BAR
from anigifs.puppets.cartoon.render import STYLES
from tests.collect.demo.conftest import SMALL

MAGIC = {"copy-webp": b"RIFF", "copy-apng": b"\x89PNG", "png": b"\x89PNG", "jpeg": b"\xff\xd8\xff"}


def frames_of(data: bytes) -> np.ndarray:
    """Return the frames as Pillow plays them over black, uint8 RGB (T, H, W, 3)."""
    with Image.open(io.BytesIO(data)) as picture:
        pages = [page.convert("RGBA") for page in ImageSequence.Iterator(picture)]
    black = Image.new("RGBA", pages[0].size, (0, 0, 0, 255))
    return np.stack([np.asarray(Image.alpha_composite(black, page))[..., :3] for page in pages])


def delays_of(data: bytes) -> list[int]:
    with Image.open(io.BytesIO(data)) as picture:
        return [int(page.info["duration"]) for page in ImageSequence.Iterator(picture)]


def pairs(bodies: Bodies, kind: str) -> Iterator[tuple[bytes, bytes]]:
    """Yield each original and its copy of a kind."""
    world = bodies.world
    items = world.of_kind(kind)
    assert items
    for item in items:
        yield bodies.of(world.by_path[item.original]), bodies.of(item)


def one(kind: str) -> Planted:
    return SMALL.of_kind(kind)[0]


def test_the_same_seed_gives_the_same_bytes_in_whatever_order_they_are_asked_for() -> None:
    world = World(seed=8, classes=1, originals=1, size=64)
    forwards, backwards, other = Bodies(world), Bodies(world), World(9, 1, 1, 64)
    there = {item.path: forwards.of(item) for item in world.items}
    assert there == {item.path: backwards.of(item) for item in reversed(world.items)}
    assert Bodies(other).of(other.items[0]) != forwards.of(world.items[0])
    assert forwards.make_all() == sum(map(len, there.values()))


def test_held_back_styles_are_never_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **options: object) -> None:
        raise AssertionError("a style that is held back")

    world = World(seed=2, classes=17, originals=1, size=64, troubles=0, without=("film",))
    for style in STYLES:
        if style != "flat":
            monkeypatch.setitem(STYLES, style, refuse)
    bodies = Bodies(world)
    shown = [item for item in world.items if item.kind in ("cartoon", "wrong-class")]
    assert len(shown) == 16 + 16 + 2
    assert all(bodies.of(item) for item in shown)
    monkeypatch.setitem(STYLES, "flat", refuse)  # so that the check above would have failed
    with pytest.raises(AssertionError, match="held back"):
        Bodies(world).of(shown[0])


def test_originals_are_different_moving_gifs_of_the_size_asked_for(bodies: Bodies) -> None:
    items = [item for item in SMALL.items if KINDS[item.kind].part == "original"]
    files = [bodies.of(item) for item in items]
    assert len(set(files)) == len(files)
    for data in files:
        frames_THWC = frames_of(data)
        assert data.startswith(b"GIF89a")
        assert frames_THWC.shape[1:] == (64, 64, 3)
        assert 6 <= len(frames_THWC) <= 24
        assert (frames_THWC[0] != frames_THWC).any()


def test_a_film_has_many_more_colours_than_a_cartoon(bodies: Bodies) -> None:
    def colours(item: Planted) -> int:
        return len(np.unique(frames_of(bodies.of(item))[0].reshape(-1, 3), axis=0))

    films = [colours(item) for item in SMALL.of_kind("film")]
    cartoons = [colours(item) for item in SMALL.of_kind("cartoon")]
    assert min(films) > max(cartoons)


def test_a_copy_of_bytes_is_equal(bodies: Bodies) -> None:
    assert all(own == copy for own, copy in pairs(bodies, "copy-bytes"))


def test_a_reversed_copy_is_the_original_backwards(bodies: Bodies) -> None:
    for own, copy in pairs(bodies, "copy-reversed"):
        np.testing.assert_array_equal(frames_of(copy), frames_of(own)[::-1])
        assert delays_of(copy) == delays_of(own)[::-1]


def test_a_mirrored_copy_has_left_and_right_changed(bodies: Bodies) -> None:
    for own, copy in pairs(bodies, "copy-mirrored"):
        mirrored = [
            np.asarray(Image.fromarray(frame).transpose(Image.Transpose.FLIP_LEFT_RIGHT))
            for frame in frames_of(own)
        ]
        np.testing.assert_array_equal(frames_of(copy), mirrored)


def test_a_shifted_copy_is_the_same_loop_from_another_frame(bodies: Bodies) -> None:
    for own, copy in pairs(bodies, "copy-shifted"):
        frames, shifted = list(frames_of(own)), list(frames_of(copy))
        told = list(zip(frames, delays_of(own), strict=True))
        fits = [
            first
            for first in range(len(frames))
            if all(
                (frame == other).all() and delay == wait
                for (frame, delay), other, wait in zip(
                    told[first:] + told[:first], shifted, delays_of(copy), strict=True
                )
            )
        ]
        assert fits
        assert 0 not in fits


def test_a_cropped_copy_has_lost_a_tenth_of_each_side(bodies: Bodies) -> None:
    for own, copy in pairs(bodies, "copy-cropped"):
        cropped = frames_of(copy)
        assert cropped.shape[1:3] == (58, 58)  # 64 without 3 at each edge
        np.testing.assert_array_equal(cropped, frames_of(own)[:, 3:-3, 3:-3])


def test_a_captioned_copy_is_the_original_under_black_on_white(bodies: Bodies) -> None:
    for own, copy in pairs(bodies, "copy-captioned"):
        captioned = frames_of(copy)
        np.testing.assert_array_equal(captioned[:, BAR:], frames_of(own))
        bar = captioned[:, :BAR]
        assert (bar == bar[0]).all()
        assert set(np.unique(bar)) == {0, 255}
        assert (bar == 255).mean() > 0.6


def test_a_thinned_copy_is_every_second_frame_and_as_long(bodies: Bodies) -> None:
    for own, copy in pairs(bodies, "copy-thinned"):
        np.testing.assert_array_equal(frames_of(copy), frames_of(own)[::2])
        assert sum(delays_of(copy)) == sum(delays_of(own))


def test_a_resized_copy_is_the_original_in_another_size(bodies: Bodies) -> None:
    for own, copy in pairs(bodies, "copy-resized"):
        frames, sized = frames_of(own), frames_of(copy)
        side = sized.shape[1]
        assert side == sized.shape[2]
        assert side in {32, 48, 96}
        way = Image.Resampling.BILINEAR
        expected = [
            np.asarray(Image.fromarray(frame).resize((side, side), way)) for frame in frames
        ]
        apart_TT = np.abs(sized[:, None].astype(int) - np.stack(expected)).mean(axis=(2, 3, 4))
        assert (apart_TT.argmin(axis=1) == np.arange(len(frames))).all()
        assert np.diagonal(apart_TT).max() < 5


@pytest.mark.parametrize("kind", ["copy-webp", "copy-apng"])
def test_copies_in_other_formats_show_the_same(bodies: Bodies, kind: str) -> None:
    def changes(frames_THWC: np.ndarray) -> list[bytes]:
        """Return the frames without those that are as the one before, which encoders merge."""
        return [frame for frame, _ in groupby(frame.tobytes() for frame in frames_THWC)]

    for own, copy in pairs(bodies, kind):
        assert copy.startswith(MAGIC[kind])
        assert changes(frames_of(copy)) == changes(frames_of(own))


def test_an_mp4_copy_shows_nearly_the_same(bodies: Bodies) -> None:
    for own, copy in pairs(bodies, "copy-mp4"):
        assert copy[4:8] == b"ftyp"
        with av.open(io.BytesIO(copy), "r") as container:
            frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
        expected = frames_of(own)
        assert len(frames) == len(expected)
        assert np.abs(np.stack(frames).astype(int) - expected).mean() < 12


def test_stills_and_frozen_gifs_do_not_move(bodies: Bodies) -> None:
    assert len(frames_of(bodies.of(one("still")))) == 1
    frozen = frames_of(bodies.of(one("frozen")))
    assert len(frozen) >= 6
    assert (frozen == frozen[0]).all()


def test_cut_files_hold_some_whole_frames_or_none(bodies: Bodies) -> None:
    truncated, headless = bodies.of(one("truncated")), bodies.of(one("headless"))
    with Image.open(io.BytesIO(truncated)) as picture:
        picture.seek(2)
        picture.load()
    with pytest.raises((OSError, EOFError)):
        frames_of(truncated)
    with Image.open(io.BytesIO(headless)) as picture, pytest.raises(OSError, match="truncated"):
        picture.load()
    assert not truncated.endswith(b";")


@pytest.mark.parametrize("kind", ["png", "jpeg"])
def test_stills_of_other_formats_are_that(bodies: Bodies, kind: str) -> None:
    data = bodies.of(one(kind))
    assert data.startswith(MAGIC[kind])
    assert frames_of(data).shape == (1, 64, 64, 3)


@pytest.mark.parametrize("kind", ["html", "json", "svg", "empty"])
def test_what_is_no_picture_cannot_be_opened(bodies: Bodies, kind: str) -> None:
    with pytest.raises(UnidentifiedImageError):
        Image.open(io.BytesIO(bodies.of(one(kind))))


def test_json_is_json_and_html_is_html(bodies: Bodies) -> None:
    assert json.loads(bodies.of(one("json")))["error"] == "expired"
    assert bodies.of(one("html")).lower().startswith(b"<!doctype html")
    assert bodies.of(one("empty")) == b""


@pytest.mark.parametrize(
    ("kind", "side", "frames", "most_bytes"),
    [
        ("bomb-frames", 9_000, 2_000, 60_000),
        ("bomb-screen", 60_000, 1, 60),
        ("bomb-total", 2_048, 400, 12_000),
    ],
)
def test_bombs_are_small_files_of_much(
    bodies: Bodies, kind: str, side: int, frames: int, most_bytes: int
) -> None:
    data = bodies.of(one(kind))
    assert len(data) <= most_bytes
    assert int.from_bytes(data[6:8], "little") == int.from_bytes(data[8:10], "little") == side
    # Each frame begins with the control block that states its delay; the data holds no such bytes.
    assert data.count(b"!\xf9\x04") == frames
    assert data.endswith(b";")


def test_plain_gifs_are_tiny_distinct_and_move() -> None:
    world = World(plain=300, troubles=0)
    bodies = Bodies(world)
    files = [bodies.of(item) for item in world.items]
    assert len(set(files)) == 300
    assert max(map(len, files)) < 200
    for data in files[:20]:
        frames_THWC = frames_of(data)
        assert frames_THWC.shape == (2, 8, 8, 3)
        assert (frames_THWC[0] != frames_THWC[1]).any()


def test_troubles_of_a_plain_world_are_made_of_plain_gifs() -> None:
    world = World(plain=5)
    bodies = Bodies(world)
    assert bodies.make_all() < 100_000
    assert frames_of(bodies.of(world.of_kind("redirects-2")[0])).shape == (2, 8, 8, 3)
    assert frames_of(bodies.of(world.of_kind("still")[0])).shape == (1, 8, 8, 3)
    with Image.open(io.BytesIO(bodies.of(world.of_kind("truncated")[0]))) as picture:
        picture.load()
