import hashlib

import pytest
from itsdangerous import URLSafeSerializer
from starlette.testclient import TestClient

from anigifs.review.people.accounts import set_enabled, set_password, set_role
from anigifs.review.review import Review
from anigifs.review.web.app import build_app
from anigifs.review.web.desk import Serving
from anigifs.review.web.sessions import LIFE_MS, Sessions
from tests.review.web.browser import Browser
from tests.review.web.conftest import LogIn
from tests.review.web.made import LIGHT, NOW_MS, PASSWORD, PEOPLE, Clock

HOMES = {"annotator": "/judge", "adjudicator": "/adjudicate", "administrator": "/admin"}


@pytest.mark.parametrize("name", PEOPLE)
def test_everybody_is_led_to_where_they_work(nobody: Browser, name: str) -> None:
    browser = nobody
    assert browser.log_in(name).headers["location"] == "/"
    response = browser.get("/")
    assert (response.status_code, response.headers["location"]) == (303, HOMES[PEOPLE[name]])
    assert browser.get("/login").headers["location"] == "/"


def test_a_name_is_known_in_any_case_and_between_blanks(nobody: Browser) -> None:
    assert nobody.log_in(" Bob@Lab.Example ").status_code == 303


def test_what_is_wrong_is_not_said(client: TestClient) -> None:
    for name, password in (
        ("ann", "a wrong password"),
        ("nobody", PASSWORD),
        ("", ""),
        ("ann", ""),
        ("ann", "x" * 5000),
        ("ann' OR 1=1 --", PASSWORD),
        ("a" * 5000, PASSWORD),
    ):
        browser = Browser(client)
        response = browser.log_in(name, password)
        assert response.status_code == 401
        assert "the name or the password is wrong" in response.text
        assert browser.get("/judge").headers["location"] == "/login"


def test_who_is_disabled_is_told_the_same(nobody: Browser, review: Review) -> None:
    set_enabled(review, "ann", False)
    response = nobody.log_in("ann")
    assert response.status_code == 401
    assert "the name or the password is wrong" in response.text


def test_the_log_in_page_of_another_window_still_works(nobody: Browser) -> None:
    nobody.get("/login")
    first = nobody.token
    nobody.get("/login")
    assert nobody.token == first


def test_logging_in_needs_the_token_of_this_browser(nobody: Browser, client: TestClient) -> None:
    other = Browser(client)
    other.get("/login")
    nobody.get("/login")
    nobody.token = other.token
    response = nobody.submit("/login", name="ann", password=PASSWORD)
    assert response.status_code == 403
    assert Browser(client).submit("/login", name="ann", password=PASSWORD).status_code == 403


def test_each_log_in_is_a_new_session(client: TestClient) -> None:
    first, second, again = (Browser(client) for _ in range(3))
    for browser in (first, second, again):
        assert browser.log_in("ann").status_code == 303
    assert first.cookies != second.cookies
    assert first.token != second.token
    before = dict(again.cookies)
    again.cookies.clear()
    again.log_in("ann")
    assert set(again.cookies) == set(before)
    assert list(again.cookies.values()) != list(before.values())


def test_cookies_are_out_of_reach(nobody: Browser) -> None:
    response = nobody.log_in("ann")
    cookies = response.headers.get_list("set-cookie")
    assert cookies
    for cookie in cookies:
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie
        assert "Path=/" in cookie
        assert "Domain" not in cookie
        assert "Secure" not in cookie
    assert any(f"Max-Age={12 * 3600}" in cookie for cookie in cookies)


@pytest.mark.parametrize("kind", ["session", "login"])
def test_two_reviews_on_one_machine_have_cookies_of_their_own(kind: str) -> None:
    # Browsers send cookies to all ports of a name.
    names = {Sessions(32 * secret, kind, secure=False).cookie for secret in (b"1", b"2")}
    assert len(names) == 2


def test_behind_a_proxy_cookies_go_by_https_only(review: Review, clock: Clock) -> None:
    serving = Serving(
        hosts=("review.example.org",),
        origin="https://review.example.org",
        passwords=LIGHT,
        clock=clock,
    )
    url = "https://review.example.org"
    with TestClient(build_app(review, serving), url, follow_redirects=False) as client:
        response = client.get("/login")
    (cookie,) = response.headers.get_list("set-cookie")
    assert cookie.startswith("__Host-anigifs-login-")
    assert "Secure" in cookie


