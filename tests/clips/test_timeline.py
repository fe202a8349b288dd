from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anigifs.clips.samplers import whole_by_time
from anigifs.clips.timeline import timeline
from anigifs.foundation import MediaError
from anigifs.media import Format, MediaInfo

delay_lists = st.lists(st.integers(1, 5000), min_size=1, max_size=200).map(tuple)
ticks = st.sampled_from([Fraction(1, 1000), Fraction(1, 90_000), Fraction(1001, 30_000)])


def info(delays: tuple[int, ...], tick: Fraction = Fraction(1, 1000)) -> MediaInfo:
    return MediaInfo(Path("a.gif"), Format.GIF, 8, 8, delays, tick)


@given(delay_lists, ticks, st.integers(9, 64))
def test_what_is_kept_lasts_as_long_as_the_clip(
    delays: tuple[int, ...], tick: Fraction, most: int
) -> None:
    kept = timeline(info(delays, tick), most=most)
    assert sum(kept.delays) * kept.tick == sum(delays) * tick
    assert len(kept.indices) == len(kept.delays) <= most
    assert list(kept.indices) == sorted(set(kept.indices))
    assert kept.available == len(delays)


@given(delay_lists, st.integers(9, 64))
def test_a_clip_that_fits_is_kept_whole(delays: tuple[int, ...], most: int) -> None:
    delays = delays[:most]
    kept = timeline(info(delays), most=most)
    assert kept.indices == tuple(range(len(delays)))
    assert (kept.delays, kept.tick) == (delays, Fraction(1, 1000))


@given(delay_lists, st.integers(9, 64))
def test_as_many_frames_as_were_kept_in_time_are_the_same_from_the_file(
    delays: tuple[int, ...], most: int
) -> None:
    kept = timeline(info(delays), most=most)
    from_kept = [kept.indices[place] for place in whole_by_time(kept.delays, most)]
    assert tuple(from_kept) == whole_by_time(delays, most)


@given(delay_lists, ticks, st.integers(0, 3000), st.integers(1, 3000))
def test_a_window_holds_what_a_player_shows_in_it(
    delays: tuple[int, ...], tick: Fraction, start_ms: int, length_ms: int
) -> None:
    start, end = Fraction(start_ms, 1000), Fraction(start_ms + length_ms, 1000)
    expected, begins = {}, Fraction(0)
    for index, delay in enumerate(delays):
        shown = min(begins + delay * tick, end) - max(begins, start)
        begins += delay * tick
        if shown > 0:
            expected[index] = shown
    if not expected:
        with pytest.raises(MediaError, match="nothing shows from"):
            timeline(info(delays, tick), start_ms, start_ms + length_ms, 300)
        return
    kept = timeline(info(delays, tick), start_ms, start_ms + length_ms, 300)
    assert dict(zip(kept.indices, (d * kept.tick for d in kept.delays), strict=True)) == expected


def test_a_window_after_the_end_names_both() -> None:
    with pytest.raises(MediaError, match=r"a.gif: nothing shows from 900 ms to its end.*300 ms"):
        timeline(info((100, 200)), 900)


def test_a_duration_beyond_all_clips_is_refused() -> None:
    with pytest.raises(MediaError, match="is absurd"):
        timeline(info((2**60,)))
