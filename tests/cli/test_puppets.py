import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from anigifs.cli.puppets import Puppets
from anigifs.foundation.work import Local
from anigifs.index import Index
from anigifs.puppets import Spec, render
from tests.cli.conftest import Run

SMALL: dict[str, Any] = {
    "clips_per_class": 1,
    "size": 64,
    "domains": ("cartoon-dev",),
    "splits": ("test",),
}


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny benchmark that is there."""
    folder = tmp_path_factory.mktemp("puppets") / "there"
    render(Spec(**SMALL), folder, executor=Local(1))
    return folder


@pytest.fixture
def command(rendered: Path) -> list[object]:
    options = ["--clips-per-class", 1, "--size", 64, "--domains", "cartoon-dev", "--workers", 1]
    return ["puppets", "--out", rendered, *options, "--splits", "test"]


def test_the_defaults_are_the_benchmarks() -> None:
    """They are written down twice, since the command line stays light."""
    assert Puppets(Path())._spec() == Spec()


def test_it_renders_goes_on_and_counts(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "puppets"
    ran = run(
        "puppets", "--out", out, "--clips-per-class", 2, "--size", 64, "--workers", 1,
        "--domains", "cartoon-dev", "--splits", "test", "val", "--json",
    )  # fmt: skip
    assert (ran.code, ran.err) == (0, "")
    index = Index.read(out / "index.parquet")
    counts = Counter((row.domain, row.style, row.split) for row in index.rows())
    assert {tuple(one.values())[:3]: one["rows"] for one in ran.json["results"]} == counts
    summary = ran.json["summary"]
    assert (summary["made"], summary["rows"], summary["identity"]) == (32, 32, index.identity)
    assert summary["answers"] is None
    again = run(
        "puppets", "--out", out, "--clips-per-class", 2, "--size", 64, "--workers", 1,
        "--domains", "cartoon-dev", "--splits", "test", "val",
    )  # fmt: skip
    lines = again.out.splitlines()
    assert lines[0].split() == ["domain", "style", "train", "val", "test"]
    assert lines[1].split() == ["animated-gif", "flat", "-", "16", "16"]
    assert lines[2:] == [
        f"{out / 'index.parquet'}: 32 clips, 0 made now, 32 there",
        f"identity {index.identity}",
    ]


def test_a_sheet_and_a_quiz_are_written(
    run: Run, command: list[object], rendered: Path, tmp_path: Path
) -> None:
    sheet, quiz = tmp_path / "a.png", tmp_path / "a.html"
    ran = run(*command, "--sheet", sheet, "--quiz", quiz, "--quiz-clips", 5, "--json")
    assert (ran.code, ran.json["summary"]["made"]) == (0, 0)
    assert ran.json["summary"]["sheet"] == str(sheet)
    with Image.open(sheet) as image:
        assert image.format == "PNG"
    assert quiz.read_text().count("image/gif") == 5
    people = run(*command, "--sheet", sheet, "--quiz", quiz).out
    assert people.endswith(f"{sheet}: written\n{quiz}: written\n")


def test_answers_are_scored(
    run: Run, command: list[object], rendered: Path, tmp_path: Path
) -> None:
    rows = list(Index.read(rendered / "index.parquet").rows())
    told = [
        {"clip_id": row.clip_id, "style": row.style, "answer": row.label, "seconds": 1.5}
        for row in rows
    ]
    told[0]["answer"], told[1]["answer"] = rows[1].label, None
    file = tmp_path / "answers.json"
    file.write_text(json.dumps({"answers": told}))
    ran = run(*command, "--answers", file, "--json")
    scores = ran.json["summary"]["answers"]
    assert (scores["clips"], scores["right"], scores["cannot_tell"]) == (16, 14, 1)
    people = run(*command, "--answers", file).out
    assert "flat                       14 of 16    87.5 %  [64.0, 96.5]" in people
    assert f"{rows[0].label} -> {rows[1].label} (1)" in people
    file.write_text("nonsense")
    ran = run(*command, "--answers", file)
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert "not the answers" in ran.err


def test_what_cannot_be_rendered_is_one_line(run: Run, rendered: Path, tmp_path: Path) -> None:
    said = {
        ("--size", 63): "a size of 63",
        ("--context-bias", 2): "a context bias of 2.0",
        ("--clips-per-class", 0): "0 clips of each class",
        ("--domains", "film-gif"): "film-gif is made from film",
        ("--domains", "moon"): "moon",
        ("--workers", 0): "--workers 0: at least 1",
        ("--quiz-clips", 0): "--quiz-clips 0: at least 1",
        ("--sheet", "a.jpg"): "a.jpg: let its name end in .png",
        ("--quiz", "a.txt"): "a.txt: let its name end in .html",
    }
    for options, error in said.items():
        ran = run("puppets", "--out", tmp_path / "new", *options)
        assert ran.code == 2
        assert error in ran.err
        assert ran.err.count("\n") == 1
    assert not (tmp_path / "new").exists()
    ran = run("puppets", "--out", rendered, "--seed", 1)
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert "holds a benchmark that differs in seed 0 -> 1, size 64 -> 160" in ran.err
