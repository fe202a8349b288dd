import math
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anigifs.clips import Geometry, resize_and_crop
from anigifs.clips.samplers import whole_by_time
from anigifs.clips.timeline import timeline
from anigifs.clips.tubes import TubeRule, box_tube, kept_instants_ms
from anigifs.foundation import UsageError
from anigifs.index import Box
from anigifs.media import Format, MediaInfo


def box(x1: float, y1: float, x2: float, y2: float) -> Box:
    return Box(t_ms=0, x1=x1, y1=y1, x2=x2, y2=y2)


def box_mask(boxes: list[Box], height: int, width: int, geometry: Geometry) -> np.ndarray:
    """Boxes of one instant, in the one frame of it."""
    (mask_HW,) = box_tube(boxes, [0], height, width, geometry)
    return np.asarray(mask_HW)


sides = st.integers(20, 300)
edges = st.integers(0, 19)


@given(sides, sides, edges, edges, st.sampled_from([None, 40]))
def test_a_box_lies_where_a_painted_rectangle_ends_up(
    height: int, width: int, left: int, top: int, resize_side: int | None
) -> None:
    x1, y1 = left / 20, top / 20
    x2, y2 = min(1.0, x1 + 0.4), min(1.0, y1 + 0.3)
    geometry = Geometry(9, 32, resize_side)
    picture = np.zeros((height, width, 3), np.uint8)
    corners = [(round(x * width), round(y * height)) for x, y in ((x1, y1), (x2, y2))]
    cv2.rectangle(picture, corners[0], (corners[1][0] - 1, corners[1][1] - 1), (255,) * 3, -1)
    seen = resize_and_crop(picture, geometry)[..., 0] > 127
    mask = box_mask([box(x1, y1, x2, y2)], height, width, geometry)
    if mask.any():
        # Rounding to pixels on both sides moves an edge by less than two.
        grown = cv2.dilate(seen.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool)
        shrunk = cv2.erode(seen.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool)
        assert not (mask & ~grown).any() or not seen.any()
        assert not (shrunk & ~mask).any()
    else:
        rows, columns = geometry.crop_of(height, width)
        assert picture[rows, columns].sum() < 0.2 * picture.sum()


def test_a_box_that_the_crop_leaves_out_is_dropped() -> None:
    wide = Geometry(9, 10)
    assert not box_mask([box(0.0, 0.0, 0.2, 1.0)], 100, 200, wide).any()
    # The crop begins at a quarter; this box has 9 % of its width beyond that, the next 11 %.
    assert not box_mask([box(0.25 - 0.091, 0.0, 0.259, 1.0)], 100, 200, wide).any()
    assert box_mask([box(0.25 - 0.089, 0.0, 0.261, 1.0)], 100, 200, wide).any()


def test_several_boxes_are_united_and_what_lies_between_is_not() -> None:
    boxes = [box(0, 0, 0.25, 1), box(0.75, 0, 1, 1)]
    mask = box_mask(boxes, 50, 50, Geometry(9, 8))
    assert mask[3].astype(int).tolist() == [1, 1, 0, 0, 0, 0, 1, 1]
    assert not box_mask([], 50, 50, Geometry(9, 8)).any()


def drawn_box(rng: np.random.Generator, most_ms: int, people: int) -> Box:
    x1, y1 = rng.random(2) * 0.9
    x2, y2 = (x1, y1) + (1 - np.array((x1, y1))) * rng.uniform(0.02, 1, 2)
    who = str(rng.integers(people))
    return Box(int(rng.integers(most_ms)), x1, y1, x2, y2, str(rng.integers(2)), who)


