"""Every request by everybody: who may ask is written down here once more, from the description."""

import re
from collections.abc import Callable

import httpx2
import pytest
from sqlalchemy import func, select
from starlette.requests import Request as StarletteRequest
from starlette.routing import Route
from starlette.testclient import TestClient

from anigifs.review.people.accounts import add_account, all_accounts, set_enabled
from anigifs.review.review import Review
from anigifs.review.store.engine import reading
from anigifs.review.store.schema import events
from anigifs.review.web.app import build_app
from anigifs.review.web.csrf import same_origin
from anigifs.review.web.desk import Serving
from anigifs.review.web.routes import ENTRIES
from tests.review.web.browser import FORM, JSON, ORIGIN, OURS, Browser
from tests.review.web.conftest import LogIn, name_of, work_of
from tests.review.web.made import LIGHT, PASSWORD

ROLES = ("annotator", "adjudicator", "administrator")
ALL, NONE = frozenset(ROLES), None
ANNOTATOR, ADJUDICATOR, ADMINISTRATOR = (frozenset({role}) for role in ROLES)
SHA = "{sha}"
#: Method and path, who may, and whether people read the answer.
REQUESTS: dict[tuple[str, str], tuple[frozenset[str] | None, bool]] = {
    ("GET", "/health"): (NONE, False),
    ("GET", "/static/base.css"): (NONE, False),
    ("GET", "/login"): (NONE, True),
    ("POST", "/login"): (NONE, True),
    ("POST", "/logout"): (NONE, True),
    ("GET", "/"): (ALL, True),
    ("GET", "/help"): (ALL, True),
    ("GET", "/judge"): (ANNOTATOR, True),
    ("GET", "/progress"): (ANNOTATOR, True),
    ("GET", "/quiz"): (ANNOTATOR, True),
    ("GET", "/adjudicate"): (ADJUDICATOR, True),
    ("GET", "/admin"): (ADMINISTRATOR, True),
    ("POST", "/admin/accounts"): (ADMINISTRATOR, True),
    ("POST", "/admin/accounts/cat"): (ADMINISTRATOR, True),
    ("GET", "/api/work"): (ANNOTATOR, False),
    ("POST", "/api/votes"): (ANNOTATOR, False),
    ("POST", "/api/undo"): (ANNOTATOR, False),
    ("GET", "/api/quiz"): (ANNOTATOR, False),
    ("POST", "/api/answers"): (ANNOTATOR, False),
    ("GET", "/api/classes/archery"): (ANNOTATOR | ADJUDICATOR, False),
    ("GET", "/api/disputes"): (ADJUDICATOR, False),
    ("GET", f"/api/disputes/{SHA}"): (ADJUDICATOR, False),
    ("POST", "/api/decisions"): (ADJUDICATOR, False),
    ("GET", f"/media/{SHA}.webp"): (ALL, False),
    ("GET", f"/media/{SHA}.json"): (ALL, False),
    ("GET", f"/media/{SHA}/file"): (ALL, False),
}
#: What would change something if it came from our pages.
FORMS = {
    "/login": f"name=ann&password={PASSWORD.replace(' ', '+')}",
    "/admin/accounts": "name=eve&password=correct-horse-battery&role=administrator",
    "/admin/accounts/cat": "action=disable",
}
Request = tuple[str, str]


def ask(browser: Browser, request: Request, sha256: str) -> httpx2.Response:
    """Send a request in the right shape, which need not make sense."""
    method, path = request
    path = path.replace(SHA, sha256)
    if method == "GET":
        return browser.get(path)
    return browser.send(path, {}) if path.startswith("/api/") else browser.submit(path)


@pytest.fixture
def sha256(log_in: LogIn) -> str:
    return work_of(log_in("cat"))[0]["item"]


