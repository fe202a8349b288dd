import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

from anigifs.foundation import UsageError
from anigifs.review.settings import (
    SETTINGS,
    Settings,
    check_installed,
    claim_settings,
    read_settings,
)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"overlap": 0}, "overlap is 0: at least 1"),
        ({"most": 1}, "most is 1: at least the overlap, 2"),
        ({"lease_min": 0}, "lease_min is 0"),
        ({"gold_every": -1}, "gold_every is -1"),
        ({"name": " "}, "name is ' '"),
        ({"name": "a\nb"}, r"name is 'a\\nb'"),
        ({"name": 101 * "a"}, "1 to 100 characters"),
    ],
)
def test_settings_make_sense(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Settings(**{"name": "a", **wrong})


def test_a_lease_is_told_in_milliseconds() -> None:
    assert Settings(name="a", lease_min=2).lease_ms == 120_000


def test_what_is_claimed_is_read_again(tmp_path: Path) -> None:
    claimed = claim_settings(tmp_path / "review", Settings(name="a", overlap=3))
    assert read_settings(tmp_path / "review") == claimed
    assert claimed.overlap == 3
    assert len(claimed.identity) == 32


def test_a_review_keeps_its_identity_and_no_two_have_one(tmp_path: Path) -> None:
    settings = Settings(name="a")
    first = claim_settings(tmp_path / "first", settings)
    assert claim_settings(tmp_path / "first", settings) == first
    assert claim_settings(tmp_path / "second", settings).identity != first.identity


def test_other_settings_are_refused(tmp_path: Path) -> None:
    claim_settings(tmp_path, Settings(name="a"))
    with pytest.raises(UsageError, match="differs in overlap 2 -> 3"):
        claim_settings(tmp_path, Settings(name="a", overlap=3))


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(UsageError, match="holds files, but no review"):
        claim_settings(tmp_path, Settings(name="a"))
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize(
    "text",
    ["", "[1]", '"a"', '{"nam": "a"}', '{"name": "a", "overlap": "2"}', '{"name": 3}', "\xff{"],
)
def test_damaged_settings_end_in_one_line(tmp_path: Path, text: str) -> None:
    (tmp_path / SETTINGS).write_bytes(text.encode("latin-1"))
    with pytest.raises(UsageError, match=SETTINGS):
        read_settings(tmp_path)


def test_a_flag_is_no_number(tmp_path: Path) -> None:
    (tmp_path / SETTINGS).write_text(json.dumps({"name": "a", "seed": True}))
    with pytest.raises(UsageError, match="seed is 'True'"):
        read_settings(tmp_path)


def test_no_review_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="anigifs review init COLLECTION --out"):
        read_settings(tmp_path / "nowhere")


def test_what_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    check_installed()
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"pip install 'anigifs\[review\]'"):
        check_installed()
