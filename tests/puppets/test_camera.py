import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anigifs.puppets.camera import Camera


@st.composite
def cameras(draw: st.DrawFn) -> Camera:
    number = st.floats(-1, 1)
    return Camera(
        azimuth=draw(st.floats(0, 360)),
        height=draw(st.floats(0.3, 2.5)),
        distance=draw(st.floats(2, 12)),
        target=(draw(number), 1 + draw(number) / 2, draw(number)),
        zoom=draw(st.floats(0.8, 2.5)),
    )


near = st.lists(st.tuples(*[st.floats(-1.2, 1.2)] * 3), min_size=1, max_size=8)


@given(cameras(), near)
def test_places_are_where_opencv_projects_them(
    camera: Camera, offsets: list[tuple[float, float, float]]
) -> None:
    places = np.array(camera.target) + np.array(offsets) * [1, 0.5, 1]
    ahead = np.array(camera.target) - camera.place
    ahead /= np.linalg.norm(ahead)
    across = np.cross(ahead, [0, 1, 0])
    across /= np.linalg.norm(across)
    turn = np.stack([across, np.cross(ahead, across), ahead])  # OpenCV's y goes down
    lens = np.array([[camera.zoom, 0, 0.5], [0, camera.zoom, 0.5], [0, 0, 1]])
    theirs, _ = cv2.projectPoints(
        places, cv2.Rodrigues(turn)[0], -turn @ camera.place, lens, np.zeros(4)
    )
    ours, depths = camera.project(places)
    np.testing.assert_allclose(ours, theirs[:, 0], rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(depths, (places - camera.place) @ ahead, atol=1e-9)


@given(cameras())
def test_the_target_is_in_the_middle_and_up_is_up(camera: Camera) -> None:
    middle, _ = camera.project(np.array(camera.target))
    np.testing.assert_allclose(middle, 0.5, atol=1e-12)
    above, _ = camera.project(np.add(camera.target, (0, 0.1, 0)))
    assert above[1] < 0.5
    assert above[0] == pytest.approx(0.5, abs=1e-9)  # no roll


@given(cameras(), st.floats(-0.5, 0.5))
def test_the_horizon_is_where_far_ground_ends(camera: Camera, aside: float) -> None:
    forward = camera.axes_33[2] * [1, 0, 1]
    right = camera.axes_33[0]
    away = 1e7 * (forward / np.linalg.norm(forward) + aside * right)
    seen, _ = camera.project(np.array([away[0], 0.0, away[2]]))
    assert seen[1] == pytest.approx(camera.horizon, abs=1e-5)
    near_by, _ = camera.project(np.array([camera.target[0], 0.0, camera.target[2]]))
    assert near_by[1] > camera.horizon


def test_the_directions_of_a_camera_are_those_of_its_description() -> None:
    front = Camera(0, 1, 4, (0, 1, 0), 1.5)
    np.testing.assert_allclose(front.place, [0, 1, 4])
    left_hand, _ = front.project(np.array([0.5, 1.0, 0.0]))
    assert left_hand[0] > 0.5  # who looks at us has the left hand on our right
    side = Camera(90, 1, 4, (0, 1, 0), 1.5)
    np.testing.assert_allclose(side.place, [4, 1, 0], atol=1e-12)
    nose, _ = side.project(np.array([0.0, 1.0, 0.2]))
    assert nose[0] < 0.5
    twice, _ = Camera(0, 1, 4, (0, 1, 0), 3.0).project(np.array([0.5, 1.0, 0.0]))
    assert twice[0] - 0.5 == pytest.approx(2 * (left_hand[0] - 0.5))
