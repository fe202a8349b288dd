"""One clip that the program fails on."""

from pathlib import Path

import numpy as np
import pytest

from anigifs.clips import ClipSource, PreparedClips, PrepareRule, prepare, preparing
from anigifs.clips.load import load_frames
from anigifs.clips.views import View
from anigifs.foundation.work import Local
from anigifs.index import Box
from anigifs.media import write_mp4
from tests.clips.made import write_sources
from tests.media.test_video import turn


@pytest.mark.parametrize(
    ("error", "said"),
    [(MemoryError(), "memory ran out"), (RuntimeError("out of order"), "out of order")],
)
def test_a_clip_that_the_program_fails_on_does_not_end_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    sources = write_sources(tmp_path / "clips", 3)

    def fail_on_one(path: Path, *given: object, **more: object) -> object:
        if path == sources[1].path:
            raise error
        return load_frames(path, *given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(preparing, "load_frames", fail_on_one)
    report = prepare(sources, PrepareRule(size=64), tmp_path / "store", executor=Local(1))
    (name,) = report.errors
    assert name == sources[1].clip_id
    assert said in report.errors[name]


def test_boxes_lie_on_a_turned_video_as_it_is_seen(tmp_path: Path) -> None:
    frames_THWC = np.zeros((12, 48, 64, 3), np.uint8)  # coded; 64 high and 48 wide as it is seen
    write_mp4(tmp_path / "phone.mp4", frames_THWC)
    turn(tmp_path / "phone.mp4")
    rule = PrepareRule(size=48)
    source = ClipSource("phone", tmp_path / "phone.mp4")
    prepare([source], rule, tmp_path / "store", executor=Local(1))
    prepared = PreparedClips(tmp_path / "store", rule)
    stored = prepared.stored("phone")
    assert (stored.height, stored.width) == (64, 48)
    # The crop takes 8 rows away above and below, and no column.
    view = View(tuple(range(12)), 0, 0, 48, flip=False)
    left = view.tube(prepared, "phone", [Box(0, 0.0, 0.0, 0.25, 1.0, "a", "1")])
    above = view.tube(prepared, "phone", [Box(0, 0.0, 0.0, 1.0, 0.1, "a", "1")])
    assert left[0].any(axis=0).tolist() == [True] * 12 + [False] * 36
    assert not above.any()
