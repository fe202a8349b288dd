import json
from pathlib import Path

import pytest

from anigifs.evaluation import Predictions, scorecard
from tests.cli.conftest import Run
from tests.evaluation.made import made_predictions

FEW = ["--replicates", 500]


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    """A predictions file of this program."""
    made_predictions().write(tmp_path / "ours.parquet")
    return tmp_path / "ours.parquet"


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    """Another model's answers for the same clips, as ranked labels without groups."""
    ranking = made_predictions(seed=1, strength=3).ranking()
    columns = zip(ranking.clip_ids, ranking.labels, ranking.answers, strict=True)
    rows = [dict(zip(("clip_id", "label", "prediction"), row, strict=True)) for row in columns]
    (tmp_path / "theirs.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return tmp_path / "theirs.jsonl"


def test_json_is_the_scorecard(run: Run, ours: Path) -> None:
    ran = run("score", ours, "--json", "--level", 0.9, "--seed", 3, *FEW)
    assert ran.code == 0
    (card,) = ran.json["results"]
    expected = scorecard(Predictions.read(ours), level=0.9, seed=3, replicates=500)
    assert card == {"file": str(ours), **json.loads(json.dumps(expected))}
    assert ran.json["summary"] == {
        "level": 0.9,
        "replicates": 500,
        "seed": 3,
        "comparisons": [],
    }


def test_people_get_a_table_with_intervals(run: Run, ours: Path) -> None:
    ran = run("score", ours, "--by", "style", *FEW)
    assert (ran.code, ran.err) == (0, "")
    assert "60 clips, 20 groups" in ran.out
    for word in ("top-1", "top-5", "mean-class", "worst class", "ECE", "confused", "style 2"):
        assert word in ran.out
    assert "95 % intervals, bootstrap over groups" in ran.out


def test_classes_are_listed_with_the_worst_first(run: Run, ours: Path) -> None:
    ran = run("score", ours, "--by", "class", *FEW)
    worst = scorecard(Predictions.read(ours), replicates=500)["worst_class"]["class"]
    lines = ran.out.splitlines()
    header = next(i for i, line in enumerate(lines) if line.split()[:2] == ["class", "n"])
    assert lines[header + 1].startswith(f"  {worst} ")


def test_several_files_are_compared_with_the_first(run: Run, ours: Path, theirs: Path) -> None:
    ran = run("score", ours, theirs, "--json", *FEW)
    assert ran.code == 0
    assert [card["file"] for card in ran.json["results"]] == [str(ours), str(theirs)]
    (row,) = ran.json["summary"]["comparisons"]
    assert (row["name"], row["reference"]) == (str(theirs), str(ours))
    assert row["top1"]["difference"] > 0
    assert row["top5"] is None
    assert "have no group" in ran.json["warnings"][0]
    ran = run("score", ours, theirs, *FEW)
    assert "difference to" in ran.out
    assert "Holm" in ran.out
    assert "have no group" in ran.err


def test_other_clips_are_one_line(run: Run, ours: Path, tmp_path: Path) -> None:
    made_predictions(clips=63).write(tmp_path / "more.parquet")
    ran = run("score", ours, tmp_path / "more.parquet", *FEW)
    assert (ran.code, ran.out) == (2, "")
    assert "0 are missing and 3 are more" in ran.err
    assert ran.err.count("\n") == 1


def test_logits_of_another_model_need_its_classes(run: Run, tmp_path: Path) -> None:
    path, names = tmp_path / "a.csv", tmp_path / "classes.txt"
    path.write_text('clip_id,label,logits\na,run,"[2, 1]"\nb,jump,"[2, 1]"\n')
    names.write_text("run\njump\n")
    ran = run("score", path)
    assert ran.code == 2
    assert "line 2: logits of unnamed classes; name them with --classes" in ran.err
    ran = run("score", path, "--classes", names, "--json", *FEW)
    assert ran.json["results"][0]["top1"]["value"] == 0.5


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "name at least one file"),
        (["no.csv", "--level", "95"], "--level 95: between 0 and 1"),
        (["no.csv", "--replicates", "3"], "--replicates 3: at least 100"),
        (["no.csv"], "no.csv: cannot be read"),
        (["no.csv", "--classes", "nonsense"], "no class list 'nonsense'"),
    ],
)
def test_what_cannot_be_done_is_one_line(run: Run, arguments: list[str], message: str) -> None:
    ran = run("score", *arguments)
    assert ran.code == 2
    assert message in ran.err
