import json
import shutil
from pathlib import Path

import pytest

from anigifs.curate.votes import Vote, read_votes, write_votes
from tests.cli.conftest import SMALL, Run
from tests.curate.made import Made, make_collection


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make_collection(tmp_path_factory.mktemp("collections") / "made")


def test_a_release_is_made_and_told(run: Run, made: Made, tmp_path: Path) -> None:
    out = tmp_path / "out"
    told = ["--votes", made.votes, "--contact", "me@lab.example"]
    ran = run("release", made.folder, *told, "--out", out)
    assert ran.code == 0, ran.err
    lines = ran.out.splitlines()
    identity = json.loads((out / "release.json").read_text())["identity"]
    assert lines == [
        "14 hits, 11 files, 1 screened out; 8 items: 6 accepted, 2 rejected, 0 undecided, "
        "0 not judged",
        f"{out}: ani-gifs 1.0.0, 6 items of 2 classes; test 6",
        "4 files are in it; 2 items wait for `anigifs materialise`",
        f"identity {identity}",
    ]
    warnings = [line for line in ran.err.splitlines() if "warning" in line]
    assert warnings == [
        "anigifs: warning: 2 of 2 classes have fewer than 10 items in the test split: archery, "
        "bench pressing"
    ]
    again = run("release", made.folder, *told, "--out", out)
    assert (again.code, again.err.count("\n")) == (2, 1)


def test_it_is_told_as_json(run: Run, made: Made, tmp_path: Path) -> None:
    asked = tmp_path / "removals.toml"
    asked.write_text('[[removal]]\ncreator = "Fay"\n[[removal]]\nhost = "elsewhere.example"\n')
    votes = tmp_path / "votes.jsonl"
    foreign = Vote(item="0" * 64, annotator="eve", verdict="skip")
    write_votes(votes, [*read_votes(made.votes), foreign])
    ran = run(
        "release", made.folder, "--votes", votes, "--out", tmp_path / "out", "--json",
        "--removals", asked, "--splits", "train=0.5", "test=0.5", "--name", "mine",
        "--version", "2.1.0", "--least-test", "1",
    )  # fmt: skip
    assert ran.code == 0, ran.err
    summary, classes = ran.json["summary"], ran.json["results"]
    assert (summary["name"], summary["version"], summary["items"]) == ("mine", "2.1.0", 6)
    assert (summary["removed"], summary["removed_hits"]) == ({"creator": 1}, 1)
    assert summary["splits"] == {"test": 3, "train": 3}
    assert [one["class"] for one in classes] == ["archery", "bench pressing"]
    assert sum(one["in_test"] for one in classes) == 3
    assert classes[0]["rejected_action"] == 1
    assert ran.json["warnings"][0].startswith("1 votes are on files that are in no item")
    assert ran.json["warnings"][1] == "1 removals meet nothing in the collection"
    assert ran.json["warnings"][-1].startswith("no --contact")


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--splits", "test"], "write NAME=SHARE"),
        (["--splits", "test=1", "test=2"], "stands there twice"),
        (["--version", "one"], "version 'one'"),
        (["--classes", "kinetics-9"], "no class list"),
        (["--removals", "none.toml"], "no such list of removals"),
        (["--least-votes", "3"], "none is accepted"),
        (["--licence", "CC BY"], "licence 'CC BY'"),
    ],
)
def test_what_is_wrong_is_one_line(
    flags: list[str], said: str, run: Run, made: Made, tmp_path: Path
) -> None:
    place = tmp_path / "place"
    ran = run("release", made.folder, "--votes", made.votes, "--out", place / "out", *flags)
    assert ran.code == 2
    assert said in ran.err
    assert [line for line in ran.err.splitlines() if "%" not in line] == ran.err.splitlines()[-1:]
    assert not (place / "out").exists()


def test_a_collection_that_was_not_screened_says_what_to_do(
    run: Run, made: Made, tmp_path: Path
) -> None:
    (tmp_path / "c").mkdir()
    shutil.copy(made.folder / "candidates.parquet", tmp_path / "c")
    ran = run("release", tmp_path / "c", "--votes", made.votes, "--out", tmp_path / "out")
    assert ran.code == 2
    assert "`anigifs screen" in ran.err


def test_a_model_is_evaluated_on_what_is_there(
    run: Run, made: Made, small_weights: Path, anigifs_home: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    assert run("release", made.folder, "--votes", made.votes, "--out", out).code == 0
    ran = run(
        "evaluate", out / "index.parquet", "--domain", "animated-gif", "--split", "test",
        "--weights", small_weights, *SMALL, "--json",
    )  # fmt: skip
    assert ran.code == 0, ran.err
    (record,) = ran.json["results"]
    told = json.loads((out / "release.json").read_text())
    assert record["index_hash"] == told["identity"]
    assert (record["listed"], record["failed"]) == (6, 2)
    assert ran.json["summary"]["scores"][0]["n"] == 4
