import hashlib
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageSequence

from anigifs.index.look import LEVELS, Look, look
from anigifs.media import write_mp4
from anigifs.media.gif import walk
from tests.index.trees import ODD, write_clip


def break_frame(path: Path, index: int) -> None:
    """Give a frame of a GIF a code size that no decoder takes; a walk does not notice."""
    data = bytearray(path.read_bytes())
    data[walk(bytes(data)).frames[index].begin - 1] = 0
    path.write_bytes(data)


@pytest.mark.parametrize("level", LEVELS)
def test_a_sound_file_is_described(tmp_path: Path, level: str) -> None:
    path = tmp_path / "a.gif"
    write_clip(path, frames=7, side=20)
    found = look(tmp_path, "a.gif", level)  # type: ignore[arg-type]
    with Image.open(path) as image:
        frames = len(list(ImageSequence.Iterator(image)))
        assert (found.width, found.height, found.frames) == (*image.size, frames)
    assert found.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert found.stamp == (path.stat().st_size, path.stat().st_mtime_ns)
    assert (found.duration_ms, found.warnings, found.error) == (350, (), None)
    assert Look.from_record(found.record()) == found


def test_a_video_is_described(tmp_path: Path) -> None:
    write_mp4(tmp_path / "a.mp4", np.zeros((25, 32, 48, 3), np.uint8), 25)
    found = look(tmp_path, "a.mp4", "decode")
    assert (found.width, found.height, found.frames, found.duration_ms) == (48, 32, 25, 1000)


def test_only_decoding_finds_damaged_pixels(tmp_path: Path) -> None:
    for name, index in (("late.gif", 4), ("first.gif", 0)):
        write_clip(tmp_path / name, frames=6)
        break_frame(tmp_path / name, index)
        assert look(tmp_path, name, "probe").error is None
    late, first = look(tmp_path, "late.gif", "decode"), look(tmp_path, "first.gif", "decode")
    assert (late.frames, late.duration_ms, late.error) == (4, 200, None)
    assert late.warnings == ("frame 5 of 6 is damaged; only those before it were used",)
    assert (first.frames, first.error) == (None, "its first frame is damaged")


@pytest.mark.parametrize("name", ["plain.gif", *ODD])
def test_an_error_is_one_line_without_the_path(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("hello")
    found = look(tmp_path, name, "probe")
    assert found.error == "a text file, not an animation or a video"
    assert found.sha256 == hashlib.sha256(b"hello").hexdigest()
    assert found.stamp is not None


def test_what_may_be_otherwise_the_next_time_has_no_stamp(tmp_path: Path) -> None:
    (tmp_path / "plain.gif").write_bytes(b"GIF89a")
    (tmp_path / "folder.gif").mkdir()
    os.mkfifo(tmp_path / "pipe.gif")
    (tmp_path / "loop.gif").symlink_to("loop.gif")
    said = {
        "missing.gif": "no such file",
        "plain.gif/a.gif": "cannot be opened (Not a directory)",
        "folder.gif": "a folder, where a file was expected",
        "pipe.gif": "cannot be opened (not a regular file)",
        "loop.gif": "cannot be opened (Too many levels of symbolic links)",
        "a\0b.gif": "cannot be opened (embedded null byte)",
        f"{'x' * 300}.gif": "cannot be opened (File name too long)",
    }
    for name, error in said.items():
        found = look(tmp_path, name, "decode")
        assert (found.error, found.stamp, found.sha256) == (error, None, None)


def test_a_fault_of_ours_is_one_files_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(path: Path) -> None:
        raise ZeroDivisionError(f"in\n{path}")

    write_clip(tmp_path / "a.gif")
    monkeypatch.setattr("anigifs.index.look.probe", fails)
    found = look(tmp_path, "a.gif", "probe")
    assert found.error is not None
    assert found.error.startswith("the program failed on it (ZeroDivisionError: in ")
    assert found.stamp is None
