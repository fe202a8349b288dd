"""Trees with links, loops, pipes, and folders that may not be listed."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from anigifs.foundation.tree import visible_files


def made(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()


def test_links_are_followed_and_no_folder_is_looked_into_twice(tmp_path: Path) -> None:
    made(tmp_path, "root/yoga/a.gif", "root/.hidden/b.gif", "root/yoga/.c.gif", "elsewhere/d.gif")
    (tmp_path / "root/linked").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "root/yoga/up").symlink_to(tmp_path / "root")
    os.mkfifo(tmp_path / "root/pipe")
    assert list(visible_files(tmp_path / "root")) == ["linked/d.gif", "yoga/a.gif"]


def test_what_leads_nowhere_counts(tmp_path: Path) -> None:
    (tmp_path / "loop.gif").symlink_to("loop.gif")
    (tmp_path / "nothing.gif").symlink_to("nowhere")
    assert list(visible_files(tmp_path)) == ["loop.gif", "nothing.gif"]


def test_a_folder_that_may_not_be_listed_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(tmp_path, "a.gif", "shut/b.gif")
    listed = os.scandir

    def scandir(path: str) -> Iterator[Any]:  # who may do everything is refused nothing
        if path.endswith("shut"):
            raise PermissionError(13, "Permission denied", path)
        return listed(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert list(visible_files(tmp_path)) == ["a.gif", "shut"]
    assert list(visible_files(tmp_path / "shut")) == ["."]
