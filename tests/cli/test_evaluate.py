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
    right = sum(row["correct"] for row in read)
    assert by_reading["all", "model"]["top1"] == pytest.approx(right / 6)
    assert {row["label"] for row in rows} == {"juggling balls", "arm wrestling", "watching tv"}
    assert run("evaluate", gifs, "--strict", *options).code == 2


def test_people_get_a_table_and_the_files_that_failed(
    run: Run, gifs: Path, small_weights: Path
) -> None:
    ran = run("evaluate", gifs, "--weights", small_weights, *SMALL)
    assert ran.code == 0
    assert "all clips, any class of the model" in ran.out
    assert "clips of known classes, only the data's classes" in ran.out
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


def test_a_folder_without_one_readable_file_is_an_error(run: Run, tmp_path: Path) -> None:
    (tmp_path / "yoga").mkdir()
    (tmp_path / "yoga" / "a.gif").write_text("no")
    assert "cannot be read" not in (ran := run("evaluate", tmp_path / "yoga")).out
    assert ran.code == 2
    assert "no class folders" in ran.err
