from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from anigifs.gap.once import Values, file_of, measured_once

Measure = Callable[[list[str]], Iterator[tuple[str, Values]]]


def measuring(calls: list[list[str]], fails_at: str = "") -> Measure:
    def measure(missing: list[str]) -> Iterator[tuple[str, Values]]:
        calls.append(missing)
        for name in missing:
            if name == fails_at:
                raise KeyboardInterrupt
            yield name, {"length": np.array([float(len(name))]), "two": np.ones(2, np.float32)}

    return measure


def test_what_was_measured_is_not_measured_again(tmp_path: Path) -> None:
    path, calls = tmp_path / "gap" / "a.npz", list[list[str]]()
    first = measured_once(path, ["b", "aa"], measuring(calls))
    assert {name: values["length"].tolist() for name, values in first.items()} == {
        "b": [1.0],
        "aa": [2.0],
    }
    second = measured_once(path, ["aa", "ccc"], measuring(calls))
    assert list(second) == ["aa", "ccc"]
    assert second["aa"]["two"].dtype == np.float32
    third = measured_once(path, ["ccc", "b", "aa"], measuring(calls))
    assert list(third) == ["ccc", "b", "aa"]
    assert calls == [["b", "aa"], ["ccc"]]


def test_a_stop_loses_nothing_that_was_measured(tmp_path: Path) -> None:
    path, calls = tmp_path / "a.npz", list[list[str]]()
    with pytest.raises(KeyboardInterrupt):
        measured_once(path, ["a", "b", "c"], measuring(calls, fails_at="c"))
    measured_once(path, ["a", "b", "c"], measuring(calls))
    assert calls == [["a", "b", "c"], ["c"]]


def test_a_damaged_file_counts_as_absent(tmp_path: Path) -> None:
    path, calls = tmp_path / "a.npz", list[list[str]]()
    measured_once(path, ["a"], measuring(calls))
    whole = path.read_bytes()
    for damaged in (whole[:-40], b"", b"text", whole[:60] + bytes(40) + whole[100:]):
        path.write_bytes(damaged)
        assert measured_once(path, ["a"], measuring(calls))["a"]["length"] == 1
    assert len(calls) == 5


def test_other_settings_have_another_file(tmp_path: Path) -> None:
    one = file_of(tmp_path, "looks", {"size": 112, "background": [0, 0, 0]})
    assert one == file_of(tmp_path, "looks", {"background": [0, 0, 0], "size": 112})
    assert one != file_of(tmp_path, "looks", {"size": 224, "background": [0, 0, 0]})
    assert one.parent == tmp_path / "gap"
