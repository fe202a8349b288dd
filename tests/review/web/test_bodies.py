import json
import string
import uuid
from dataclasses import asdict, dataclass
from typing import Literal
from urllib.parse import quote

import anyio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.exceptions import HTTPException
from starlette.testclient import TestClient
from starlette.types import Message

from anigifs.review.web import bodies
from anigifs.review.web.bodies import MOST_BYTES, form_body, json_body, whole_number
from tests.review.web.browser import FORM, JSON, OURS, Browser, ballot, call
from tests.review.web.conftest import LogIn, work_of
from tests.review.web.made import HOSTILE

SHARED = settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from([*HOSTILE, "\ud800", "\0", "x" * 3000, 2**70, -1]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@dataclass(frozen=True)
class Shape:
    name: str
    kind: Literal["one", "two"] = "one"
    count: int = 0
    flag: bool = False


def taken(body: bytes, content_type: str = JSON) -> Shape:
    return json_body(content_type, body, Shape)


def test_what_has_the_shape_is_taken() -> None:
    body = '{"name": "é\\u2028", "kind": "two", "count": 9007199254740991, "flag": true}'
    assert taken(body.encode()) == Shape("é\u2028", "two", 2**53 - 1, True)
    assert taken(b'{"name": ""}', "Application/JSON; charset=utf-8") == Shape("")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "not JSON"),
        (b"\xff", "not JSON"),
        (b"[" * 60_000, "not JSON"),
        (b'{"name": ' + b"9" * 5000 + b"}", "not JSON"),
        (b"[]", "one JSON object"),
        (b"null", "one JSON object"),
        (b"{}", "name is needed"),
        (b'{"name": "a", "name": "b"}', "twice"),
        (b'{"name": "a", "nme": 1}', "there is no field 'nme'"),
        (b'{"name": "a", "count": NaN}', "NaN"),
        (b'{"name": "a", "count": 1.0}', "count is a whole number"),
        (b'{"name": "a", "count": true}', "count is a whole number"),
        (b'{"name": "a", "count": "1"}', "count is a whole number"),
        (b'{"name": "a", "count": 9007199254740992}', "too large"),
        (b'{"name": "a", "flag": 1}', "flag is true or false"),
        (b'{"name": "a", "flag": null}', "flag is true or false"),
        (b'{"name": "a", "kind": "three"}', "kind is one of one, two"),
        (b'{"name": "a", "kind": ["one"]}', "kind is one of one, two"),
        (b'{"name": 5}', "name is a text"),
        (b'{"name": "\\ud800"}', "name is a text"),
        (b'{"name": "\\u0000"}', "name is a text"),
    ],
)
def test_what_has_another_shape_is_refused(body: bytes, message: str) -> None:
    with pytest.raises(HTTPException) as refused:
        taken(body)
    assert refused.value.status_code == 400
    assert message in refused.value.detail


@pytest.mark.parametrize("content_type", ["", "text/plain", FORM, "multipart/form-data"])
def test_what_is_not_said_to_be_json_is_refused(content_type: str) -> None:
    # A form of another site can send these without asking.
    with pytest.raises(HTTPException, match="send application/json"):
        taken(b'{"name": "a"}', content_type)


@given(ANYTHING)
def test_any_json_is_taken_or_refused(value: object) -> None:
    found = refused = None
    try:
        found = taken(json.dumps(value).encode())
    except HTTPException as error:
        refused = error
    if refused is None:
        assert isinstance(value, dict)
        assert asdict(found or Shape("")) == asdict(Shape("")) | value
    else:
        assert refused.status_code == 400
        assert refused.detail.isprintable()


@given(st.binary(max_size=200))
def test_any_bytes_are_a_form_or_refused(body: bytes) -> None:
    found, status = {}, 200
    try:
        found = form_body(FORM, body, ("name", "csrf"))
    except HTTPException as error:
        status = error.status_code
    assert (status, set(found)) in ((200, {"name", "csrf"}), (400, set()))


@pytest.mark.parametrize(
    "body", [b"name=a&name=b", b"nme=a", b"name=%ff", b"name=%00", b"\xc3\xa9=a", b"a&" * 30]
)
def test_what_is_no_form_of_ours_is_refused(body: bytes) -> None:
    with pytest.raises(HTTPException):
        form_body(FORM, body, ("name",))


def test_a_form_is_read_as_browsers_write_it() -> None:
    assert form_body(FORM, b"name=a+b%C3%A9%26&csrf=", ("name", "csrf", "role")) == {
        "name": "a bé&",
        "csrf": "",
        "role": "",
    }
    with pytest.raises(HTTPException, match="send application/x-www-form-urlencoded"):
        form_body("multipart/form-data; boundary=x", b"", ("name",))