def tube_by_hand(
    boxes: list[Box],
    instants_ms: list[float],
    frame: tuple[int, int],
    geometry: Geometry,
    rule: TubeRule,
) -> np.ndarray:
    """Pixel by pixel: is it touched by a box of the nearest instant of any person and action?"""
    size = geometry.size
    rows, columns = geometry.crop_of(*frame)
    scale = size / (rows.stop - rows.start)

    def edges(low: float, high: float, length: int, start: int) -> tuple[float, float]:
        return (low * length - start) * scale, (high * length - start) * scale

    def inside(interval: tuple[float, float]) -> float:
        return max(0.0, min(interval[1], size) - max(interval[0], 0.0))

    tube_THW = np.zeros((len(instants_ms), size, size), bool)
    for place, instant in enumerate(instants_ms):
        for who in {(box.person, box.action) for box in boxes}:
            own = [box for box in boxes if (box.person, box.action) == who]
            _, near = min((abs(b.t_ms - instant), -b.t_ms) for b in own)
            for one in own:
                if one.t_ms != -near:
                    continue
                across = edges(one.x1, one.x2, frame[1], columns.start)
                down = edges(one.y1, one.y2, frame[0], rows.start)
                whole = (across[1] - across[0]) * (down[1] - down[0])
                if inside(across) * inside(down) < max(1.0, 0.1 * whole):
                    continue
                more_x, more_y = (rule.dilate * (e[1] - e[0]) for e in (across, down))
                for row in range(size):
                    for column in range(size):
                        tube_THW[place, row, column] |= (
                            across[0] - more_x < column + 1
                            and column < across[1] + more_x
                            and down[0] - more_y < row + 1
                            and row < down[1] + more_y
                        )
    if rule.span_ms is not None and tube_THW.any():
        for place, instant in enumerate(instants_ms):
            if min(abs(box.t_ms - instant) for box in boxes) > rule.span_ms:
                tube_THW[place] = True
    return tube_THW


@settings(max_examples=60)
@given(
    st.integers(0, 2**32),
    st.tuples(sides, sides),
    st.integers(0, 12),
    st.integers(1, 3),
    st.sampled_from([0.0, 0.1, 1.5]),
    st.sampled_from([None, 0, 30, 200]),
    st.sampled_from([None, 16]),
)
def test_a_tube_is_what_a_look_at_each_pixel_finds(
    seed: int,
    frame: tuple[int, int],
    count: int,
    people: int,
    dilate: float,
    span_ms: int | None,
    resize_side: int | None,
) -> None:
    rng = np.random.default_rng(seed)
    boxes = [drawn_box(rng, 300, people) for _ in range(count)]
    instants_ms = [float(instant) for instant in rng.integers(0, 1000, 5) / 2]
    geometry, rule = Geometry(9, 12, resize_side), TubeRule(dilate, span_ms)
    tube_THW = box_tube(boxes, instants_ms, *frame, geometry, rule)
    assert tube_THW.dtype == bool
    expected_THW = tube_by_hand(boxes, instants_ms, frame, geometry, rule)
    np.testing.assert_array_equal(tube_THW, expected_THW)


LEFT, MIDDLE, RIGHT = ((0.0, 0, 0.25, 1), (0.5, 0, 0.75, 1), (0.75, 0, 1, 1))


def columns_of(tube_THW: np.ndarray) -> list[str]:
    return ["".join(map(str, row.astype(int))) for row in tube_THW[:, 0]]


def seen(boxes: list[Box], instants_ms: list[float], rule: TubeRule | None = None) -> list[str]:
    rule = TubeRule() if rule is None else rule
    return columns_of(box_tube(boxes, instants_ms, 40, 40, Geometry(9, 4), rule))


def test_boxes_at_one_instant_are_a_static_tube() -> None:
    boxes = [Box(700, *LEFT), Box(700, *MIDDLE, action="jump"), Box(700, *RIGHT, person="b")]
    assert seen(boxes, [0, 700, 5000]) == ["1011"] * 3


def test_a_box_in_every_frame_is_a_tube_that_follows() -> None:
    boxes = [Box(0, *LEFT), Box(40, *MIDDLE), Box(80, *RIGHT)]
    assert seen(boxes, [0, 40, 80, 120]) == ["1000", "0010", "0001", "0001"]
    assert seen(list(reversed(boxes)), [0, 40, 80, 120]) == ["1000", "0010", "0001", "0001"]


def test_of_two_instants_as_near_the_later_counts() -> None:
    boxes = [Box(0, *LEFT), Box(40, *RIGHT)]
    assert seen(boxes, [19.9, 20, 20.1]) == ["1000", "0001", "0001"]


def test_each_person_and_action_has_nearest_boxes_of_its_own() -> None:
    boxes = [Box(0, *LEFT, person="a"), Box(100, *RIGHT, person="b"), Box(200, *MIDDLE, person="a")]
    assert seen(boxes, [0, 90, 110]) == ["1001", "1001", "0011"]
    unknown = [Box(0, *LEFT), Box(0, *MIDDLE), Box(100, *RIGHT)]
    assert seen(unknown, [0, 90]) == ["1010", "0001"]


def test_far_from_every_instant_all_is_true() -> None:
    rule = TubeRule(span_ms=100)
    boxes = [Box(1000, *LEFT, person="a"), Box(1300, *RIGHT, person="b")]
    assert seen(boxes, [899, 900, 1100, 1101, 1250, 1401], rule) == [
        "1111", "1001", "1001", "1111", "1001", "1111",
    ]  # fmt: skip


