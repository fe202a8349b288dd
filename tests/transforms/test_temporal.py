import numpy as np
import pytest

from anigifs.transforms import Operation
from anigifs.transforms.temporal import TEMPORAL, apply_temporal, places_of

EVERY = [Operation(name, level) for name, levels in TEMPORAL.items() for level in levels]


@pytest.mark.parametrize("operation", EVERY, ids=str)
@pytest.mark.parametrize("frames", [1, 2, 16, 41])
def test_places_are_of_frames_that_are_there(operation: Operation, frames: int) -> None:
    places_T = places_of(operation, frames)
    assert places_T.shape == (frames,)
    assert places_T.dtype.kind == "i"
    assert 0 <= places_T.min() <= places_T.max() < frames


@pytest.mark.parametrize("operation", EVERY, ids=str)
def test_people_go_along_and_nothing_is_written_to(operation: Operation) -> None:
    clips_BTHWC = np.random.default_rng(0).integers(0, 256, (2, 16, 6, 5, 3), np.uint8)
    tubes_BTHW = clips_BTHWC[..., 0] > 99
    before = clips_BTHWC.copy()
    changed, tubes = apply_temporal(operation, clips_BTHWC, tubes_BTHW)
    assert np.array_equal(clips_BTHWC, before)
    assert changed.shape == clips_BTHWC.shape
    assert changed.dtype == np.uint8
    assert not np.array_equal(changed, clips_BTHWC)
    assert tubes is not None
    if operation.name == "exaggerate":
        assert tubes is tubes_BTHW
    else:
        assert np.array_equal(tubes, changed[..., 0] > 99)
    assert apply_temporal(operation, clips_BTHWC)[1] is None


@pytest.mark.parametrize(
    ("name", "level", "expected"),
    [
        ("speed", 2.0, [0, 2, 4, 6, 0, 2, 4, 6]),
        ("speed", 0.5, [2, 2, 3, 3, 4, 4, 5, 5]),
        ("hold", 3, [0, 0, 0, 3, 3, 3, 6, 6]),
        ("reverse", None, [7, 6, 5, 4, 3, 2, 1, 0]),
        ("ping-pong", None, [0, 2, 4, 6, 6, 4, 2, 0]),
        ("phase", 0.25, [2, 3, 4, 5, 6, 7, 0, 1]),
        ("exaggerate", 0.5, list(range(8))),
    ],
)
def test_places_by_hand(name: str, level: float | None, expected: list[int]) -> None:
    assert places_of(Operation(name, level), 8).tolist() == expected


def test_dropped_frames_are_about_the_share_and_never_the_first() -> None:
    for share in (0.25, 0.5, 0.75):
        places_T = places_of(Operation("drop", share), 1000)
        shown = len(set(places_T.tolist()))
        assert shown == pytest.approx(1000 * (1 - share), abs=2)
        assert places_T[0] == 0
        assert (np.diff(places_T) >= 0).all()


@pytest.mark.parametrize("amount", TEMPORAL["uneven"])
def test_uneven_time_runs_forward_at_the_rates_that_it_says(amount: float) -> None:
    rates_T = np.diff(places_of(Operation("uneven", amount), 1000)).astype(float)
    smooth_T = np.convolve(rates_T, np.ones(50) / 50, "valid")
    assert (rates_T >= 0).all()
    assert smooth_T.max() == pytest.approx(1 + amount, abs=0.05)
    assert smooth_T.min() == pytest.approx(1 - amount, abs=0.05)


def test_exaggeration_leads_away_from_the_mean() -> None:
    clips_BTHWC = np.zeros((1, 4, 1, 1, 3), np.uint8)
    clips_BTHWC[0, :, 0, 0] = np.array([90, 100, 110, 100])[:, None]
    changed = apply_temporal(Operation("exaggerate", 1.0), clips_BTHWC)[0]
    assert changed[0, :, 0, 0, 0].tolist() == [80, 100, 120, 100]
    clips_BTHWC[0, 0] = 0
    clips_BTHWC[0, 1] = 255
    changed = apply_temporal(Operation("exaggerate", 1.0), clips_BTHWC)[0]
    assert (changed[0, 0].max(), changed[0, 1].min()) == (0, 255)
