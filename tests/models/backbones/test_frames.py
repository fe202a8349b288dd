"""Frames that a network is shown and takes, against the samplers of clips."""

import pytest

from anigifs.clips.samplers import whole_by_time
from anigifs.models.backbones.frames import frames_to_show, taken

DELAYS = (70, 30, 200, 10, 90, 40, 40, 130, 60, 20, 20, 50)


@pytest.mark.parametrize("native", [1, 2, 4, 5, 8, 9, 16, 32])
def test_a_network_of_few_frames_sees_those_that_were_sampled_for_it_alone(native: int) -> None:
    shown = frames_to_show(native)
    assert shown >= 9
    sampled = whole_by_time(DELAYS, shown)
    assert tuple(sampled[place] for place in taken(shown, native)) == whole_by_time(DELAYS, native)


@pytest.mark.parametrize(("shown", "native"), [(40, 16), (9, 16), (17, 8)])
def test_other_numbers_are_spread_equally_over_the_clip(shown: int, native: int) -> None:
    assert tuple(taken(shown, native)) == whole_by_time((10,) * shown, native)
