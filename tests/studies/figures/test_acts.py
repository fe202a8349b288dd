from pathlib import Path
from typing import Any

import pytest

from anigifs.foundation import UsageError, append_record
from anigifs.studies.figures.acts import (
    Check,
    Search,
    read_checks,
    read_searches,
    run_name,
    run_names,
)
from anigifs.transforms import Operation

SEARCH: dict[str, Any] = {
    "step": 8,
    "candidates": [[["red", 12]], [["grayscale", None], ["solarize", 4]], [["blue", -12]]],
    "losses": [0.5, 2.0, None],
    "chosen": 1,
    "words": "grayscale, solarize 4",
}
CHECK: dict[str, Any] = {
    "step": 11, "checked": 8.0, "peaks_inside": 5.0, "gated": 3.0, "energy_inside": 4.0,
    "without_tube": 0.0,
}  # fmt: skip


def written(folder: Path, *acts: dict[str, Any]) -> Path:
    """Write the acts of a run, and return its folder."""
    for act in acts:
        append_record(folder / "acts.jsonl", act)
    return folder


def test_searches_are_read_from_a_run_or_its_file(tmp_path: Path) -> None:
    nothing = {**SEARCH, "step": 16, "chosen": None, "losses": [None] * 3, "words": None}
    run = written(tmp_path / "run", SEARCH, nothing)
    found = read_searches(run)
    assert found == read_searches(run / "acts.jsonl")
    operations = (Operation("grayscale", None), Operation("solarize", 4))
    assert found[0] == Search(8, (0.5, 2.0, None), 1, operations)
    assert (found[1].chosen, found[1].operations) == (None, ())
    assert found[0].to_json()["words"] == SEARCH["words"]
    assert found[1].to_json()["words"] is None


def test_checks_are_read_as_shares_and_those_without_a_tube_passed_over(tmp_path: Path) -> None:
    blind = {**CHECK, "step": 22, "checked": 0.0, "peaks_inside": 0.0, "energy_inside": 0.0}
    run = written(tmp_path, CHECK, blind)
    assert read_checks(run) == (Check(11, 8, 5, 3, 0.5),)
    written(tmp_path / "blind", blind)
    with pytest.raises(UsageError, match="none of its 1 checks saw a clip"):
        read_checks(tmp_path / "blind")


def test_a_run_of_another_method_or_none_is_said(tmp_path: Path) -> None:
    searched, checked = written(tmp_path / "a", SEARCH), written(tmp_path / "b", CHECK)
    with pytest.raises(UsageError, match="holds no checks of saliency"):
        read_checks(searched)
    with pytest.raises(UsageError, match="holds no searches"):
        read_searches(checked)
    with pytest.raises(UsageError, match="no such file"):
        read_searches(tmp_path)
    with pytest.raises(UsageError, match="no such file"):
        read_checks(tmp_path / "none")


@pytest.mark.parametrize(
    "broken",
    [
        {"losses": [0.5]},
        {"losses": [0.5, None, 1.0]},
        {"chosen": "x"},
        {"candidates": []},
        {"step": None},
        {"losses": 3},
    ],
)
def test_a_damaged_search_is_one_line(tmp_path: Path, broken: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="a search in it is damaged") as raised:
        read_searches(written(tmp_path, {**SEARCH, **broken}))
    assert "\n" not in str(raised.value)


def test_a_damaged_check_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="a check in it is damaged"):
        read_checks(written(tmp_path, {**CHECK, "gated": "many"}))


def test_runs_are_called_by_their_folder_or_file() -> None:
    assert run_name("runs/mine") == run_name("runs/mine/acts.jsonl") == "mine"
    assert run_name("acts/mask-always-0-6eded4e35c7f.jsonl") == "mask-always-0"
    assert run_names([Path("a/erm"), Path("b/rsda")]) == ["erm", "rsda"]
    assert run_names([Path("a/erm"), Path("b/erm")]) == ["a/erm", "b/erm"]
    with pytest.raises(UsageError, match="named twice"):
        run_names([Path("a/erm"), Path("a/erm")])
