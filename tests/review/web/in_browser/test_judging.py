"""Judging in a real browser: by keys alone, without a lost vote."""

import json
import re

from playwright.sync_api import Page, Route, expect
from sqlalchemy import select

from anigifs.review.people.accounts import Account, end_sessions
from anigifs.review.store.engine import reading
from anigifs.review.store.schema import items
from anigifs.review.work.assignment import lease
from anigifs.review.work.shapes import Ballot
from anigifs.review.work.voting import cast
from tests.review.web.in_browser.conftest import (
    Heard,
    Judging,
    Opens,
    item_of,
    log_in,
    pictures_are_there,
    press,
    saved,
    send_now,
)
from tests.review.web.in_browser.made import CLASSES, Site

FILES = 60
NOW_MS = 1_800_000_000_000
VOTES = "**/api/votes"
FAILED = "Failed to load resource"


def brief(said: list[dict[str, object]]) -> list[tuple[object, object]]:
    return [(one["kind"], one["criterion"] or one["verdict"]) for one in said]


def test_each_key_votes_as_it_says(site: Site, opens: Opens) -> None:
    person = site.person()
    page = opens(person)
    asked = press(page, "Enter", "a", "1", "2", "3", "s")
    saved(page)
    said = site.said(person)
    assert [one["item"] for one in said] == asked
    assert len(set(asked)) == 6
    verdicts = [(one["verdict"], one["criterion"]) for one in said]
    assert verdicts[:2] == [("accept", "")] * 2
    assert verdicts[2:5] == [("reject", name) for name in ("gif", "animated", "action")]
    assert verdicts[5] == ("skip", "")
    assert all(one["label"] in CLASSES for one in said)
    expect(page.locator("#today")).to_have_text("5 today")
    expect(page.locator("#left")).to_have_text(f"{FILES - 6} left")


def test_each_button_does_the_same(judging: Judging) -> None:
    page = judging.page
    for does in ("accept", "gif", "animated", "action", "skip"):
        item_of(page)
        page.click(f"button[data-does={does}]")
    saved(page)
    wanted = ["accept", "gif", "animated", "action", "skip"]
    assert brief(judging.said) == [("vote", one) for one in wanted]
    item_of(page)
    label = page.inner_text("#class")
    page.keyboard.press("Enter")  # the mouse has left the button, so that this accepts
    expect(page.locator("#says[role=status]")).to_have_text(f"Accepted: {label}. U undoes it")
    press(page, "2")
    expect(page.locator("#says")).to_have_text("Rejected: not animated. U undoes it")


def test_another_class_is_found_by_its_words(judging: Judging) -> None:
    page = judging.page
    press(page, "c")
    page.keyboard.type("DANCING deja")
    expect(page.locator("#class-list [role=option]")).to_have_count(1)
    chosen = page.locator("#class-list [aria-selected=true]")
    assert page.get_attribute("#class-search", "aria-activedescendant") == chosen.get_attribute(
        "id"
    )
    page.keyboard.press("Enter")
    expect(page.locator("#classes")).not_to_be_visible()
    saved(page)
    assert [(one["verdict"], one["label"]) for one in judging.said] == [("accept", CLASSES[3])]


def test_arrows_go_through_the_list_of_classes(judging: Judging) -> None:
    page = judging.page
    press(page, "c")
    page.keyboard.type("zzzz")
    expect(page.locator("#class-more")).to_have_text("No class has these words.")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.locator("#classes")).not_to_be_visible()
    assert judging.said == []
    press(page, "c")
    names = page.locator("#class-list .name").all_inner_texts()
    assert page.inner_text("#class") not in names
    for key in ("ArrowDown", "ArrowDown", "ArrowUp", "ArrowUp", "ArrowUp", "Enter"):
        page.keyboard.press(key)
    saved(page)
    assert judging.said[0]["label"] == names[-1]


def test_a_style_goes_with_this_card_alone(judging: Judging) -> None:
    page = judging.page
    press(page, "y", "4")
    expect(page.locator("#style-now")).to_have_text(": pixel")
    press(page, "Enter", "Enter")
    saved(page)
    assert [one["style"] for one in judging.said] == ["pixel", ""]


