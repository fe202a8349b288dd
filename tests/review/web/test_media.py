import io
import json
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import update
from starlette.testclient import TestClient

from anigifs.foundation import MediaError
from anigifs.review.pictures.sheets import place_of
from anigifs.review.review import Review
from anigifs.review.store.engine import writing
from anigifs.review.store.schema import items
from anigifs.review.web import guard, media
from anigifs.review.web.app import build_app
from anigifs.review.web.desk import Serving
from anigifs.review.web.statics import Statics
from tests.review.web.browser import Browser, call, content_type
from tests.review.web.conftest import LogIn, work_of
from tests.review.web.made import LIGHT

PARTS = (".webp", ".json", "/file")


@pytest.fixture
def ann(log_in: LogIn) -> Browser:
    return log_in("ann")


@pytest.fixture
def card(ann: Browser) -> dict[str, str]:
    return work_of(ann)[0]


def test_a_card_leads_to_its_picture_its_timing_and_its_file(
    ann: Browser, card: dict[str, str], review: Review
) -> None:
    sheet, timing, file = (ann.get(card[name]) for name in ("sheet", "timing", "file"))
    with Image.open(io.BytesIO(sheet.content)) as picture:
        assert (picture.format, picture.size) == ("WEBP", (16, 16))
    assert json.loads(timing.text)["delays_ms"] == [50, 50, 50]
    assert file.content == review.file_of(card["item"], "gif").read_bytes()
    assert [content_type(one) for one in (sheet, timing, file)] == [
        "image/webp",
        "application/json",
        "image/gif",
    ]
    assert file.headers["content-disposition"] == f'inline; filename="{card["item"]}.gif"'
    assert "sandbox" in file.headers["content-security-policy"]


def test_pictures_are_kept_by_browsers_and_by_nobody_between(
    ann: Browser, card: dict[str, str]
) -> None:
    for name in ("sheet", "timing", "file"):
        response = ann.get(card[name])
        kept = response.headers["cache-control"]
        assert kept.startswith("private, max-age=")
        assert kept.endswith(", immutable")
        tag = response.headers["etag"]
        again = ann.get(card[name], **{"If-None-Match": f'"other", W/{tag}'})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
        assert ann.get(card[name], **{"If-None-Match": '"other"'}).status_code == 200


def test_a_part_of_a_file_can_be_asked_for(ann: Browser, card: dict[str, str]) -> None:
    whole = ann.get(card["file"]).content
    response = ann.get(card["file"], Range="bytes=3-9")
    assert (response.status_code, response.content) == (206, whole[3:10])


#: Instead of a hash, or of the name of a static file.
ELSEWHERE = (
    "",
    "0" * 64,
    "0" * 63,
    "0" * 65,
    "0" * 63 + "%0A",
    "*" * 64,
    "..%2Fsecret",
    "%2e%2e%2fsecret",
    "..%5csecret",
    "....%2F%2Fsecret",
    "/etc/passwd",
    "%2Fetc%2Fpasswd",
    "review.json%00",
)


def test_nothing_else_is_reached(ann: Browser) -> None:
    for name in ELSEWHERE:
        for part in PARTS:
            for path in (f"/media/{name}{part}", f"/static/{name}", f"/static/{name}{part}"):
                response = ann.get(path)
                assert response.status_code in (404, 405), path
                assert b"identity" not in response.content


@pytest.mark.parametrize("path", ["/media/..", "/static/../secret", "/static/..", "/../secret"])
def test_dots_lead_nowhere_where_no_client_takes_them_out(client: TestClient, path: str) -> None:
    assert call(client, "GET", [path]) == [404]


def test_a_hash_is_known_by_its_own_digits_only(ann: Browser, card: dict[str, str]) -> None:
    for name in (card["item"].upper(), card["item"] + "%20", card["item"][:-1]):
        for part in PARTS:
            assert ann.get(f"/media/{name}{part}").status_code == 404


def test_files_of_the_store_that_are_no_items_are_not_served(
    ann: Browser, card: dict[str, str], review: Review
) -> None:
    other = "f" * 64
    there = review.file_of(card["item"], "gif")
    beside = review.file_of(other, "gif")
    beside.parent.mkdir(parents=True, exist_ok=True)
    beside.write_bytes(there.read_bytes())
    try:
        for part in PARTS:
            assert ann.get(f"/media/{other}{part}").status_code == 404
    finally:
        beside.unlink()


def test_what_was_withdrawn_is_gone_and_what_is_hidden_is_for_adjudicators(
    ann: Browser, log_in: LogIn, review: Review, card: dict[str, str]
) -> None:
    bob, jo, max_ = (log_in(name) for name in ("bob@lab.example", "jo", "max"))
    assert bob.get(card["file"]).status_code == 200
    assert ann.vote(card["item"], escalate=True).status_code == 200
    for name in ("sheet", "timing", "file"):
        seen = [browser.get(card[name]).status_code for browser in (ann, bob, jo, max_)]
        assert seen == [404, 404, 200, 200]
    undone = ann.send("/api/undo", {"id": "00000000-0000-4000-8000-000000000009"})
    assert undone.json()["undone"]["card"] == card
    assert ann.get(card["file"]).status_code == 200
    with writing(review.engine) as connection:
        row = update(items).where(items.c.sha256 == card["item"])
        connection.execute(row.values(state="withdrawn"))
    assert jo.get(card["file"]).status_code == 404


