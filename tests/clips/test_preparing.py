"""One clip that the program fails on."""

from pathlib import Path

import pytest

from anigifs.clips import PrepareRule, prepare, preparing
from anigifs.clips.load import load_frames
from anigifs.foundation.work import Local
from tests.clips.made import write_sources


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
