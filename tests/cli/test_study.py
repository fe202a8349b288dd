from pathlib import Path

import pytest

from tests.cli.conftest import Run


def test_smoke_has_a_size_of_its_own(run: Run, tmp_path: Path) -> None:
    ran = run("study", "quick", "--out", tmp_path, "--smoke", "--updates", "3")
    assert (ran.code, ran.out) == (2, "")
    assert "--smoke has a size of its own" in ran.err


@pytest.mark.parametrize("name", ["slow", "1"])
def test_an_unknown_study_is_one_line(run: Run, tmp_path: Path, name: str) -> None:
    ran = run("study", name, "--out", tmp_path)
    assert ran.code == 2
    assert ran.err.count("\n") == 1


def test_weights_that_are_not_there_stop_before_anything_is_rendered(
    run: Run, tmp_path: Path, anigifs_home: Path
) -> None:
    ran = run("study", "quick", "--out", tmp_path / "q", "--weights", tmp_path / "none", "--json")
    assert ran.code == 2
    assert ran.json["error"]
    assert not (tmp_path / "q").exists()


def test_a_plan_says_what_would_run(run: Run, tmp_path: Path, small_weights: Path) -> None:
    options = ["--weights", small_weights, "--clips-per-class", "1", "--updates", "2", "--json"]
    ran = run("study", "quick", "--out", tmp_path / "q", "--plan", *options)
    assert ran.code == 0, ran.err
    (plan,) = ran.json["results"]
    assert (plan["clips"], plan["classes"], plan["models"], plan["sets"]) == (256, 16, 2, 5)
    assert plan["seconds_an_update"] >= 0
    assert plan["stages"]["rendering clips"] == 256
    assert not (tmp_path / "q").exists()
