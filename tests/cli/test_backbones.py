"""Networks of other kinds on the command line: where they are taken, and where not."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from anigifs.evaluation import Predictions
from anigifs.foundation import read_records
from anigifs.index import Index
from anigifs.taxonomy import class_list
from tests.cli.conftest import Run
from tests.conftest import one_thread
from tests.models.backbones.made import make_clip, make_video
from tests.training.made import add_target, make_clips

on_one_thread = pytest.fixture(scope="module", autouse=True)(one_thread)


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("weights") / "videomae"
    make_video(folder, "videomae", class_list("kinetics-400").names)
    return folder


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("weights") / "clip"
    make_clip(folder)
    return folder


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Videos and animated GIFs, a few of each for tests."""
    root = tmp_path_factory.mktemp("clips") / "clips"
    make_clips(root, per_class=3)
    two = Index.read(add_target(root, per_class=3))
    rows = [replace(row, split="test") if row.domain == "video" else row for row in two.rows()]
    Index.from_rows(rows, root=root).write(root / "tested.parquet")
    return root / "tested.parquet"


def test_a_folder_predicts_at_its_own_frames_and_size(run: Run, gifs: Path, video: Path) -> None:
    ran = run("predict", gifs / "watching tv", "--weights", video, "--json")
    assert ran.code == 0, ran.err
    assert len(ran.json["results"][0]["predictions"]) == 5
    summary = ran.json["summary"]
    assert (summary["weights"], summary["architecture"]) == ("videomae", "videomae")
    assert (summary["frames"], summary["size"]) == (10, 32)
    assert len(summary["settings_sha256"]) == 64
    assert ran.err == ""


def test_a_zero_shot_model_names_what_it_is_asked_for(
    run: Run, gifs: Path, clip: Path, tmp_path: Path
) -> None:
    ran = run("predict", gifs / "watching tv", "--weights", clip)
    assert ran.code == 2
    assert "chooses among classes that it is asked for" in ran.err
    (tmp_path / "names.txt").write_text("running\njumping\n")
    asked = ["--classes", tmp_path / "names.txt", "--prompts", "{class}", "a {class} cat"]
    ran = run("predict", gifs / "watching tv", "--weights", clip, "--json", *asked)
    assert ran.code == 0, ran.err
    for row in ran.json["results"]:
        assert {one["label"] for one in row["predictions"]} == {"running", "jumping"}
        assert sum(one["probability"] for one in row["predictions"]) == pytest.approx(1, abs=1e-5)
    assert ran.json["summary"]["prompts"] == ["{class}", "a {class} cat"]


def test_a_folder_of_clips_is_scored(run: Run, gifs: Path, video: Path, clip: Path) -> None:
    ran = run("evaluate", gifs, "--weights", video, "--json")
    assert ran.code == 0, ran.err
    assert ran.json["summary"]["uncovered_classes"] == ["watching tv"]
    assert {one["n"] for one in ran.json["summary"]["scores"]} == {4, 6}
    ran = run("evaluate", gifs, "--weights", clip, "--json")
    assert ran.code == 0, ran.err
    assert ran.json["summary"]["uncovered_classes"] == []  # its classes are the folders'
    assert {row["rank"] for row in ran.json["results"] if row["rank"]} <= {1, 2, 3}
    asked = ["--classes", "kinetics-400", "--labels", "kinetics-600"]
    ran = run("evaluate", gifs, "--weights", clip, "--json", *asked)
    assert ran.code == 0, ran.err
    assert ran.json["summary"]["uncovered_classes"] == ["watching tv"]


def test_a_test_on_an_index_is_recorded_with_what_was_asked(
    run: Run, index: Path, clip: Path, tmp_path: Path, anigifs_home: Path
) -> None:
    options = ["--weights", clip, "--out", tmp_path / "run", "--domain", "video"]
    ran = run("evaluate", index, "--json", *options)
    assert ran.code == 0, ran.err
    (line,) = ran.json["results"]
    assert (line["architecture"], line["n"]) == ("clip", 6)
    assert line["prompts"] == ["a video of a person {class}."]
    assert list(read_records(tmp_path / "run" / "records.jsonl")) == [line]
    run("evaluate", index, "--prompts", "{class}", *options)
    run("evaluate", index, "--sampler", "dense", *options)  # no test takes the file of another
    found = list(read_records(tmp_path / "run" / "records.jsonl"))
    assert len({one["predictions"] for one in found}) == 3
    for one in found:
        file = tmp_path / "run" / one["predictions"]
        assert Predictions.read(file).sha256 == one["predictions_hash"]


