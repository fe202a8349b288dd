from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anigifs.clips import SAMPLERS, sample
from anigifs.clips.samplers import dense, native, whole_by_index, whole_by_time
from anigifs.foundation import UsageError
from anigifs.media import Format, MediaInfo

delay_lists = st.lists(st.integers(0, 10**12), min_size=1, max_size=60).map(tuple)
lengths = st.integers(9, 64)


def info(*delays: int) -> MediaInfo:
    return MediaInfo(Path("a.gif"), Format.GIF, 8, 8, delays)


def test_in_time_a_long_frame_is_seen_more_often() -> None:
    # 1,000 ms in ten intervals of 100: the middles are 50, 150, ..., 950 ms.
    delays = (20, 20, 500, 60, 400)  # starts at 0, 20, 40, 540, 600
    assert whole_by_time(delays, 10) == (2, 2, 2, 2, 2, 3, 4, 4, 4, 4)


def test_by_index_delays_do_not_matter() -> None:
    assert whole_by_index(5, 10) == (0, 0, 1, 1, 2, 2, 3, 3, 4, 4)
    assert whole_by_index(100, 10) == (0, 11, 22, 33, 44, 55, 66, 77, 88, 99)
    assert whole_by_index(1, 9) == (0,) * 9


def test_an_instant_on_a_boundary_belongs_to_the_frame_that_begins_there() -> None:
    assert whole_by_time((100,) * 18, 9) == (1, 3, 5, 7, 9, 11, 13, 15, 17)


def test_as_many_frames_as_there_are_is_every_frame() -> None:
    assert whole_by_time((40,) * 40, 40) == tuple(range(40))
    assert whole_by_index(40, 40) == tuple(range(40))


def test_a_clip_of_no_duration_falls_back_to_indices() -> None:
    assert whole_by_time((0, 0, 0), 9) == whole_by_index(3, 9)


@given(delay_lists, lengths)
def test_in_time_equals_a_player_asked_what_it_shows(delays: tuple[int, ...], frames: int) -> None:
    duration = sum(delays)
    if duration == 0:
        return
    expected = []
    for i in range(frames):
        instant, shown = Fraction((2 * i + 1) * duration, 2 * frames), 0
        elapsed = delays[0]
        while elapsed <= instant:
            shown += 1
            elapsed += delays[shown]
        expected.append(shown)
    assert whole_by_time(delays, frames) == tuple(expected)


@given(st.integers(1, 5000), lengths)
def test_by_index_is_the_papers_formula(available: int, frames: int) -> None:
    expected = [round(i * Fraction(available - 1, frames - 1)) for i in range(frames)]
    ours = whole_by_index(available, frames)
    # numpy's linspace may fall on the other side of an exact half.
    assert all(abs(a - b) <= 1 for a, b in zip(ours, expected, strict=True))
    assert ours[0] == 0
    assert ours[-1] == available - 1


def test_dense_takes_every_frame_in_a_test_and_a_snippet_in_training() -> None:
    assert dense(79, 40) == tuple(range(79))
    assert dense(5, 40) == (0, 1, 2, 3, 4, 0, 1, 2, 3)
    assert dense(400, 40) == tuple(range(40, 360))
    starts = {dense(100, 40, np.random.default_rng(seed))[0] for seed in range(300)}
    assert min(starts) == 0
    assert max(starts) == 60
    snippet = dense(100, 40, np.random.default_rng(1))
    assert snippet == tuple(range(snippet[0], snippet[0] + 40))
    assert dense(10, 12, np.random.default_rng(1)) == (*range(10), 0, 1)


@pytest.mark.parametrize(
    ("available", "length"), [(1, 9), (8, 9), (9, 9), (33, 33), (60, 60), (61, 60), (500, 60)]
)
def test_native_keeps_9_to_60_frames(available: int, length: int) -> None:
    assert len(native(available)) == length
    if 9 <= available <= 60:
        assert native(available) == tuple(range(available))


@given(delay_lists, st.sampled_from(SAMPLERS), lengths)
def test_every_sampler_gives_valid_indices_and_enough_of_them(
    delays: tuple[int, ...], name: str, frames: int
) -> None:
    for rng in (None, np.random.default_rng(0)):
        indices = sample(info(*delays), name, frames, rng)  # type: ignore[arg-type]
        assert len(indices) >= 9
        assert all(0 <= index < len(delays) for index in indices)
        if name != "dense":
            assert list(indices) == sorted(indices)


def test_wrong_requests_are_named() -> None:
    with pytest.raises(UsageError, match="no sampler is named 'middle'; there are whole, whole-in"):
        sample(info(40), "middle")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="at least 9 frames, not 8"):
        sample(info(40), "whole", 8)
