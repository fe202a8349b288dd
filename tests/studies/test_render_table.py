import csv
import io
import re
from typing import Any

import pytest

from anigifs.studies import tabulate, to_csv, to_latex, to_markdown, to_text
from anigifs.studies.cells import Table
from anigifs.studies.render_table import CSV_COLUMNS
from anigifs.studies.sections import laid_out, percent, sections
from anigifs.studies.typesetting import escape_latex
from tests.studies.made import outcome, quick

FEW: dict[str, Any] = {"replicates": 500}


@pytest.fixture(scope="module")
def table() -> Table:
    return tabulate(quick(), "Quick study", **FEW)


def hostile() -> Table:
    """Names that each of the forms would obey, if it were let."""
    labels = ["run", "jump"] * 4
    outcomes = [
        outcome(model, of_set, right, labels=labels)
        for model, right in (("a_b & 50% \\x", [1, 0] * 4), ("[b]* | `<i>`", [1] * 8))
        for of_set in ("$set$ #1", 'with, comma "and" {braces}')
    ]
    return tabulate(outcomes, "100 % ~ ^ title\nof two lines", **FEW)


def test_text_holds_every_number_with_its_interval(table: Table) -> None:
    text = to_text(table)
    lines = text.splitlines()
    for column in table.columns:
        assert column.title in text
    cell = table.cell("erm", "cartoon-test")
    assert cell is not None
    assert cell.gap is not None
    low, high = cell.top1.low, cell.top1.high
    assert low is not None
    assert high is not None
    stated = f"{100 * cell.top1.value:.1f} [{100 * low:.1f}, {100 * high:.1f}]"
    (line, *_) = [line for line in lines if line.strip().startswith("cartoon-test  ")]
    assert stated in line
    assert f"{100 * cell.gap.share.value:+.1f} [" in text
    assert "trained on cartoons (oracle)" in lines[2]
    assert "oracle: trained" not in text
    assert "n=56, 56 groups" in text
    assert "p=0.002" in text  # of 500 draws none was so far out
    assert not [line for line in lines if line != line.rstrip()]
    for said in ("Sampler whole", "16 x 112", "index 1d1d1d1d1d1d;", "commit c0ffeec0ffee+."):
        assert said in text
    assert "95 % intervals: BCa bootstrap over groups of clips, 500 draws" in text
    assert "seed 0" in text
    assert re.search(r"weights erm (65){6}, oracle (6f){6}", text)


def test_columns_of_text_stand_below_one_another(table: Table) -> None:
    lines = to_text(table).splitlines()
    at = lines[2].index("trained on cartoons")
    cells = [line for line in lines if line.startswith("  ") and "[" in line]
    assert len(cells) > 8
    assert {line[at - 1] for line in cells} == {" "}
    assert " " not in {line[at] for line in cells}


def test_models_go_down_where_they_are_more_than_sets(table: Table) -> None:
    assert laid_out(table).corner == "set"
    wide = tabulate(quick(), "", sets=["film"], **FEW)
    grid = laid_out(wide)
    assert grid.corner == "model"
    assert grid.heads == (("film", "n=56, 56 groups"),)
    assert "n=56, 56 groups" in to_text(wide)


def test_seeds_and_what_is_missing_are_said() -> None:
    outcomes = [outcome("erm", "film", [1, 0] * 8, seed=seed) for seed in range(3)]
    text = to_text(tabulate(outcomes, "", **FEW))
    assert "Student's t over seeds (0, 1, 2)" in text
    assert "3 seeds" not in text
    outcomes.append(outcome("rsda", "film", [1] * 16))
    table = tabulate(outcomes, "", **FEW)
    text = to_text(table)
    assert "100.0 [-]" in text
    assert "nothing varies between groups" in text
    assert "with one seed, BCa" in text
    names = [name for name, _ in sections(table)[0].rows]
    assert [name.partition(" - ")[2] for name in names] == ["3 seeds", "1 seed"]


