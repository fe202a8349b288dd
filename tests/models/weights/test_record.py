"""The record beside the tensors, written and read, and what is said of a wrong one."""

import dataclasses
import json
from typing import Any

import pytest

from anigifs.foundation import WeightsError
from anigifs.models import WeightsRecord

RECORD = WeightsRecord(
    name="mine",
    width=0.5,
    classes=("applying cream", "yoga à la carte"),
    licence="CC0",
    source="a test",
    sha256="ab" * 32,
)


def test_what_was_written_is_read() -> None:
    assert WeightsRecord.from_json(RECORD.to_json(), "record.json") == RECORD


def test_all_fields_are_written() -> None:
    names = {field.name for field in dataclasses.fields(WeightsRecord)}
    assert json.loads(RECORD.to_json()).keys() == names


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"sha256": None}, "sha256 in the weights record is not text"),
        ({"classes": "yoga"}, "classes in the weights record is not a list of names"),
        ({"classes": [1]}, "classes in the weights record is not a list of names"),
        ({"width": "1"}, "width in the weights record is not a number above 0, and at most 16"),
        ({"width": True}, "width in the weights record is not a number above 0, and at most 16"),
        (
            {"width": float("inf")},
            "width in the weights record is not a number above 0, and at most 16",
        ),
        ({"width": 0}, "width in the weights record is not a number above 0, and at most 16"),
        ({"head": "cubic"}, "head in the weights record is not one of linear, pyramid"),
        ({"head_layer": "Mixed_6a"}, "head_layer in the weights record is not one of Mixed_3b, "),
        ({"head_layer": []}, "head_layer in the weights record is not one of Mixed_3b, "),
        ({"colour": "red"}, "unknown fields colour"),
    ],
)
def test_a_wrong_field_is_named(change: dict[str, Any], said: str) -> None:
    text = json.dumps({**json.loads(RECORD.to_json()), **change})
    with pytest.raises(WeightsError, match=f"^record.json: .*{said}"):
        WeightsRecord.from_json(text, "record.json")


def test_a_missing_field_is_named() -> None:
    fields = json.loads(RECORD.to_json())
    del fields["licence"]
    with pytest.raises(WeightsError, match=r"record\.json: .*no field licence"):
        WeightsRecord.from_json(json.dumps(fields), "record.json")


def test_a_record_of_before_there_were_pyramids_has_a_linear_head() -> None:
    fields = json.loads(RECORD.to_json())
    del fields["head"], fields["head_layer"]
    old = WeightsRecord.from_json(json.dumps(fields), "record.json")
    assert (old.head, old.head_layer) == ("linear", "Mixed_5c")
    assert old == RECORD


@pytest.mark.parametrize("text", ["", "{", "[]", "3"])
def test_something_else_is_refused(text: str) -> None:
    with pytest.raises(WeightsError, match=r"^record\.json: "):
        WeightsRecord.from_json(text, "record.json")
