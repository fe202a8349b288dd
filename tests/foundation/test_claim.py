from pathlib import Path

import pytest

from anigifs.foundation import UsageError
from anigifs.foundation.claim import claim


def test_a_folder_belongs_to_who_came_first(tmp_path: Path) -> None:
    folder = tmp_path / "made" / "here"
    claim(folder, "study.json", "study", {"seed": 0, "size": [1, 2]})
    claim(folder, "study.json", "study", {"seed": 0, "size": [1, 2]})
    with pytest.raises(UsageError, match="holds a study that differs in seed 0 -> 1; choose"):
        claim(folder, "study.json", "study", {"seed": 1, "size": [1, 2]})


def test_other_peoples_files_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(UsageError, match="holds files, but no study"):
        claim(tmp_path, "study.json", "study", {})
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_what_a_kill_left_is_nobodys(tmp_path: Path) -> None:
    (tmp_path / ".study.json.x1.part").write_text("{")
    claim(tmp_path, "study.json", "study", {"seed": 0})


@pytest.mark.parametrize("text", ["", "[]x", "3", "null"])
def test_damaged_settings_are_one_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "study.json").write_text(text)
    with pytest.raises(UsageError, match="damaged"):
        claim(tmp_path, "study.json", "study", {})