def test_what_is_asked_of_a_model_with_classes_of_its_own_is_refused(
    run: Run, gifs: Path, video: Path, small_weights: Path
) -> None:
    for weights in (video, small_weights):
        ran = run("evaluate", gifs, "--weights", weights, "--classes", "kinetics-400")
        assert ran.code == 2
        assert "--classes and --prompts: for a zero-shot model" in ran.err
        assert ran.err.count("\n") == 1


@pytest.mark.parametrize(
    "command",
    [
        "train --index {index} --out {out} --batch-size 2",
        "explain a.gif --out {out}",
        "gap {index}:video {index}:animated-gif",
        "figure saliency --index {index} --out a.png --beside i3d-kinetics-400",
        "study 1 --out {out}",
        "weights verify",
    ],
)
def test_what_needs_an_i3d_says_so_in_one_line(
    run: Run, video: Path, index: Path, tmp_path: Path, command: str
) -> None:
    two = index.with_name("two.parquet")  # which has clips to train on, too
    words = command.format(index=two, out=tmp_path / "out").split()
    ran = run(*words, *([video] if words[0] == "weights" else ["--weights", video]))
    assert (ran.code, ran.out) == (2, "")
    assert f"{video}: a network of another kind than the I3D, which this needs" in ran.err
    assert ran.err.count("\n") == 1


def test_models_are_studied_side_by_side(run: Run, index: Path, clip: Path, tmp_path: Path) -> None:
    make_video(tmp_path / "mae", "videomae", ("down", "right", "up"))
    weights = ["--weights", clip, tmp_path / "mae"]
    options = ["--index", index, "--animated", "animated-gif:flat", "--out", tmp_path / "out"]
    ran = run("study", "models", *weights, *options, "--json")
    assert ran.code == 0, ran.err
    summary = ran.json["summary"]
    assert summary["classes"] == ["down", "right"]
    assert [one["model"] for one in summary["models"]] == ["clip", "mae"]
    assert {(one["model"], one["set"]) for one in ran.json["results"]} == {
        (model, of_set) for model in ("clip", "mae") for of_set in ("videos", "animated")
    }
    (data, _) = summary["falls"]
    assert (data["model"], data["reference"], data["answers"]) == ("mae", "clip", "data")
    assert "100 %  mae on animated GIFs: 4 of 4 clips" in ran.err
    again = run("study", "models", *weights, *options)
    assert again.code == 0
    assert "begun" not in again.err
    text = (tmp_path / "out" / "table-models.txt").read_text()
    assert again.out.startswith(text)
    assert json.loads((tmp_path / "out" / "study.json").read_text())["study"] == "models"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--plan"], "--plan: study models trains nothing; leave it out"),
        (["--seeds", "1"], "--seeds: study models trains nothing; leave it out"),
        (["--paper-rows"], "--paper-rows: study models trains nothing; leave it out"),
        (["--videos", "video"], "--videos: of an --index; the benchmark has its own"),
        (["--index", "x", "--held-back"], "--held-back: of the rendered benchmark"),
        (["--prompts", "{class}"], "--classes and --prompts: for a zero-shot model"),
    ],
)
def test_options_that_mean_nothing_here_are_refused(
    run: Run, tmp_path: Path, options: list[str], said: str
) -> None:
    ran = run("study", "models", "--out", tmp_path / "q", *options)
    assert ran.code == 2
    assert said in ran.err
    assert ran.err.count("\n") == 1
    assert not (tmp_path / "q").exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--held-back"], "--held-back, --classes and --prompts are for study models"),
        (["--weights", "a", "b"], "--weights: study quick starts from one set of weights"),
    ],
)
def test_options_of_this_study_are_refused_by_others(
    run: Run, tmp_path: Path, options: list[str], said: str
) -> None:
    ran = run("study", "quick", "--out", tmp_path / "q", *options)
    assert ran.code == 2
    assert said in ran.err
    assert not (tmp_path / "q").exists()
