import sys
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given

from anigifs.collect.providers.ddgs import Backend, Ddgs, installed
from anigifs.collect.reasons import WebFailedError
from anigifs.foundation import UsageError
from tests.collect.providers.pages import check_page_or_failure
from tests.collect.providers.serving import anything

RESULT = {
    "title": "A cartoon",
    "image": "https://example.org/a.gif",
    "thumbnail": "https://example.org/t.jpg",
    "url": "https://example.org/page",
    "height": "120",
    "width": 200,
    "source": "Bing",
}


def error(kind: str, message: str) -> Exception:
    """An exception called as one of the package's own is."""
    made = type(kind, (Exception,), {})(message)
    assert isinstance(made, Exception)
    return made


@dataclass
class FakeEngine:
    """Stands for ``ddgs.DDGS``: gives pages in turn, or raises."""

    pages: list[Any]
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def images(self, query: str, **options: Any) -> Any:  # noqa: ANN401
        self.asked.append((query, options))
        page = self.pages[options["page"] - 1]
        if isinstance(page, Exception):
            raise page
        return page


def ddgs(*pages: Any, backend: Backend = "bing") -> tuple[Ddgs, FakeEngine]:  # noqa: ANN401
    engine = FakeEngine(list(pages))
    return Ddgs(backend=backend, engine=lambda: engine), engine


def test_results_become_hits_page_after_page() -> None:
    provider, engine = ddgs([RESULT], [{**RESULT, "image": "https://example.org/b.gif"}])
    first = provider.search("animated yoga gif", None)
    second = provider.search("animated yoga gif", first.next_cursor)
    (hit,) = first.hits
    assert (hit.media_url, hit.page_url) == (RESULT["image"], RESULT["url"])
    assert (hit.width, hit.height, hit.title) == (200, 120, "A cartoon")
    assert hit.licence == ""
    assert second.hits[0].media_url == "https://example.org/b.gif"
    assert [options["page"] for _, options in engine.asked] == [1, 2]
    assert first.raw_sha256 != second.raw_sha256
    assert first.raw_sha256 == ddgs([RESULT])[0].search("x", None).raw_sha256


def test_the_back_end_is_never_left_to_chance() -> None:
    bing, engine = ddgs([RESULT])
    bing.search("yoga gif", None)
    assert engine.asked[0][1]["backend"] == "bing"
    assert "type_image" not in engine.asked[0][1]
    assert not bing.capabilities.finds_gifs_only
    duck, engine = ddgs([RESULT], backend="duckduckgo")
    duck.search("yoga", None)
    assert engine.asked[0][1]["backend"] == "duckduckgo"
    assert engine.asked[0][1]["type_image"] == "gif"
    assert duck.capabilities.finds_gifs_only
    assert (bing.name, duck.name) == ("ddgs-bing", "ddgs-duckduckgo")


def test_no_results_end_a_search_but_do_not_begin_one() -> None:
    ending = error("DDGSException", "No results found.")
    provider, _ = ddgs([RESULT], ending)
    page = provider.search("yoga", "2")
    assert (page.hits, page.next_cursor) == ((), None)
    provider, _ = ddgs(ending)
    with pytest.raises(WebFailedError, match="No results found"):
        provider.search("yoga", None)
    provider, _ = ddgs([])
    with pytest.raises(WebFailedError, match="turned away"):
        provider.search("yoga", None)


def test_a_search_ends_after_ten_pages() -> None:
    provider, _ = ddgs(*[[RESULT]] * 10)
    assert provider.search("yoga", "9").next_cursor == "10"
    assert provider.search("yoga", "10").next_cursor is None
    assert provider.capabilities.deepest == 350


@pytest.mark.parametrize(
    ("raised", "reason"),
    [
        (error("RatelimitException", "403"), "rate-limited"),
        (error("TimeoutException", "timed out"), "timeout"),
        (error("DDGSException", "x\ny"), "server-error"),
        (KeyError("d"), "server-error"),
    ],
)
def test_whatever_the_package_raises_is_a_failure(raised: Exception, reason: str) -> None:
    provider, _ = ddgs(raised)
    with pytest.raises(WebFailedError) as caught:
        provider.search("yoga", None)
    assert caught.value.reason == reason


def test_the_package_is_asked_for_when_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ddgs", None)
    provider = Ddgs()
    assert provider.capabilities.terms_must_be_accepted
    with pytest.raises(UsageError, match=r"pip install 'ddgs>=9\.16,<10'"):
        provider.search("yoga", None)


def test_the_package_is_used_where_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    class Package:
        DDGS = staticmethod(lambda timeout: FakeEngine([[RESULT]]))

    monkeypatch.setitem(sys.modules, "ddgs", Package)
    assert installed().images("yoga", page=1) == [RESULT]


@given(anything("image", "url", "title", "width"))
def test_any_answer_is_a_page_or_a_failure(found: object) -> None:
    check_page_or_failure(lambda: ddgs(found)[0].search("yoga", None))
    check_page_or_failure(lambda: ddgs([{**RESULT, "title": found}])[0].search("yoga", None))