def test_every_request_that_is_answered_is_in_this_table(review: Review) -> None:
    app = build_app(review)
    answered = set()
    for route in app.routes:
        assert isinstance(route, Route)
        methods = (route.methods or set()) - {"HEAD"}
        matching = [
            (method, path)
            for method, path in REQUESTS
            if method in methods and route.path_regex.fullmatch(path.replace(SHA, "0" * 64))
        ]
        assert matching, f"{methods} {route.path} is in no test"
        answered |= set(matching)
    assert answered == set(REQUESTS)
    assert len(app.routes) == len(ENTRIES) == len(REQUESTS)


@pytest.mark.parametrize("role", ROLES)
def test_only_who_may_is_answered(log_in: LogIn, sha256: str, role: str) -> None:
    browser = log_in(name_of(role))
    for request, (who, page) in REQUESTS.items():
        if request == ("POST", "/login"):
            continue  # who is logged in has no token for it
        response = ask(browser, request, sha256)
        if request == ("POST", "/logout"):
            assert response.status_code == 303
            browser = log_in(name_of(role))
        elif who is None or role in who:
            # An empty form or object is understood and makes no sense; a page is there.
            expected = (200, 303) if request[0] == "GET" else (400,)
            if "/disputes/" in request[1]:
                expected = (404,)
            assert response.status_code in expected, (request, response.text)
        else:
            assert response.status_code == 403, request
            assert f"this is not for the role {role}" in response.text
            assert ("<html" in response.text) is page


@pytest.mark.parametrize("role", ["", *ROLES])
def test_who_is_not_logged_in_gets_nothing(
    log_in: LogIn, nobody: Browser, review: Review, sha256: str, role: str
) -> None:
    browser = nobody
    if role:  # somebody whose account was disabled in the meantime
        add_account(review, "min", "administrator", PASSWORD, LIGHT)
        browser = log_in(name_of(role))
        set_enabled(review, name_of(role), False)
    for request, (who, page) in REQUESTS.items():
        response = ask(browser, request, sha256)
        if request == ("POST", "/login"):
            assert response.status_code == 401 if not role else 403
        elif who is None:
            assert response.status_code in (200, 303)
        elif page:
            assert (response.status_code, response.headers["location"]) == (303, "/login")
        else:
            assert response.status_code == 401
            assert response.json() == {"error": "log in first"}


Headers = dict[str, str]
FOREIGN: dict[str, Callable[[Headers], Headers]] = {
    "another token": lambda ours: ours | {"X-CSRF-Token": "x" * 43},
    "an empty token": lambda ours: ours | {"X-CSRF-Token": ""},
    "no token": lambda ours: {name: ours[name] for name in ours if name != "X-CSRF-Token"},
    "another site": lambda ours: ours | {"Origin": "https://evil.example"},
    "another port": lambda ours: ours | {"Origin": "http://127.0.0.1:8001"},
    "https": lambda ours: ours | {"Origin": "https://127.0.0.1:8000"},
    "no origin that can be told": lambda ours: ours | {"Origin": "null"},
    "a cross-site fetch": lambda ours: ours | {"Sec-Fetch-Site": "cross-site"},
    "a same-site fetch": lambda ours: ours | {"Sec-Fetch-Site": "same-site"},
    "typed into the address bar": lambda ours: ours | {"Sec-Fetch-Site": "none"},
    "nothing of where it comes from": lambda ours: {
        name: ours[name] for name in ours if name not in ("Origin", "Sec-Fetch-Site")
    },
}


@pytest.mark.parametrize("how", FOREIGN)
def test_what_another_site_sends_changes_nothing(log_in: LogIn, review: Review, how: str) -> None:
    browsers = {role: log_in(name_of(role)) for role in ROLES}
    before = state(review)
    for (method, path), (who, page) in REQUESTS.items():
        if method == "GET":
            continue
        browser = browsers[min(who or {"annotator"})]
        headers = FOREIGN[how](
            {"Content-Type": FORM if page else JSON, "X-CSRF-Token": browser.token, **OURS}
        )
        form = FORMS.get(path, "")
        if "X-CSRF-Token" in headers:
            form += f"&csrf={headers['X-CSRF-Token']}"
        response = browser.post(path, form.encode() if page else b"{}", headers)
        assert response.status_code == 403, path
        assert state(review) == before
    # The sessions that it tried to use are as good as before.
    for browser in browsers.values():
        assert browser.get("/help").status_code == 200