def test_a_session_ends_after_twelve_hours(log_in: LogIn, clock: Clock) -> None:
    browser = log_in("ann")
    clock.now_ms += LIFE_MS - 1
    assert browser.get("/judge").status_code == 200
    clock.now_ms += 1
    assert browser.get("/judge").headers["location"] == "/login"
    assert browser.get("/api/work").status_code == 401


def test_a_session_from_the_future_is_none(log_in: LogIn, clock: Clock) -> None:
    browser = log_in("ann")
    clock.now_ms -= 3_600_000
    assert browser.get("/api/work").status_code == 401


@pytest.mark.parametrize("change", ["disabled", "role", "password"])
def test_a_change_of_the_account_ends_its_sessions(
    log_in: LogIn, review: Review, change: str
) -> None:
    browser, other = log_in("ann"), log_in("cat")
    if change == "disabled":
        set_enabled(review, "ann", False)
        set_enabled(review, "ann", True)
    elif change == "role":
        set_role(review, "ann", "adjudicator")
    else:
        set_password(review, "ann", PASSWORD, LIGHT)
    assert browser.get("/api/work").status_code == 401
    assert browser.get("/adjudicate").headers["location"] == "/login"
    assert other.get("/api/work").status_code == 200


def test_logging_out_ends_every_session_of_the_person(log_in: LogIn) -> None:
    here, there, other = log_in("ann"), log_in("ann"), log_in("cat")
    copied = dict(here.cookies)
    response = here.submit("/logout")
    assert (response.status_code, response.headers["location"]) == (303, "/login")
    assert not any("session" in name for name in here.cookies)
    here.cookies = copied
    assert here.get("/api/work").status_code == 401
    assert there.get("/api/work").status_code == 401
    assert other.get("/api/work").status_code == 200


def test_nobody_can_log_out_as_well(nobody: Browser) -> None:
    assert nobody.submit("/logout").headers["location"] == "/login"


def test_a_cookie_that_was_touched_is_none(log_in: LogIn) -> None:
    browser = log_in("ann")
    ((name, value),) = browser.cookies.items()
    payload, _, signature = value.rpartition(".")
    for forged in (
        "",
        "x",
        payload,
        f"{payload}.",
        f"{payload[:-1]}{'A' if payload[-1] != 'A' else 'B'}.{signature}",
        f"{payload}.{signature[:-4]}AAAA",
        value + "A",
        value * 50,
        "\x7f\x80",
    ):
        browser.cookies = {name: forged}
        assert browser.get("/api/work").status_code == 401


def test_what_we_signed_in_another_shape_is_none(log_in: LogIn, review: Review) -> None:
    browser = log_in("ann")
    ((name, _),) = browser.cookies.items()
    signer = URLSafeSerializer(
        review.secret,
        salt="anigifs.review session",
        signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
    )
    shapes: list[object] = [[], [1], [1, 0, "t", 0, 5], {"account": 1}, "text", None, 5]
    for said in (*shapes, ["1", "0", "t", "x"], [True, 0, "t", NOW_MS], [1, 0, "t", 0.5]):
        browser.cookies = {name: str(signer.dumps(said))}
        assert browser.get("/api/work").status_code == 401


def test_the_cookie_of_the_log_in_page_is_no_session(nobody: Browser) -> None:
    nobody.get("/login")
    ((name, value),) = nobody.cookies.items()
    nobody.cookies = {name.replace("login", "session"): value}
    assert nobody.get("/judge").headers["location"] == "/login"


def test_who_fails_has_to_wait_and_is_told_how_long(nobody: Browser, clock: Clock) -> None:
    for _ in range(5):
        assert nobody.log_in("ann", "a wrong password").status_code == 401
    response = nobody.log_in("ann")
    assert (response.status_code, response.headers["retry-after"]) == (429, "1")
    assert "try again in 1 s" in response.text
    clock.now_ms += 1000
    assert nobody.log_in("ann").status_code == 303


def test_a_hostile_name_is_not_given_back(nobody: Browser) -> None:
    for text in ("<script>alert(1)</script>", "\"'>", "\u202e\u2028", "x" * 3000):
        response = nobody.log_in(text, "a wrong password")
        assert response.status_code == 401
        assert text not in response.text
