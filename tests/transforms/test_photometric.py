"""Pillow is the oracle throughout: every comparison here is of all bytes."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from anigifs.foundation import UsageError
from anigifs.transforms import POOL, Operation, Operations, apply, draw, words
from anigifs.transforms.blending import blend
from anigifs.transforms.luma import luma_of_frame, luma_of_tables
from tests.transforms.made import all_pairs, by_pillow, clip_by_pillow, scene

EVERY = [Operation(name, level) for name, levels in POOL.items() for level in levels]
STATISTICAL = ("autocontrast", "contrast")


def level(name: str, place: int) -> Operation:
    return Operation(name, POOL[name][place])


def pictures() -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    flat_HWC = np.full((6, 9, 3), (250, 10, 90), np.uint8)
    cartoon_HWC = flat_HWC.repeat(3, 0).repeat(3, 1)
    cartoon_HWC[4:12, 5:20] = 0, 120, 255
    cartoon_HWC[6:9] = 255
    return [
        all_pairs(),
        scene(rng, 61, 47),
        rng.integers(0, 256, (33, 50, 3), np.uint8),
        flat_HWC,
        cartoon_HWC,
        np.zeros((5, 4, 3), np.uint8),
        np.full((4, 5, 3), 255, np.uint8),
    ]


@pytest.mark.parametrize("operation", EVERY, ids=lambda operation: words((operation,)))
def test_every_operation_at_every_level_is_pillows(operation: Operation) -> None:
    for frame_HWC in pictures():
        expected_HWC = by_pillow((operation,), frame_HWC)
        assert np.array_equal(apply((operation,), frame_HWC[None])[0], expected_HWC)


@pytest.mark.parametrize("factor", POOL["color"])
def test_a_blend_is_pillows_for_all_pairs_of_values_and_any_length(factor: float) -> None:
    image = np.broadcast_to(np.arange(256, dtype=np.uint8), (256, 256)).copy()
    degenerate = image.T.copy()
    by_pillow = Image.blend(Image.fromarray(degenerate), Image.fromarray(image), factor)
    expected = np.asarray(by_pillow)
    assert np.array_equal(blend(degenerate, image, factor), expected)
    for width in (1, 7, 33):  # what a processor does not do many at a time
        for turn in (np.asarray, np.transpose):
            parts = [turn(whole)[:, :width] for whole in (degenerate, image, expected)]
            base, value, blended = (np.ascontiguousarray(part) for part in parts)
            assert np.array_equal(blend(base, value, factor), blended)


def test_a_blend_by_a_factor_from_outside_the_pool_is_pillows_too() -> None:
    rng = np.random.default_rng(0)
    image, degenerate = rng.integers(0, 256, (2, 200, 200), np.uint8)
    for factor in (0.0, 0.1, 0.5, 1.0, 1.001, 2.0, -1.0):
        expected = Image.blend(Image.fromarray(degenerate), Image.fromarray(image), factor)
        assert np.array_equal(blend(degenerate, image, factor), np.asarray(expected))


def test_grey_is_pillows_where_it_is_nearest_to_the_next() -> None:
    red, green, blue = np.meshgrid(*[np.arange(0, 256, 3)] * 3, indexing="ij")
    lattice = np.stack([red, green, blue], -1).reshape(86, -1, 3).astype(np.uint8)
    everything = np.arange(2**24, dtype=np.int64)
    sums = 19595 * (everything >> 16) + 38470 * (everything >> 8 & 255) + 7471 * (everything & 255)
    hard = everything[np.isin((sums + 32768) % 65536, (0, 1, 65535))]
    hard_HWC = np.stack([hard >> 16, hard >> 8 & 255, hard & 255], -1)[None].astype(np.uint8)
    for image_HWC in (lattice, hard_HWC):
        expected_HW = np.asarray(Image.fromarray(image_HWC).convert("L"))
        assert np.array_equal(luma_of_frame(image_HWC), expected_HW)
    of_tables = luma_of_tables(hard_HWC[:, :256].transpose(0, 2, 1))
    assert np.array_equal(of_tables[0, 0], luma_of_frame(hard_HWC[:, :256])[0])


def test_drawn_tuples_are_pillows() -> None:
    rng = np.random.default_rng(11)
    clips = [scene(rng, 3, 40, 30), rng.integers(0, 256, (2, 17, 23, 3), np.uint8)]
    for _ in range(300):
        operations = draw(rng, int(rng.integers(1, 7)))
        for clip_THWC in clips:
            changed_THWC = apply(operations, clip_THWC)
            expected_THWC = clip_by_pillow(operations, clip_THWC)
            assert np.array_equal(changed_THWC, expected_THWC), words(operations)


def test_after_grey_everything_goes_on_as_in_colour() -> None:
    rng = np.random.default_rng(12)
    clip_THWC = scene(rng, 2, 30, 40)
    for _ in range(150):
        operations = (level("grayscale", 0), *draw(rng), level("color", 4), *draw(rng))
        expected_THWC = clip_by_pillow(operations, clip_THWC)
        assert np.array_equal(apply(operations, clip_THWC), expected_THWC), words(operations)


tuples = st.lists(st.sampled_from(EVERY), min_size=1, max_size=5).map(tuple)


@settings(max_examples=150)
@given(
    tuples,
    st.tuples(*[st.integers(1, 3)] * 2, *[st.integers(1, 9)] * 2),
    st.integers(0, 2**32 - 1),
    st.sampled_from(["noise", "scene", "flat", "two colours"]),
)
def test_any_tuple_on_clips_of_any_shape_is_pillows(
    operations: Operations, shape: tuple[int, int, int, int], seed: int, content: str
) -> None:
    rng = np.random.default_rng(seed)
    match content:
        case "noise":
            clips = rng.integers(0, 256, (*shape, 3), np.uint8)
        case "scene":
            clips = scene(rng, *shape)
        case "flat":
            clips = np.broadcast_to(rng.integers(0, 256, 3, np.uint8), (*shape, 3))
        case _:
            clips = rng.integers(0, 256, (2, 3), np.uint8)[rng.integers(0, 2, shape)]
    before = clips.copy()
    expected = np.stack([clip_by_pillow(operations, clip_THWC) for clip_THWC in clips])
    changed = apply(operations, clips)
    assert changed.shape == clips.shape
    assert changed.dtype == np.uint8
    assert np.array_equal(changed, expected)
    assert np.array_equal(clips, before)
    assert not np.shares_memory(changed, clips)


def tall(clip_THWC: np.ndarray) -> np.ndarray:
    return clip_THWC.reshape(1, -1, *clip_THWC.shape[2:])


def test_statistics_of_the_clip_are_pillows_of_all_frames_as_one_image() -> None:
    rng = np.random.default_rng(13)
    clips = scene(rng, 2, 3, 20, 25)
    for _ in range(150):
        # Sharpness looks at neighbours, and those of another frame are none.
        operations = tuple(o for o in draw(rng, 6) if o.name != "sharpness")
        operations += (level(str(rng.choice(STATISTICAL)), int(rng.integers(20))),)
        changed = apply(operations, clips, "clip")
        for clip_THWC, changed_THWC in zip(clips, changed, strict=True):
            expected = clip_by_pillow(operations, tall(clip_THWC)).reshape(clip_THWC.shape)
            assert np.array_equal(changed_THWC, expected), words(operations)


def test_statistics_of_the_clip_leave_sharpness_a_matter_of_each_frame() -> None:
    rng = np.random.default_rng(14)
    clip_THWC = scene(rng, 4, 20, 25)
    for place in range(20):
        first, sharpness = level("contrast", place), level("sharpness", place)
        expected = clip_by_pillow((first,), tall(clip_THWC)).reshape(clip_THWC.shape)
        expected = clip_by_pillow((sharpness,), expected)
        expected = clip_by_pillow((first,), tall(expected)).reshape(clip_THWC.shape)
        assert np.array_equal(apply((first, sharpness, first), clip_THWC, "clip"), expected)


@pytest.mark.parametrize("name", STATISTICAL)
def test_statistics_of_the_clip_keep_equal_pixels_of_two_frames_equal(name: str) -> None:
    clip_THWC = scene(np.random.default_rng(15), 3, 20, 20)
    clip_THWC[:, 5, 5] = 90, 100, 110
    clip_THWC[0, :5] //= 4
    of_clip = apply((level(name, 0),), clip_THWC, "clip")[:, 5, 5]
    of_frames = apply((level(name, 0),), clip_THWC)[:, 5, 5]
    assert np.array_equal(of_clip[0], of_clip[1])
    assert not np.array_equal(of_frames[0], of_frames[1])


@pytest.mark.parametrize("statistics", ["frame", "clip"])
def test_clips_of_a_batch_do_not_know_of_each_other(statistics: str) -> None:
    rng = np.random.default_rng(16)
    clips = scene(rng, 3, 7, 200, 190)  # more than is worked on at a time
    for _ in range(12):
        operations = draw(rng)
        together = apply(operations, clips, statistics)  # type: ignore[arg-type]
        for clip_THWC, changed_THWC in zip(clips, together, strict=True):
            alone = apply(operations, clip_THWC, statistics)  # type: ignore[arg-type]
            assert np.array_equal(changed_THWC, alone)


def test_a_view_that_is_not_contiguous_is_as_good() -> None:
    clip_THWC = scene(np.random.default_rng(17), 6, 24, 30)
    view_THWC = clip_THWC[::2, ::-1, 3:20, ::-1]
    for place, name in enumerate(POOL):
        operations = (level(name, place % len(POOL[name])),)
        assert np.array_equal(apply(operations, view_THWC), clip_by_pillow(operations, view_THWC))


def test_adding_is_to_channels_whatever_the_shape() -> None:
    # Four rows could be taken for the four numbers that OpenCV adds, were they not of colours.
    shapes = [
        (1, 4, 1),
        (4, 1, 1),
        (1, 1, 4),
        (2, 2, 1),
        (1, 3, 1),
        (1, 1, 3),
        (1, 4, 4),
        (1, 4, 3),
    ]
    rng = np.random.default_rng(21)
    for shape in shapes:
        clip_THWC = rng.integers(0, 256, (*shape, 3), np.uint8)
        for names in (
            ("red",),
            ("green", "blue", "red"),
            ("brightness", "green"),
            ("blue", "color"),
        ):
            for place in (0, 14, 19):
                operations = tuple(level(name, place) for name in names)
                expected_THWC = clip_by_pillow(operations, clip_THWC)
                assert np.array_equal(apply(operations, clip_THWC), expected_THWC)


def test_what_may_not_be_written_to_is_read() -> None:
    clip_THWC = scene(np.random.default_rng(18), 2, 24, 30)
    clip_THWC.setflags(write=False)
    for operation in (level(name, 0) for name in POOL):
        assert np.array_equal(
            apply((operation,), clip_THWC), clip_by_pillow((operation,), clip_THWC)
        )


def test_no_operation_and_no_frame_are_the_identity() -> None:
    clip_THWC = scene(np.random.default_rng(19), 2, 8, 8)
    assert np.array_equal(apply((), clip_THWC), clip_THWC)
    assert apply((level("contrast", 0),), clip_THWC[:0]).shape == (0, 8, 8, 3)


def test_opencvs_threads_are_left_as_they_are() -> None:
    before = cv2.getNumThreads()
    apply(tuple(level(name, 0) for name in POOL), scene(np.random.default_rng(20), 2, 30, 30))
    assert cv2.getNumThreads() == before


def test_wrong_requests_are_named() -> None:
    clip_THWC = np.zeros((2, 4, 4, 3), np.uint8)
    one = (level("contrast", 0),)
    with pytest.raises(UsageError, match="arrays of uint8, not float32"):
        apply(one, clip_THWC.astype(np.float32))
    with pytest.raises(UsageError, match="arrays of uint8, not list"):
        apply(one, clip_THWC.tolist())
    for shape in ((4, 4, 3), (2, 4, 4, 4), (2, 4, 4), (1, 1, 2, 4, 4, 3)):
        with pytest.raises(UsageError, match=r"are \(\.\.\., T, H, W, 3\), not \("):
            apply(one, np.zeros(shape, np.uint8))
    with pytest.raises(UsageError, match="of each frame or clip, not 'batch'"):
        apply(one, clip_THWC, "batch")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="no operation is named 'posterize'"):
        apply((Operation("posterize", 4),), clip_THWC)
    with pytest.raises(UsageError, match=r"contrast has no level 3\.0"):
        apply((Operation("contrast", 3.0),), clip_THWC)
