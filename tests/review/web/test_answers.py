"""Headers of all answers, errors, and what administrators do."""

import sqlite3

import pytest
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient

from anigifs.review.people.accounts import find
from anigifs.review.review import Review
from anigifs.review.store.engine import Unreachable
from anigifs.review.web import api, guard
from anigifs.review.web.app import build_app
from anigifs.review.web.desk import Serving
from tests.review.web.browser import ORIGIN, Browser
from tests.review.web.conftest import LogIn, work_of
from tests.review.web.made import PASSWORD

SAFE = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


def test_every_answer_has_the_headers(log_in: LogIn, nobody: Browser) -> None:
    ann, max_ = log_in("ann"), log_in("max")
    answers = [
        nobody.get("/login"),
        nobody.get("/judge"),
        nobody.get("/api/work"),
        nobody.get("/health"),
        nobody.get("/nothing"),
        nobody.get("/health", Host="evil.example"),
        ann.get("/judge"),
        ann.get("/api/work"),
        ann.get("/admin"),
        ann.send("/api/votes", {}),
        ann.post("/api/votes", b" " * 70_000, {}),
        max_.get("/admin"),
        max_.submit("/admin/accounts", name="", role="", password=""),
    ]
    for response in answers:
        assert {name: response.headers.get(name) for name in SAFE} == SAFE
        assert "server" not in response.headers


def test_pictures_and_scripts_have_all_but_their_own(log_in: LogIn) -> None:
    ann = log_in("ann")
    card = work_of(ann)[0]
    for path, own in ((card["sheet"], set()), (card["file"], {"content-security-policy"})):
        response = ann.get(path)
        for name in SAFE.keys() - own - {"cache-control"}:
            assert response.headers[name] == SAFE[name]


def test_a_mistake_of_ours_is_one_line_with_all_headers(
    review: Review, serving: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*arguments: object) -> None:
        raise ZeroDivisionError("a secret of the inside")

    monkeypatch.setattr(api, "lease", broken)
    app = build_app(review, serving)
    with TestClient(app, ORIGIN, raise_server_exceptions=False, follow_redirects=False) as client:
        browser = Browser(client)
        browser.log_in("ann")
        response = browser.get("/api/work")
    assert response.status_code == 500
    assert response.json() == {"error": "this is a mistake of the program; it was logged"}
    assert {name: response.headers.get(name) for name in SAFE} == SAFE


def test_a_database_that_does_not_answer_is_to_be_asked_again(
    log_in: LogIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = log_in("ann")

    def away(*arguments: object) -> None:
        raise Unreachable("10.0.0.5: no route") from OperationalError(
            "SELECT", {}, sqlite3.OperationalError("no")
        )

    monkeypatch.setattr(guard, "by_id", away)
    for path in ("/api/work", "/judge"):
        response = ann.get(path)
        assert (response.status_code, response.headers["retry-after"]) == (503, "2")
        assert "10.0.0.5" not in response.text


def test_an_annotator_works_through_cards(log_in: LogIn) -> None:
    ann = log_in("ann")
    cards = work_of(ann)
    assert len(cards) == 10
    assert work_of(ann) == cards
    answer = ann.vote(cards[0]["item"], took_ms=900).json()
    assert answer["receipt"]["repeated"] is False
    assert answer["items"][:9] == cards[1:]
    assert len(answer["items"]) == 10
    assert (answer["progress"]["votes"], answer["progress"]["rejected"]) == (1, 1)
    assert work_of(ann) == answer["items"]
    undone = ann.send("/api/undo", {"id": "00000000-0000-4000-8000-000000000001"}).json()
    assert undone["undone"]["card"] == cards[0]
    assert undone["undone"]["ballot"]["took_ms"] == 900
    assert undone["progress"]["votes"] == 0
    assert cards[0] in undone["items"]
    assert (
        ann.send("/api/undo", {"id": "00000000-0000-4000-8000-000000000002"}).json()["undone"]
        is None
    )


def test_it_is_not_told_which_votes_were_on_known_answers(log_in: LogIn) -> None:
    ann = log_in("ann")
    answers = [
        ann.get("/api/work"),
        ann.vote(work_of(ann)[0]["item"]),
        ann.send("/api/undo", {"id": "00000000-0000-4000-8000-000000000001"}),
    ]
    for answer in answers:
        told = {"votes", "today", "accepted", "rejected", "skipped", "left"}
        assert set(answer.json()["progress"]) == told
        assert "gold" not in answer.text


@pytest.mark.parametrize("count", ["0", "21", "x", ""])
def test_a_count_is_bounded(log_in: LogIn, count: str) -> None:
    assert log_in("ann").get(f"/api/work?count={count}").status_code == 400
    assert log_in("jo").get(f"/api/disputes?count={count}").status_code == 400


def test_an_annotator_sees_their_own_progress(log_in: LogIn) -> None:
    ann = log_in("ann")
    for card in work_of(ann)[:3]:
        ann.vote(card["item"])
    assert "3 of " in ann.get("/progress").text
    assert "0 of " in log_in("cat").get("/progress").text


def test_an_administrator_adds_somebody_who_logs_in(
    log_in: LogIn, client: TestClient, review: Review
) -> None:
    max_ = log_in("max")
    response = max_.submit("/admin/accounts", name=" new ", role="annotator", password=PASSWORD)
    assert (response.status_code, response.headers["location"]) == (303, "/admin?did=added")
    assert "The account was added." in max_.get("/admin?did=added").text
    assert Browser(client).log_in("new").status_code == 303
    again = max_.submit("/admin/accounts", name="NEW", role="annotator", password=PASSWORD)
    assert again.status_code == 400
    assert "there is an account NEW already" in again.text
    short = max_.submit("/admin/accounts", name="eve", role="annotator", password="short")
    assert "5 characters; give 12 to 256" in short.text
    assert find(review, "eve") is None


def test_an_administrator_changes_accounts(
    log_in: LogIn, client: TestClient, review: Review
) -> None:
    max_, path = log_in("max"), "/admin/accounts/bob@lab.example"
    assert max_.submit(path, action="role", role="adjudicator").status_code == 303
    assert log_in("bob@lab.example").get("/adjudicate").status_code == 200
    assert max_.submit(path, action="password", password="another password").status_code == 303
    assert Browser(client).log_in("bob@lab.example").status_code == 401
    assert max_.submit(path, action="disable").status_code == 303
    bob = find(review, "bob@lab.example")
    assert bob is not None
    assert not bob.enabled
    assert max_.submit(path, action="enable").headers["location"] == "/admin?did=enable"
    assert Browser(client).log_in("bob@lab.example", "another password").status_code == 303


@pytest.mark.parametrize(
    ("path", "fields", "message"),
    [
        ("max", {"action": "disable"}, "max is the last administrator"),
        ("max", {"action": "role", "role": "annotator"}, "max is the last administrator"),
        ("nobody", {"action": "disable"}, "there is no account &#39;nobody&#39;"),
        ("ann", {"action": "promote"}, "There is no such action"),
        ("ann", {}, "There is no such action"),
        ("ann", {"action": "role", "role": "boss"}, "role is &#39;boss&#39;"),
        ("ann", {"action": "password", "password": "short"}, "5 characters"),
    ],
)
def test_what_an_administrator_cannot_do_is_said(
    log_in: LogIn, path: str, fields: dict[str, str], message: str
) -> None:
    max_ = log_in("max")
    response = max_.submit(f"/admin/accounts/{path}", **fields)
    assert response.status_code == 400
    assert message in response.text
    assert max_.get("/admin").status_code == 200
