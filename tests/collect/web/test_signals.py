import httpx2
import pytest

from anigifs.collect.reasons import WebRefusedError
from anigifs.collect.web import refuse_reserved, signals_of


def reason_of(*headers: tuple[str, str]) -> str:
    try:
        refuse_reserved(httpx2.Headers(list(headers)), "anigifs")
    except WebRefusedError as error:
        return error.reason
    return ""


@pytest.mark.parametrize(
    "line",
    [
        "noai",
        "noimageai",
        "noindex",
        "noimageindex",
        "none",
        "NoAI",
        "nofollow, noai",
        "nofollow,noimageai , noarchive",
        "anigifs: noai",
        "AniGIFs : nofollow, noindex",
        "*: noai",
        "otherbot: nofollow, anigifs: noindex",
        "max-snippet: 5, noindex",
        "unavailable_after: 25 Jun 2010 15:00:00 PST, noai",
    ],
)
def test_a_header_that_forbids_it_is_obeyed(line: str) -> None:
    assert reason_of(("X-Robots-Tag", line)) == "x-robots-tag"


@pytest.mark.parametrize(
    "line",
    [
        "",
        "all",
        "index, follow",
        "nofollow",
        "noarchive, nosnippet",
        "otherbot: noindex",
        "otherbot: noindex, noai",
        "anigifsbot: noai",
        "max-image-preview: none",
        "unavailable_after: Wednesday, 25-Jun-30 15:00:00 UTC",
        "noindexed",
    ],
)
def test_other_words_and_words_to_others_are_not(line: str) -> None:
    assert reason_of(("X-Robots-Tag", line)) == ""


def test_every_line_is_read_by_itself() -> None:
    other = ("X-Robots-Tag", "otherbot: noindex")
    assert reason_of(other, ("X-Robots-Tag", "noai")) == "x-robots-tag"
    assert reason_of(other, ("x-robots-tag", "nofollow")) == ""


def test_a_reservation_is_obeyed() -> None:
    policy = ("TDM-Policy", "https://h.test/policy.json")
    assert reason_of(("TDM-Reservation", "1"), policy) == "tdm-reservation"
    assert reason_of(("tdm-reservation", " 1 ")) == "tdm-reservation"
    assert reason_of(("TDM-Reservation", "0"), policy) == ""


def test_what_is_written_down_is_all_lines_of_few_headers() -> None:
    headers = httpx2.Headers(
        [
            ("X-Robots-Tag", "otherbot: noindex"),
            ("X-Robots-Tag", "nofollow"),
            ("Content-Type", "image/gif"),
            ("Set-Cookie", "a=b"),
            ("ETag", "x" * 10_000),
        ]
    )
    assert signals_of(headers) == {
        "x-robots-tag": "otherbot: noindex, nofollow",
        "content-type": "image/gif",
        "etag": "x" * 500,
    }