def test_markdown_is_one_table_with_as_many_cells_in_every_row() -> None:
    markdown = to_markdown(hostile())
    rows = [line for line in markdown.splitlines() if line.startswith("|")]
    assert len(rows) > 6
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {4}
    assert r"\[b\]\* \| \`\<i\>\`" in markdown
    assert "<i>" not in markdown
    assert markdown.startswith("**100 % \\~ ^ title of two lines**")


def test_latex_is_whole_and_obeys_no_name() -> None:
    latex = to_latex(hostile())
    assert latex.count(r"\begin{tabular}{lcc}") == latex.count(r"\end{tabular}") == 1
    for rule in (r"\toprule", r"\midrule", r"\bottomrule"):
        assert rule in latex
    assert r"a\_b \& 50\% \textbackslash{}x" in latex
    assert r"{[}b]{*} \textbar{} `\textless{}i\textgreater{}`" in latex
    assert r"\$set\$ \#1" in latex
    body = latex[latex.index(r"\toprule") : latex.index(r"\bottomrule")]
    rows = [line for line in body.splitlines() if line.endswith(r"\\")]
    numbers = [line for line in rows if r"\multicolumn" not in line]
    assert {len(re.findall(r"(?<!\\)&", line)) for line in numbers} == {2}
    plain = re.sub(r"\\[{}$&#%_\\]", "", latex)
    assert plain.count("{") == plain.count("}")
    assert plain.count("$") % 2 == 0
    assert [line for line in latex.splitlines() if "%" in re.sub(r"\\%", "", line)] == [
        "% 100 % ~ ^ title of two lines"
    ]


def test_every_special_sign_of_latex_is_escaped() -> None:
    assert escape_latex("#$%&_{}") == r"\#\$\%\&\_\{\}"
    assert escape_latex("~^\\") == r"\textasciitilde{}\textasciicircum{}\textbackslash{}"
    assert escape_latex("two\nlines") == "two lines"


def test_csv_comes_back_with_every_number(table: Table) -> None:
    rows = list(csv.DictReader(io.StringIO(to_csv(table), newline="")))
    assert len(rows) == 6
    for row in rows:
        assert tuple(row) == CSV_COLUMNS
        cell = table.cell(row["model"], row["set"])
        assert cell is not None
        assert float(row["top1"]) == cell.top1.value
        assert float(row["mean_class_low"]) == cell.mean_class.low
        assert (int(row["n"]), int(row["groups"]), row["seeds"]) == (56, 56, "0")
        assert (row["gap"] == "") == (cell.gap is None) == (row["set"] == "film")
        if cell.gap is not None:
            assert float(row["gap_high"]) == cell.gap.share.high
        if cell.difference is not None:
            assert float(row["difference_p"]) == cell.difference.p
        assert (row["oracle"] == "1") == (row["model"] == "oracle")
        assert row["index_hash"] == "1d" * 32
    names = {row["model_title"] for row in csv.DictReader(io.StringIO(to_csv(hostile())))}
    assert names == {"a_b & 50% \\x", "[b]* | `<i>`"}


def test_a_share_rounds_to_no_signed_zero() -> None:
    assert [percent(x, signed=True) for x in (-0.0004, 0.0, 0.0006, -0.0006)] == [
        "0.0",
        "0.0",
        "+0.1",
        "-0.1",
    ]


def test_classes_of_different_size_get_a_section_of_their_own(table: Table) -> None:
    assert "mean-class accuracy, %" not in to_text(table)
    labels = ["run"] * 6 + ["jump"] * 2
    uneven = tabulate([outcome("erm", "film", [1, 0] * 4, labels=labels)], "", **FEW)
    assert "mean-class accuracy, %" not in to_text(uneven)
    uneven = tabulate([outcome("erm", "film", [1] * 6 + [0] * 2, labels=labels)], "", **FEW)
    assert "mean-class accuracy, %" in to_text(uneven)
