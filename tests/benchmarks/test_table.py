"""The table: in words and figures, as JSON, and on the page."""

import json

import pytest

from benchmarks.table import BEGIN, END, PAGE, Table, read_runs, written_into
from tests.benchmarks.made import TABLE


def cells(markdown: str) -> list[list[str]]:
    lines = [line for line in markdown.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_a_line_for_each_row_says_what_was_reached_and_what_was_missed() -> None:
    markdown = TABLE.markdown()
    assert markdown.startswith("### Fast(R) Chip 3\n")
    assert "medians of 3 rounds. 2 targets are missed." in markdown
    head, reached, missed, slow, absent = cells(markdown)
    assert head[0] == "what"
    assert reached[3:6] == ["2.00 ms", "hands 2.0 (1)", "8.00 ms"]
    assert reached[6:] == ["4.00 (3.90 - 4.30)", "2.50: reached", "25 %: gravity"]
    assert missed[3:6] == ["10,000 us", "hands 2.0", "20,000 us"]
    assert missed[6:] == ["2.00 (1.90 - 2.10)", "2.50: missed", ""]
    assert slow[3:8] == ["250 /s", "eyes", "125 /s", "2.00 (2.00 - 2.00)", "500 /s: missed"]
    assert absent[4:8] == ["machine", "not installed", "", "9.00: not tried"]
    assert markdown.endswith("\n1. Both sides are clean.\n")


def test_columns_stand_below_each_other_in_plain_text() -> None:
    lines = [line for line in TABLE.markdown().splitlines() if line.startswith("|")]
    assert len({tuple(i for i, sign in enumerate(line) if sign == "|") for line in lines}) == 1


def test_json_gives_the_same_table_back() -> None:
    assert Table.from_plain(json.loads(json.dumps(TABLE.plain()))) == TABLE
    with pytest.raises(ValueError, match="schema 2, not 1"):
        Table.from_plain(TABLE.plain() | {"schema": 2})


def test_a_file_is_named_by_what_it_was_measured_on() -> None:
    assert TABLE.name == "fast-r-chip-3"
    gpu = Table("Chip", "Big GPU", "3.11.7", (), 3, ())
    assert gpu.name == "big-gpu-chip"
    assert gpu.markdown().startswith("### Big GPU beside Chip\n")


def test_only_what_stands_between_the_marks_is_rewritten() -> None:
    page = f"above\n{BEGIN}\nold\n{END}\nbelow\n"
    written = written_into(page, [TABLE])
    assert written == f"above\n{BEGIN}\n\n{TABLE.markdown()}\n{END}\nbelow\n"
    assert written_into(written, [TABLE]) == written
    with pytest.raises(ValueError, match="the page has no"):
        written_into("nothing", [TABLE])


def test_the_page_says_what_the_runs_that_are_kept_say() -> None:
    page = PAGE.read_text()
    assert written_into(page, read_runs()) == page, "run `python -m benchmarks table`"
