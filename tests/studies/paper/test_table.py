"""The tables of the studies, from answers that are known beforehand."""

import csv
from dataclasses import replace

import numpy as np
import pytest

from anigifs.foundation import UsageError
from anigifs.studies.outcomes import Outcome
from anigifs.studies.paper.forms import CSV_COLUMNS, to_csv, to_latex, to_markdown, to_text
from anigifs.studies.paper.roles import PUPPETS
from anigifs.studies.paper.scales import LAPTOP
from anigifs.studies.paper.sheets import comparison_sheet, row_sheet
from anigifs.studies.paper.study1 import study1
from anigifs.studies.paper.study2 import study2
from anigifs.studies.paper.table import PaperTable, tabulate_study
from tests.studies.made import outcome

STUDY1 = study1(LAPTOP, PUPPETS, "weights")
STUDY2 = study2(LAPTOP, PUPPETS, "weights", controls=False, oracle=True)
SHARES1 = {
    ("video-dense", "videos-dense"): 1.0,
    ("video-dense", "gifs-dense"): 0.5,
    ("video", "videos"): 1.0,
    ("video", "gifs"): 0.75,
    ("gif", "gifs"): 0.75,
    ("gif", "animated"): 0.25,
    ("gif-erm", "animated"): 0.5,
    ("gif-rsda", "animated"): 0.75,
}
N = 56


def answers(share: float) -> np.ndarray:
    """The first of the clips are right, so that differences are known."""
    return np.arange(N) < share * N


def first_study() -> list[Outcome]:
    return [outcome(model, of_set, answers(share)) for (model, of_set), share in SHARES1.items()]


@pytest.fixture(scope="module")
def table() -> PaperTable:
    return tabulate_study(STUDY1, first_study(), "a test", replicates=200)


def test_rows_are_the_shares_of_right_answers(table: PaperTable) -> None:
    found = {line.row.number: line.cell and line.cell.top1.value for line in table.lines}
    wanted = {row.number: SHARES1[row.run, row.set] for row in STUDY1.rows}
    assert found == wanted


def test_comparisons_are_paired_on_one_set_and_gaps_between_two(table: PaperTable) -> None:
    found = {(one.comparison.number, one.comparison.other): one for one in table.compared}
    for pair, gap in {("1", "2"): 0.5, ("1w", "2w"): 0.25, ("3", "4"): 0.5}.items():
        one = found[pair]
        assert one.gap is not None
        assert one.gap.share.value == pytest.approx(gap)
        assert one.gap.seeds == (0,)
        assert one.top1 is None
    for pair, gain in {("5", "4b"): 0.25, ("5", "4"): 0.5}.items():
        one = found[pair]
        assert one.top1 is not None
        assert one.top1.share.value == pytest.approx(gain)
        assert one.top1.p is not None
        assert one.top1.p < 0.05


def test_several_seeds_are_averaged() -> None:
    more = [
        outcome("gif-rsda", "animated", answers(share), seed=seed)
        for seed, share in ((0, 0.25), (1, 0.75))
    ]
    table = tabulate_study(STUDY1, more, "a test", replicates=100)
    line = next(line for line in table.lines if line.row.number == "5")
    assert line.cell is not None
    assert (line.cell.top1.value, line.cell.seeds) == (0.5, (0, 1))


def test_rows_without_a_test_are_empty() -> None:
    table = tabulate_study(STUDY1, first_study()[:2], "a test", replicates=100)
    assert sum(line.cell is not None for line in table.lines) == 2
    assert sum(one.there for one in table.compared) == 1
    assert "-" in to_text(table)
    with pytest.raises(UsageError, match="none of its rows has been tested"):
        tabulate_study(STUDY2, first_study(), "a test")


def test_p_values_are_corrected_within_a_family() -> None:
    shares = {"erm": 0.5, "random-augmentation": 0.5, "rsda": 0.75, "gating": 1.0, "oracle": 1.0}
    tests = [outcome(model, "animated", answers(share)) for model, share in shares.items()]
    table = tabulate_study(STUDY2, tests, "a test", replicates=1000)
    families: dict[str, list[tuple[float, float]]] = {}
    for one in table.compared:
        if one.top1 is not None and one.top1.p is not None and one.top1.p_holm is not None:
            families.setdefault(one.comparison.other, []).append((one.top1.p, one.top1.p_holm))
    assert {name: len(pairs) for name, pairs in families.items()} == {"0": 4, "1": 2}
    for pairs in families.values():
        smallest = min(pairs)
        assert smallest[1] == pytest.approx(min(1.0, smallest[0] * len(pairs)))


def test_answers_may_be_kept_to_the_classes_of_the_data() -> None:
    # The model's favourite is a class that the data lack, and the truth comes second.
    said = outcome("gif", "animated", [False] * 12, labels=["run", "wave"] * 6)
    table = tabulate_study(STUDY1, [said], "a test", replicates=100)
    line = next(line for line in table.lines if line.row.number == "4")
    assert line.cell is not None
    assert line.cell.top1.value == 0.0
    assert line.restricted is not None
    assert line.restricted.top1 == 1.0
    assert line.restricted.top5 is None
    heads = row_sheet(table).heads
    assert "top-1 among the data's classes, %" in heads
    assert "top-5 among the data's classes, %" not in heads


def test_clips_that_could_not_be_read_are_counted() -> None:
    one = outcome("gif", "animated", answers(0.5))
    whole = replace(one, record={**one.record, "listed": N})
    part = replace(one, record={**one.record, "listed": N + 4})
    for said, words in ((whole, f"{N}"), (part, f"{N} of {N + 4}")):
        sheet = row_sheet(tabulate_study(STUDY1, [said], "a test", replicates=100))
        column = sheet.heads.index("clips")
        assert [str(row[column]) for row in sheet.rows if row[column].main] == [words]


def test_the_paper_stands_beside(table: PaperTable) -> None:
    for form in (to_text, to_markdown, to_latex):
        text = form(table)
        for number in ("71.7", "21.12", "23.1", "50.58"):
            assert number in text
    assert "x + 0.96" in to_text(table)
    assert "a test" in to_text(table)


def test_csv_has_every_number_whole(table: PaperTable) -> None:
    lines = list(csv.DictReader(to_csv(table).splitlines()))
    assert tuple(lines[0]) == CSV_COLUMNS
    rows = {line["row"]: line for line in lines}
    assert float(rows["2w"]["top1"]) == SHARES1["video", "gifs"]
    assert float(rows["5 - 4b"]["top1"]) == pytest.approx(0.25)
    assert {line["kind"] for line in lines} == {"row", "difference", "gap"}
    assert {(line["seeds"], line["interval"]) for line in lines} == {("0", "BCa over groups")}


def test_latex_is_balanced(table: PaperTable) -> None:
    text = to_latex(table)
    assert text.count("{") == text.count("}")
    for head in (r"\begin{tabular}", r"\end{tabular}", r"\toprule", r"\bottomrule"):
        assert text.count(head) == 2
    body = [line for line in text.splitlines() if line.endswith(r"\\")]
    columns = (len(row_sheet(table).heads), len(comparison_sheet(table).heads))
    assert {line.count(" & ") + 1 for line in body} == set(columns)


def test_the_oracle_is_marked() -> None:
    tests = [outcome(model, "animated", answers(0.5)) for model in ("erm", "oracle")]
    text = to_text(tabulate_study(STUDY2, tests, "a test", replicates=100))
    assert "(oracle)" in text
