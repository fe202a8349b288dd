import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scipy.special import softmax

from anigifs.evaluation import Predictions, Ranking, read_any, read_foreign
from anigifs.evaluation.ranking import UNRANKED
from anigifs.foundation import UsageError
from anigifs.taxonomy import ClassList
from tests.evaluation.made import made_predictions

CLASSES = ClassList("three", ("run", "jump", "bend (at the waist, say)"), "", "a test")
ROWS: list[dict[str, Any]] = [
    {"clip_id": "a", "group": "g", "label": "run", "logits": [2.0, 1.0, 0.0], "frames": 12},
    {"clip_id": "b", "group": "g", "label": "jump", "logits": [2.0, 1.0, 0.0], "frames": 70},
    {"clip_id": "c,\n\u2028", "group": "h", "label": "Bend at the Waist, say", "logits": [0, 0, 3]},
]


def write_csv(path: Path, rows: list[dict[str, Any]]) -> None:
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        for row in rows:
            cells = {k: json.dumps(v) if isinstance(v, list) else v for k, v in row.items()}
            writer.writerow(cells)


def write_jsonl(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row) + "\r\n" for row in rows))


def write_parquet(path: Path, rows: list[dict[str, Any]]) -> None:
    pq.write_table(pa.Table.from_pylist(rows), path)


WRITERS = [write_csv, write_jsonl, write_parquet]
Write = Callable[[Path, list[dict[str, Any]]], None]


@pytest.mark.parametrize("write", WRITERS)
def test_the_three_kinds_of_file_say_the_same(tmp_path: Path, write: Write) -> None:
    path = tmp_path / "file.of.no.known.name"
    write(path, ROWS)
    said, warnings = read_foreign(path, CLASSES)
    assert isinstance(said, Predictions)
    assert warnings == ()
    assert said.clip_ids == ("a", "b", "c,\n\u2028")
    assert said.groups == ("g", "g", "h")
    assert said.labels == CLASSES.names
    assert said.frames == (12, 70, 0)
    assert said.classes == CLASSES.names
    assert said.logits_NK.tolist() == [row["logits"] for row in ROWS]
    assert said.ranking().right_N.tolist() == [True, False, True]


def test_probabilities_become_logits_of_the_same_softmax(tmp_path: Path) -> None:
    shares = [[0.7, 0.3, 0.0], [0.1, 0.2, 0.7]]
    rows = [
        {"clip_id": str(i), "group": "g", "label": "run", "probabilities": row}
        for i, row in enumerate(shares)
    ]
    write_jsonl(tmp_path / "a", rows)
    said, _ = read_foreign(tmp_path / "a", CLASSES)
    assert isinstance(said, Predictions)
    assert softmax(said.logits_NK, axis=1) == pytest.approx(np.array(shares), abs=1e-6)


@pytest.mark.parametrize("write", WRITERS)
def test_ranked_labels_are_enough(tmp_path: Path, write: Write) -> None:
    rows = [
        {"clip_id": "a", "group": "g", "label": "Jumping_Jacks", "prediction": "jumping jacks"},
        {"clip_id": "b", "group": "g", "label": "yoga", "prediction": "krumping"},
        {"clip_id": "c", "group": "g", "label": "yoga", "prediction": "krumping"},
    ]
    rests = (["yoga"], ["clapping", "yoga"], ["clapping", "singing"])
    ranked = [
        {**row, "top5": [row["prediction"], *rest]} for row, rest in zip(rows, rests, strict=True)
    ]
    write(tmp_path / "ranked", ranked)
    said, _ = read_foreign(tmp_path / "ranked")
    assert isinstance(said, Ranking)
    assert said.rank_N.tolist() == [0, 2, UNRANKED]
    assert said.answers == ("Jumping_Jacks", "krumping", "krumping")
    assert said.within(5) is None
    write(tmp_path / "first", rows)
    first, _ = read_foreign(tmp_path / "first")
    assert isinstance(first, Ranking)
    assert first.rank_N.tolist() == [0, UNRANKED, UNRANKED]
    assert first.confidence_N is None


def test_five_ranked_labels_of_every_clip_give_top_five(tmp_path: Path) -> None:
    top = ["a", "b", "c", "d", "e"]
    rows = [{"clip_id": n, "label": n, "prediction": "a", "top5": top} for n in ("e", "f")]
    write_jsonl(tmp_path / "a", rows)
    said, _ = read_foreign(tmp_path / "a")
    assert isinstance(said, Ranking)
    within = said.within(5)
    assert within is not None
    assert within.tolist() == [True, False]


def test_a_clip_without_a_group_is_its_own_with_a_warning(tmp_path: Path) -> None:
    rows = [{**ROWS[0]}, {**ROWS[1], "group": ""}]
    write_csv(tmp_path / "a.csv", rows)
    said, warnings = read_foreign(tmp_path / "a.csv", CLASSES)
    assert said.groups == ("g", "\0b")  # not that of another clip's group called "b"
    assert len(warnings) == 1
    assert "a.csv: 1 of 2 clips have no group" in warnings[0]


