import re
import xml.etree.ElementTree as ET
from typing import Any

from anigifs.studies import tabulate
from anigifs.studies.bars import draw_bars
from tests.studies.made import outcome, quick

FEW: dict[str, Any] = {"replicates": 500}
SVG = "{http://www.w3.org/2000/svg}"


def words(svg: str) -> list[str]:
    return [element.text or "" for element in ET.fromstring(svg).iter(f"{SVG}text")]


def test_every_bar_is_labelled_with_its_name_number_and_interval() -> None:
    table = tabulate(quick(), "", **FEW)
    found = words(draw_bars(table, chance=1 / 7))
    assert [one for one in found if one in ("film", "film-gif", "cartoon-test")] == [
        column.key for column in table.columns
    ]
    assert found.count("ERM on film") == found.count("trained on cartoons (oracle)") == 3
    for row in table.rows:
        for cell in row.cells:
            assert cell is not None
            assert any(one.startswith(f"{100 * cell.top1.value:.1f}  [") for one in found)


def test_the_ink_is_the_pages_and_the_size_too() -> None:
    svg = draw_bars(tabulate(quick(), "", **FEW))
    assert "currentColor" in svg
    assert "#010203" not in svg
    assert not re.search(r"#(000000|ffffff)", svg)
    root = ET.fromstring(svg)
    assert "viewBox" in root.attrib
    assert not {"width", "height"} & set(root.attrib)


def test_names_are_neither_markup_nor_mathematics() -> None:
    table = tabulate([outcome("a <b> & $x_1$ $", "]]> $y^2$", [1, 0, 1])], "", **FEW)
    found = words(draw_bars(table))
    assert "a <b> & $x_1$ $" in found
    assert "]]> $y^2$" in found


def test_a_long_name_is_cut_and_a_set_without_a_test_has_no_bar() -> None:
    outcomes = [outcome("x" * 80, "film", [1, 0]), outcome("b", "gif", [1, 0])]
    found = words(draw_bars(tabulate(outcomes, "", **FEW)))
    assert f"{'x' * 31}…" in found
    assert found.count("b") == 1
