from pathlib import Path

import pytest

from anigifs.foundation import read_records
from anigifs.studies.meter import Meter, Stage

STAGES = [Stage("render", 4, 1.0), Stage("train", 2, 3.0)]


def test_shares_rise_to_one_by_what_each_stage_costs(tmp_path: Path) -> None:
    told: list[tuple[str, float]] = []
    meter = Meter(
        STAGES, lambda title, share: told.append((title, share)), tmp_path / "times.jsonl"
    )
    with meter.stage("render"):
        assert list(meter.watch(iter("abcd"), 4)) == list("abcd")
    with meter.stage("train"):
        meter.advance()
        meter.advance()
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert told[0] == ("render", 0.0)
    assert any(title == "render" and share == pytest.approx(0.4) for title, share in told)
    assert any(title == "train" and share == pytest.approx(0.7) for title, share in told)
    assert told[-1] == ("train", 1.0)
    assert [one["stage"] for one in read_records(tmp_path / "times.jsonl")] == ["render", "train"]


def test_what_was_there_already_counts_as_done(tmp_path: Path) -> None:
    told: list[float] = []
    meter = Meter(STAGES, lambda title, share: told.append(share), tmp_path / "times.jsonl")
    with meter.stage("render"):
        list(meter.watch(iter("d"), 1))  # three of four were rendered before
        assert told[-1] == pytest.approx(0.4)
    with meter.stage("train"):
        pass
    assert told[-1] == 1.0


def test_a_stage_that_fails_is_not_written_down(tmp_path: Path) -> None:
    meter = Meter(STAGES, lambda title, share: None, tmp_path / "times.jsonl")
    with pytest.raises(ValueError, match="broken"), meter.stage("render"):
        raise ValueError("broken")
    assert not list(read_records(tmp_path / "times.jsonl"))