def test_a_file_that_is_gone_or_damaged_is_said_in_a_line(
    log_in: LogIn, review: Review, card: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    bob = log_in("bob@lab.example")
    path = review.folder / "damaged.gif"
    monkeypatch.setattr(Review, "file_of", lambda self, sha256, kind: path)
    for content in (None, b"", b"GIF89a nothing"):
        if content is not None:
            path.write_bytes(content)
        for part in (".webp", ".json"):
            response = bob.get(f"/media/{card['item']}{part}")
            assert response.status_code == 404
            assert response.json() == {
                "error": "the file is not there, or cannot be decoded any more"
            }
    path.unlink()
    assert bob.get(card["file"]).status_code == 404


ODD: dict[str, Callable[[Path, Path], None]] = {
    "a link": lambda path, elsewhere: path.symlink_to(elsewhere),
    "a folder": lambda path, elsewhere: path.mkdir(),
    "a pipe": lambda path, elsewhere: os.mkfifo(path),
}


@pytest.mark.parametrize("how", ODD)
def test_what_is_no_file_of_the_store_is_not_sent(
    ann: Browser, review: Review, card: dict[str, str], monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    elsewhere = review.file_of(card["item"], "gif")
    path = review.folder / "odd.gif"
    ODD[how](path, elsewhere)
    monkeypatch.setattr(Review, "file_of", lambda self, sha256, kind: path)
    for part in PARTS:
        assert ann.get(f"/media/{card['item']}{part}").status_code == 404


def test_two_pictures_are_made_at_once_whatever_is_asked_for(
    ann: Browser, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock, running, most = threading.Lock(), [], []

    def make(path: Path, cache: Path) -> None:
        with lock:
            running.append(path)
            most.append(len(running))
        time.sleep(0.02)
        with lock:
            running.pop()
        raise MediaError("nothing was made")

    monkeypatch.setattr(media, "sheet_of", make)
    paths = [card[part] for card in work_of(ann)[:4] for part in ("sheet", "timing")]
    assert call(client, "GET", paths, cookies=ann.cookies) == [404] * 8
    assert max(most) == 2


def test_a_sheet_is_kept_in_the_folder_of_the_review(
    ann: Browser, card: dict[str, str], review: Review
) -> None:
    ann.get(card["timing"])
    place = place_of(review.file_of(card["item"], "gif"), review.sheets)
    assert place.made
    assert place.webp.is_relative_to(review.folder)
    assert ann.get(card["sheet"]).content == place.webp.read_bytes()


def test_a_container_that_browsers_do_not_know_is_no_page(
    ann: Browser, card: dict[str, str], review: Review
) -> None:
    with writing(review.engine) as connection:
        row = update(items).where(items.c.sha256 == card["item"])
        connection.execute(row.values(kind="html"))
    path = review.file_of(card["item"], "html")
    path.write_bytes(b"<script>alert(1)</script>")
    try:
        response = ann.get(card["file"])
    finally:
        path.unlink()
    assert content_type(response) == "application/octet-stream"
    assert response.headers["content-disposition"].startswith("attachment;")
    assert response.headers["x-content-type-options"] == "nosniff"


def test_styles_and_scripts_have_addresses_that_change_with_them(client: TestClient) -> None:
    statics = Statics(Serving().statics)
    url = statics.url("base.css")
    response = client.get(url)
    assert content_type(response) == "text/css; charset=utf-8"
    assert response.content == (Serving().statics / "base.css").read_bytes()
    assert "immutable" in response.headers["cache-control"]
    for stale in ("/static/base.css", "/static/base.css?v=0"):
        response = client.get(stale)
        assert response.headers["cache-control"] == "no-cache"
        tag = response.headers["etag"]
        assert client.get(stale, headers={"If-None-Match": tag}).status_code == 304
    script = client.get(statics.url("judge.js"))
    assert content_type(script) == "text/javascript; charset=utf-8"


def test_who_asks_does_not_matter_for_styles_and_scripts(
    ann: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def looked_up(*arguments: object) -> None:
        raise AssertionError

    monkeypatch.setattr(guard, "by_id", looked_up)
    for path in ("/static/base.css", "/health"):
        assert ann.get(path).status_code == 200


def test_only_styles_scripts_and_pictures_are_static(review: Review) -> None:
    folder = review.folder / "static"
    folder.mkdir()
    for name in ("base.css", "notes.txt", ".hidden", "page.html"):
        (folder / name).write_text("x")
    (folder / "deeper.css").mkdir()
    serving = Serving(statics=folder, passwords=LIGHT)
    with TestClient(build_app(review, serving), "http://localhost") as client:
        found = {
            name: client.get(f"/static/{name}").status_code
            for name in ("base.css", "notes.txt", ".hidden", "page.html", "deeper.css")
        }
    assert found == {
        "base.css": 200,
        "notes.txt": 404,
        ".hidden": 404,
        "page.html": 404,
        "deeper.css": 404,
    }
