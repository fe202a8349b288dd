"""The figure: a mark, a line and words for each row, where its numbers say."""

import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from anigifs.studies.cells import Share
from anigifs.studies.report.figure import LEFT, LONGEST_NAME, RIGHT, draw_rows
from tests.studies.made_report import HOSTILE, STUDY1, STUDY2, table

FIRST = {"1": 0.7, "2": 0.2, "3": 0.9}
SECOND = {"0": 0.6, "o": 0.95}


def parts(svg: str, kind: str) -> list[ET.Element]:
    return [one for one in ET.fromstring(svg).iter() if one.get("class") == kind]


def words(svg: str, kind: str) -> list[str]:
    return [one.text or "" for one in parts(svg, kind)]


def test_a_dot_lies_where_its_share_is_and_an_oracle_is_another_shape() -> None:
    svg = draw_rows([table(STUDY1, FIRST, {}), table(STUDY2, SECOND, {})])
    places = [(float(one.get("cx", "")) - LEFT) / (RIGHT - LEFT) for one in parts(svg, "dot")]
    assert places == pytest.approx([0.7, 0.2, 0.9, 0.6], abs=1e-3)
    (diamond,) = parts(svg, "diamond")
    corners = [float(one.partition(",")[0]) for one in diamond.get("points", "").split()]
    middle = (min(corners) + max(corners)) / 2
    assert (middle - LEFT) / (RIGHT - LEFT) == pytest.approx(0.95, abs=1e-3)
    assert words(svg, "row") == ["1", "2", "3", "0", "o"]
    assert words(svg, "name")[-1].endswith("(oracle)")
    assert words(svg, "number")[0] == "70.0 [69.0, 71.0]"
    assert words(svg, "title") == ["Study 1", "Study 2, tested on cartoons, held back"]


def test_an_interval_past_the_ends_is_drawn_to_the_end_without_a_tick() -> None:
    one = table(STUDY2, {"0": 0.9}, {})
    line = one.lines[0]
    assert line.cell is not None
    wide = replace(line.cell, top1=Share(0.9, 0.7, 1.1))
    svg = draw_rows([replace(one, lines=(replace(line, cell=wide),))])
    lines = parts(svg, "interval")
    assert len(lines) == 2
    assert float(lines[0].get("x2", "")) == RIGHT
    none = replace(line.cell, top1=Share(1.0, None, None))
    svg = draw_rows([replace(one, lines=(replace(line, cell=none),))])
    assert parts(svg, "interval") == []
    assert words(svg, "number") == ["100.0"]


def test_guessing_is_a_dashed_line_where_it_is_known() -> None:
    tables = [table(STUDY1, FIRST, {}), table(STUDY2, SECOND, {})]
    assert parts(draw_rows(tables), "chance") == []
    lines = parts(draw_rows(tables, 0.25), "chance")
    assert [float(one.get("x1", "")) for one in lines] == [LEFT + 0.25 * (RIGHT - LEFT)] * 2


def test_names_are_words_and_long_ones_are_cut_but_for_the_oracle() -> None:
    one = table(STUDY2, {"0": 0.9, "o": 0.9}, {})
    lines = [
        replace(line, row=replace(line.row, train=train))
        for line, train in zip((one.lines[0], one.lines[-1]), (HOSTILE, "x" * 80), strict=True)
    ]
    svg = draw_rows([replace(one, lines=tuple(lines))])
    first, last = words(svg, "name")
    assert first == f"{HOSTILE[: LONGEST_NAME - 1]}…" or first == HOSTILE
    assert last.endswith("x… (oracle)")
    assert len(last) == LONGEST_NAME


def test_colours_and_sizes_are_the_pages() -> None:
    svg = draw_rows([table(STUDY1, FIRST, {})], 0.1)
    assert not re.search(r"#[0-9a-f]{3,6}\b|style=|font-size|fill=|stroke=", svg)
    assert not {"width", "height"} & set(ET.fromstring(svg).attrib)
