import csv
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from anigifs.foundation import UsageError
from anigifs.index import Box, clip_id, from_table
from tests.index.trees import ODD, column

BOX = {"t_ms": 900, "x1": 0, "y1": 0.25, "x2": 0.5, "y2": 1, "action": "kick", "person": "7"}


def test_a_csv_table_may_state_all_but_boxes(tmp_path: Path) -> None:
    (tmp_path / "clips.csv").write_bytes(
        b"\xef\xbb\xbflabel,path,start_ms,end_ms,split,group,domain,style,licence,source\r\n"
        b"Yoga,./a//b.gif,1000,2500,train,g,gif,flat,CC0,web\r\n"
        b"\r\n"
        b"golf,c.gif,,,,,,,,\r\n"
    )
    index = from_table(tmp_path / "clips.csv")
    first, second = index.rows()
    assert (first.path, first.label, first.start_ms, first.end_ms) == (
        "a/b.gif",
        "Yoga",
        1000,
        2500,
    )
    texts = (first.split, first.group, first.domain, first.style, first.licence, first.source)
    assert texts == ("train", "g", "gif", "flat", "CC0", "web")
    assert first.clip_id == clip_id("a/b.gif", 1000, 2500)
    assert (second.start_ms, second.end_ms, second.group) == (0, None, "c.gif")
    assert index.root == tmp_path


def test_json_lines_may_hold_boxes(tmp_path: Path) -> None:
    lines = [
        {"path": "a.gif", "label": "Making_Jewellery", "boxes": [BOX], "split": None},
        {"path": str(tmp_path / "b.gif"), "label": "yoga", "start_ms": 5},
    ]
    text = "\n\n".join(map(json.dumps, lines))
    (tmp_path / "clips.JSONL").write_text(text)
    index = from_table(tmp_path / "clips.JSONL", taxonomy="kinetics-600")
    first, second = index.rows()
    assert first.boxes == (Box(900, 0, 0.25, 0.5, 1, "kick", "7"),)
    assert (first.label, first.split) == ("making jewelry", "")
    assert (second.path, second.start_ms) == ("b.gif", 5)


cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)


