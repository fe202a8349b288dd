from typing import Any

import pytest
from hypothesis import given

from anigifs.collect.items import Page
from anigifs.collect.providers.openverse import Openverse
from anigifs.collect.reasons import WebFailedError, WebRefusedError
from anigifs.foundation import UsageError
from tests.collect.providers.pages import check_page_or_failure
from tests.collect.providers.serving import Asked, OneAnswer, PlainWeb, anything, serving

SECRET = "s3cr3t-t0ken"


@pytest.fixture(autouse=True)
def _no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENVERSE_TOKEN", raising=False)


def result(number: int) -> dict[str, Any]:
    """One result of the documented shape."""
    url = "https://creativecommons.org/licenses/by-sa/2.0/"
    return {
        "id": f"4bc43a04-0000-0000-0000-{number:012}",
        "title": f"Cat {number}",
        "indexed_on": "2022-08-27T17:39:48Z",
        "foreign_landing_url": f"https://example.org/cats/{number}",
        "url": f"https://example.org/cats/{number}.gif",
        "creator": "Ada",
        "creator_url": "https://example.org/ada",
        "license": "by-sa",
        "license_version": "2.0",
        "license_url": url,
        "provider": "example",
        "source": "example",
        "category": "illustration",
        "filesize": 1234,
        "filetype": "gif",
        "tags": [{"name": "cat", "accuracy": None}, {"name": "cat", "accuracy": 0.9}],
        "attribution": f'"Cat {number}" by Ada is licensed under CC BY-SA 2.0.',
        "fields_matched": ["title"],
        "mature": False,
        "height": 100,
        "width": None,
        "thumbnail": "https://api.openverse.org/v1/images/x/thumb/",
        "detail_url": "https://api.openverse.org/v1/images/x/",
        "related_url": "https://api.openverse.org/v1/images/x/related/",
    }


def answer(*results: dict[str, Any], pages: int = 1, page: int = 1) -> dict[str, Any]:
    count = {"result_count": len(results), "page_count": pages, "page_size": 20, "page": page}
    return {**count, "results": list(results)}


def search(found: object, cursor: str | None = None) -> Page:
    return Openverse(OneAnswer(found)).search("animated yoga", cursor)


def test_images_come_with_their_licences() -> None:
    (hit,) = search(answer(result(7))).hits
    assert hit.media_url == "https://example.org/cats/7.gif"
    assert hit.page_url == "https://example.org/cats/7"
    assert (hit.title, hit.creator, hit.mime) == ("Cat 7", "Ada", "image/gif")
    assert (hit.width, hit.height, hit.bytes) == (None, 100, 1234)
    assert hit.licence == "CC BY-SA 2.0"
    assert hit.licence_url == "https://creativecommons.org/licenses/by-sa/2.0/"
    assert hit.licence_evidence == "openverse license, license_version"
    assert hit.attribution == '"Cat 7" by Ada is licensed under CC BY-SA 2.0.'
    assert hit.tags == ("cat",)


def test_pages_are_asked_for_by_number_until_the_last() -> None:
    def respond(asked: Asked) -> tuple[int, object]:
        number = int(asked.params["page"])
        return 200, answer(result(number), pages=3, page=number)

    titles, cursor = [], None
    with serving(respond) as service:
        openverse = Openverse(PlainWeb(), f"{service.url}/v1/images/")
        while True:
            page = openverse.search("animated yoga", cursor)
            titles += [hit.title for hit in page.hits]
            cursor = page.next_cursor
            if cursor is None:
                break
    assert titles == ["Cat 1", "Cat 2", "Cat 3"]
    asked = service.asked[0]
    assert asked.path == "/v1/images/"
    assert asked.params == {
        "q": "animated yoga",
        "extension": "gif",
        "page": "1",
        "page_size": "20",
    }
    assert "authorization" not in asked.headers


def test_no_page_is_asked_for_after_the_twentieth() -> None:
    assert search(answer(result(1), pages=500, page=19), "19").next_cursor == "20"
    assert search(answer(result(1), pages=500, page=20), "20").next_cursor is None


def test_a_token_is_sent_and_allows_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENVERSE_TOKEN", f"{SECRET}\n")
    with serving(lambda asked: (200, answer(result(1)))) as service:
        openverse = Openverse(PlainWeb(), service.url)
        openverse.search("yoga", None)
    assert service.asked[0].headers["authorization"] == f"Bearer {SECRET}"
    assert service.asked[0].params["page_size"] == "100"
    assert openverse.capabilities.requests_a_day == 10_000
    assert Openverse(PlainWeb(), token="").capabilities.requests_a_day == 200


def test_a_token_stands_in_no_error_and_in_no_text() -> None:
    for status, body in ((401, b"{}"), (500, b"{}"), (200, b"[]"), (200, SECRET.encode())):
        with serving(lambda asked, status=status, body=body: (status, body)) as service:  # type: ignore[misc]
            openverse = Openverse(PlainWeb(), service.url, token=SECRET)
            with pytest.raises((WebFailedError, WebRefusedError)) as caught:
                openverse.search("yoga", None)
        assert SECRET not in str(caught.value) + repr(openverse)


@pytest.mark.parametrize("token", ["two words", f"{SECRET}\r\nX-More: 1", "schlüssel"])
def test_what_cannot_be_a_token_is_said_without_showing_it(token: str) -> None:
    with pytest.raises(UsageError, match="OPENVERSE_TOKEN") as caught:
        Openverse(PlainWeb(), token=token)
    assert token not in str(caught.value)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("found", [None, [], {"detail": "busy"}, {"results": []}, {"results": 3}])
def test_an_answer_of_another_shape_fails(found: object) -> None:
    with pytest.raises(WebFailedError, match="Openverse answers in a way that is not known"):
        search(found)


def test_nothing_found_is_an_empty_page() -> None:
    found = search(answer(pages=0))
    assert (found.hits, found.next_cursor) == ((), None)


NAMES = ("results", "page_count", "url", "license", "license_version", "tags", "name", "width")


@given(anything(*NAMES))
def test_any_answer_is_a_page_or_a_failure(found: object) -> None:
    check_page_or_failure(lambda: search(found))


@given(anything("name"), anything(*NAMES))
def test_any_result_is_a_hit_or_none(tags: object, other: object) -> None:
    odd = dict.fromkeys(result(1), other)
    mixed = {**odd, "url": "https://example.org/a.gif", "tags": tags}
    check_page_or_failure(lambda: search(answer(mixed, odd)))