def test_a_comment_is_written_and_no_letter_of_it_votes(judging: Judging) -> None:
    page = judging.page
    press(page, "m")
    page.keyboard.type("not kept")
    page.keyboard.press("Escape")
    expect(page.locator("#comments")).not_to_be_visible()
    expect(page.locator("#comment-now")).to_have_text("")
    comment(page, "as 123? <b>cue</b>, see")
    press(page, "3", "3")
    saved(page)
    said = judging.said
    assert [one["comment"] for one in said] == ["as 123? <b>cue</b>, see", ""]
    assert brief(said) == [("vote", "action")] * 2


def comment(page: Page, text: str) -> None:
    press(page, "m")
    page.keyboard.type(text)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#comment-now")).to_have_text(": written")
    # A field in a closed window must not go on taking the keys.
    expect(page.locator("textarea:focus")).to_have_count(0)


def test_undo_brings_cards_back_one_after_the_other(judging: Judging) -> None:
    page = judging.page
    first = item_of(page)
    comment(page, "kept")
    second = press(page, "1", "2")[1]
    assert press(page, "u") != [second]
    expect(page.locator("#desk")).to_have_attribute("data-item", second)
    press(page, "u")
    expect(page.locator("#desk")).to_have_attribute("data-item", first)
    expect(page.locator("#comment-now")).to_have_text(": written")
    press(page, "Enter")
    saved(page)
    said = judging.said
    kinds = ["vote", "vote", "undo", "undo", "vote"]
    assert [one["kind"] for one in said] == kinds
    assert [one["item"] for one in said] == [first, second, second, first, first]
    assert (said[-1]["verdict"], said[-1]["comment"]) == ("accept", "kept")
    assert item_of(page) == second


def test_what_was_undone_stays_in_hand_while_that_is_not_saved(
    site: Site, opens: Opens, heard: Heard
) -> None:
    heard.provoked.append(FAILED)
    person = site.person()
    page = opens(person)
    item_of(page)
    let: list[bool] = []
    page.route(VOTES, lambda route: route.continue_() if let and let.pop() else route.abort())
    first, second, *_ = press(page, "1", "2", "u", "u")
    expect(page.locator("#saving")).to_have_text("4 votes not saved yet")
    let.append(True)  # for the first vote, whose answer knows nothing of what comes after it
    send_now(page)
    expect(page.locator("#saving")).to_have_text("3 votes not saved yet")
    press(page, "3")
    expect(page.locator("#desk")).to_have_attribute("data-item", second)
    page.unroute(VOTES)
    send_now(page)
    saved(page)
    assert item_of(page) == second
    said = [(one["item"], one["kind"]) for one in site.said(person)]
    assert said[3:] == [(first, "undo"), (first, "vote")]


def test_undo_reaches_behind_a_reload(site: Site, opens: Opens) -> None:
    person = site.person()
    page = opens(person)
    first = press(page, "1")[0]
    saved(page)
    page.reload()
    assert item_of(page) != first
    page.keyboard.press("u")
    expect(page.locator("#desk")).to_have_attribute("data-item", first)
    expect(page.locator("#says")).to_have_text("Undone: Rejected: not a GIF")


def test_escalating_hides_an_item_and_undo_shows_it_again(site: Site, opens: Opens) -> None:
    person = site.person()
    page = opens(person)
    press(page, "u")
    expect(page.locator("#says")).to_have_text("There is nothing to undo")
    item = press(page, "e")[0]
    expect(page.locator("#says")).to_have_text("Escalated and hidden. U undoes it")
    saved(page)
    assert state_of(site, item) == ("disputed", True)
    press(page, "u")
    saved(page)
    assert state_of(site, item) == ("open", False)
    assert item_of(page) == item


def state_of(site: Site, item: str) -> tuple[str, bool]:
    query = select(items.c.state, items.c.hidden).where(items.c.sha256 == item)
    with reading(site.review.engine) as connection:
        row = connection.execute(query).one()
    return row.state, bool(row.hidden)


