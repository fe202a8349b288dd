from pathlib import Path

import pytest

from anigifs.evaluation import labelled_files, media_files
from anigifs.foundation import UsageError

ODD = ["a b.gif", "it's.gif", 'quo"te.gif', "ünïcode.gif", "new\nline.gif"]


def tree(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")


def test_folders_become_their_files_and_named_files_stay(tmp_path: Path) -> None:
    tree(tmp_path, "f/b.gif", "f/deep/a.gif", "f/.hidden", "f/.git/x", "z.gif")
    missing = tmp_path / "missing.gif"
    (tmp_path / "f" / "y.gif").symlink_to("nowhere")
    found = media_files([tmp_path / "z.gif", tmp_path / "f", missing])
    assert found == [
        tmp_path / "z.gif",
        tmp_path / "f/b.gif",
        tmp_path / "f/deep/a.gif",
        tmp_path / "f/y.gif",
        missing,
    ]


def test_odd_names_are_kept(tmp_path: Path) -> None:
    tree(tmp_path, *(f"class/{name}" for name in ODD))
    assert {path.name for path in labelled_files(tmp_path)["class"]} == set(ODD)


def test_class_folders_without_files_do_not_count(tmp_path: Path) -> None:
    tree(tmp_path, "juggling/a.gif", "loose.gif", ".cache/b.gif")
    (tmp_path / "empty").mkdir()
    assert list(labelled_files(tmp_path)) == ["juggling"]


def test_what_holds_nothing_is_named(tmp_path: Path) -> None:
    assert media_files([tmp_path]) == [tmp_path]
    with pytest.raises(UsageError, match="no class folders"):
        labelled_files(tmp_path)
    with pytest.raises(UsageError, match="not a folder"):
        labelled_files(tmp_path / "missing")
