import json
from typing import Any

import pytest
from hypothesis import given

from anigifs.collect.items import Page
from anigifs.collect.providers.commons import Commons
from anigifs.collect.reasons import WebFailedError, WebRefusedError
from tests.collect.providers.pages import check_page_or_failure
from tests.collect.providers.serving import AGENT, Asked, OneAnswer, PlainWeb, anything, serving

FILES = "https://upload.wikimedia.org/wikipedia/commons"
SHA1 = "0123456789abcdef0123456789abcdef01234567"


def value(text: str) -> dict[str, str]:
    return {"value": text, "source": "commons-desc-page"}


def page(number: int, **said: str) -> dict[str, Any]:
    """One page of the documented shape (format version 2)."""
    return {
        "pageid": 1000 + number,
        "ns": 6,
        "title": f"File:Cat {number}.gif",
        "index": number,
        "imagerepository": "local",
        "imageinfo": [
            {
                "size": 4321,
                "width": 200,
                "height": 100,
                "url": f"{FILES}/a/ab/Cat_{number}.gif",
                "descriptionurl": f"https://commons.wikimedia.org/wiki/File:Cat_{number}.gif",
                "descriptionshorturl": f"https://commons.wikimedia.org/w/index.php?curid={number}",
                "sha1": SHA1,
                "mime": "image/gif",
                "extmetadata": {name: value(text) for name, text in said.items()},
            }
        ],
    }


def answer(*pages: dict[str, Any], **beside: object) -> dict[str, object]:
    return {"batchcomplete": True, **beside, "query": {"pages": list(pages)}}


def search(found: object, cursor: str | None = None) -> Page:
    return Commons(OneAnswer(found)).search("cat filemime:image/gif", cursor)


def test_files_come_with_what_is_stated_of_them() -> None:
    first = page(
        1,
        LicenseShortName="CC BY-SA 4.0",
        LicenseUrl="https://creativecommons.org/licenses/by-sa/4.0",
        Artist='<a href="//commons.wikimedia.org/wiki/User:Ada" title="User:Ada">Ada</a>',
        Categories="Animated GIF files|Cats",
    )
    (hit,) = search(answer(first)).hits
    assert hit.media_url == f"{FILES}/a/ab/Cat_1.gif"
    assert hit.page_url == "https://commons.wikimedia.org/wiki/File:Cat_1.gif"
    assert (hit.provider_id, hit.title, hit.sha1) == ("1001", "Cat 1.gif", SHA1)
    assert (hit.width, hit.height, hit.bytes, hit.mime) == (200, 100, 4321, "image/gif")
    assert hit.licence == "CC BY-SA 4.0"
    assert hit.licence_url == "https://creativecommons.org/licenses/by-sa/4.0"
    assert hit.licence_evidence == "commons extmetadata.LicenseShortName"
    assert hit.creator == "Ada"
    assert hit.attribution == "Ada, CC BY-SA 4.0, via Wikimedia Commons"
    assert hit.tags == ("Animated GIF files", "Cats")


def test_a_line_that_the_file_asks_for_goes_before_ours() -> None:
    (hit,) = search(answer(page(1, Artist="Ada", Attribution="<b>Ada</b> / Museum"))).hits
    assert hit.attribution == "Ada / Museum"
    assert (hit.licence, hit.licence_evidence) == ("", "")


def test_hits_are_in_the_order_of_the_search() -> None:
    titles = [hit.title for hit in search(answer(page(3), page(1), page(2))).hits]
    assert titles == ["Cat 1.gif", "Cat 2.gif", "Cat 3.gif"]


def test_a_search_goes_on_from_page_to_page_until_it_ends() -> None:
    def respond(asked: Asked) -> tuple[int, object]:
        if "gsroffset" not in asked.params:
            more = {"gsroffset": 50, "continue": "gsroffset||"}
            return 200, answer(page(1), **{"continue": more})
        return 200, answer(page(51))

    with serving(respond) as service:
        commons = Commons(PlainWeb(), f"{service.url}/w/api.php")
        first = commons.search("animated yoga filemime:image/gif", None)
        second = commons.search("animated yoga filemime:image/gif", first.next_cursor)
    assert [hit.title for hit in (*first.hits, *second.hits)] == ["Cat 1.gif", "Cat 51.gif"]
    assert second.next_cursor is None
    assert first.raw_sha256 != second.raw_sha256
    asked = service.asked[1]
    assert asked.path == "/w/api.php"
    assert asked.params["gsrsearch"] == "animated yoga filemime:image/gif"
    assert asked.params["generator"] == "search"
    assert asked.params["gsrnamespace"] == "6"
    assert (asked.params["gsroffset"], asked.params["continue"]) == ("50", "gsroffset||")
    assert asked.headers["user-agent"] == AGENT