@given(st.lists(st.tuples(cells, cells, cells), min_size=1, max_size=5))
def test_any_text_survives_both_kinds_of_table(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str]]
) -> None:
    names = [f"{number}{path}".replace("/", "_") for number, (path, _, _) in enumerate(rows)]
    assume("." not in names)
    folder = tmp_path_factory.mktemp("tables")
    lines = [(name, *others[1:]) for name, others in zip(names, rows, strict=True)]
    with (folder / "a.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("path", "label", "source"), *lines])
    with (folder / "a.jsonl").open("w", encoding="utf-8") as file:
        for path, label, source in lines:
            file.write(json.dumps({"path": path, "label": label, "source": source}) + "\n")
    for table in (folder / "a.csv", folder / "a.jsonl"):
        found = [(row.path, row.label, row.source) for row in from_table(table).rows()]
        assert found == lines


def test_odd_names_are_kept(tmp_path: Path) -> None:
    with (tmp_path / "a.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("path", "label"), *((name, "yoga") for name in ODD)])
    assert column(from_table(tmp_path / "a.csv"), "path") == ODD


CSV_FAULTS = {
    "path,lable\na,b\n": "line 1: no column 'label'",
    "": "line 1: no column 'path'",
    "path,label,splits\na,b,c\n": "line 1: no column may be called 'splits'",
    "path,label,label\na,b,c\n": "line 1: a column stands there twice",
    "path,label\na,b\nc\n": "line 3: 1 cells under 2 columns",
    "path,label\na,b,c\n": "line 2: 3 cells under 2 columns",
    "path,label\n,b\n": "line 2: path is empty",
    "path,label\na,\n": "line 2: label is empty",
    'path,label\n"a\nb",c\n,d\n': "line 4: path is empty",
    'path,label\n"a,b\n': "line 2: not CSV",
    "path,label\na,caf\udce9\n": "line 2: label is .*not valid UTF-8",
    "path,label\na\0,b\n": "line 2: .*(not CSV|not valid UTF-8)",
    "path,label,start_ms\na,b,1.5\n": "line 2: start_ms is '1.5'; give a whole number",
    "path,label,end_ms\na,b,-5\n": "line 2: end_ms is '-5'",
    "path,label,end_ms\na,b,99999999999999999999\n": "line 2: end_ms is",
    "path,label,start_ms,end_ms\na,b,5,5\n": "line 2: a clip from 5 ms to 5",
    "path,label\na,b\nc,d\n./a,e\n": "line 4: the same clip as in line 2",
    "path,label,boxes\na,b,[]\n": "line 2: boxes is no list",
    "path,label\n": "names no clip",
}


@pytest.mark.parametrize(("text", "said"), CSV_FAULTS.items())
def test_a_fault_in_csv_is_one_line_that_names_its_line(
    tmp_path: Path, text: str, said: str
) -> None:
    (tmp_path / "clips.csv").write_text(text, encoding="utf-8", errors="surrogateescape")
    with pytest.raises(UsageError, match=rf"clips\.csv.*{said}") as caught:
        from_table(tmp_path / "clips.csv")
    assert "\n" not in str(caught.value)


GOOD = {"path": "a.gif", "label": "yoga"}
JSON_FAULTS: list[tuple[Any, str]] = [
    ({"label": "yoga"}, "no column 'path'"),
    ({**GOOD, "frames": 3}, "no column may be called 'frames'"),
    ({**GOOD, "label": 3}, "label is 3; give a text"),
    ({**GOOD, "label": "\ud800"}, "not valid UTF-8"),
    ({**GOOD, "start_ms": 1.5}, "start_ms is 1.5"),
    ({**GOOD, "start_ms": True}, "start_ms is True"),
    ({**GOOD, "boxes": {}}, "boxes is no list"),
    ({**GOOD, "boxes": [[0, 0, 1, 1]]}, "a box is"),
    ({**GOOD, "boxes": [{**BOX, "colour": 1}]}, "a box is"),
    ({**GOOD, "boxes": [{**BOX, "t_ms": 0.5}]}, "a box needs t_ms"),
    ({**GOOD, "boxes": [{**BOX, "x1": "0"}]}, "a box needs t_ms"),
    ({**GOOD, "boxes": [{**BOX, "x1": 10**400}]}, "must rise within"),
    ({**GOOD, "boxes": [{**BOX, "y2": 0.1}]}, "must rise within"),
    ({**GOOD, "boxes": [{**BOX, "person": 7}]}, "are texts"),
    ([1], "not a JSON object"),
]


@pytest.mark.parametrize(("cells", "said"), JSON_FAULTS)
def test_a_fault_in_json_lines_names_its_line(tmp_path: Path, cells: object, said: str) -> None:
    (tmp_path / "a.jsonl").write_text(f'{{"path": "b", "label": "c"}}\n\n{json.dumps(cells)}\n')
    with pytest.raises(UsageError, match=rf"a\.jsonl, line 3: .*{said}"):
        from_table(tmp_path / "a.jsonl")


def test_other_faults_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b'{"path": "\xff", "label": "b"}\n')
    with pytest.raises(UsageError, match="line 1: not JSON"):
        from_table(tmp_path / "a.jsonl")
    (tmp_path / "a.jsonl").write_text('{"path": "a", "label": "yoda"}\n')
    with pytest.raises(UsageError, match="line 1: kinetics-600: no class 'yoda'"):
        from_table(tmp_path / "a.jsonl", taxonomy="kinetics-600")
    with pytest.raises(UsageError, match="no such table"):
        from_table(tmp_path / "b.csv")
    (tmp_path / "b.txt").write_text("path,label\n")
    with pytest.raises(UsageError, match="must end in"):
        from_table(tmp_path / "b.txt")