def test_other_keys_do_nothing(judging: Judging) -> None:
    page = judging.page
    asked = press(page, "Control+a", "Alt+1", "Meta+s", "x", "Shift+Digit1")
    assert set(asked) == {item_of(page)}
    expect(page.locator("#says")).to_have_text("")


def test_a_key_that_is_held_down_votes_once(judging: Judging) -> None:
    page = judging.page
    item_of(page)
    page.keyboard.down("a")
    item_of(page)
    page.keyboard.down("a")
    page.keyboard.down("a")
    page.keyboard.up("a")
    saved(page)
    assert len(judging.said) == 1


def test_keys_of_other_layouts_are_found_by_their_place(judging: Judging) -> None:
    page = judging.page
    for key, code in (("ф", "KeyA"), ("&", "Digit1")):  # Russian; French, without Shift
        item_of(page)
        page.evaluate(
            """([key, code]) => document.body.dispatchEvent(
                 new KeyboardEvent("keydown", { key, code, bubbles: true, cancelable: true }))""",
            [key, code],
        )
    saved(page)
    assert brief(judging.said) == [("vote", "accept"), ("vote", "gif")]


def test_enter_on_a_button_presses_that_button(judging: Judging) -> None:
    page = judging.page
    item_of(page)
    page.focus("button[data-does=skip]")
    page.keyboard.press("Enter")
    saved(page)
    assert brief(judging.said) == [("vote", "skip")]
    assert page.evaluate("document.activeElement.dataset.does") == "skip"


def test_nothing_is_lost_while_the_server_is_down(site: Site, opens: Opens, heard: Heard) -> None:
    heard.provoked.append(FAILED)
    person = site.person()
    page = opens(person)
    item_of(page)
    pictures_are_there(page, 10)
    site.stop()
    try:
        asked = press(page, "1", "2", "u", "3")
        expect(page.locator("#saving")).to_have_text("4 votes not saved yet")
        expect(page.locator("#trouble")).to_contain_text("cannot be reached")
    finally:
        site.start()
    send_now(page)
    saved(page)
    expect(page.locator("#trouble")).not_to_be_visible()
    said = site.said(person)
    assert brief(said) == [("vote", "gif"), ("vote", "animated"), ("undo", ""), ("vote", "action")]
    assert [one["item"] for one in said] == [asked[0], asked[1], asked[1], asked[1]]


def test_an_answer_that_is_lost_does_not_double_the_vote(
    site: Site, opens: Opens, heard: Heard
) -> None:
    heard.provoked.append(FAILED)
    person = site.person()
    page = opens(person)
    item_of(page)
    times = []

    def lose(route: Route) -> None:
        times.append(json.loads(route.request.post_data or "")["id"])
        if len(times) < 3:
            route.fetch()  # it arrives, and nobody is told
            route.abort()
        else:
            route.continue_()

    page.route(VOTES, lose)
    press(page, "1")
    while len(times) < 3:
        page.wait_for_timeout(50)
        send_now(page)
    saved(page)
    assert len(times) == 3
    assert len(set(times)) == 1
    assert brief(site.said(person)) == [("vote", "gif")]


def test_an_answer_that_is_not_the_servers_loses_no_vote(
    site: Site, opens: Opens, heard: Heard
) -> None:
    """Such as the page that a proxy shows while the server is being mended."""
    heard.provoked.append("Failed to load resource")
    person = site.person()
    page = opens(person)
    page.route(VOTES, lambda route: route.fulfill(status=404, body="<h1>Back soon</h1>"))
    asked = press(page, "1", "2")
    expect(page.locator("#saving")).to_have_text("2 votes not saved yet")
    page.unroute(VOTES)
    send_now(page)
    saved(page)
    assert [one["item"] for one in site.said(person)] == asked


