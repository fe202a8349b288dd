"""Files of votes: what is written is read again, and every fault names its line."""

import csv
import json
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from anigifs.curate.votes import (
    CRITERIA,
    ENDINGS,
    GOLD,
    Vote,
    check_vote,
    pseudonyms,
    read_votes,
    write_votes,
)
from anigifs.foundation import UsageError
from tests.curate.voting.voted import sha, vote

#: A file is written to disk for good each time, and all examples of a test write the same one.
few = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
HOSTILE = ("=1+1", "@SUM(A1)", '"', '""\n"', "a\rb", "\r\n", "\0", "\ufeff", "\u2028", "null", "'")
ANN = vote("a", "ann", "accept")

texts = st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(HOSTILE)
offsets = st.sampled_from(["", "Z", "+00:00", "-11:30", "+14:00"])
days = st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31))  # in each zone there is such a time
times = st.just("") | st.tuples(days.map(lambda time: time.isoformat()), offsets).map("".join)
verdicts = st.sampled_from(["accept", "skip", *CRITERIA])


@st.composite
def any_votes(draw: st.DrawFn) -> Vote:
    one = vote(
        draw(texts), draw(texts.filter(str.strip)), draw(verdicts), style=draw(texts),
        comment=draw(texts), role=draw(st.sampled_from(["annotator", "adjudicator"])),
    )  # fmt: skip
    label = draw(texts.filter(bool) if one.verdict == "accept" else texts)
    return replace(one, label=label, at=draw(times))


@few
@example([replace(ANN, annotator=t, comment=t, style=t) for t in HOSTILE if t.strip()])
@given(st.lists(any_votes(), max_size=4))
def test_what_is_written_is_read_again(tmp_path: Path, votes: list[Vote]) -> None:
    for ending in ENDINGS:
        write_votes(tmp_path / f"votes{ending}", votes)
        assert read_votes(tmp_path / f"votes{ending}") == votes


def test_other_programs_read_what_is_written(tmp_path: Path) -> None:
    votes = [ANN, vote("b", "bob", "gif", comment='"no",\nsaid\rhe')]
    for ending in ENDINGS:
        write_votes(tmp_path / f"v{ending}", votes)
    rows = [asdict(one) for one in votes]
    for ending in ENDINGS:
        write_votes(tmp_path / f"again{ending}", votes)
        assert (tmp_path / f"again{ending}").read_bytes() == (tmp_path / f"v{ending}").read_bytes()
    with (tmp_path / "v.csv").open(newline="", encoding="utf-8") as file:
        assert list(csv.DictReader(file)) == rows
    assert [*map(json.loads, (tmp_path / "v.jsonl").read_text().splitlines())] == rows
    assert pq.read_table(tmp_path / "v.parquet").to_pylist() == rows


def test_a_file_needs_no_more_than_three_columns(tmp_path: Path) -> None:
    """As a spreadsheet writes it: a mark at the beginning, carriage returns, an empty line."""
    path = tmp_path / "votes.CSV"
    path.write_bytes(
        b"\xef\xbb\xbfverdict,annotator,item,role,criterion\r\n"
        + f"skip,ann,{sha('a').upper()},,\r\n\r\nreject,bob,{sha('a')},,gif\r\n".encode()
    )
    assert read_votes(path) == [vote("a", "ann", "skip"), vote("a", "bob", "gif")]


def test_a_table_of_another_program_may_leave_cells_out(tmp_path: Path) -> None:
    row = {"item": sha("a"), "annotator": "ann", "verdict": "skip", "comment": None}
    schema = pa.schema([(name, pa.string()) for name in row])
    pq.write_table(pa.Table.from_pylist([row], schema), tmp_path / "v.parquet")
    (tmp_path / "v.jsonl").write_text(json.dumps(row) + "\n\n")
    for ending in (".parquet", ".jsonl"):
        assert read_votes(tmp_path / f"v{ending}") == [vote("a", "ann", "skip")]


def test_the_same_vote_may_stand_there_twice(tmp_path: Path) -> None:
    write_votes(tmp_path / "v.jsonl", [ANN, ANN])
    assert read_votes(tmp_path / "v.jsonl") == [ANN, ANN]