def test_a_clip_whose_people_are_out_of_the_crop_has_no_tube_at_any_time() -> None:
    beside = [Box(0, 0.0, 0.0, 0.2, 1.0)]
    rule = TubeRule(dilate=1.0, span_ms=0)
    assert not box_tube(beside, [0, 10_000], 100, 200, Geometry(9, 10), rule).any()
    part = (slice(0, 2), slice(2, 4))
    left = [Box(0, *LEFT)]
    assert not box_tube(left, [0, 9], 40, 40, Geometry(9, 4), TubeRule(span_ms=0), part).any()
    assert not box_tube([], [0, 9], 40, 40, Geometry(9, 4), TubeRule(span_ms=0)).any()


def test_a_box_grows_by_its_share_on_each_side_and_not_out_of_the_picture() -> None:
    middle = [box(0.4, 0.4, 0.6, 0.8)]
    geometry = Geometry(9, 10)
    grown = box_tube(middle, [0], 50, 50, geometry, TubeRule(dilate=0.5))[0]
    assert grown.any(axis=0).astype(int).tolist() == [0, 0, 0, 1, 1, 1, 1, 0, 0, 0]
    assert grown.any(axis=1).astype(int).tolist() == [0, 0, 1, 1, 1, 1, 1, 1, 1, 1]
    assert box_tube(middle, [0], 50, 50, geometry, TubeRule(dilate=9.0)).all()


@pytest.mark.parametrize("wrong", [{"dilate": -0.1}, {"dilate": math.nan}, {"span_ms": -1}])
def test_a_rule_below_nothing_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(UsageError):
        TubeRule(**wrong)  # type: ignore[arg-type]


def gif(delays: tuple[int, ...]) -> MediaInfo:
    return MediaInfo(Path("a.gif"), Format.GIF, 8, 8, delays=delays)


def kept(info: MediaInfo, most: int, start_ms: int = 0) -> tuple[tuple[int, ...], np.ndarray]:
    """The kept frames of a file, and when they are taken to begin."""
    line = timeline(info, start_ms, None, most)
    return line.indices, kept_instants_ms(line.delays, line.tick, line.available, most)


@given(st.lists(st.integers(1, 500), min_size=1, max_size=64))
def test_the_instants_of_kept_frames_are_their_starts(delays: list[int]) -> None:
    info = gif(tuple(delays))
    indices, instants_ms = kept(info, 64)
    starts_ms = [float(1000 * info.tick * info.starts[index]) for index in indices]
    np.testing.assert_allclose(instants_ms, starts_ms, rtol=1e-12)


def test_instants_are_counted_from_the_clips_beginning() -> None:
    info = gif((100,) * 10)
    assert info.tick == Fraction(1, 1000)
    assert kept(info, 64, start_ms=250)[1].tolist() == [0, 50, 150, 250, 350, 450, 550, 650]


@given(st.integers(65, 400), st.sampled_from([20, 33, 40, 100]))
def test_of_an_even_clip_that_was_thinned_each_frame_has_its_own_box(
    frames: int, delay: int
) -> None:
    indices, instants_ms = kept(gif((delay,) * frames), 64)
    nearest = np.floor(instants_ms / delay + 0.5).astype(int)  # of two as near, the later
    assert nearest.tolist() == list(indices)


@given(st.lists(st.integers(10, 100), min_size=20, max_size=60))
def test_of_an_uneven_clip_that_was_thinned_the_instants_are_nearly_right(
    delays: list[int],
) -> None:
    info = gif(tuple(delays))
    indices, instants_ms = kept(info, 12)
    assert (np.diff(instants_ms) > 0).all()
    for index, instant in zip(indices, instants_ms, strict=True):
        assert abs(float(1000 * info.tick * info.starts[index]) - instant) <= 100


def test_a_sampled_frame_has_the_box_of_the_frame() -> None:
    """Frames of uneven delays, each with a box of its own, as the puppets have them."""
    delays = (30, 200, 50, 120, 40, 40, 300, 60, 90)
    info = gif(delays)
    boxes = [Box(int(start), n / 9, 0, (n + 1) / 9, 1) for n, start in enumerate(info.starts)]
    instants_ms = kept(info, 64)[1]
    chosen = whole_by_time(delays, 20)
    tube_THW = box_tube(boxes, instants_ms[list(chosen)], 90, 90, Geometry(20, 9))
    assert tube_THW[:, 0].argmax(axis=1).tolist() == list(chosen)
    assert (tube_THW.sum(axis=(1, 2)) == 9).all()
