"""What `anigifs train --plan` says, held against the run itself."""

import json
import sys
from pathlib import Path

import pytest

from anigifs.cli.main import main
from anigifs.cli.train import Display
from anigifs.foundation import UsageError
from anigifs.index import Index
from tests.training.conftest import SHORT, Bench
from tests.training.variants import lines


def test_a_plan_counts_what_the_run_does_and_makes_nothing(
    bench: Bench, straight: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        main([*bench.arguments(tmp_path / "run", *SHORT), "--plan", "--json"])
    assert left.value.code == 0
    (planned,) = json.loads(capsys.readouterr().out)["results"]
    assert planned["updates"] == len(lines(straight / "metrics.jsonl"))
    counts = [planned[name] for name in ("classes", "training_clips", "validation_clips")]
    assert (counts, planned["clip"]) == ([2, 16, 8], "16 x 112 x 112")
    assert planned["index_hash"] == Index.read(bench.index).identity
    assert planned["seconds_an_update"] > 0
    assert not (tmp_path / "run").exists()


def test_tensorboard_is_named_where_it_is_not_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    with pytest.raises(UsageError, match="pip install tensorboard"):
        Display(tmp_path)
