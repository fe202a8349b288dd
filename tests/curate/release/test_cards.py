import csv
import gc
import importlib
import json
import re
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from markdown_it import MarkdownIt

from anigifs.curate.release.account import Account
from anigifs.curate.release.cards import attribution, citation, data_card, datasheet, markdown
from anigifs.curate.release.released import read_released
from anigifs.curate.release.settings import ReleaseSettings
from anigifs.curate.release.statements import statements_of
from anigifs.curate.votes import CRITERIA, Vote, write_votes
from anigifs.curate.voting.items import read_items
from tests.conftest import absent
from tests.curate.made import Made
from tests.curate.release.conftest import Build


def html(text: str) -> str:
    """Return what a reader of Markdown makes of a text."""
    return str(MarkdownIt("commonmark").enable("table").render(text))


def cards(account: Account, **settings: object) -> tuple[str, str]:
    """Return the data card and the datasheet."""
    chosen = ReleaseSettings(**settings)  # type: ignore[arg-type]
    said = statements_of(account, chosen)
    return data_card(account, chosen, said), datasheet(account, chosen, said)


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """Hugging Face's datasets, offline and with a cache for this test alone."""
    for name, value in {
        "HF_HOME": str(tmp_path / "cache"),
        "HF_HUB_OFFLINE": "1",
        "HF_DATASETS_DISABLE_PROGRESS_BARS": "1",
    }.items():
        monkeypatch.setenv(name, value)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            library = importlib.import_module("datasets")
        except ImportError:
            absent("the package datasets")
    yield library
    gc.collect()  # here, or files that it left open would be some other test's


@pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)
def test_hugging_face_loads_a_release_by_its_card(
    hub: ModuleType, released: tuple[Path, Account], tmp_path: Path
) -> None:
    out, _ = released

    def load(*name: str) -> Any:  # noqa: ANN401 - a library's own
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return hub.load_dataset(str(out), *name, cache_dir=str(tmp_path / "cache"))

    items = load()["items"]
    known = read_released(out)
    assert items["clip_id"][:] == [item.clip_id for item in known]
    assert items[0]["hashes"] == list(known[0].hashes)
    assert len(load("votes")["votes"]) == 13
    front = importlib.import_module("huggingface_hub").DatasetCard.load(out / "README.md").data
    assert (front.license, front.license_name) == ("other", "annotations-cc-by-4.0-items-own")
    assert front.size_categories == ["n<1K"]


def test_the_card_has_the_numbers(released: tuple[Path, Account]) -> None:
    text = (released[0] / "README.md").read_text()
    page = html(text.partition("\n---\n")[2])
    for fact in (
        "6 animated GIFs of 2 actions",
        f"<code>{released[1].identity}</code>",
        "Splits: test 6",
        "14 hits led to 11 files; 1 address gave none.",
        "A program rejected 1 of the files (fewer than two frames that look different: 1); ",
        "which leaves 8 items.",
        "People accepted 6 and rejected 2; 0 are undecided, 0 were judged by nobody.",
        "So 75.0 % of the items are released.",
        "4 items had two annotators or more: 100.0 % of their pairs",
        "Krippendorff's alpha is 1.00",
        "Items of the release judged by 1 person: 3; by 2 people: 3.",
        "Files are included for 4 of 6 items",
        "<td>CC-BY-SA-4.0</td>\n<td>1</td>",
        "Fewer than 10 items in the test split: archery, bench pressing.",
        "asks for 2 files not included",
        "Made by: A Lab, Bo &amp; Co; contact: me@lab.example",
        "people see many items of one class in a row",
        "it is not the data of that paper",
    ):
        assert fact in page, fact
    assert page.count("<table>") == 4
    shown = re.findall(r'src="([^"]+)"', page)
    assert all((released[0] / name).is_file() for name in shown)
    assert len(shown) == 2


