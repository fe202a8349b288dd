from pathlib import Path

import pytest

from tests.cli.conftest import Run


@pytest.mark.parametrize(
    "options", [["--scale", "paper"], ["--index", "x.parquet"], ["--paper-rows"]]
)
def test_the_quick_study_has_a_size_of_its_own(
    run: Run, tmp_path: Path, options: list[str]
) -> None:
    ran = run("study", "quick", "--out", tmp_path / "q", *options)
    assert (ran.code, ran.out) == (2, "")
    assert "study quick has clips, scale and rows of its own" in ran.err


def test_a_smoke_test_is_of_the_quick_study(run: Run, tmp_path: Path) -> None:
    ran = run("study", "1", "--out", tmp_path / "q", "--smoke")
    assert ran.code == 2
    assert "--smoke is for study quick" in ran.err


def test_rows_are_named_of_an_index_only(run: Run, tmp_path: Path) -> None:
    ran = run("study", "1", "--out", tmp_path / "q", "--gifs", "video-gif")
    assert ran.code == 2
    assert "--gifs: of an --index" in ran.err


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("adapt", ["--gifs", "video-gif"], "--gifs and --paper-rows are of other studies"),
        ("adapt", ["--paper-rows"], "--gifs and --paper-rows are of other studies"),
        ("adapt", ["--most-frequent", "40"], "--most-frequent: of an --index"),
        ("1", ["--most-frequent", "40"], "--most-frequent is for study adapt"),
        ("1", ["--paper-rows"], "--paper-rows is for study 2"),
        ("2", ["--gifs", "video-gif"], "--gifs is for study 1"),
    ],
)
def test_options_of_other_studies_are_refused(
    run: Run, tmp_path: Path, name: str, options: list[str], message: str
) -> None:
    ran = run("study", name, "--out", tmp_path / "q", *options)
    assert ran.code == 2
    assert message in ran.err
    assert not (tmp_path / "q").exists()


@pytest.mark.parametrize("name", ["slow", "3"])
def test_an_unknown_study_is_one_line(run: Run, tmp_path: Path, name: str) -> None:
    ran = run("study", name, "--out", tmp_path)
    assert ran.code == 2
    assert ran.err.count("\n") == 1


def test_an_index_that_is_not_there_is_one_line(run: Run, tmp_path: Path) -> None:
    ran = run("study", "2", "--out", tmp_path / "q", "--index", tmp_path / "none.parquet")
    assert ran.code == 2
    assert "no such index" in ran.err
    assert not (tmp_path / "q").exists()


def test_weights_that_are_not_there_stop_before_anything_is_rendered(
    run: Run, tmp_path: Path, anigifs_home: Path
) -> None:
    ran = run("study", "quick", "--out", tmp_path / "q", "--weights", tmp_path / "none", "--json")
    assert ran.code == 2
    assert ran.json["error"]
    assert not (tmp_path / "q").exists()


@pytest.mark.parametrize(("name", "rows"), [("quick", 9), ("1", 15), ("2", 45), ("adapt", 72)])
def test_a_plan_says_what_would_run(
    run: Run, tmp_path: Path, small_weights: Path, name: str, rows: int
) -> None:
    out = tmp_path / "q"
    ran = run("study", name, "--out", out, "--plan", "--weights", small_weights, "--json")
    assert ran.code == 0, ran.err
    assert len(ran.json["results"]) == ran.json["summary"]["jobs"] == rows
    assert ran.json["summary"]["minutes_left"] > 0
    assert all(one["state"] == "waiting" for one in ran.json["results"])
    assert not out.exists()
