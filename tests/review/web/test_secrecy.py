"""Nobody sees another's votes before it is their turn, and no word becomes part of a page."""

import json
from html.parser import HTMLParser

import httpx2
import pytest

from anigifs.review.people.accounts import find
from anigifs.review.review import Review
from tests.review.web.browser import Browser, content_type
from tests.review.web.conftest import LogIn, work_of
from tests.review.web.made import CLASSES, DEFINITIONS, HOSTILE, REVIEW_NAME

SECRET = "nobody else may read this"


class Page(HTMLParser):
    """What a browser would make of a page: its elements, attributes, texts and data."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.texts: list[str] = []
        self.scripts: list[dict[str, str]] = []
        self.data = ""
        self._in_data = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag == "script":
            self.scripts.append({name: value or "" for name, value in attrs})
        self._in_data = tag == "script" and ("type", "application/json") in attrs

    def handle_endtag(self, tag: str) -> None:
        self._in_data = False

    def handle_data(self, data: str) -> None:
        if self._in_data:
            self.data += data
        else:
            self.texts.append(data)


def everything(browser: Browser, items: list[str]) -> dict[str, httpx2.Response]:
    """Return all that somebody can ask for without changing anything."""
    paths = ["/", "/judge", "/progress", "/quiz", "/help", "/admin", "/adjudicate"]
    paths += ["/api/work", "/api/quiz", "/api/disputes", "/api/classes/archery"]
    for item in items:
        paths += [f"/media/{item}.webp", f"/media/{item}.json", f"/media/{item}/file"]
        paths += [f"/api/disputes/{item}"]
    return {path: browser.get(path) for path in paths}


def test_an_annotator_gets_nobody_elses_votes_from_any_answer(log_in: LogIn) -> None:
    ann, bob, cat = log_in("ann"), log_in("bob@lab.example"), log_in("cat")
    items = [card["item"] for card in work_of(ann)]
    for card in work_of(bob):
        response = bob.vote(card["item"], comment=SECRET, style="pixel")
        assert response.status_code == 200
    for card in work_of(cat)[:3]:
        cat.vote(card["item"], comment=SECRET, escalate=True)
    answers = everything(ann, items)
    for card in work_of(ann):
        answers[f"vote on {card['item']}"] = ann.vote(card["item"], comment="my own")
    answers["undo"] = ann.send("/api/undo", {"id": "00000000-0000-4000-8000-000000000001"})
    assert answers["undo"].json()["undone"]["ballot"]["comment"] == "my own"
    looked_at = 0
    for path, response in answers.items():
        assert response.status_code < 500
        whole = response.text + str(response.headers)
        looked_at += response.status_code == 200
        for word in (SECRET, "bob@lab.example", '"cat"', ">cat<", '"style":"pixel"'):
            assert word not in whole, path
    assert looked_at > 20


def test_cards_tell_nothing_of_how_others_judged(log_in: LogIn) -> None:
    ann, bob = log_in("ann"), log_in("bob@lab.example")
    for card in work_of(bob)[:5]:
        bob.vote(card["item"])
    for card in work_of(ann):
        assert set(card) == {"item", "kind", "label", "labels", "sheet", "timing", "file"}


def test_an_adjudicator_sees_all_votes_of_a_dispute_and_only_of_these(log_in: LogIn) -> None:
    ann, jo = log_in("ann"), log_in("jo")
    first, second, *_ = work_of(ann)
    ann.vote(first["item"], comment=SECRET, escalate=True)
    ann.vote(second["item"], comment="not disputed")
    (dispute,) = jo.get("/api/disputes").json()["items"]
    assert dispute["card"]["item"] == first["item"]
    assert dispute["card"]["sheet"] == f"/media/{first['item']}.webp"
    assert [(one["annotator"], one["comment"]) for one in dispute["votes"]] == [("ann", SECRET)]
    assert jo.get(f"/api/disputes/{second['item']}").status_code == 404
    assert jo.get(f"/api/disputes/{first['item'].upper()}").json() == dispute


def test_a_decision_takes_an_item_off_the_list(log_in: LogIn) -> None:
    ann, jo = log_in("ann"), log_in("jo")
    first, second, *_ = work_of(ann)
    for card in (first, second):
        ann.vote(card["item"], escalate=True)
    assert jo.get("/api/disputes?count=1").json()["left"] == 2
    said = {"verdict": "accept", "label": "archery", "criterion": ""}
    body = {"id": "00000000-0000-4000-8000-000000000002", "item": first["item"], **said}
    answer = jo.send("/api/decisions", body).json()
    assert [one["card"]["item"] for one in answer["items"]] == [second["item"]]
    assert (answer["left"], answer["receipt"]["repeated"]) == (1, False)
    assert jo.send("/api/decisions", body).json()["receipt"]["repeated"] is True
    (example,) = ann.get("/api/classes/archery").json()["examples"]
    assert example["item"] == first["item"]
    ballot = {**body, "id": "00000000-0000-4000-8000-000000000003"}
    assert ann.send("/api/decisions", ballot).status_code == 403


def test_the_quiz_does_not_tell_the_answer(log_in: LogIn) -> None:
    ann, bob, cat = log_in("ann"), log_in("bob@lab.example"), log_in("cat")
    voted = {card["item"] for card in work_of(bob)} & {card["item"] for card in work_of(cat)}
    for browser in (bob, cat):
        for card in work_of(browser):
            if card["item"] in voted:
                said = {"verdict": "accept", "label": card["label"], "criterion": ""}
                assert browser.vote(card["item"], **said).status_code == 200
    asked = ann.get("/api/quiz").json()
    assert asked["done"] == 0
    assert set(asked["item"]) == {"item", "kind", "sheet", "timing", "file"}
    guess = {"id": "00000000-0000-4000-8000-000000000004", "item": asked["item"]["item"]}
    response = ann.send("/api/answers", {**guess, "label": "archery", "took_ms": 10})
    assert set(response.json()) == {"receipt"}
    assert set(response.json()["receipt"]) == {"seq", "repeated"}
    assert ann.get("/api/quiz").json()["done"] == 1
    assert "Answered" in ann.get("/quiz").text


def test_a_class_of_any_name_is_found_and_comes_back_as_it_is(log_in: LogIn) -> None:
    browser = log_in("ann")
    for label in CLASSES:
        path = "".join(f"%{byte:02X}" for byte in label.encode())
        response = browser.get(f"/api/classes/{path}")
        assert response.json()["label"] == label
        assert response.json()["definition"] == DEFINITIONS.get(label, "")
        assert content_type(response) == "application/json"
    assert browser.get("/api/classes/juggling").status_code == 404


@pytest.mark.parametrize("name", ["ann", "jo"])
def test_hostile_words_come_back_as_words(log_in: LogIn, name: str) -> None:
    browser = log_in(name)
    response = browser.get(browser.get("/").headers["location"])
    page = Page(response.text)
    check_page(page)
    labels = {one["label"]: one["definition"] for one in json.loads(page.data)["labels"]}
    assert labels == {label: DEFINITIONS.get(label, "") for label in CLASSES}
    assert "\u2028" not in page.data
    assert REVIEW_NAME in page.texts


def test_hostile_comments_come_back_as_words(log_in: LogIn) -> None:
    ann, jo = log_in("ann"), log_in("jo")
    for card, comment in zip(work_of(ann), HOSTILE, strict=False):
        assert ann.vote(card["item"], comment=comment, escalate=True).status_code == 200
    response = jo.get("/api/disputes?count=20")
    assert content_type(response) == "application/json"
    assert response.headers["x-content-type-options"] == "nosniff"
    comments = [one["votes"][0]["comment"] for one in response.json()["items"]]
    assert sorted(comments) == sorted(HOSTILE)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_in_forms_and_addresses_come_back_as_words(
    log_in: LogIn, review: Review, text: str
) -> None:
    browser = log_in("max")
    answers = [
        browser.submit("/admin/accounts", name=text, role="annotator", password="x" * 12),
        browser.submit("/admin/accounts", name="eve", role=text, password="x" * 12),
        browser.submit("/admin/accounts/ann", action=text),
        browser.submit("/admin/accounts/ann", action="role", role=text),
        browser.submit("/admin/accounts", **{text: "x"}),
        browser.submit("/admin/accounts/" + "".join(f"%{b:02X}" for b in text.encode())),
        browser.get("/admin?did=" + "".join(f"%{b:02X}" for b in text.encode())),
        browser.get("/" + "".join(f"%{b:02X}" for b in text.encode())),
    ]
    for response in answers:
        assert response.status_code in (200, 400, 404)
        check_page(Page(response.text))
    assert find(review, "eve") is None


def check_page(page: Page) -> None:
    """Make sure that no word of others became an element or an attribute of a page."""
    for attributes in page.scripts:
        assert attributes.get("src", "").startswith("/static/") or (
            attributes.get("type") == "application/json"
        )
    for name, value in page.attributes:
        assert not name.startswith("on")
        assert name != "style"
        if name in ("href", "src", "action"):
            assert value.startswith(("/", "#"))
    assert "blink" not in page.tags
