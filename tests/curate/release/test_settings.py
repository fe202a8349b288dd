from pathlib import Path

import pytest

from anigifs.curate.release.settings import ReleaseSettings
from anigifs.foundation import UsageError


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "Ani GIFs"},
        {"name": "../up"},
        {"version": "1"},
        {"version": "v1.0.0"},
        {"licence": "CC BY 4.0"},
        {"date": "20261128"},
        {"date": "2026-02-30"},
        {"splits": {}},
        {"splits": {"test": 0}},
        {"splits": {"test": float("nan")}},
        {"splits": {"": 1}},
        {"splits": {"a|b": 1}},
        {"splits": {"a\nb": 1}},
        {"least_votes": 0},
        {"most_frequent": 0},
    ],
)
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(UsageError) as caught:
        ReleaseSettings(**wrong)  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)


def test_settings_are_told_without_paths_of_the_machine(tmp_path: Path) -> None:
    path = tmp_path / "own.txt"
    path.write_text("yoga\n")
    told = ReleaseSettings(classes=path, removals=tmp_path / "removals.toml").described()
    assert (told["classes"], told["removals"]) == ("own", True)
