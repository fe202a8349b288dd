from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anigifs.collect.items import STYLES
from anigifs.collect.providers import PROVIDERS
from anigifs.collect.queries import (
    class_phrases,
    read_synonyms,
    style_queries,
    words_of,
)
from anigifs.foundation import UsageError
from anigifs.taxonomy import CLASS_LISTS, class_list, normalise
from tests.collect.providers.serving import PlainWeb

CAN = {
    name: make(PlainWeb()).capabilities for name, make in PROVIDERS.items() if name != "url-list"
}
BING = {"ddgs-bing": CAN["ddgs-bing"]}
K600 = class_list("kinetics-600").names


def test_the_papers_queries_are_1800() -> None:
    queries = style_queries(K600, BING)
    assert len(queries) == 600 * 3
    assert [one.text for one in queries[:2]] == [
        "animated abseiling gif",
        "animated acting in play gif",
    ]
    assert {one.text for one in queries} >= {
        "cartoon zumba gif",
        "graphics hugging gif",
        "graphics massaging person's head gif",
        "animated passing American football in game gif",
        "animated passing american football not in game gif",
    }
    assert {one.keyword for one in queries} == set(STYLES)
    assert {one.label for one in queries} == set(K600)


def test_each_provider_is_asked_in_its_own_words() -> None:
    queries = style_queries(["hugging (not baby)"], CAN, styles=["cartoon"])
    assert {one.provider: one.text for one in queries} == {
        "commons": "cartoon hugging filemime:image/gif",
        "openverse": "cartoon hugging",
        "gifcities": "cartoon hugging",
        "ddgs-bing": "cartoon hugging gif",
        "ddgs-duckduckgo": "cartoon hugging",
    }
    assert [one.label for one in queries] == ["hugging (not baby)"] * 5


def test_the_order_is_that_of_what_is_given() -> None:
    queries = style_queries(["yoga", "zumba"], dict(reversed(CAN.items())), styles=["b", "a"])
    assert list(dict.fromkeys(one.provider for one in queries)) == list(reversed(CAN))
    assert [(one.keyword, one.label) for one in queries[:4]] == [
        ("b", "yoga"),
        ("b", "zumba"),
        ("a", "yoga"),
        ("a", "zumba"),
    ]


@pytest.mark.parametrize("name", CLASS_LISTS)
def test_every_class_list_gives_each_class_its_own_words(name: str) -> None:
    names = class_list(name).names
    queries = style_queries(names, BING, synonyms=read_synonyms())
    assert len({one.text.casefold() for one in queries}) == len(queries)
    assert {one.label for one in queries} == set(names)
    assert not any(sign in one.text for one in queries for sign in '()[]{}"/\\_:*?~!,')


@given(st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=5, unique=True))
def test_no_query_stands_twice_for_a_class(names: list[str]) -> None:
    queries = style_queries(names, CAN)
    keys = [(one.provider, one.label, one.text) for one in queries]
    assert len(set(keys)) == len(keys)
    assert queries == style_queries(names, CAN)


def test_run_together_names_come_apart() -> None:
    queries = style_queries(["ApplyEyeMakeup", "brush_hair"], BING, styles=["cartoon"])
    assert [one.text for one in queries] == [
        "cartoon Apply Eye Makeup gif",
        "cartoon brush hair gif",
    ]


def test_a_template_without_a_style_asks_once() -> None:
    queries = style_queries(["yoga"], BING, template="{class} gif")
    assert [(one.keyword, one.text) for one in queries] == [("animated", "yoga gif")]


@pytest.mark.parametrize(
    "template",
    ["{style} gif", "{class", "{class} {colour}", "{} {class}", "{class.x}", "{class!x}"],
)
def test_a_template_that_cannot_be_filled_is_refused(template: str) -> None:
    with pytest.raises(UsageError, match="template"):
        style_queries(["yoga"], BING, template=template)


def test_nothing_to_ask_is_said() -> None:
    with pytest.raises(UsageError, match="nothing to search"):
        style_queries([], BING)
    with pytest.raises(UsageError, match="url-list"):
        style_queries(["yoga"], {"url-list": replace(CAN["commons"])})


def test_synonyms_ask_for_the_class_in_other_words() -> None:
    queries = style_queries(["abseiling"], BING, styles=["cartoon"], synonyms=read_synonyms())
    assert [(one.label, one.text) for one in queries] == [
        ("abseiling", "cartoon abseiling gif"),
        ("abseiling", "cartoon rappelling gif"),
    ]


def test_a_synonym_that_is_another_class_is_left_out() -> None:
    phrases = class_phrases(["jogging", "Running", "yoga"], {"jogging": ("running", "trotting")})
    assert phrases["jogging"] == ("jogging", "trotting")


def test_a_synonym_may_restore_what_the_qualifier_said() -> None:
    synonyms = read_synonyms()
    assert class_phrases(K600, synonyms)["curling (sport)"] == ("curling", "curling sport")


def test_the_shipped_synonyms_are_of_classes_that_there_are() -> None:
    known = {normalise(name) for one in CLASS_LISTS for name in class_list(one)}
    synonyms = read_synonyms()
    assert set(synonyms) <= known
    assert all(len(set(phrases)) == len(phrases) for phrases in synonyms.values())


@pytest.mark.parametrize(
    "content", ["label,phrase\nyoga\n", "label,word\nyoga,x\n", "label,phrase\na,b,c\n"]
)
def test_a_broken_table_of_synonyms_is_said(tmp_path: Path, content: str) -> None:
    path = tmp_path / "synonyms.csv"
    path.write_text(content)
    with pytest.raises(UsageError, match="label,phrase"):
        read_synonyms(path)


@given(st.text())
def test_words_are_words(name: str) -> None:
    words = words_of(name)
    assert words == " ".join(words.split())
    assert words_of(words) == words
