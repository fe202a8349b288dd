"""The page as text: what stands on it, that it asks for nothing, and what is escaped."""

import base64
import hashlib
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from anigifs.foundation import UsageError
from anigifs.studies.paper.table import tabulate_study
from anigifs.studies.report import Apart, Report, render_report, write_report
from anigifs.studies.report.pictures import PICTURE_BYTES
from anigifs.studies.samples import Sample, Saying
from tests.studies.made import outcome
from tests.studies.made_report import HOSTILE, NAMES, STUDY1, STUDY2, report

VOID = {"meta", "link", "img", "br"}


class Page(HTMLParser):
    """A page taken apart: its tags, that all are closed, and its words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.words: list[str] = []
        self.code: dict[str, str] = {}
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] in (["style"], ["script"]):
            self.code[self.open[-1]] = self.code.get(self.open[-1], "") + data
        else:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def values(self, name: str) -> list[str]:
        return [value for key, value in self.attributes if key == name]


@pytest.fixture(scope="module")
def whole() -> Report:
    return report()


@pytest.fixture(scope="module")
def html(whole: Report) -> str:
    return render_report(whole)


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page(html)


def test_every_row_number_class_and_model_is_there(whole: Report, page: Page) -> None:
    for table in whole.tables:
        assert table.study.question in page.text
        assert table.study.title in page.text
        for line in table.lines:
            assert line.row.train in page.text
            if line.cell is not None:
                assert f"{100 * line.cell.top1.value:.1f}" in page.words
    for number in ("71.7", "21.12", "23.1", "+0.96 / +2.35"):
        assert number in page.text
    for name in NAMES:
        assert name in page.words
    for sentence in ("Half of it is <style>.", "By hand.", "Words."):
        assert sentence in page.text


def test_what_ran_is_told_with_hashes_and_cost(whole: Report, page: Page) -> None:
    for words in (
        "study <quick>", "name: quick", "2 cores of a toaster; a toaster, 2 threads", "16 x 112",
        "1d" * 32, "76" * 32, "ab" * 6, "torch 2.13.0", "rsda candidates=16", "112 of 336", "1.03",
        "1 training run: 2.0 minutes of training, 0.5 of testing",
    ):  # fmt: skip
        assert words in page.text
    assert "index: None" not in page.text
    for one in whole.outcomes:
        assert one.predictions.sha256 in page.words


def test_it_asks_for_nothing(html: str, page: Page) -> None:
    links = set(re.findall(r"https?://[^\s\"'<>]+", html))
    assert links == {"https://doi.org/10.3389/fcomp.2022.876846"}
    assert all(value.startswith("data:image/") for value in page.values("src"))
    for value in page.values("href"):
        assert value.startswith(("#", "data:,", "https://doi.org/")), value
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert not {"srcset", "style", "action"} & {name for name, _ in page.attributes}
    assert "@import" not in html
    assert "url(" not in html


def test_the_policy_is_of_this_very_style_and_script(page: Page) -> None:
    policy = next(value for value in page.values("content") if "default-src" in value)
    for kind in ("style", "script"):
        digest = base64.b64encode(hashlib.sha256(page.code[kind].encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}';" in policy
    assert policy.startswith("default-src 'none'; img-src data:; ")
    assert "unsafe" not in policy
    assert page.tags.count("script") == page.tags.count("style") == 1


def test_names_that_are_markup_are_words(page: Page, html: str) -> None:
    assert HOSTILE in page.words
    assert HOSTILE in page.values("data-label")
    assert "alert('x')" not in "".join(page.code.values())
    assert html.count("<script") == 1
    assert "a test of <b>" in page.text


def test_links_are_to_files_that_lie_there(whole: Report, tmp_path: Path) -> None:
    for name in ("table2.csv", "table3.md", "other.csv"):
        (tmp_path / name).write_text("")
    path = write_report(tmp_path, whole)
    assert path == tmp_path / "report.html"
    links = set(Page(path.read_text(encoding="utf-8")).values("href"))
    assert {one for one in links if one.endswith((".csv", ".md", ".tex", ".txt", ".jsonl"))} == {
        "table2.csv",
        "table3.md",
    }


def test_what_is_not_there_leaves_no_hole(whole: Report) -> None:
    few = Report(whole.tables[:1], whole.outcomes)
    page = Page(render_report(few))
    anchors = {value for value in page.values("href") if value.startswith("#")}
    assert anchors == {"#answer", "#tables", "#classes", "#made"}
    assert anchors <= {f"#{value}" for value in page.values("id")}
    assert "Where the models look" not in page.text


def test_one_test_makes_a_page(whole: Report) -> None:
    one = outcome("gif", "animated", [1, 0, 1, 1])
    table = tabulate_study(STUDY1, [one], "a test", replicates=100)
    page = Page(render_report(Report([table], [one])))
    assert "No two rows that are to be compared have been tested yet." in page.text
    assert "7 of 8 rows have not been tested yet." in page.text
    with pytest.raises(UsageError, match="run the study first"):
        render_report(Report([table], []))


def test_several_seeds_make_a_page() -> None:
    tests = [outcome(m, "animated", [1, 0, 1, s], seed=s) for m in ("erm", "rsda") for s in (0, 1)]
    table = tabulate_study(STUDY2, tests, "a test", replicates=100)
    page = Page(render_report(Report([table], tests)))
    assert "mean and Student's t over seeds (0, 1)" in page.text
    assert "Every model was trained once" not in page.text


def test_it_stays_below_8_mb_and_leaves_moving_pictures_out_first(whole: Report) -> None:
    most = PICTURE_BYTES // 4
    still, moving = b"RIFF".ljust(most, b"0"), b"GIF8".ljust(most, b"0")
    said = (Saying("rsda", "run", 0.5, True),)
    html = render_report(report(samples=[Sample("videos", "run", said, still, moving)] * 3))
    assert len(html) < 8_000_000
    assert html.count("data:image/gif") == 0
    assert html.count('class="clip"') == 3
    html = render_report(report(samples=[Sample("videos", "run", said, still)] * 6))
    assert len(html) < 8_000_000
    assert html.count("no picture: the page would become too large") == 3


def test_a_drawing_is_kept_to_itself() -> None:
    svg = "<svg xmlns='http://www.w3.org/2000/svg'><style>* {display: none}</style></svg>"
    html = render_report(report(apart=Apart(svg, [])))
    assert "display: none}" not in html
    assert base64.b64encode(svg.encode()).decode() in html


def test_a_picture_that_is_none_is_an_error(whole: Report) -> None:
    with pytest.raises(UsageError, match="PNG, GIF, WebP or JPEG"):
        render_report(report(samples=[Sample("videos", "run", (), b"<svg/>")]))


def test_the_same_material_makes_the_same_page(whole: Report, html: str) -> None:
    assert render_report(whole) == html


def test_tables_and_reports_need_no_torch() -> None:
    code = (
        "import sys; from anigifs.studies import choose_samples, read_outcomes, strip, tabulate\n"
        "from anigifs.studies import to_csv, to_latex, to_markdown, to_text, write_report, Report\n"
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