ITEM = sha("a")
HEADER = "item,annotator,verdict,comment\n"
CSV_FAULTS = {
    "": "line 1: no column 'item'; a vote needs item, annotator, verdict",
    "item,annotator\n": "line 1: no column 'verdict'",
    "item,annotator,verdict,critereon\n": "line 1: no column may be called 'critereon'",
    "item,annotator,verdict,item\n": "line 1: a column stands there twice",
    f"{HEADER}{ITEM},ann,skip\n": "line 2: 3 cells under 4 columns",
    f'{HEADER}{ITEM},ann,skip,\n{ITEM},ann,skip,"a\n': "line 3: not CSV",
    f'{HEADER}{ITEM},ann,skip,"a\nb"\n{ITEM},ann,yes,\n': "line 4: verdict is 'yes'; there are",
    f"{HEADER}{ITEM},bj\xf6rn,skip,\n": "line 2: annotator is 'bj\\udcf6rn', which is not UTF-8",
}
CELL_FAULTS = [
    ({"item": "a.gif"}, "item is 'a.gif'; a sha256 has 64 digits of 0..f"),
    ({"item": ITEM[:-1]}, "a sha256 has 64 digits"),
    ({"annotator": " "}, "annotator is empty; say who judged"),
    ({"verdict": "Accept"}, "verdict is 'Accept'; there are accept, reject, skip"),
    ({"role": "boss"}, "role is 'boss'; there are annotator, adjudicator"),
    ({"verdict": "reject"}, "criterion is ''; a rejection names the one that fails: gif, animated"),
    ({"verdict": "reject", "criterion": "ugly"}, "criterion is 'ugly'; a rejection names"),
    ({"criterion": "gif"}, "criterion is 'gif'; only a rejection names one, and this is accept"),
    ({"verdict": "skip", "criterion": "gif"}, "only a rejection names one, and this is skip"),
    ({"label": ""}, "label is empty; who accepts says as which class"),
    ({"at": "yesterday"}, "at is 'yesterday'; give a time such as 2026-01-31T12:00:00Z"),
    ({"at": "2026-02-30T00:00:00Z"}, "at is '2026-02-30T00:00:00Z'; give a time"),
    ({"at": "2026-01-31x12:00:00"}, "at is '2026-01-31x12:00:00'; give a time"),
    ({"at": "0001-01-01T00:00:00+14:00"}, "at is '0001-01-01T00:00:00+14:00'; give a time"),
    ({"comment": "\ud800"}, "comment is '\\ud800', which is not UTF-8"),
]


@pytest.mark.parametrize(("text", "fault"), CSV_FAULTS.items())
def test_a_fault_in_a_csv_file_names_its_line(tmp_path: Path, text: str, fault: str) -> None:
    (tmp_path / "votes.csv").write_bytes(text.encode("latin-1"))
    with pytest.raises(UsageError) as error:
        read_votes(tmp_path / "votes.csv")
    assert str(error.value).startswith(f"{tmp_path}/votes.csv, {fault}")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(("cells", "fault"), CELL_FAULTS)
def test_a_vote_that_makes_no_sense_is_neither_read_nor_written(
    tmp_path: Path, cells: dict[str, str], fault: str
) -> None:
    row = {**asdict(ANN), **cells}
    (tmp_path / "v.jsonl").write_text(f"{json.dumps(asdict(ANN))}\n\n{json.dumps(row)}\n")
    with pytest.raises(UsageError) as error:
        read_votes(tmp_path / "v.jsonl")
    assert str(error.value).startswith(f"{tmp_path}/v.jsonl, line 3: ")
    assert fault in str(error.value)
    for ending in ENDINGS:
        with pytest.raises(UsageError, match="vote 2: "):
            write_votes(tmp_path / f"new{ending}", [ANN, Vote(**row)])
        assert not (tmp_path / f"new{ending}").exists()
    with pytest.raises(UsageError):
        check_vote(Vote(**row))