def test_leaving_warns_and_a_reload_keeps_what_is_not_saved(
    site: Site, opens: Opens, heard: Heard
) -> None:
    heard.provoked.append(FAILED)
    person = site.person()
    page = opens(person)
    page.route(VOTES, lambda route: route.abort())
    asked = press(page, "1", "2")
    expect(page.locator("#saving")).to_have_text("2 votes not saved yet")
    page.reload()
    assert heard.dialogs == ["beforeunload"]
    assert item_of(page) not in asked  # they stay voted on
    page.unroute(VOTES)
    send_now(page)
    saved(page)
    assert [one["item"] for one in site.said(person)] == asked
    page.reload()
    assert heard.dialogs == ["beforeunload"]


def test_votes_wait_until_somebody_logs_in_again(site: Site, opens: Opens, heard: Heard) -> None:
    heard.provoked.append(FAILED)
    person = site.person()
    page = opens(person)
    item_of(page)
    end_sessions(site.review, person.name)
    press(page, "1")
    link = page.locator("#trouble a")
    expect(link).to_have_text("Log in again in a new tab")
    expect(page.locator("#saving")).to_have_text("1 vote not saved yet")
    assert site.said(person) == []
    with page.context.expect_page() as opened:
        link.click()
    log_in(opened.value, person)
    send_now(page)
    saved(page)
    expect(page.locator("#trouble")).not_to_be_visible()
    assert brief(site.said(person)) == [("vote", "gif")]


def test_nobody_saves_the_votes_of_another(site: Site, opens: Opens, heard: Heard) -> None:
    heard.provoked.append(FAILED)
    person, other = site.person(), site.person()
    page = opens(person)
    item_of(page)
    second = page.context.new_page()
    end_sessions(site.review, person.name)
    log_in(second, other)
    press(page, "1")
    expect(page.locator("#saving")).to_have_text("1 vote not saved yet")
    send_now(page)
    expect(page.locator("#trouble")).to_contain_text("Somebody else is logged in now")
    end_sessions(site.review, other.name)
    log_in(second, person)
    send_now(page)
    saved(page)
    assert brief(site.said(person)) == [("vote", "gif")]
    assert site.said(other) == []


def test_what_is_refused_is_said_and_the_work_goes_on(judging: Judging, heard: Heard) -> None:
    heard.provoked.append(FAILED)
    page = judging.page
    item = item_of(page)
    cast(judging.site.review, judging.person, ballot(1, item), NOW_MS)  # as if in another window
    press(page, "2", "3")
    expect(page.locator("#refused")).to_have_text("Not taken: you have voted on it")
    saved(page)
    assert brief(judging.said) == [("vote", "gif"), ("vote", "action")]
    item_of(page)


def test_a_picture_that_does_not_come_is_not_judged(site: Site, opens: Opens, heard: Heard) -> None:
    heard.provoked.append(FAILED)
    person = site.person()
    page = opens(None)
    page.route("**/media/*.webp", lambda route: route.abort())
    log_in(page, person)
    expect(page.locator("#broken")).to_be_visible()
    item = page.get_attribute("#desk", "data-item")
    assert page.get_attribute("#original", "href") == f"/media/{item}/file"
    page.keyboard.press("a")
    expect(page.locator("#says")).to_have_text("The picture is not there yet. S skips it.")
    page.unroute("**/media/*.webp")
    page.click("#again")
    assert page.evaluate("document.activeElement.id") == "stage"  # or Enter is the button's
    assert item_of(page) == item
    expect(page.locator("#broken")).not_to_be_visible()
    assert site.said(person) == []


def test_at_the_end_it_is_said_what_that_means(site: Site, opens: Opens) -> None:
    person = site.person()
    left = judge_all_but(site, person, 2)
    page = opens(person)
    assert set(press(page, "3", "3")) == left
    saved(page)
    expect(page.locator("#empty h1")).to_have_text("Nothing left to judge")
    assert page.evaluate("document.activeElement.id") == "empty"  # for who hears the page
    page.get_by_role("button", name="Undo the last vote").click()  # for who has no keys
    assert item_of(page) in left
    press(page, "3")
    saved(page)
    page.keyboard.press("u")
    assert item_of(page) in left
    press(page, "s")
    expect(page.locator("#empty")).to_be_visible()
    page.click("#look")
    expect(page.locator("#empty")).to_be_visible()


