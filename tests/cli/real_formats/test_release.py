"""From a collection to a study: what is released is a target like any other."""

import subprocess
import sys
from pathlib import Path

import pytest

from anigifs.collect.demo import World
from tests.cli.conftest import Run
from tests.cli.real_formats import data
from tests.cli.real_formats.data import filled, kinetics, study
from tests.conftest import REPOSITORY
from tests.curate.demo import collect_demo

#: Of two classes, cartoons with all their copies, and what is no cartoon of its class. All are
#: openly licensed and whole, so that a release carries them.
WORLD = World(seed=1, classes=2, originals=3, size=64, troubles=0, without=("truncated",))
VOTER = REPOSITORY / "examples" / "vote_as_planted.py"


@pytest.mark.slow
def test_a_release_is_tested_and_studied_like_any_index(
    do: Run, tmp_path: Path, small_weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, votes, released = (tmp_path / name for name in ("found", "votes.csv", "released"))
    collect_demo(found, WORLD)
    do("screen", found, "--workers", 1)
    do("duplicates", found)
    subprocess.run([sys.executable, VOTER, found, votes], check=True, capture_output=True)
    summary = do("release", found, "--votes", votes, "--out", released, "--json").json["summary"]
    index = released / "index.parquet"

    tested = do("evaluate", index, "--weights", small_weights, "--json").json
    (result,) = tested["results"]
    assert summary["items"] == summary["with_bytes"] == result["n"] > 0
    assert result["index_hash"] == summary["identity"]

    monkeypatch.setattr(data, "CLASSES", dict(enumerate(WORLD.labels)))
    videos, gifs, joint = (tmp_path / name for name in ("k.parquet", "gifs", "one.parquet"))
    do("index", "coverage", kinetics(do, tmp_path, "kinetics-600"), "--out", videos)
    do("gifify", videos, "--out", gifs, "--workers", 1)
    do("index", "join", videos, gifs / "index.parquet", index, "--shared-classes", "--out", joint)
    study(do, "1", joint, tmp_path / "s1", small_weights)
    rows = filled(tmp_path / "s1" / "table2.csv")
    assert rows["4"]["n"] == str(summary["items"])