@pytest.mark.parametrize(
    ("name", "data", "fault"),
    [
        ("v.jsonl", b"[1]\n", "line 1: not a JSON object"),
        ("v.jsonl", b'{"item": "a"\n', "line 1: not JSON"),
        ("v.jsonl", b'{"item": 1, "annotator": "a", "verdict": "skip"}', "item is '1'; give"),
        ("v.jsonl", b'{"item": "", "annotator": "a", "verdict": "skip", "x": 1}', "called 'x'"),
        ("v.parquet", b"PAR1", "v.parquet: not a Parquet file of votes"),
        ("v.txt", b"", "v.txt: its name must end in .csv, .jsonl, .parquet"),
    ],
)  # fmt: skip
def test_a_file_that_is_none_is_told(tmp_path: Path, name: str, data: bytes, fault: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(UsageError) as error:
        read_votes(tmp_path / name)
    assert fault in str(error.value)
    assert "\n" not in str(error.value)


def test_a_row_of_a_table_is_named(tmp_path: Path) -> None:
    rows = [asdict(ANN), {**asdict(ANN), "verdict": "no"}]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "v.parquet")
    with pytest.raises(UsageError, match=r"v.parquet, row 2: verdict is 'no'"):
        read_votes(tmp_path / "v.parquet")
    pq.write_table(
        pa.table({"item": [1], "annotator": ["a"], "score": [1]}), tmp_path / "v.parquet"
    )
    with pytest.raises(UsageError, match=r"v.parquet: no column 'verdict'"):
        read_votes(tmp_path / "v.parquet")
    with pytest.raises(UsageError, match=r"none.csv: no such file of votes"):
        read_votes(tmp_path / "none.csv")
    with pytest.raises(UsageError, match=r"v.txt: its name must end in"):
        write_votes(tmp_path / "v.txt", [])


def votes_or_fault(path: Path) -> list[Vote] | str:
    try:
        return read_votes(path)
    except UsageError as error:
        return str(error)


def is_one_line(text: str) -> bool:
    return len(text.splitlines()) == 1


@pytest.mark.parametrize("ending", ENDINGS)
@few
@given(st.binary(max_size=200))
def test_any_bytes_are_votes_or_a_usage_error(tmp_path: Path, ending: str, data: bytes) -> None:
    path = tmp_path / f"votes{ending}"
    path.write_bytes(data)
    found = votes_or_fault(path)
    assert is_one_line(found) if isinstance(found, str) else found == []


@pytest.mark.parametrize("ending", ENDINGS)
@few
@given(st.data())
def test_a_damaged_file_is_votes_or_a_usage_error(
    tmp_path: Path, ending: str, data: st.DataObject
) -> None:
    path = tmp_path / f"votes{ending}"
    if not path.exists():  # the first example
        write_votes(path, [ANN, vote("b", "bob", "action", comment="a\nb")])
    whole = bytearray(path.read_bytes())
    whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    path = path.with_stem("damaged")
    path.write_bytes(whole[: data.draw(st.integers(0, len(whole)))])
    found = votes_or_fault(path)
    if isinstance(found, str):
        assert is_one_line(found)
    else:
        for one in found:
            check_vote(one)


@given(st.lists(texts.filter(str.strip), max_size=12), texts)
def test_pseudonyms_tell_everybody_apart(names: list[str], salt: str) -> None:
    votes = [replace(ANN, annotator=name) for name in names]
    given_names = pseudonyms(votes, salt)
    assert set(given_names) == set(names)
    assert sorted(given_names.values()) == [f"annotator-{n + 1:02}" for n in range(len(set(names)))]
    assert pseudonyms(votes[::-1], salt) == given_names


def test_a_known_answer_is_nobodys_and_gets_no_pseudonym() -> None:
    known = replace(ANN, annotator=GOLD, role="adjudicator")
    namesake = replace(ANN, annotator=GOLD, role="annotator")
    assert pseudonyms([ANN, known], "a") == {"ann": "annotator-01"}
    assert set(pseudonyms([ANN, known, namesake], "a")) == {"ann", GOLD}


def test_the_order_of_pseudonyms_is_the_salts() -> None:
    votes = [replace(ANN, annotator=f"person {number}") for number in range(200)]
    one, other = pseudonyms(votes, "a"), pseudonyms(votes, "b")
    assert one != other
    assert sorted(one, key=lambda name: one[name]) not in (
        sorted(one),
        [v.annotator for v in votes],
    )
    assert min(one.values()) == "annotator-001"  # as text they stay in order
