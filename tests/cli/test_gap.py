import json
import shutil
from pathlib import Path

import pytest

from anigifs.foundation import read_records
from tests.cli.conftest import SMALL, Run
from tests.conftest import one_thread
from tests.gap.made import write_clips

on_one_thread = pytest.fixture(scope="module", autouse=True)(one_thread)
FEW = ["--replicates", "100", "--workers", "1"]


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clips(tmp_path_factory.mktemp("gap") / "clips")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Shared by the tests here, so that clips are measured once."""
    return tmp_path_factory.mktemp("store")


def test_two_domains_are_compared_in_looks_and_features(
    run: Run, clips: Path, store: Path, small_weights: Path, tmp_path: Path
) -> None:
    sides = [f"{clips}:video", f"{clips}:animated-gif:flat"]
    options = ["--weights", small_weights, "--split", "test", "--store", store, *SMALL, *FEW]
    ran = run("gap", *sides, *options, "--endpoints", "Mixed_4f", "--out", tmp_path, "--json")
    assert ran.code == 0, ran.err
    looks = {row["key"]: row for row in ran.json["results"] if row["kind"] == "look"}
    distances = {row["measure"]: row for row in ran.json["results"] if row["kind"] == "distance"}
    assert looks["frames"]["a"]["median"] == 12
    assert looks["frames"]["b"]["median"] == 9
    assert looks["speed_fps"]["auc"] == 0
    assert looks["flat_percent"]["auc"] == 1
    assert {row["endpoint"] for row in distances.values()} == {"Mixed_4f"}
    assert distances["a-distance"]["value"] > 1
    assert distances["mmd"]["low"] > 0
    assert distances["mmd"]["p"] < 0.05
    summary = ran.json["summary"]
    assert [side["name"] for side in summary["sides"]] == ["video", "flat"]
    assert [side["groups"] for side in summary["sides"]] == [12, 12]
    assert summary["frames"] == 9
    assert "A linear classifier tells the two apart from Mixed_4f with" in summary["said"][1]
    assert ran.json["results"] == json.loads((tmp_path / "gap.json").read_text())["results"]
    (entry,) = read_records(clips.parent / "ledger.jsonl")
    assert entry["role"] == "gap"
    assert entry["weights_hash"] == summary["weights_hash"]


def test_a_second_call_needs_neither_clips_nor_model(
    run: Run, clips: Path, store: Path, small_weights: Path, tmp_path: Path
) -> None:
    moved = tmp_path / "clips"
    shutil.copytree(clips.parent, moved)
    sides = [f"{moved / 'index.parquet'}:{style}" for style in ("video", "animated-gif")]
    options = ["--weights", small_weights, "--store", store, *SMALL, *FEW, "--endpoints", "logits"]
    first = run("gap", *sides, *options)
    assert first.code == 0, first.err
    shutil.rmtree(moved / "film")
    shutil.copy(small_weights / "record.json", tmp_path)
    (tmp_path / "model.safetensors").write_text("not read")
    again = run("gap", *sides, *options[2:], "--weights", tmp_path)
    assert again.out == first.out
    assert "logits    KID" in again.out
    assert "video (12 clips, 12 groups)" in again.out


def test_looks_of_two_folders_need_no_index_and_no_model(
    run: Run, clips: Path, store: Path
) -> None:
    folders = [clips.parent / "film", clips.parent / "flat"]
    options = ["--looks-only", "--size", "32", "--store", store, *FEW]
    ran = run("gap", *folders, *options, "--json")
    assert ran.code == 0, ran.err
    assert {row["kind"] for row in ran.json["results"]} == {"look"}
    assert ran.json["summary"]["weights"] is None
    assert ran.json["summary"]["shared_groups"] == 12  # run/00.gif is in both folders
    assert "Looks: compared with film, flat has" in run("gap", *folders, *options).out


def test_clips_that_vanished_are_left_out_and_counted(
    run: Run, clips: Path, tmp_path: Path
) -> None:
    shutil.copytree(clips.parent, tmp_path / "clips")
    (tmp_path / "clips" / "film" / "run" / "00.gif").unlink()
    index = tmp_path / "clips" / "index.parquet"
    options = ["--looks-only", "--size", "32", "--store", tmp_path / "store", *FEW]
    ran = run("gap", f"{index}:video", f"{index}:animated-gif", *options, "--json")
    assert [side["clips"] for side in ran.json["summary"]["sides"]] == [11, 12]
    assert "1 clips cannot be read and were left out" in ran.json["warnings"][0]
    for name in ("02", "04"):
        (tmp_path / "clips" / "film" / "run" / f"{name}.gif").unlink()
    options[4] = tmp_path / "another"
    ran = run("gap", f"{index}:video", f"{index}:animated-gif", *options)
    assert ran.code == 2
    assert "9 clips of 9 groups (3 could not be read: " in ran.err


def test_what_cannot_be_compared_is_one_line(
    run: Run, clips: Path, store: Path, small_weights: Path
) -> None:
    film, flat = f"{clips}:video", f"{clips}:animated-gif"
    good = ["--weights", small_weights, "--store", store, *SMALL]
    for arguments, said in (
        ([film, film, *good], "12 clips are on both sides"),
        ([film, f"{clips}:animated-gif:toy", *good], "no decoded rows of domain 'animated-gif'"),
        ([film, flat, *good, "--split", "train"], "split 'train'; it has"),
        ([film, flat, *good, "--endpoints", "Mixed_9z"], "no endpoint 'Mixed_9z'"),
        ([film, flat, *good, "--clips", "9"], "9 clips of 9 groups; an interval needs 10"),
        ([film, flat, "--weights", "nothing"], "no weights 'nothing'"),
        ([film, flat, *good, "--replicates", "3"], "--replicates 3: at least 100"),
        ([film, flat, *good, "--level", "95"], "--level 95: between 0 and 1"),
        ([film, "nowhere", *good], "nowhere: no such index or folder"),
    ):
        ran = run("gap", *arguments)
        assert (ran.code, ran.out) == (2, ""), arguments
        assert said in ran.err
        assert ran.err.count("\n") == 1


def test_a_fall_is_taken_apart_of_rendered_clips_only(run: Run, tmp_path: Path) -> None:
    ran = run("gap", tmp_path / "a.parquet", tmp_path / "b.parquet", "--apart")
    assert ran.code == 2
    assert "--apart: needs a model and a folder" in ran.err
    ran = run("gap", tmp_path / "a.parquet", tmp_path, "--apart", "--out", tmp_path / "out")
    assert ran.code == 2
    assert "only rendered clips can be mixed" in ran.err