def test_the_card_tells_how_far_people_agree(
    made: Made, release: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One of eight differs, and so few families are enough here, so that there are intervals."""
    monkeypatch.setattr("anigifs.curate.voting.bootstrap.LEAST_FAMILIES", 2)
    votes = [
        vote
        for number, item in enumerate(read_items(made.folder))
        for vote in (
            Vote(item=item.cluster, annotator="ann", verdict="accept", label="archery"),
            Vote(item=item.cluster, annotator="bob", verdict="reject", criterion="animated")
            if number == 2
            else Vote(item=item.cluster, annotator="bob", verdict="accept", label="archery"),
        )
    ]
    write_votes(tmp_path / "votes.csv", votes)
    out, account = release(votes=tmp_path / "votes.csv", seed=5)
    verdict = account.agreement.verdict
    items = len(votes) // 2
    assert (verdict.items, verdict.raw) == (items, (items - 1) / items)
    low, high = verdict.intervals["ac1"]
    page = html((out / "README.md").read_text().partition("\n---\n")[2])
    shown = f"<td>{verdict.ac1:.2f} ({low:.2f} to {high:.2f})</td>"
    (row,) = re.findall(r"<tr>\s*<td>accepted or not</td>.*?</tr>", page, re.DOTALL)
    assert f"<td>{items}</td>" in row
    assert shown in row
    assert "Compared are the first 2 votes on each item" in page
    with (out / "agreement.csv").open(newline="") as file:
        rows = {one["question"]: one for one in csv.DictReader(file)}
    assert list(rows) == ["verdict", "outcome", *CRITERIA]
    assert float(rows["verdict"]["ac1_low"]) == pytest.approx(low, abs=1e-6)
    assert float(rows["animated"]["raw"]) == pytest.approx((items - 1) / items, abs=1e-6)
    assert (rows["gif"]["raw"], rows["gif"]["alpha"]) == ("1.000000", "")


def test_the_datasheet_answers_every_section(released: tuple[Path, Account]) -> None:
    page = html((released[0] / "DATASHEET.md").read_text())
    assert re.findall("<h2>(.*)</h2>", page) == [
        "Motivation",
        "Composition",
        "Collection process",
        "Preprocessing, cleaning, labelling",
        "Uses",
        "Distribution",
        "Maintenance",
    ]
    questions = re.findall(r"<strong>(.*?)</strong>(.*?)(?=<strong>|<h2>|$)", page, re.DOTALL)
    asked = [(question, re.sub("<.*?>", "", answer).strip()) for question, answer in questions]
    asked = [one for one in asked if one[0].endswith("?")]
    assert len(asked) > 30
    assert all(len(answer) > 2 for _, answer in asked)


def test_what_is_not_known_is_said(released: tuple[Path, Account]) -> None:
    agreement = released[1].agreement
    alone = replace(agreement, verdict=replace(agreement.verdict, raw=None, alpha=None))
    card, sheet = cards(replace(released[1], agreement=alone, looked_for_nsfw=6))
    assert "it is not known how far people agree" in card
    assert "contact: not stated" in card
    assert "Whoever publishes it has to say where to ask for a removal" in card
    assert "A program looked for what is unsafe for work in 6 of 6 items" in card
    assert "**Who made it, and for whom?** not stated." in sheet
    same = replace(agreement, verdict=replace(agreement.verdict, alpha=None))
    assert "cannot be told, as all said the same" in cards(replace(released[1], agreement=same))[0]


def test_a_whole_release_has_nothing_to_fetch(released: tuple[Path, Account]) -> None:
    whole = replace(released[1], waiting=0, with_bytes=6, short_classes=(), incomplete=0)
    card, sheet = cards(whole)
    assert "materialise ." not in card
    assert "Fewer than" not in card
    assert "**Is it self-contained?** Yes." in sheet


def test_words_from_outside_are_words_alone() -> None:
    odd = "a *b* _c_ [d](http://e) <script>x</script> `f` | g &amp; ~~h~~ \\ i\n# j"
    page = html(f"x {markdown(odd)}")
    assert "<em>" not in page
    assert "<a" not in page
    assert "<script" not in page
    assert "<code" not in page
    assert "<h1" not in page
    assert "&amp;amp;" in page


def test_everybody_is_named(released: tuple[Path, Account]) -> None:
    text = (released[0] / "ATTRIBUTION.md").read_text()
    page = html(text)
    items = read_released(released[0])
    for item in items:
        assert item.licence
        assert f"<code>{item.clip_id[:16]}</code>" in page
    assert "bench pressing by Bo_Ek | &lt;b&gt;, CC BY-SA 4.0" in page
    assert '<a href="https://creativecommons.org/licenses/by-sa/4.0/">CC BY-SA 4.0</a>' in page
    # Those that a figure shows though they were not accepted.
    assert all(f"archery by {name}, CC BY 4.0" in page for name in ("Gil", "Fay", "Emre"))


def test_an_address_that_is_none_is_no_link(released: tuple[Path, Account]) -> None:
    (first, *_) = read_released(released[0])
    odd = replace(
        first, licence_url="javascript:alert(1)", page_url="https://a> <b", attribution=""
    )
    page = html(attribution(released[1], [odd], []))
    assert "<a " not in page
    assert "javascript" not in page


def test_a_citation_is_one_entry(released: tuple[Path, Account]) -> None:
    text = citation(released[1], ReleaseSettings(creators=("A {Lab}", "B")))
    assert text.count("{") == text.count("}")
    assert text.startswith("@misc{anigifs100,")
    assert "author = {{A Lab} and {B}}" in text


def test_table_one_is_the_release_as_a_row(released: tuple[Path, Account]) -> None:
    page = html((released[0] / "table-1.md").read_text())
    cells = re.findall("<td>(.*?)</td>", page)
    assert cells[:4] == ["ani-gifs 1.0.0", "2", "6", "2, 3, 4"]
    assert cells[-2:] == ["83.3 %", "66.7 %"]
    told = (released[0] / "table-1.csv").read_text().splitlines()
    assert told[1].startswith('ani-gifs 1.0.0,2,6,"2, 3, 4",test 6,animated-gif')


def test_what_a_release_is_made_with_is_told(released: tuple[Path, Account]) -> None:
    told = json.loads((released[0] / "release.json").read_text())
    assert (told["name"], told["version"], told["date"]) == ("ani-gifs", "1.0.0", "2026-05-02")
    assert told["settings"]["splits"] == {"test": 1.0}
    assert set(told["packages"]) >= {"anigifs", "pyarrow", "pillow"}