@pytest.mark.parametrize("text", ["", "0", "21", "-1", "1.0", "1e1", "٣", "9" * 5000, " 1"])
def test_numbers_out_of_range_are_refused(text: str) -> None:
    with pytest.raises(HTTPException, match="from 1 to 20"):
        whole_number(text, 1, 20)


POSTS = ["/api/votes", "/api/undo", "/api/answers"]


def test_malformed_bodies_end_in_one_line(log_in: LogIn) -> None:
    browser = log_in("ann")
    bodies = [b"", b"\0", b"null", b"[" * 50_000, b'{"id": 1}', b"\xff\xfe", b'{"id": "\\ud800"}']
    for path in POSTS:
        for body in bodies:
            response = browser.post(path, body, headers_of(browser))
            assert response.status_code == 400
            assert list(response.json()) == ["error"]
            assert "\n" not in response.json()["error"]


def test_oversized_bodies_are_refused_before_they_are_read(log_in: LogIn) -> None:
    browser = log_in("ann")
    for path in (*POSTS, "/login", "/logout", "/api/decisions"):
        response = browser.post(path, b" " * (MOST_BYTES + 1), headers_of(browser))
        assert response.status_code == 413
        response = browser.post(path, b" " * MOST_BYTES, headers_of(browser))
        assert response.status_code in (400, 403)


def test_any_body_ends_in_a_line_and_never_breaks_us(log_in: LogIn) -> None:
    browser = log_in("ann")
    items = [card["item"] for card in work_of(browser)]
    names = ["id", "item", "verdict", "label", "criterion", "style", "comment", "escalate"]
    likely = st.fixed_dictionaries(
        {},
        optional={
            "id": st.uuids().map(str) | ANYTHING,
            "item": st.sampled_from([*items, "0" * 64, "../" * 20]) | ANYTHING,
            "verdict": st.sampled_from(["accept", "reject", "skip"]) | ANYTHING,
            "took_ms": st.integers() | ANYTHING,
            **dict.fromkeys(names[3:], ANYTHING),
        },
    )

    @SHARED
    @given(st.sampled_from(POSTS), likely | ANYTHING)
    def check(path: str, value: object) -> None:
        body = json.dumps(value).encode()
        response = browser.post(path, body, headers_of(browser))
        assert response.status_code in (200, 400, 409)
        if response.status_code != 200:
            assert response.json()["error"]

    check()


def test_any_path_ends_in_an_answer(log_in: LogIn) -> None:
    browser = log_in("jo")

    @SHARED
    @given(st.text(alphabet=string.printable + "é\u2028", max_size=60))
    def check(path: str) -> None:
        for start in ("/", "/media/", "/static/", "/api/classes/", "/api/disputes/"):
            assert browser.get(start + quote(path, safe="")).status_code < 500

    check()


def test_a_vote_that_makes_no_sense_is_told(log_in: LogIn) -> None:
    browser = log_in("ann")
    item = work_of(browser)[0]["item"]
    for said, message in (
        ({"criterion": ""}, "a rejection names the one that fails"),
        ({"verdict": "accept", "criterion": "", "label": ""}, "label is empty"),
        ({"comment": "x" * 2001}, "at most 2,000"),
        ({"style": "baroque"}, "style is 'baroque'"),
        ({"id": "1"}, "give a UUID"),
        ({"took_ms": -1}, "took_ms"),
        ({"item": "0" * 63}, "sha256"),
    ):
        response = browser.send("/api/votes", ballot(item) | said)
        assert response.status_code == 400
        assert message in response.json()["error"]


def test_what_cannot_be_taken_is_told_apart(log_in: LogIn) -> None:
    browser = log_in("ann")
    item = work_of(browser)[0]["item"]
    known = str(uuid.uuid4())
    assert browser.vote(item, id=known).status_code == 200
    assert browser.vote(item).status_code == 409
    assert browser.vote(item, id=known, criterion="gif").status_code == 409
    assert browser.vote("0" * 64).status_code == 409
    again = browser.vote(item, id=known)
    assert (again.status_code, again.json()["receipt"]["repeated"]) == (200, True)


def headers_of(browser: Browser) -> dict[str, str]:
    return {"Content-Type": JSON, "X-CSRF-Token": browser.token, **OURS}


PATHS = ["/login", "/api/votes"]


def test_who_is_gone_before_all_is_sent_breaks_nothing(client: TestClient) -> None:
    assert call(client, "POST", PATHS) == [400, 400]


def test_a_body_that_does_not_come_is_not_waited_for(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nothing() -> Message:
        await anyio.sleep_forever()
        raise AssertionError

    monkeypatch.setattr(bodies, "PATIENCE_S", 0.01)
    assert call(client, "POST", PATHS, nothing) == [408, 408]
