from pathlib import Path

import numpy as np
import pytest

from anigifs.media import write_gif
from tests.cli.conftest import SMALL, Run


def test_scores_count_what_was_read_known_and_right(
    run: Run, gifs: Path, small_weights: Path
) -> None:
    options = ["--weights", small_weights, *SMALL]
    ran = run("evaluate", gifs, "--json", *options)
    assert ran.code == 0
    rows, summary = ran.json["results"], ran.json["summary"]
    assert len(rows) == 7
    assert summary["failed"] == 1
    assert summary["uncovered_classes"] == ["watching tv"]
    assert summary["weights"] == "small"
    read = [row for row in rows if row["error"] is None]
    by_reading = {(one["clips"], one["classes"]): one for one in summary["scores"]}
    assert by_reading["all", "model"]["n"] == 6
    assert by_reading["covered", "model"]["n"] == 4
    right = [row["label"] for row in read if row["rank"] == 1]
    assert right == ["juggling balls"] * 2  # the two that can be read
    assert by_reading["all", "model"]["top1"] == pytest.approx(2 / 6)
    assert by_reading["covered", "data"]["top1"] == pytest.approx(2 / 4)
    assert by_reading["covered", "data"]["mean_class"] == pytest.approx(1 / 2)
    assert {row["predictions"][0]["label"] for row in read} == {"juggling balls"}
    assert {row["label"] for row in rows} == {"juggling balls", "arm wrestling", "watching tv"}
    assert run("evaluate", gifs, "--strict", *options).code == 2


def test_people_get_a_table_and_the_files_that_failed(
    run: Run, gifs: Path, small_weights: Path
) -> None:
    ran = run("evaluate", gifs, "--weights", small_weights, *SMALL)
    assert ran.code == 0
    assert "all clips, answers within the data" in ran.out
    assert max(map(len, ran.out.splitlines())) <= 80
    assert "1 of 7 files could not be read and were not scored" in ran.out
    assert "text.gif: a text file" in ran.err
    assert "1 class that the model does not know: watching tv" in ran.err


def test_a_stated_class_list_is_enforced(run: Run, gifs: Path, small_weights: Path) -> None:
    options = ["--weights", small_weights, "--labels", "kinetics-600", *SMALL]
    assert run("evaluate", gifs, *options).code == 0
    (gifs / "arm wrestling").mkdir()
    write_gif(gifs / "arm wrestling" / "a.gif", np.zeros((9, 4, 4, 3), np.uint8), 50)
    ran = run("evaluate", gifs, *options)
    assert ran.code == 2
    assert "spell one class, arm wrestling" in ran.err
    (gifs / "arm wrestling").rename(gifs / "arm wrestlin")
    ran = run("evaluate", gifs, *options)
    assert ran.code == 2
    assert "no class 'arm wrestlin'" in ran.err


def test_a_folder_without_one_readable_file_is_an_error(
    run: Run, tmp_path: Path, small_weights: Path
) -> None:
    (tmp_path / "yoga").mkdir()
    (tmp_path / "yoga" / "a.gif").write_text("no")
    ran = run("evaluate", tmp_path, "--json", "--weights", small_weights, *SMALL)
    assert ran.code == 2
    assert ran.json["error"] == "none of the 1 files could be read"
    assert "a text file" in ran.json["results"][0]["error"]
    ran = run("evaluate", tmp_path / "yoga")
    assert ran.code == 2
    assert "no class folders" in ran.err


def test_a_file_outside_the_class_folders_is_said_to_be_passed_over(
    run: Run, gifs: Path, small_weights: Path
) -> None:
    (gifs / "loose.gif").write_bytes(b"x")
    ran = run("evaluate", gifs, "--json", "--weights", small_weights, *SMALL)
    assert "1 file is in no class folder, and so not looked at" in ran.json["warnings"]


def test_a_row_has_the_rank_and_the_five_best(run: Run, gifs: Path, small_weights: Path) -> None:
    ran = run("evaluate", gifs, "--json", "--weights", small_weights, *SMALL)
    for row in ran.json["results"]:
        if row["error"] is None:
            labels = [one["label"] for one in row["predictions"]]
            assert len(labels) == 5
            known = row["label"] != "watching tv"
            assert (row["rank"] is not None) == known == row["covered"]
            assert not known or (row["label"] in labels) == (row["rank"] <= 5)
