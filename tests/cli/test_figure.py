"""``anigifs figure``: each figure by one command, as files that can be opened."""

import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from anigifs.index import Index
from anigifs.models import load_model, save_model
from anigifs.studies import tabulate, to_csv
from anigifs.studies.figures.plate import FRAME, GAP, HEADING, MARGIN, ROW_GAP, WORDS
from tests.cli.conftest import Run
from tests.conftest import one_thread
from tests.studies.figures.test_acts import CHECK, SEARCH, written
from tests.studies.figures.test_curves import record
from tests.studies.made import outcome, predictions, write_test
from tests.training.made import make_clips, make_weights

on_one_thread = pytest.fixture(scope="module", autouse=True)(one_thread)

RIGHT = np.random.default_rng(0).random(40) < 0.6


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Clips of two classes, which are both of a domain of videos and of one of GIFs."""
    path = make_clips(tmp_path_factory.mktemp("figure"), per_class=3)
    found = Index.read(path)
    twins = [replace(row, clip_id=f"{row.clip_id}g", domain="animated-gif") for row in found.rows()]
    Index.from_rows([*found.rows(), *twins], root=path.parent).write(path)
    return path


@pytest.fixture
def study(tmp_path: Path) -> Path:
    write_test(tmp_path / "study", "erm", "film", predictions(RIGHT))
    write_test(tmp_path / "study", "erm", "gif", predictions(~RIGHT, of_set="gif"))
    return tmp_path / "study"


def size_of(path: Path) -> tuple[int, int]:
    with Image.open(path) as image:
        image.load()
        assert image.format == "PNG"
        return image.size


def plate(blocks: int, strips: int, frames: int, gap: int = 20) -> tuple[int, int]:
    """Width and height of blocks in one column."""
    block = HEADING + strips * (FRAME + ROW_GAP) - ROW_GAP
    height = 2 * MARGIN + blocks * block + (blocks - 1) * gap
    return 2 * MARGIN + WORDS + frames * (FRAME + GAP) - GAP, height


def test_strips(run: Run, index: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "a.png"
    ran = run("figure", "strips", "--index", index, "--out", out, "--frames", 4, "--json")
    assert (ran.code, ran.err) == (0, "")
    assert size_of(out) == plate(blocks=2, strips=2, frames=4)
    drawn = [(one["label"], one["domain"]) for one in ran.json["results"]]
    assert drawn == [(a, b) for a in ("down", "right") for b in ("video", "animated-gif")]
    assert ran.json["summary"]["index_hash"] == Index.read(index).identity
    people = run("figure", "strips", "--index", index, "--out", out, "--classes", "right")
    assert people.out == f"{out}: right\n"


def test_classes(run: Run, index: Path, tmp_path: Path) -> None:
    out = tmp_path / "a.png"
    ran = run("figure", "classes", "--index", index, "--domain", "video", "--out", out, "--json")
    assert ran.json["results"] == [{"label": x, "clips": 3} for x in ("down", "right")]
    assert size_of(out)[0] == 1200


def test_tuples(run: Run, index: Path, tmp_path: Path) -> None:
    clip, out = index.parent / "right" / "0.gif", tmp_path / "a.png"
    searched = written(tmp_path / "rsda", SEARCH)
    command = ["figure", "tuples", clip, "--out", out, "--size", 32]
    ran = run(*command, "--run", searched, "--json")
    assert [one["words"] for one in ran.json["results"]] == ["grayscale, solarize 4"]
    assert size_of(out) == plate(blocks=1, strips=3, frames=6)
    ran = run(*command, "--tuples", "red +12, blue -12", "grayscale", "--json")
    assert ran.json["results"][0]["operations"] == [["red", 12], ["blue", -12]]
    assert size_of(out) == plate(blocks=1, strips=4, frames=6)


def test_saliency(run: Run, index: Path, tmp_path: Path, anigifs_home: Path) -> None:
    first, second, out = tmp_path / "first", tmp_path / "second", tmp_path / "a.png"
    make_weights(first)
    model, record = load_model(first)
    save_model(model, replace(record, classes=("down", "right")), first)
    bias = {"logits.conv3d.bias": model.state_dict()["logits.conv3d.bias"] + 1}
    model.load_state_dict({**model.state_dict(), **bias})
    save_model(model, replace(record, name="other", classes=("down", "right")), second)
    command = ["figure", "saliency", "--index", index, "--out", out, "--weights", first]
    small = ["--frames", 9, "--size", 32, "--threads", 1]
    ran = run(*command, "--beside", second, *small, "--count", 2, "--columns", 1, "--json")
    assert ran.code == 0
    assert size_of(out) == plate(blocks=2, strips=3, frames=4)
    models = [one["model"] for one in ran.json["results"][0]["models"]]
    assert models == ["narrow", "other"]
    assert ran.json["summary"]["explained"] == "the answer"
    ran = run(*command, "--beside", first, *small)
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert "the same weights twice" in ran.err


def test_confusion(run: Run, study: Path, tmp_path: Path) -> None:
    out = tmp_path / "a.svg"
    ran = run("figure", "confusion", "--study", study, "--set", "film", "--out", out, "--json")
    assert ET.parse(out).getroot().tag.endswith("svg")
    counts = {one["label"]: one["counts"] for one in ran.json["results"]}
    assert sum(counts[label][label] for label in counts) == RIGHT.sum()
    assert ran.json["summary"]["top1"] == pytest.approx(RIGHT.mean())
    file = study / "predictions" / "erm-film-0.parquet"
    again = run("figure", "confusion", "--predictions", file, "--out", out, "--json")
    assert again.json["results"] == ran.json["results"]


def test_class_gap(run: Run, study: Path, tmp_path: Path) -> None:
    out = tmp_path / "a.pdf"
    ran = run(
        "figure", "class-gap", "--study", study, "--sets", "film", "gif", "--out", out, "--json"
    )
    assert out.read_bytes().startswith(b"%PDF")
    changes = [one["change"] for one in ran.json["results"]]
    assert len(changes) == 7
    assert changes == sorted(changes)
    files = [study / "predictions" / f"erm-{name}-0.parquet" for name in ("film", "gif")]
    again = run("figure", "class-gap", "--source", files[0], "--target", files[1], "--out", out)
    assert again.out == f"{out}: 7 of 7 classes\n"


def test_search_and_hits(run: Run, tmp_path: Path) -> None:
    searched, checked = written(tmp_path / "rsda", SEARCH), written(tmp_path / "gating", CHECK)
    out = tmp_path / "a.png"
    ran = run("figure", "search", "--run", searched, "--out", out, "--json")
    assert ran.json["results"][0]["losses"] == SEARCH["losses"]
    assert ran.json["summary"]["run"] == "rsda"
    size_of(out)
    ran = run("figure", "hits", "--run", checked, "--out", out, "--json")
    assert ran.json["results"][0]["checks"][0]["energy"] == 0.5
    assert size_of(out) == (1320, 1080)


def test_what_cannot_be_drawn_is_one_line(
    run: Run, index: Path, study: Path, tmp_path: Path
) -> None:
    out = ("--out", tmp_path / "a.png")
    checked = written(tmp_path / "gating", CHECK)
    said = {
        ("strips", "--index", index, "--out", "a.jpg"): "a.jpg: let its name end in .png",
        ("strips", "--index", index, "--out", tmp_path): "let its name end in .png",
        ("strips", "--index", tmp_path / "no", *out): "no such index",
        ("strips", "--index", index, "--count", 0, *out): "count is at least 1",
        ("strips", "--index", index, "--classes", "fly", *out): "no clip of class 'fly'",
        ("classes", "--index", index, "--out", "a.svg"): "let its name end in .png",
        ("classes", "--index", index, "--top", 0, *out): "--top 0: at least 1",
        ("tuples", tmp_path / "no.gif", "--tuples", "grayscale", *out): "no such file",
        ("tuples", "a.gif", *out): "say which tuples",
        ("tuples", "a.gif", "--tuples", "hue 3", *out): "no operation 'hue 3'",
        ("tuples", "a.gif", "--run", checked, *out): "holds no searches",
        ("saliency", "--index", index, "--beside", "nobody", "--weights", "nobody", *out):
            "no weights 'nobody'",
        ("saliency", "--index", index, "--beside", "x", "--columns", 0, *out): "--columns 0",
        ("saliency", "--index", index, "--beside", "x", "--limit", 0, *out): "--limit 0: at least",
        ("saliency", "--index", index, "--beside", "x", "--shown", 0, *out): "frames is at least",
        ("curves", "--study", tmp_path / "no", *out): "no learning curves",
        ("gains", "--study", study, "--set", "film", *out): "table.csv: no such file",
        ("confusion", *out): "name files by --predictions, or a --study",
        ("confusion", "--study", study, *out): "say which set",
        ("confusion", "--study", study, "--set", "x", *out): "there are film, gif",
        ("confusion", "--study", tmp_path, "--set", "x", *out): "holds no tests",
        ("confusion", "--predictions", index, *out): "index.parquet",
        ("class-gap", "--study", study, *out): "say which set",
        ("search", "--run", checked, *out): "holds no searches",
        ("search", "--run", tmp_path / "no", *out): "no such file",
        ("hits", "--run", study, *out): "acts.jsonl: no such file",
    }  # fmt: skip
    for arguments, error in said.items():
        ran = run("figure", *arguments)
        assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1), (arguments, ran.err)
        assert error in ran.err, (arguments, ran.err)
    assert not (tmp_path / "a.png").exists()
    failed = run("figure", "hits", "--run", study, *out, "--json")
    assert "no such file" in json.loads(failed.out)["error"]


def test_curves(run: Run, tmp_path: Path) -> None:
    sweep, out = tmp_path / "sweep", tmp_path / "a.png"
    (sweep / "records").mkdir(parents=True)
    for seed, top1 in enumerate((0.5, 0.3)):
        made = record("erm", seed, {8: top1, 16: top1 + 0.3})
        (sweep / "records" / f"erm{seed}.json").write_text(json.dumps(made))
    command = ["figure", "curves", "--study", sweep, "--out", out]
    ran = run(*command, "--json")
    assert (ran.code, ran.err) == (0, "")
    found = {one["set"]: one for one in ran.json["results"]}
    assert found["film"]["steps"] == [8, 16]
    assert found["film"]["mean"] == pytest.approx([0.4, 0.7])
    size_of(out)
    assert run(*command, "--runs", "erm").out == f"{out}: erm\n"
    assert "no curve of 'rsda'; there are erm" in run(*command, "--runs", "rsda").err


def test_gains(run: Run, tmp_path: Path) -> None:
    outcomes = [
        outcome(model, "film", RIGHT if model == "erm" else ~RIGHT, seed=seed)
        for model in ("erm", "rsda", "oracle")
        for seed in range(2)
    ]
    table = to_csv(tabulate(outcomes, "a sweep", replicates=200))
    (tmp_path / "table.csv").write_text(table)
    out = tmp_path / "a.png"
    command = ["figure", "gains", "--study", tmp_path, "--set", "film", "--out", out]
    ran = run(*command, "--json")
    assert (ran.code, ran.err) == (0, "")
    assert {one["run"]: one["seeds"] for one in ran.json["results"]} == {
        "rsda": [0, 1],
        "oracle": [0, 1],
    }
    assert (ran.json["summary"]["first"], ran.json["summary"]["clips"]) == (
        "ERM on film",
        len(RIGHT),
    )
    size_of(out)
    assert run(*command, "--runs", "rsda").out == f"{out}: 1 method on film\n"
