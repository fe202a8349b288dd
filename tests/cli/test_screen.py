import importlib.util
import shutil
from pathlib import Path

import pytest

from anigifs.collect.demo import World
from anigifs.curate.screening.screened import SCREENED, read_screened
from anigifs.curate.votes import Vote, write_votes
from tests.cli.conftest import Run
from tests.curate.demo import collect_demo

WORLD = World(seed=3, classes=1, originals=1, size=64, troubles=0)


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return collect_demo(tmp_path_factory.mktemp("collected"), WORLD)


@pytest.fixture
def folder(collected: Path, tmp_path: Path) -> Path:
    return shutil.copytree(collected, tmp_path / "collection")


def test_a_collection_is_screened_and_told(run: Run, folder: Path) -> None:
    ran = run("screen", folder, "--workers", 1)
    assert ran.code == 0, ran.err
    rows = read_screened(folder)
    first, *lines = ran.out.splitlines()
    assert first == (
        f"{len(rows)} files, {len(rows)} looked at now: {len(rows) - 2} to be judged, 2 rejected"
    )
    assert any(line.split()[:2] == ["still", "2"] for line in lines)
    scores = [line.split()[0] for line in lines if "<=" in line]
    assert scores == ["animated", "motion", "slideshow", "overlay"]
    assert lines[-1] == f"{folder / SCREENED}: {len(rows)} files"
    assert run("screen", folder).out.startswith(f"{len(rows)} files, 0 looked at now")


def test_the_json_has_the_same_counts(run: Run, folder: Path) -> None:
    ran = run("screen", folder, "--workers", 1, "--json")
    summary, results = ran.json["summary"], ran.json["results"]
    assert {one["reason"]: one["files"] for one in results} == summary["rejected"]
    assert summary["left"] == summary["files"] - 2 == sum(summary["kinds"].values())
    assert sum(summary["scores"]["overlay"].values()) == summary["left"]
    assert summary["model"]["on"] == "rendered puppets"


def test_votes_are_read_from_a_file(run: Run, folder: Path) -> None:
    run("screen", folder, "--workers", 1)
    rows = read_screened(folder)
    votes = [
        Vote(item=name, annotator="ann", verdict="accept", label="archery")
        if place % 2
        else Vote(item=name, annotator="ann", verdict="reject", criterion="animated")
        for place, name in enumerate(rows)
    ]
    write_votes(folder / "votes.csv", votes)
    ran = run("screen", folder, "--votes", folder / "votes.csv", "--json")
    assert ran.code == 0, ran.err
    assert ran.json["summary"]["model"]["on"] == "votes"
    assert (folder / "animated.json").is_file()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--workers", "0"], "--workers 0: at least 1"),
        (["--votes", "none.csv"], "none.csv: no such file of votes"),
        (["--nsfw"], "pip install 'anigifs[nsfw]'"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    run: Run, folder: Path, options: list[str], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    ran = run("screen", folder, *options)
    assert (ran.code, ran.out) == (2, "")
    assert message in ran.err
    assert ran.err.count("\n") == 1
    assert not (folder / SCREENED).exists()


def test_a_folder_without_a_collection_is_one_line(run: Run, tmp_path: Path) -> None:
    ran = run("screen", tmp_path)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert "`anigifs collect` makes it" in ran.err
