import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anigifs.foundation import AnigifsError, append_record, read_records

values = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
finite = values.filter(lambda value: value not in (float("inf"), float("-inf")))
records = st.lists(st.dictionaries(st.text(), finite, max_size=4), max_size=5)


@given(records)
def test_what_is_appended_is_read_back_in_order(
    tmp_path_factory: pytest.TempPathFactory, written: list[dict[str, object]]
) -> None:
    path = tmp_path_factory.mktemp("records") / "a.jsonl"
    for record in written:
        append_record(path, record)
    assert list(read_records(path)) == written


def test_a_line_torn_by_a_kill_does_not_swallow_the_next(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    append_record(path, {"run": 1})
    whole = path.read_bytes()
    append_record(path, {"run": 2})
    for length in range(len(whole), path.stat().st_size):
        path.write_bytes((whole + b'{"run": 2}\n')[:length])
        append_record(path, {"run": 3})
        assert [record["run"] for record in read_records(path)][-1] == 3
        assert next(read_records(path)) == {"run": 1}


def test_a_line_that_is_no_record_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"run": 1}\n[1, 2]\n')
    with pytest.raises(AnigifsError, match="line 2: not a record"):
        list(read_records(tmp_path / "a.jsonl"))


def test_a_name_of_any_bytes_comes_back(tmp_path: Path) -> None:
    record = {"path": os.fsdecode(b"na\xefve/\xf0\x9f\x98\x80.gif")}
    append_record(tmp_path / "a.jsonl", record)
    assert list(read_records(tmp_path / "a.jsonl")) == [record]


def test_a_number_that_json_has_no_word_for_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        append_record(tmp_path / "a.jsonl", {"loss": float("nan")})
    assert not (tmp_path / "a.jsonl").exists()
