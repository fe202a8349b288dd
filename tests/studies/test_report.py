import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from anigifs.studies import Sample, tabulate, write_report
from anigifs.studies.report import PICTURE_BYTES
from tests.studies.made import CLASSES, quick

FEW: dict[str, Any] = {"replicates": 500}
HOSTILE = "<script>alert('x')</script> & $y_1$ \"q\""
NAMES = (HOSTILE, *CLASSES[1:])
VOID = {"meta", "link", "img", "br", "source", "use"}


class Page(HTMLParser):
    """A page taken apart: its tags, that all are closed, and its words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.words: list[str] = []
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
        if self.open[-1:] != ["style"]:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def made(folder: Path, samples: list[Sample] | None = None, **other: Any) -> tuple[str, Page]:  # noqa: ANN401
    outcomes = quick(classes=NAMES)
    table = tabulate(outcomes, f"Quick study of {HOSTILE}", **FEW)
    path = write_report(folder, table, outcomes, samples or [], **other)
    assert path == folder / "report.html"
    text = path.read_text(encoding="utf-8")
    return text, Page(text)


def sample(**other: Any) -> Sample:  # noqa: ANN401
    usual = {"of_set": "film", "label": HOSTILE, "answer": "jump", "confidence": 0.25}
    return Sample(**{**usual, "right": False, "png": b"\x89PNG still", **other})


def test_it_holds_every_set_model_class_and_number(tmp_path: Path) -> None:
    _, page = made(tmp_path, hardware="2 cores of a toaster", settings={"command": "study <quick>"})
    for word in ("film", "film-gif", "cartoon-test", "ERM on film", "trained on cartoons (oracle)"):
        assert word in page.text
    for name in NAMES:
        assert name in page.words
    table = tabulate(quick(classes=NAMES), "", **FEW)
    for row in table.rows:
        for cell in row.cells:
            assert cell is not None
            assert f"{100 * cell.top1.value:.1f}" in page.words
    for word in ("2 cores of a toaster", "study <quick>", "16 x 112", "1d" * 32, "65" * 32):
        assert word in page.words
    assert "torch 2.13.0" in page.text
    for one in quick(classes=NAMES):
        assert one.predictions.sha256 in page.words


def test_it_needs_no_network_and_runs_no_script(tmp_path: Path) -> None:
    text, page = made(tmp_path, [sample(gif=b"GIF89a moves"), sample(right=True)])
    links = set(re.findall(r"https?://[^\s\"'<>]+", text))
    assert links <= {
        "https://doi.org/10.3389/fcomp.2022.876846",
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1999/xlink",
    }
    for name, value in page.attributes:
        if name in ("src", "srcset"):
            assert value.startswith("data:image/")
        elif name == "href":
            assert value.startswith(("data:,", "https://doi.org/")), value
        elif name == "xlink:href":
            assert value.startswith("#")
        assert not name.startswith("on")
    assert "script" not in page.tags
    assert "@import" not in text
    assert not re.search(r"url\((?!#)", text)
    assert "default-src 'none'" in text


def test_names_that_are_markup_are_words(tmp_path: Path) -> None:
    text, page = made(tmp_path, [sample()])
    assert "<script" not in text
    assert page.words.count(HOSTILE) >= 2
    assert f"Quick study of {HOSTILE}" in page.text


def test_clips_say_right_or_wrong_in_words_and_stand_still_for_those_who_wish(
    tmp_path: Path,
) -> None:
    samples = [
        sample(gif=b"GIF89a moves"),
        sample(of_set="cartoon-test", right=True, answer=HOSTILE),
        sample(png=None, error="it is lost"),
    ]
    text, page = made(tmp_path, samples)
    assert "\N{BALLOT X} wrong, said jump" in page.text
    assert "\N{CHECK MARK} right" in page.text
    assert "(25.0 % sure)" in page.text
    assert "no picture: it is lost" in page.text
    assert text.count("data:image/gif;base64,") == 1
    assert text.count("(prefers-reduced-motion: reduce)") == 1
    assert "What is taken for what on cartoon-test" in page.text


def test_it_stays_below_6_mb_and_leaves_moving_pictures_out_first(tmp_path: Path) -> None:
    most = PICTURE_BYTES // 4
    samples = [sample(png=bytes(most), gif=bytes(most)) for _ in range(3)]
    text, _ = made(tmp_path, samples)
    assert len(text) < 6_000_000
    assert text.count("data:image/gif") == 1
    assert text.count("<figure") == 3
    text, page = made(tmp_path, [sample(png=bytes(most)) for _ in range(6)])
    assert len(text) < 6_000_000
    assert page.text.count("no picture: the page would become too large") == 2


def test_the_same_tests_make_the_same_page(tmp_path: Path) -> None:
    assert made(tmp_path / "a")[0] == made(tmp_path / "b")[0]


@pytest.mark.parametrize("models", [["erm"], ["oracle", "erm"]])
def test_other_rows_and_several_seeds_make_a_page_too(tmp_path: Path, models: list[str]) -> None:
    outcomes = quick()
    table = tabulate(outcomes, "one set", models=models, sets=["film"], **FEW)
    page = Page(write_report(tmp_path, table, outcomes).read_text(encoding="utf-8"))
    assert "cartoon-test" not in page.text


def test_tables_and_reports_need_no_torch(tmp_path: Path) -> None:
    code = (
        "import sys; from anigifs.studies import choose_samples, read_outcomes, strip, tabulate\n"
        "from anigifs.studies import to_csv, to_latex, to_markdown, to_text, write_report\n"
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
