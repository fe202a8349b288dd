"""The demo's engine through the protocol of providers."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from anigifs.collect.demo import DemoEngine, DemoProvider, World
from anigifs.collect.items import Page, Provider
from anigifs.collect.reasons import WebFailedError

WORLD = World(plain=130, classes=2, troubles=1)


class Door:
    """Asks by the standard library."""

    def json(
        self, url: str, params: Mapping[str, str], headers: Mapping[str, str], /
    ) -> tuple[object, str]:
        with urlopen(f"{url}?{urlencode(params)}") as answer:
            data = answer.read()
        return json.loads(data), hashlib.sha256(data).hexdigest()


class Broken:
    """Gives an answer that is none."""

    def __init__(self, answer: object) -> None:
        self.answer = answer

    def json(
        self, url: str, params: Mapping[str, str], headers: Mapping[str, str], /
    ) -> tuple[object, str]:
        return self.answer, ""


@pytest.fixture(scope="module")
def engine() -> Iterator[DemoEngine]:
    with DemoEngine(WORLD) as engine:
        yield engine


def pages(provider: Provider, text: str) -> list[Page]:
    """Return all pages, as a search for anything would ask for them."""
    found = [provider.search(text, None)]
    while found[-1].next_cursor is not None:
        found.append(provider.search(text, found[-1].next_cursor))
    return found


def test_all_that_is_listed_comes_page_by_page(engine: DemoEngine) -> None:
    provider = DemoProvider(Door(), engine.base_url)
    found = pages(provider, "graphics archery")
    urls = [hit.media_url for page in found for hit in page.hits]
    listed = {
        item.url(engine.base_url)
        for item in WORLD.items
        if any((one.label, one.keyword) == ("archery", "graphics") for one in item.listings)
    }
    assert sorted(urls) == sorted(listed)
    assert [len(page.hits) for page in found[:-1]] == [provider.capabilities.page_size] * (
        len(found) - 1
    )
    assert len({page.raw_sha256 for page in found}) == len(found) > 1


def test_a_hit_has_what_the_engine_tells(engine: DemoEngine) -> None:
    hits = [
        hit for page in pages(DemoProvider(Door(), engine.base_url), "archery") for hit in page.hits
    ]
    first = hits[0]
    assert (first.width, first.height, first.mime) == (96, 96, "image/gif")
    assert first.page_url.startswith(f"{engine.base_url}/page/")
    assert first.provider_id
    assert "archery" in first.tags
    for hit in hits:
        assert bool(hit.licence) == bool(hit.licence_url) == bool(hit.licence_evidence)
    assert any(hit.licence for hit in hits)
    assert any(hit.media_url.startswith("ftp:") for hit in hits)


@pytest.mark.parametrize("answer", [None, [], {"results": {}, "next": None}, {"results": []}])
def test_an_answer_that_is_none_may_be_asked_for_again(answer: object) -> None:
    with pytest.raises(WebFailedError, match="Demo answers in a way"):
        DemoProvider(Broken(answer), "http://127.0.0.1:1").search("archery", None)