def test_labels_outside_the_classes_are_warned_of_and_all_of_them_an_error(tmp_path: Path) -> None:
    write_jsonl(tmp_path / "a", [ROWS[0], {**ROWS[1], "label": "swim"}])
    said, warnings = read_foreign(tmp_path / "a", CLASSES)
    assert isinstance(said, Predictions)
    assert said.ranking().right_N.tolist() == [True, False]
    assert "1 of 2 clips have a label that is not one of the classes" in warnings[0]
    write_jsonl(tmp_path / "a", [{**ROWS[0], "label": "7"}])
    with pytest.raises(UsageError, match="no label is one of the classes, '7' for example"):
        read_foreign(tmp_path / "a", CLASSES)


FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"clip_id": "a"}, "line 2: clip_id 'a' stands at line 1 too"),
    ({"clip_id": ""}, "line 2: no clip_id"),
    ({"label": None}, "line 2: no label"),
    ({"label": 3}, "line 2: label 3 is not text"),
    ({"frames": -1}, "line 2: frames -1 is not a whole number"),
    ({"frames": 1.5}, r"line 2: frames 1\.5 is not a whole number"),
    ({"logits": [1, 2]}, "line 2: 2 logits, and three has 3 classes"),
    ({"logits": [1, 2, "x"]}, "line 2: logits holds something that is not a number"),
    ({"logits": [1, 2, float("nan")]}, "line 2: logits holds .* not a finite number"),
    ({"logits": [1, 2, 1e300]}, "line 2: logits holds .* not a finite number"),
    ({"logits": [[1, 2, 3]]}, "line 2: 3 logits|line 2: logits"),
    ({"logits": "[0.1 0.2 0.3]"}, "line 2: logits is not a list; write one as JSON"),
    ({"logits": "[" * 100_000}, "line 2: logits is not a list"),
]


@pytest.mark.parametrize(("fault", "message"), FAULTS)
def test_a_fault_is_one_line_with_the_lines_number(
    tmp_path: Path, fault: dict[str, Any], message: str
) -> None:
    write_jsonl(tmp_path / "a.jsonl", [ROWS[0], {**ROWS[1], **fault}])
    with pytest.raises(UsageError, match=message) as caught:
        read_foreign(tmp_path / "a.jsonl", CLASSES)
    assert str(caught.value).startswith(str(tmp_path / "a.jsonl"))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"top5": ["run", "run"]}, "top5 names a class twice"),
        ({"top5": ["jump", "run"]}, "top5 begins with 'jump', but prediction is 'run'"),
        ({"top5": [1]}, "top5 holds something that is not text"),
        ({"prediction": ""}, "no prediction"),
    ],
)
def test_faults_of_ranked_labels(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    row = {"clip_id": "a", "label": "run", "prediction": "run", **change}
    write_jsonl(tmp_path / "a", [row])
    with pytest.raises(UsageError, match=f"line 1: {message}"):
        read_foreign(tmp_path / "a")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "holds no predictions"),
        (b"clip_id,label,prediction\n", "holds no predictions"),
        (b"clip_id,label\na,run\n", "line 2: no column logits, probabilities or prediction"),
        (b"clip_id,label,prediction\na,run\n", "line 2: not as many cells as the header"),
        (b"clip_id,label,prediction\na,b,c\nd,e,f,g\n", "line 3: not as many cells"),
        (b'clip_id,label,prediction\na,b,"c\n', "line 2: not CSV"),
        (b'{"clip_id": "a"\n', "line 1: not a JSON object"),
        (b'{"clip_id":"a","label":"b","prediction":"b"}\n7\n', "line 2: not a JSON object"),
        (b'[{"clip_id": "a"}]', "a JSON array; write one object a line instead"),
        (b"\xff\xfe\x00", "neither Parquet nor UTF-8 text"),
        (b"PAR1 but no more", "cannot be read as Parquet"),
        (b"clip_id,label,logits\na,run,[1]\n", "line 2: logits of unnamed classes; .* --classes"),
        (b"clip_id,label,probabilities\na,run,[0.1]\n", "unnamed classes"),
    ],
)
def test_files_that_cannot_be_read_say_why(tmp_path: Path, data: bytes, message: str) -> None:
    (tmp_path / "a").write_bytes(data)
    with pytest.raises(UsageError, match=message):
        read_any(tmp_path / "a")


def test_probabilities_that_are_none_are_refused(tmp_path: Path) -> None:
    for shares in ([3.0, 1.0, -2.0], [0.5, 0.7, -0.2], [0.1, 0.1, 0.1]):
        row = {"clip_id": "a", "label": "run", "probabilities": shares}
        write_jsonl(tmp_path / "a", [row])
        with pytest.raises(UsageError, match="line 1: probabilities sum to"):
            read_foreign(tmp_path / "a", CLASSES)


def test_any_reader_knows_our_own_files_whatever_their_name(tmp_path: Path) -> None:
    said = made_predictions()
    said.write(tmp_path / "a.csv")
    read, warnings = read_any(tmp_path / "a.csv")
    assert isinstance(read, Predictions)
    assert (read.sha256, warnings) == (said.sha256, ())
    with pytest.raises(UsageError, match="cannot be read"):
        read_any(tmp_path / "nothing.csv")