def test_a_token_in_the_wrong_place_is_none(log_in: LogIn, review: Review) -> None:
    browser = log_in("max")
    headers = {"Content-Type": FORM, "X-CSRF-Token": browser.token, **OURS}
    response = browser.post("/admin/accounts/cat", b"action=disable", headers)
    assert response.status_code == 403
    assert all(one.enabled for one in all_accounts(review))


def test_the_token_of_another_person_is_none(log_in: LogIn, review: Review) -> None:
    ann, max_ = log_in("ann"), log_in("max")
    max_.token = ann.token
    assert max_.submit("/admin/accounts/cat", action="disable").status_code == 403
    assert all(one.enabled for one in all_accounts(review))


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Origin": ORIGIN}, True),
        ({"Origin": ORIGIN.upper()}, True),
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Origin": "https://review.example.org"}, True),
        ({"Origin": "https://review.example.org.evil.example"}, False),
        ({"Origin": "http://127.0.0.1:8000.evil.example"}, False),
        ({"Origin": ""}, False),
        ({}, False),
    ],
)
def test_our_own_origin_is_the_whole_of_it(headers: Headers, expected: bool) -> None:
    raw = [(b"host", b"127.0.0.1:8000")]
    raw += [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    scope: dict[str, object] = {"type": "http", "method": "POST", "path": "/", "scheme": "http"}
    scope |= {"headers": raw}
    scope |= {"server": ("127.0.0.1", 8000), "query_string": b""}
    assert same_origin(StarletteRequest(scope), ["https://review.example.org"]) is expected


def test_another_name_for_this_machine_is_refused(client: TestClient) -> None:
    others = ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", "localhost.evil", ""]
    for host in others:
        response = client.get("/health", headers={"Host": host})
        assert response.status_code == 400
        assert response.headers["x-content-type-options"] == "nosniff"
    for host in ("localhost", "127.0.0.1:1234", "[::1]:8000", "LOCALHOST:8000"):
        assert client.get("/health", headers={"Host": host}).text == "ok"


def test_a_name_is_ours_if_it_was_given(review: Review) -> None:
    with TestClient(build_app(review, Serving(hosts=("review.lan",), passwords=LIGHT))) as client:
        assert client.get("/health", headers={"Host": "review.lan:80"}).text == "ok"
        assert client.get("/health", headers={"Host": "other.lan"}).status_code == 400


def test_what_is_not_there_is_not_found(log_in: LogIn) -> None:
    browser = log_in("max")
    paths = ["/nothing", "/judge/", "/api", "/api/nothing", "/admin/accounts/a/b", "/media/"]
    for path in (*paths, "/static/", "/%00"):
        assert browser.get(path).status_code == 404, path


def test_other_methods_are_refused(client: TestClient) -> None:
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
        for path in ("/judge", "/api/votes", "/media/x.webp"):
            response = client.request(method, path)
            assert response.status_code == 405
            assert response.headers["allow"]


def test_head_is_get_without_its_body(client: TestClient) -> None:
    response = client.head("/health")
    assert (response.status_code, response.content) == (200, b"")
    assert client.head("/judge").status_code == 303


def state(review: Review) -> object:
    with reading(review.engine) as connection:
        votes = connection.scalar(select(func.count()).select_from(events))
    return votes, all_accounts(review)


def test_no_page_has_a_script_or_a_style_in_it(log_in: LogIn) -> None:
    for (method, path), (who, page) in REQUESTS.items():
        if method != "GET" or not page:
            continue
        text = log_in(name_of(min(who or {"annotator"}))).get(path).text
        for tag in re.findall(r"<script[^>]*>", text):
            assert "src=" in tag or 'type="application/json"' in tag
        assert not re.search(r"<style|\sstyle=|<[^>]+\son[a-z]+=[\"']", text)
