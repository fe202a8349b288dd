"""The examples of the page on this room."""

import doctest
import re
from pathlib import Path

from anigifs.taxonomy import CLASS_LISTS, CLASS_MAPS, ava_action, class_list, class_map

PAGE = Path(__file__).parents[2] / "docs" / "taxonomy.md"


def test_the_page_says_what_happens() -> None:
    result = doctest.testfile(str(PAGE), module_relative=False)
    assert result.attempted > 0
    assert result.failed == 0


def test_the_page_knows_every_list_and_map() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert all(f"`{name}`" in text for name in [*CLASS_LISTS, *CLASS_MAPS])


def test_the_pages_table_of_12_is_the_map() -> None:
    rows = re.findall(
        r"^\| (\d+) \| (.+?) \| (.+?) \| (\d+) \| (\w+) \| (.*?) \|$", PAGE.read_text(), re.M
    )
    table = [
        (ava_action(int(id_)).name, target, relation, "" if doubt == "-" else doubt)
        for id_, _, target, _, relation, doubt in rows
    ]
    mapped = [
        (r.source, r.target, r.relation, r.doubt) for r in class_map("ava-12-kinetics-600").rows
    ]
    assert table == mapped
    kinetics = class_list("kinetics-600")
    assert [int(index) for _, _, _, index, *_ in rows] == [kinetics.index(row[1]) for row in table]
    assert [name for _, name, *_ in rows] == [row[0] for row in table]


def test_the_page_counts_the_maps_rows() -> None:
    table = re.findall(r"^\| `(.+?)` \| .* \| (\d+) \| (\d+) \|$", PAGE.read_text(), re.M)
    stated = {name: (int(rows), int(scored)) for name, rows, scored in table}
    maps = {name: class_map(name) for name in CLASS_MAPS}
    assert stated == {name: (len(m.rows), len(m.one_to_one())) for name, m in maps.items()}
