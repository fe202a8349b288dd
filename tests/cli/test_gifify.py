import json
from dataclasses import fields
from pathlib import Path

import pytest

from anigifs.cli.gifify import Gifify
from anigifs.index import Index
from anigifs.media.gifify import GifRecipe
from tests.cli.conftest import Run
from tests.index.trees import column
from tests.media.numbered import numbers_of, pillow_delays, write_numbered


@pytest.fixture
def videos(tmp_path: Path) -> Path:
    """A folder of class folders with three videos and a text."""
    root = tmp_path / "videos"
    write_numbered(root / "yoga" / "a.mp4", 50)
    write_numbered(root / "yoga" / "deep" / "a.mp4", 25)
    write_numbered(root / "juggling balls" / "b.mp4", 25)
    (root / "yoga" / "text.mp4").write_text("no video")
    return root


def gifs_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*.gif"))


GIFS = ["juggling balls/b.gif", "yoga/a.gif", "yoga/deep/a.gif"]


def test_defaults_are_those_of_the_recipe() -> None:
    for field in fields(GifRecipe):
        assert getattr(Gifify(paths=(), out=Path()), field.name) == field.default


def test_a_tree_keeps_its_folders_and_a_bad_file_is_a_line(
    run: Run, videos: Path, tmp_path: Path
) -> None:
    out = tmp_path / "gifs"
    ran = run("gifify", videos, "--out", out, "--workers", 1)
    text = f"{videos / 'yoga' / 'text.mp4'}: a text file, not an animation or a video"
    assert ran.code == 0
    assert ran.out.splitlines() == [text, f"{out}: 3 GIFs made, 0 there already, 1 failed"]
    assert gifs_in(out) == GIFS
    assert numbers_of(out / "yoga" / "a.gif") == [0, 6, 12, 18, 25, 31, 37, 43]
    again = run("gifify", videos, "--out", out, "--workers", 1, "--strict")
    assert again.code == 2
    assert again.out.splitlines()[-1] == f"{out}: 0 GIFs made, 3 there already, 1 failed"


def test_options_become_the_recipe(run: Run, videos: Path, tmp_path: Path) -> None:
    out = tmp_path / "gifs"
    options = "--sample-fps 5 --max-frames 6 --longer-side 36 --play-fps 15 --constant-delay"
    more = "--palette frame --colours 9 --no-dither --pick nearest --workers 1 --json"
    source = videos / "yoga" / "a.mp4"
    ran = run("gifify", source, "--out", out, *options.split(), *more.split())
    assert ran.code == 0
    recipe = ran.json["summary"].pop("recipe")
    assert ran.json["results"] == [
        {
            "source": str(source),
            "gif": "a.gif",
            "made": True,
            "frames": 6,
            "duration_ms": 420,
            "warnings": [],
            "error": None,
        }
    ]
    assert ran.json["summary"]["made"] == 1
    assert GifRecipe(**recipe) == GifRecipe(5, "nearest", 6, 36, 15, True, "frame", 9, False)
    assert pillow_delays(out / "a.gif") == [70] * 6
    assert json.loads((out / "manifest.jsonl").read_text())["recipe"] == recipe


def test_an_index_of_videos_becomes_one_of_gifs(run: Run, videos: Path, tmp_path: Path) -> None:
    out, index = tmp_path / "gifs", videos / "index.parquet"
    options = ("--domain", "video", "--split", "train")
    assert run("index", "folder", videos, "--taxonomy", "kinetics-600", *options).code == 0
    ran = run("gifify", index, "--out", out, "--workers", 1, "--json")
    assert ran.code == 0
    made = Index.read(out / "index.parquet")
    assert sorted(map(str, column(made, "path"))) == GIFS == gifs_in(out)
    assert set(column(made, "domain")) == {"video-gif"}
    assert set(column(made, "split")) == {"train"}
    summary = ran.json["summary"]
    assert summary["identity"] == made.identity
    counts = {name: summary[name] for name in ("rows", "made", "there", "failed", "passed_over")}
    assert counts == {"rows": 3, "made": 3, "there": 0, "failed": 1, "passed_over": 0}
    assert run("index", "check", index).code == 0
    again = run("gifify", index, "--out", out, "--workers", 1, "--json", "--style", "a").json
    summary = again["summary"]
    counts = {name: summary[name] for name in ("rows", "made", "there", "failed", "passed_over")}
    assert counts == {"rows": 3, "made": 0, "there": 3, "failed": 0, "passed_over": 1}
    assert set(column(Index.read(out / "index.parquet"), "style")) == {"a"}


def test_what_the_program_made_in_a_folder_is_passed_over(run: Run, videos: Path) -> None:
    """GIFs may go below the videos; neither they nor an index are taken for videos."""
    (videos / "yoga" / "text.mp4").unlink()
    assert run("index", "folder", videos).code == 0
    assert run("index", "check", videos / "index.parquet").code == 0
    out = videos / "gifs"
    for made in (3, 0):
        ran = run("gifify", videos, "--out", out, "--workers", 1)
        assert ran.out == f"{out}: {made} GIFs made, {3 - made} there already, 0 failed\n"
    assert gifs_in(out) == GIFS


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ("gifify --out gifs", "no video to make a GIF of"),
        ("gifify a.mp4 --out gifs --play-fps 60", "play fps 60.0: at least 0.01, at most 50"),
        ("gifify a.mp4 --out gifs --workers 0", "--workers 0: at least 1"),
        ("gifify a.mp4 --out gifs --style x", "--style is of an index"),
        ("gifify a.parquet b.mp4 --out gifs", "a.parquet: an index is given alone"),
        ("gifify a.mp4 x/a.mp4 --out gifs", "a.mp4.gif: 2 videos would become it"),
        ("gifify gifs/a.gif --out gifs", "it would be written over"),
        ("gifify gifs/index.parquet --out gifs", "it would be written over"),
    ],
)
def test_wrong_uses_are_one_line(run: Run, arguments: str, error: str) -> None:
    ran = run(*arguments.split())
    assert (ran.code, ran.out) == (2, "")
    assert error in ran.err
    assert ran.err.count("\n") == 1
