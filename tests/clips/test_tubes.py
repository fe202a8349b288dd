import cv2
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from anigifs.clips import Geometry, resize_and_crop
from anigifs.clips.tubes import box_mask
from anigifs.index import Box


def box(x1: float, y1: float, x2: float, y2: float) -> Box:
    return Box(t_ms=0, x1=x1, y1=y1, x2=x2, y2=y2)


sides = st.integers(20, 300)
edges = st.integers(0, 19)


@settings(deadline=None)
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