def judge_all_but(site: Site, person: Account, count: int) -> set[str]:
    """Let a person judge until so many items are left; return these."""
    judged = 0
    while True:
        cards = lease(site.review, person, 10, NOW_MS)
        for card in cards:
            if judged == FILES - count:
                return {one.item for one in lease(site.review, person, 10, NOW_MS)}
            cast(site.review, person, ballot(3, card.item), NOW_MS)
            judged += 1


def test_no_picture_is_waited_for(site: Site, opens: Opens) -> None:
    page = opens(site.person())
    item_of(page)
    pictures_are_there(page, 10)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    seen = press(page, *"123123")
    saved(page)
    assert not [url for url in asked if any(item in url for item in seen)]


def test_accepted_examples_are_shown(site: Site, opens: Opens) -> None:
    person, judge = site.person(), site.person("adjudicator")
    page = opens(person)
    item_of(page)
    expect(page.locator("#no-examples")).to_have_text("None yet.")
    label = page.inner_text("#class")
    other = next(card for card in lease(site.review, person, 10, NOW_MS) if card.label != label)
    cast(site.review, person, ballot(1, other.item, escalate=True), NOW_MS)
    accepted = Ballot(ballot(2, "").id, other.item, "accept", label)
    cast(site.review, judge, accepted, NOW_MS)
    page.reload()
    expect(page.locator("#example-list canvas")).to_have_count(1)


def ballot(number: int, item: str, escalate: bool = False) -> Ballot:
    """Return a vote of an id that no other test uses."""
    ballot.used = getattr(ballot, "used", 0) + 1  # type: ignore[attr-defined]
    name = f"00000000-0000-4000-8000-{number:06x}{ballot.used:06x}"  # type: ignore[attr-defined]
    return Ballot(name, item, "reject", criterion="gif", escalate=escalate)


def test_hostile_words_are_words(judging: Judging) -> None:
    page = judging.page
    seen: set[str] = set()
    for _ in range(6):
        item_of(page)
        label = page.inner_text("#class")
        seen.add(label)
        assert page.inner_text("#definition") == f"Somebody is seen: {label}; <b>all</b> of it."
        page.keyboard.press("s")
    assert seen <= set(CLASSES)
    assert len(seen) > 3
    assert page.locator("main img, #class *, #definition *").count() == 0
    press(page, "c")
    assert page.locator("#class-list script, #class-list b, #class-list img").count() == 0


def test_each_script_is_searched_as_it_says(judging: Judging) -> None:
    page = judging.page
    found = found_by(page, "paper play")
    assert found == ["playing paper airplane"]
    assert found_by(page, "DÉJÀ") == found_by(page, "deja") == [CLASSES[3]]
    assert found_by(page, " ") == list(CLASSES)
    assert found_by(page, "arch") == ["archery"]
    assert found_by(page, "seen archery") == ["archery"]  # by its definition
    assert found_by(page, "archery paper") == []


def found_by(page: Page, query: str) -> list[str]:
    words = [{"label": label, "definition": f"somebody is seen {label}"} for label in CLASSES]
    found = page.evaluate(
        """async ([classes, query]) => {
             const { search } = await import("/static/search.js");
             return search(classes, query).map((one) => one.label);
           }""",
        [words, query],
    )
    return [str(label) for label in found]


def test_keys_are_shown_and_focus_comes_back(judging: Judging) -> None:
    page = judging.page
    item = item_of(page)
    page.focus("#speed")
    page.keyboard.press("?")
    rows = page.locator("#help-keys tr")
    expect(rows).to_have_count(16)
    assert re.search(r"S\s+Skip", page.inner_text("#help-keys"))
    page.keyboard.press("s")  # nothing behind the window hears it
    for _ in range(8):
        page.keyboard.press("Tab")
        inside = "document.activeElement.closest('dialog')?.id ?? document.activeElement.tagName"
        assert page.evaluate(inside) in ("help", "BODY")  # the body is the browser's own bar
    page.keyboard.press("Escape")
    expect(page.locator("#help")).not_to_be_visible()
    assert page.evaluate("document.activeElement.id") == "speed"
    assert item_of(page) == item
