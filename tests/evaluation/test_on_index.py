import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from anigifs.clips import Geometry
from anigifs.evaluation.on_index import IndexTest, evaluate_index
from anigifs.evaluation.predictions import Predictions
from anigifs.foundation import read_records
from anigifs.index import Index
from anigifs.models import load_model
from tests.cli.conftest import Run, run
from tests.conftest import one_thread
from tests.training.made import make_clips, make_weights

__all__ = ["run"]


on_one_thread = pytest.fixture(one_thread)


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return make_clips(tmp_path / "clips", per_class=3)


def test_a_test_is_recorded_and_entered_in_the_ledger(
    run: Run, index: Path, tmp_path: Path, anigifs_home: Path
) -> None:
    weights = make_weights(tmp_path / "narrow")
    record = json.loads((weights / "record.json").read_text())
    (weights / "record.json").write_text(json.dumps({**record, "classes": ["down", "sideways"]}))
    options = ["--weights", weights, "--frames", "9", "--size", "32", "--out", tmp_path / "run"]
    ran = run("evaluate", index, "--domain", "video", "--json", *options)
    assert ran.code == 0, ran.err
    (line,) = ran.json["results"]
    assert (line["role"], line["n"], line["domain"]) == ("test", 6, "video")
    assert line["index_hash"] == Index.read(index).identity
    assert "1 class that the model does not know: right" in ran.json["warnings"]
    looked = {name: said for name, said in line.items() if name != "predictions"}
    assert list(read_records(index.parent / "ledger.jsonl")) == [looked]
    assert list(read_records(tmp_path / "run" / "records.jsonl")) == [line]
    (file,) = (tmp_path / "run" / "predictions").iterdir()
    predictions = Predictions.read(file)
    assert predictions.sha256 == line["predictions_hash"]
    right = [
        label == predictions.classes[int(np.argmax(row))]
        for label, row in zip(predictions.labels, predictions.logits_NK, strict=True)
    ]
    by_clips = {(one["clips"], one["classes"]): one for one in ran.json["summary"]["scores"]}
    assert by_clips["all", "model"]["top1"] == pytest.approx(np.mean(right))
    assert by_clips["covered", "model"]["n"] == 3
    again = run("evaluate", index, "--split", "val", *options)
    assert "all clips" in again.out
    assert len(list(read_records(index.parent / "ledger.jsonl"))) == 2


def test_a_class_that_nobody_trained_is_none_that_is_known(
    run: Run, index: Path, tmp_path: Path, anigifs_home: Path
) -> None:
    weights = make_weights(tmp_path / "narrow")
    record = json.loads((weights / "record.json").read_text())
    half = {**record, "classes": ["down", "right"], "untrained": ["right"]}
    (weights / "record.json").write_text(json.dumps(half))
    options = ["--weights", weights, "--frames", "9", "--size", "32", "--out", tmp_path / "run"]
    ran = run("evaluate", index, "--domain", "video", "--json", *options)
    assert ran.code == 0, ran.err
    (line,) = ran.json["results"]
    by_clips = {(one["clips"], one["classes"]): one for one in ran.json["summary"]["scores"]}
    assert line["top1"] == by_clips["all", "model"]["top1"] <= 0.5
    predictions = Predictions.read(tmp_path / "run" / line["predictions"])
    assert predictions.classes == ("down", "right (untrained)")
    scored = run("score", tmp_path / "run" / line["predictions"], "--json")
    assert scored.json["results"][0]["top1"]["value"] == line["top1"]


def test_a_test_says_all_that_it_was_made_with(
    run: Run, index: Path, tmp_path: Path, anigifs_home: Path
) -> None:
    weights = make_weights(tmp_path / "narrow")
    asked = ["--background", "white", "--precision", "float32", "--resize-side", "40"]
    options = ["--weights", weights, "--frames", "9", "--size", "32", "--json", *asked]
    (line,) = run("evaluate", index, *options).json["results"]
    said = (line["background"], line["precision"], line["resize_side"])
    assert said == ([255, 255, 255], "float32", 40)


def test_other_processes_are_asked_where_options_say_so(
    run: Run, index: Path, tmp_path: Path, anigifs_home: Path, on_one_thread: None
) -> None:
    weights = make_weights(tmp_path / "narrow")
    options = ["--weights", weights, "--frames", "9", "--size", "32", "--json"]
    here = run("evaluate", index, *options)
    elsewhere = run("evaluate", index, *options, "--workers", "2")
    assert (here.code, elsewhere.code) == (0, 0), elsewhere.err
    assert here.json["results"] == elsewhere.json["results"]
    ran = run("evaluate", index.parent, *options, "--workers", "2")
    assert (ran.code, "are for an index, not for a folder" in ran.err) == (2, True)


def test_clips_under_a_shift_are_a_test_of_their_own(index: Path, tmp_path: Path) -> None:
    model, weights = load_model(make_weights(tmp_path / "narrow"))
    plain = IndexTest(
        index, None, None, Geometry(9, 32), "whole", (0, 0, 0), tmp_path / "store", shift=None
    )
    found = [
        evaluate_index(test, model, weights, lambda outcomes, total: outcomes)
        for test in (plain, replace(plain, shift="noise"), replace(plain, shift="noise"))
    ]
    assert "shift" not in found[0][1]
    assert found[1][1]["shift"] == "noise"
    hashes = [record["predictions_hash"] for _, record, _ in found]
    assert hashes[0] != hashes[1] == hashes[2]
    assert len({record["rows_hash"] for _, record, _ in found}) == 1


def test_a_file_that_vanished_is_counted_and_the_others_are_tested(
    run: Run, index: Path, anigifs_home: Path
) -> None:
    weights = make_weights(index.parent / "narrow")
    (index.parent / "right" / "1.gif").unlink()
    options = ["--weights", weights, "--frames", "9", "--size", "32", "--json"]
    ran = run("evaluate", index, *options)
    assert ran.code == 0
    assert (ran.json["results"][0]["n"], ran.json["results"][0]["failed"]) == (5, 1)
    assert "1 clips can no longer be read" in ran.json["warnings"][-1]
    assert run("evaluate", index, "--strict", *options).code == 2


def test_what_cannot_be_tested_is_one_line(run: Run, index: Path, anigifs_home: Path) -> None:
    weights = make_weights(index.parent / "narrow")
    ran = run("evaluate", index, "--domain", "film", "--weights", weights)
    assert ran.code == 2
    assert "no rows of state 'decoded', domain 'film'" in ran.err
    ran = run("evaluate", index.parent, "--domain", "film", "--weights", weights)
    assert "are for an index, not for a folder" in ran.err
