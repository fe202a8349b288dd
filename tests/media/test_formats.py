import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anigifs.foundation import MediaError
from anigifs.media import Format, probe, sniff
from anigifs.media.formats import format_of


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "the file is empty"),
        (b"just some words", "a text file, not an animation or a video"),
        ("mots accentués".encode(), "a text file"),
        (b"\n <!DOCTYPE html><html>", "an HTML page"),
        (b"<HTML><body>404", "an HTML page"),
        (b"\xff\xd8\xff\xe0" + bytes(20), "a JPEG picture, which does not move"),
        (bytes(range(256)), "of no known format"),
        (b"RIFF\x10\0\0\0WAVEfmt ", "of no known format"),
        (b"#EXTM3U\nhttp://example.com/secret", "a text file"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_animation_is_named_in_one_line(
    tmp_path: Path, data: bytes, reason: str
) -> None:
    path = tmp_path / "a.gif"
    path.write_bytes(data)
    with pytest.raises(MediaError) as caught:
        probe(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_path_and_a_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="no such file"):
        sniff(tmp_path / "nothing.gif")
    with pytest.raises(MediaError, match="a folder, not a file"):
        sniff(tmp_path)
    os.mkfifo(tmp_path / "pipe.gif")
    with pytest.raises(MediaError, match="a pipe or device, not a file"):
        sniff(tmp_path / "pipe.gif")


def test_the_name_does_not_matter(shared_clips: Path, tmp_path: Path) -> None:
    disguised = tmp_path / "page.html"
    disguised.write_bytes((shared_clips / "riding_horse.gif").read_bytes())
    assert sniff(disguised) is Format.GIF


def test_real_clips_are_told_apart(shared_clips: Path) -> None:
    expected = {".gif": Format.GIF, ".mp4": Format.MP4, ".mkv": Format.MATROSKA, ".avi": Format.AVI}
    paths = [path for path in shared_clips.iterdir() if path.suffix in expected]
    assert paths
    for path in paths:
        assert sniff(path) is expected[path.suffix]


@given(st.binary(max_size=600))
def test_any_bytes_are_a_format_or_none(data: bytes) -> None:
    assert format_of(data) in (*Format, None)
