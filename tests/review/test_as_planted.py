"""From a collection to a release, with votes that are cast in a real browser."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from anigifs.collect.demo import World
from anigifs.curate.votes import read_votes
from anigifs.index import Index
from tests.conftest import REPOSITORY, chromium
from tests.curate.demo import collect_demo

#: Two actions; some things of each world are of no use, and some are there twice.
WORLD = World(seed=5, classes=2, originals=4, size=64, troubles=0)


@pytest.mark.slow
def test_four_scripted_annotators_make_a_release(tmp_path: Path) -> None:
    chromium()
    found = collect_demo(tmp_path / "found", WORLD)
    review, votes, out = tmp_path / "review", tmp_path / "votes.csv", tmp_path / "release"
    anigifs("screen", found, "--workers", 1)
    anigifs("duplicates", found)
    anigifs("review", "init", found, "--out", review)
    script = REPOSITORY / "examples" / "review_as_planted.py"
    run(script, review, found, "--slips", 0.2, "--doubts", 0.1, "--shots", tmp_path / "shots")
    anigifs("review", "export", review, votes)
    cast = read_votes(votes)
    assert {vote.annotator for vote in cast if vote.role == "annotator"} == {
        f"scripted-{number}" for number in range(1, 5)
    }
    assert any(vote.role == "adjudicator" for vote in cast)
    told = json.loads(anigifs("agreement", votes, "--collection", found, "--json"))
    assert told["results"][0]["people"] == 4
    anigifs("release", found, "--votes", votes, "--out", out)
    assert len(Index.read(out / "index.parquet")) > 0
    assert (out / "agreement.csv").is_file()
    with Image.open(out / "figures" / "examples.png") as picture:
        assert picture.width > 100
    assert len(list((tmp_path / "shots").glob("*.png"))) == 4


def anigifs(*arguments: object) -> str:
    return run("-m", "anigifs", *arguments)


def run(*arguments: object) -> str:
    ran = subprocess.run(
        [sys.executable, *map(str, arguments)], capture_output=True, text=True, timeout=280
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout
