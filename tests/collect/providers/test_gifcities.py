from typing import Any

import pytest
from hypothesis import given

from anigifs.collect.items import Page
from anigifs.collect.providers.gifcities import GifCities
from anigifs.collect.reasons import WebFailedError
from tests.collect.providers.pages import check_page_or_failure
from tests.collect.providers.serving import OneAnswer, PlainWeb, anything, serving

CHECKSUM = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
RESULT: dict[str, Any] = {
    "url_text": "heartland plains dancing baby",
    "weight": 1.5,
    "gif": "20090727153912/http://www.geocities.com/example/baby.gif",
    "checksum": CHECKSUM,
    "width": 88,
    "height": 31,
    "page": "20090727153900/http://www.geocities.com/example/index.html",
}


def search(found: object) -> Page:
    return GifCities(OneAnswer(found)).search("cartoon dancing", None)


def test_a_file_is_found_under_its_checksum_and_its_page_in_the_archive() -> None:
    with serving(lambda asked: (200, [RESULT])) as service:
        page = GifCities(PlainWeb(), f"{service.url}/api/v1/gifsearch").search("yoga", None)
    (hit,) = page.hits
    assert page.next_cursor is None
    assert hit.media_url == f"https://blob.gifcities.org/gifcities/{CHECKSUM}.gif"
    archived = (
        "https://web.archive.org/web/20090727153900/http://www.geocities.com/example/index.html"
    )
    assert hit.page_url == archived
    assert (hit.title, hit.width, hit.height) == ("heartland plains dancing baby", 88, 31)
    assert (hit.licence, hit.creator, hit.sha1) == ("", "", "")
    assert service.asked[0].path == "/api/v1/gifsearch"
    assert service.asked[0].params == {"q": "yoga", "limit": "200"}


@pytest.mark.parametrize("checksum", [None, "", "../../x", CHECKSUM.lower(), f"{CHECKSUM}A"])
def test_without_a_checksum_the_capture_itself_is_taken(checksum: object) -> None:
    (hit,) = search([{**RESULT, "checksum": checksum}]).hits
    assert hit.media_url == (
        "https://web.archive.org/web/20090727153912id_/http://www.geocities.com/example/baby.gif"
    )


def test_whole_addresses_are_taken_as_they_are() -> None:
    whole = "https://web.archive.org/web/2009/http://www.geocities.com/a.html"
    (hit,) = search([{**RESULT, "page": whole}]).hits
    assert hit.page_url == whole


def test_nothing_found_is_an_empty_page() -> None:
    assert search([]).hits == ()


@pytest.mark.parametrize("found", [None, {}, {"results": []}, "Rate limit reached", [3], [{}]])
def test_an_answer_of_another_shape_fails(found: object) -> None:
    with pytest.raises(WebFailedError, match="answers in a way that is not known"):
        search(found)


def test_a_page_that_says_to_wait_fails() -> None:
    with serving(lambda asked: (200, b"<html>Rate limit reached</html>")) as service:
        gifcities = GifCities(PlainWeb(), service.url)
        with pytest.raises(WebFailedError):
            gifcities.search("yoga", None)


@given(anything("gif", "checksum", "page", "url_text", "width"))
def test_any_answer_is_a_page_or_a_failure(found: object) -> None:
    check_page_or_failure(lambda: search(found))
    check_page_or_failure(lambda: search([{**RESULT, "page": found, "url_text": found}]))
    check_page_or_failure(lambda: search([{**RESULT, "checksum": found, "gif": found}]))