def test_files_whose_information_is_still_to_come_are_passed_over() -> None:
    waiting = {"pageid": 7, "ns": 6, "title": "File:Later.gif", "index": 1}
    more = {"iicontinue": "Later.gif|20200101000000", "continue": "||"}
    found = search({"continue": more, "query": {"pages": [waiting]}})
    assert found.hits == ()
    assert found.next_cursor is not None
    assert json.loads(found.next_cursor) == more


def test_nothing_found_is_an_empty_page() -> None:
    found = search({"batchcomplete": True})
    assert (found.hits, found.next_cursor) == ((), None)


@pytest.mark.parametrize(("offset", "ends"), [(9950, False), (9951, True), (10_000, True)])
def test_nothing_is_asked_for_that_lies_too_deep(offset: int, ends: bool) -> None:
    more = {"gsroffset": offset, "continue": "gsroffset||"}
    assert (search(answer(page(1), **{"continue": more})).next_cursor is None) == ends


@pytest.mark.parametrize(
    ("code", "reason"),
    [("maxlag", "rate-limited"), ("ratelimited", "rate-limited"), ("internal", "server-error")],
)
def test_errors_that_come_as_answers_are_errors(code: str, reason: str) -> None:
    with pytest.raises(WebFailedError, match="Waiting for a database") as caught:
        search({"error": {"code": code, "info": "Waiting for a database"}})
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    "more",
    [
        {"gsrsearch": "dog", "continue": "||"},
        {"action": "edit"},
        {"gsroffset": [50]},
        {},
        "gsroffset",
    ],
)
def test_a_continuation_cannot_change_what_is_asked(more: object) -> None:
    with pytest.raises(WebFailedError, match="continuation"):
        search(answer(page(1), **{"continue": more}))


def test_a_continuation_that_leads_nowhere_is_not_followed_for_ever() -> None:
    found = answer(page(1), **{"continue": {"gsroffset": 50, "continue": "gsroffset||"}})
    cursor = search(found).next_cursor
    with pytest.raises(WebFailedError, match="nowhere"):
        search(found, cursor)


@pytest.mark.parametrize("found", [None, [], {}, {"query": {"pages": {"1": {}}}}, "busy", 3])
def test_an_answer_of_another_shape_fails(found: object) -> None:
    with pytest.raises(WebFailedError, match="Wikimedia Commons answers in a way that is"):
        search(found)


def test_files_that_all_lack_an_address_are_another_shape() -> None:
    broken = page(1)
    broken["imageinfo"][0]["url"] = "javascript:alert(1)"
    with pytest.raises(WebFailedError, match="none of 1 files"):
        search(answer(broken))


def test_a_refusal_is_passed_on() -> None:
    with serving(lambda asked: (403, b"<html>blocked</html>")) as service:
        commons = Commons(PlainWeb(), service.url)
        with pytest.raises(WebRefusedError):
            commons.search("yoga", None)


NAMES = ("query", "pages", "imageinfo", "url", "extmetadata", "Artist", "value", "continue")


@given(
    anything(*NAMES, "gsroffset", "error", "code", "batchcomplete", "index", "width", "Categories")
)
def test_any_answer_is_a_page_or_a_failure(found: object) -> None:
    check_page_or_failure(lambda: search(found))


@given(anything(*NAMES, "gsroffset"), anything("value"), anything("index", "width"))
def test_any_file_is_a_hit_or_none(found: object, metadata: object, size: object) -> None:
    info = {"url": f"{FILES}/a.gif", "extmetadata": {"Artist": metadata, "Categories": found}}
    one = {"index": size, "title": found, "pageid": size, "imageinfo": [{**info, "width": size}]}
    check_page_or_failure(lambda: search(answer(one, {"imageinfo": found})))
