"""The command that shows where models look, on files and on an index."""

import csv
import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageSequence

from anigifs.foundation import read_records
from anigifs.index import Index
from anigifs.media import write_gif
from anigifs.models import load_model, save_model
from tests.cli.conftest import SMALL, Run
from tests.conftest import one_thread
from tests.training.made import make_clips, make_weights

on_one_thread = pytest.fixture(scope="module", autouse=True)(one_thread)
DELAYS = [40, 100, 40, 60, 80, 40, 100, 20, 60]
ALL = ["--sampler", "whole-index", *SMALL]  # so that nine frames are seen once each


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two sets of narrow weights that know the classes of the made clips, and see differently."""
    root = tmp_path_factory.mktemp("pair")
    model, record = load_model(make_weights(root / "narrow"))
    record = replace(record, classes=("down", "right"))
    save_model(model, replace(record, name="erm from narrow"), root / "erm")
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        model.logits.conv3d.weight.normal_(generator=generator)
    save_model(model, replace(record, name="gating from narrow"), root / "gating")
    return root / "erm", root / "gating"


@pytest.fixture(scope="module")
def made_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clips(tmp_path_factory.mktemp("made"), per_class=4)


@pytest.fixture
def index(made_index: Path, tmp_path: Path) -> Path:
    """An index that a test may spoil."""
    shutil.copytree(made_index.parent, tmp_path / "clips")
    return tmp_path / "clips" / made_index.name


@pytest.fixture
def gif(tmp_path: Path) -> Path:
    frames = np.random.default_rng(0).integers(0, 256, (9, 40, 50, 3), np.uint8)
    write_gif(tmp_path / "dance.gif", frames, DELAYS)
    return tmp_path / "dance.gif"


def delays_of(path: Path) -> list[int]:
    with Image.open(path) as picture:
        return [int(frame.info["duration"]) for frame in ImageSequence.Iterator(picture)]


def test_a_file_is_shown_beside_another_model_in_every_form(
    run: Run, gif: Path, pair: tuple[Path, Path], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    forms = ["--formats", "gif", "mp4", "png"]
    models = ["--weights", pair[0], "--beside", pair[1]]
    ran = run("explain", gif, *models, "--out", out, *forms, *ALL, "--json")
    assert ran.code == 0, ran.err
    (result,) = ran.json["results"]
    assert sorted(result["pictures"]) == [f"pictures/001-dance.{e}" for e in ("gif", "mp4", "png")]
    assert [model["model"] for model in result["models"]] == ["erm", "gating"]
    for model in result["models"]:
        shares = [one["probability"] for one in model["predictions"]]
        assert sum(shares) == pytest.approx(1, abs=1e-5)
        assert model["explained"] == model["predictions"][0]["label"]
    assert delays_of(out / "pictures" / "001-dance.gif") == DELAYS
    assert json.loads((out / "explain.json").read_text())["results"] == ran.json["results"]
    summary = ran.json["summary"]
    assert (summary["layer"], summary["explained"], summary["frames"]) == (
        "Mixed_4f",
        "the answer",
        9,
    )


def test_a_named_class_is_explained_and_people_are_told(
    run: Run, gif: Path, pair: tuple[Path, Path], tmp_path: Path
) -> None:
    options = ["--weights", pair[0], "--out", tmp_path / "out", "--formats", "png", *ALL]
    for name in ("down", "Right"):
        ran = run("explain", gif, *options, "--class", name)
        assert ran.code == 0
        assert f"erm from narrow, evidence for {name.lower()}" in ran.out
        assert "-> pictures/001-dance.png" in ran.out
    assert not (tmp_path / "out" / "pictures" / "001-dance.gif").exists()


def test_bad_files_are_counted_and_the_rest_go_on(
    run: Run, gifs: Path, pair: tuple[Path, Path], tmp_path: Path
) -> None:
    folder = gifs / "juggling balls"
    options = ["--weights", pair[0], "--out", tmp_path / "out", "--formats", "png", *ALL]
    ran = run("explain", folder, *options, "--json")
    assert ran.code == 0
    assert ran.json["warnings"] == ["1 of 3 files could not be read"]
    assert (ran.json["summary"]["files"], ran.json["summary"]["failed"]) == (3, 1)
    failed = [one for one in ran.json["results"] if one["error"] is not None]
    assert "a text file" in failed[0]["error"]
    assert sum(bool(one["pictures"]) for one in ran.json["results"]) == 2
    assert run("explain", folder, *options, "--strict").code == 2
    assert run("explain", folder / "text.gif", *options).code == 2


def test_an_index_is_scored_for_both_models(
    run: Run, index: Path, pair: tuple[Path, Path], tmp_path: Path, anigifs_home: Path
) -> None:
    out = tmp_path / "out"
    models = ["--weights", pair[0], "--beside", pair[1]]
    lots = ["--pictures", "2", "--deletion", "1", "--formats", "gif"]
    ran = run("explain", "--index", index, *models, "--out", out, *lots, *SMALL, "--json")
    assert ran.code == 0, ran.err
    assert ran.json["warnings"] == []
    assert len(ran.json["results"]) == 2
    assert len(list((out / "pictures").glob("video-*.gif"))) == 2
    clips = list(read_records(out / "clips.jsonl"))
    assert len(clips) == 2 * 8
    erm = [clip for clip in clips if clip["model"] == "erm"]
    rows = csv.DictReader((out / "scores.csv").read_text().splitlines())
    scores = {(one["model"], one["measure"]): one for one in rows}
    for key in ("top1", "energy", "iou", "tube"):
        assert float(scores["erm", key]["value"]) == pytest.approx(
            np.mean([clip[key] for clip in erm]), abs=1e-5
        )
    # Boxes of half the width and half the height, up to whole pixels of 32.
    assert all(clip["tube"] == pytest.approx(0.25, abs=0.06) for clip in clips)
    assert int(scores["erm", "space_deletion"]["n"]) == 1
    (curved,) = [clip for clip in erm if "space_deletion" in clip and "time_deletion" in clip]
    assert len(curved["space_deletion"]) == 11
    assert curved["space_deletion"][0] == pytest.approx(curved["probability"], abs=1e-5)
    table = next(one for one in ran.json["summary"]["evidence"] if one["model"] == "erm")
    cells = ("right_inside", "right_outside", "wrong_inside", "wrong_outside")
    assert sum(table[cell] for cell in cells) == table["n"] == 8
    assert table["right_inside"] == sum(clip["top1"] * clip["peak"] for clip in erm)
    (line,) = read_records(index.parent / "ledger.jsonl")
    assert (line["role"], line["n"]) == ("explain", 8)
    assert line["index_hash"] == Index.read(index).identity
    for name in ("explain.json", "scores.md", "scores.txt"):
        assert (out / name).stat().st_size > 100


def test_the_true_class_can_be_explained_and_rows_chosen(
    run: Run, index: Path, pair: tuple[Path, Path], tmp_path: Path, anigifs_home: Path
) -> None:
    out = tmp_path / "out"
    options = ["--weights", pair[0], "--out", out, "--of", "label", "--formats", "png", *SMALL]
    lots = ["--limit", "3", "--deletion", "0", "--pictures", "1"]
    ran = run("explain", "--index", index, *options, *lots, "--domain", "video")
    assert ran.code == 0, ran.err
    assert "pointing game" in ran.out
    assert "deletion" not in ran.out.partition("Numbers are")[0]
    clips = list(read_records(out / "clips.jsonl"))
    assert len(clips) == 3
    assert all(clip["explained"] == clip["label"] for clip in clips)
    ran = run("explain", "--index", index, *options, "--domain", "animated-gif")
    assert ran.code == 2
    assert "no rows of state 'decoded', domain ('animated-gif',)" in ran.err


def test_without_boxes_there_are_pictures_and_a_warning(
    run: Run, index: Path, pair: tuple[Path, Path], tmp_path: Path, anigifs_home: Path
) -> None:
    rows = [replace(row, boxes=()) for row in Index.read(index).rows()]
    Index.from_rows(rows, root=index.parent).write(index)
    (index.parent / "down" / "0.gif").unlink()
    out = tmp_path / "out"
    options = ["--weights", pair[0], "--out", out, "--deletion", "0", *SMALL]
    ran = run("explain", "--index", index, *options, "--pictures", "2", "--json")
    assert ran.code == 0
    assert "1 clips cannot be read and were left out" in ran.json["warnings"][0]
    assert "no boxes in these rows, so where evidence lies is not scored" in ran.json["warnings"][1]
    assert {one["measure"] for one in ran.json["summary"]["scores"]} == {"top1"}
    assert ran.json["summary"]["evidence"] == []
    assert len(list((out / "pictures").iterdir())) == 4
    assert run("explain", "--index", index, *options, "--pictures", "0", "--strict").code == 2


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ([], "name files to explain, or an --index, and not both"),
        (["a.gif", "--index", "b.parquet"], "name files to explain, or an --index, and not both"),
        (["a.gif", "--of", "label"], "--of label is for an --index"),
        (["a.gif", "--limit", "3"], "are for an --index"),
        (["a.gif", "--class", "somersault"], "erm from narrow: no class 'somersault'"),
        (["a.gif", "--layer", "Mixed_9z"], "no layer 'Mixed_9z'; the layers are Conv3d_1a_7x7"),
        (["a.gif", "--beside", "{weights}"], "the same weights twice"),
        (["a.gif", "--beside", "{other}"], "small has other classes than erm from narrow"),
        (["a.gif", "--beside", "{larger}"], "say --frames and --size for both"),
        (["a.gif", "--formats"], "--formats"),
        (["--index", "{weights}/record.json"], "not an index"),
        (["--index", "b.parquet", "--pictures", "-1"], "--pictures -1: at least 0"),
    ],
)
def test_wrong_options_are_one_line(
    run: Run,
    pair: tuple[Path, Path],
    small_weights: Path,
    tmp_path: Path,
    anigifs_home: Path,
    arguments: list[str],
    line: str,
) -> None:
    larger = tmp_path / "larger"
    shutil.copytree(pair[1], larger)
    record = json.loads((larger / "record.json").read_text())
    (larger / "record.json").write_text(json.dumps({**record, "frames": 16, "size": 112}))
    paths = {"weights": pair[0], "other": small_weights, "larger": larger}
    filled = [argument.format(**paths) for argument in arguments]
    ran = run("explain", *filled, "--weights", pair[0], "--out", tmp_path / "out")
    assert ran.code == 2
    assert line in ran.err
    assert ran.err.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_a_file_is_no_folder_to_write_into(run: Run, gif: Path, pair: tuple[Path, Path]) -> None:
    ran = run("explain", gif, "--weights", pair[0], "--out", gif)
    assert ran.code == 2
    assert f"{gif}: a file, not a folder to write into" in ran.err
