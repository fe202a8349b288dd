import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anigifs.collect.providers.fields import address, mappings, text, whole


@given(st.text())
def test_a_text_can_be_stored_and_stands_on_one_line(value: str) -> None:
    read = text(value)
    assert read.encode().decode() == read
    assert len(read.splitlines()) <= 1
    assert text(read) == read


def test_what_a_database_cannot_hold_is_replaced() -> None:
    assert text("a\0b \ud800") == "a b ?"


@given(st.text(st.characters(codec="utf-8", categories=["L", "N", "P"])))
def test_a_plain_text_stays_as_it_is(value: str) -> None:
    assert text(value) == value


@given(st.integers(0, 2**63 - 1))
def test_numbers_are_read_as_numbers_and_as_texts(value: int) -> None:
    assert whole(value) == value
    assert whole(str(value)) == value


@pytest.mark.parametrize(
    "value", [2**63, -1, "9" * 5000, "1.5", "²", "", None, [], math.nan, math.inf]
)
def test_what_is_no_size_is_not_said(value: object) -> None:
    assert whole(value) is None


@pytest.mark.parametrize("value", ["ftp://a.org/b.gif", "data:image/gif;base64,AA", "a.gif", 3])
def test_only_web_addresses_are_taken(value: object) -> None:
    assert address(value) == ""


def test_only_objects_of_a_list_are_taken() -> None:
    assert list(mappings([{"a": 1}, 2, None, {}])) == [{"a": 1}, {}]
    assert list(mappings({"a": 1})) == []
