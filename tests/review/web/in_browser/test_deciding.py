"""The pages of adjudicators and administrators, and the quiz, in a real browser."""

import pytest
from playwright.sync_api import Page, expect

from anigifs.review.people.accounts import Account, find
from anigifs.review.work.assignment import lease
from anigifs.review.work.shapes import Ballot, Card
from anigifs.review.work.voting import cast
from tests.review.web.in_browser.conftest import Heard, Opens, item_of, log_in, press, saved
from tests.review.web.in_browser.made import CLASSES, Site
from tests.review.web.made import PASSWORD

OVERLAP = 2
FILES = 10
NOW_MS = 1_800_000_000_000
COMMENT = "</blockquote><script>alert(5)</script>\nsecond line"


def vote_id(number: int) -> str:
    return f"00000000-0000-4000-a000-{number:012x}"


@pytest.fixture(scope="module")
def judge(site: Site) -> Account:
    return site.person("adjudicator")


@pytest.fixture(scope="module")
def disputed(site: Site, judge: Account) -> list[Card]:
    """Two people differ on two items, escalate a third, and accept a fourth."""
    ann, bob = site.person(), site.person()
    cards = lease(site.review, ann, 10, NOW_MS)
    lease(site.review, bob, 10, NOW_MS)
    for i, card in enumerate(cards[:2]):
        said = Ballot(vote_id(i), card.item, "accept", card.label, style="pixel")
        other = Ballot(vote_id(10 + i), card.item, "reject", card.label, "gif", comment=COMMENT)
        cast(site.review, ann, said, NOW_MS + i)
        cast(site.review, bob, other, NOW_MS + i)
    hidden = Ballot(vote_id(20), cards[2].item, "skip", cards[2].label, escalate=True)
    cast(site.review, ann, hidden, NOW_MS)
    for i, person in enumerate((ann, bob)):
        cast(
            site.review,
            person,
            Ballot(vote_id(30 + i), cards[3].item, "accept", cards[3].label),
            NOW_MS + i,
        )
    return cards[:4]


def test_votes_stand_side_by_side_and_one_decides(
    site: Site, opens: Opens, judge: Account, disputed: list[Card]
) -> None:
    page = opens(judge)
    expect(page.locator("#left")).to_have_text("3 left")
    item = item_of(page)
    card = next(one for one in disputed if one.item == item)
    expect(page.locator("#why")).to_have_text("The votes differ.")
    said = page.locator("#votes .said").all_inner_texts()
    assert said == [f"Accepted: {card.label}", "Rejected: not a GIF"]
    assert page.inner_text("#votes blockquote") == COMMENT
    expect(page.locator("#votes")).to_contain_text("Style: pixel")
    press(page, "3")
    expect(page.locator("#says")).to_have_text(
        "Decided. Rejected: not the action. U opens it again"
    )
    saved(page)
    expect(page.locator("#left")).to_have_text("2 left")
    assert item_of(page) != item
    press(page, "u")
    assert item_of(page) == item
    press(page, "c")
    page.keyboard.type("archery")
    page.keyboard.press("Enter")
    saved(page)
    decisions = [(one["item"], one["verdict"], one["label"]) for one in site.said(judge)]
    assert decisions[1] == (item, "accept", "archery")
    press(page, "u")
    assert item_of(page) == item
    press(page, "s")  # what is decided stays so
    expect(page.locator("#says")).to_have_text("Left as it was decided")
    assert item_of(page) != item
    assert [one["item"] for one in site.said(judge)] == [item, item]


def test_what_was_escalated_waits_behind_a_veil(
    site: Site, opens: Opens, judge: Account, disputed: list[Card]
) -> None:
    hidden = disputed[2].item
    page = opens(judge)
    for _ in range(3):
        if item_of(page) == hidden:
            break
        page.keyboard.press("s")
    assert item_of(page) == hidden
    expect(page.locator("#veil")).to_be_visible()
    assert "blur" in page.eval_on_selector("#picture", "one => getComputedStyle(one).filter")
    page.keyboard.press("a")
    expect(page.locator("#says")).to_contain_text("Look at the picture first")
    page.click("#unveil")
    assert page.evaluate("document.activeElement.id") == "stage"  # or Enter is the button's
    expect(page.locator("#veil")).not_to_be_visible()
    assert page.eval_on_selector("#picture", "one => getComputedStyle(one).filter") == "none"
    page.keyboard.press("2")
    expect(page.locator("#says")).to_contain_text("Decided")
    saved(page)
    assert [one["criterion"] for one in site.said(judge) if one["item"] == hidden] == ["animated"]


def test_a_decided_item_is_found_by_its_hash(
    site: Site, opens: Opens, heard: Heard, judge: Account, disputed: list[Card]
) -> None:
    heard.provoked.append("Failed to load resource")
    page = opens(judge)
    item_of(page)
    page.fill("#sha256", "0" * 64)
    page.keyboard.press("Enter")
    expect(page.locator("#refused")).to_contain_text("No item of this hash")
    page.fill("#sha256", f" {disputed[3].item.upper()} ")
    page.click("#reconsider button")
    expect(page.locator("#desk")).to_have_attribute("data-item", disputed[3].item)
    expect(page.locator("#refused")).not_to_be_visible()
    expect(page.locator("#why")).to_have_text("It is decided, and looked at again.")
    expect(page.locator("#votes .said")).to_have_count(2)


def test_without_disputes_it_is_said(site: Site, opens: Opens, judge: Account) -> None:
    page = opens(judge)
    while page.locator("#desk").is_visible() or page.locator("#wait").is_visible():
        if page.locator("#desk").is_visible():
            page.locator("#unveil").click() if page.locator("#unveil").is_visible() else None
            press(page, "1")
            saved(page)
    expect(page.locator("#empty h1")).to_have_text("No disputes")
    expect(page.locator("#reconsider")).to_be_visible()


def test_the_quiz_asks_for_classes_alone(site: Site, opens: Opens, disputed: list[Card]) -> None:
    person = site.person()
    page = opens(person, "/quiz")
    item_of(page)
    assert page.evaluate("document.documentElement.scrollHeight") == 800  # nothing to scroll to
    page.keyboard.press("Enter")  # nothing is chosen before something is typed
    assert page.locator("#class-list [aria-selected=true]").count() == 0
    answered = 0
    while page.locator("#desk").is_visible():
        item_of(page)
        page.keyboard.type("archery")
        page.keyboard.press("Enter")
        answered += 1
        expect(page.locator("#says")).to_have_text("Noted: archery")
        expect(page.locator("#wait")).to_be_hidden()
    assert answered >= 1
    expect(page.locator("#empty-head")).to_have_text("That was all")
    expect(page.locator("#today")).to_have_text(f"{answered} answered")


def test_an_administrator_needs_no_scripts(
    site: Site, opens: Opens, heard: Heard, disputed: list[Card]
) -> None:
    heard.provoked.append("Failed to load resource")
    boss = site.person("administrator")
    page = opens(boss, java_script_enabled=False)
    tables = page.locator("table")
    expect(tables.first).to_contain_text(boss.name)
    assert {label for label in CLASSES if page.get_by_text(label).count()} == set(CLASSES)
    add(page, "new-one")
    expect(page.locator(".message")).to_have_text("The account was added.")
    added = find(site.review, "new-one")
    assert added is not None
    assert (added.role, added.enabled) == ("adjudicator", True)
    row = page.locator(".accounts li", has_text="new-one")
    row.locator("summary").click()
    row.get_by_label("Role").select_option("annotator")
    row.locator("form", has=page.locator("select")).get_by_role("button").click()
    page.locator(".accounts li", has_text="new-one").locator("summary").click()
    page.locator(".accounts li", has_text="new-one").get_by_text("Disable the account").click()
    changed = find(site.review, "new-one")
    assert changed is not None
    assert (changed.role, changed.enabled) == ("annotator", False)
    add(page, "new-one")
    expect(page.locator(".message")).to_contain_text("new-one")


def add(page: Page, name: str) -> None:
    page.fill("#new-name", name)
    page.select_option("#new-role", "adjudicator")
    page.fill("#new-password", PASSWORD)
    page.click(".new button")


def test_logging_in_and_out_without_scripts(site: Site, opens: Opens, heard: Heard) -> None:
    heard.provoked.append("Failed to load resource")
    person = site.person()
    page = opens(None, "/progress", java_script_enabled=False)
    page.fill("#name", person.name)
    page.fill("#password", "not this one, surely")
    page.click("main button")
    expect(page.locator("main [role=alert]")).to_contain_text("wrong")
    log_in(page, person)
    page.goto("/progress")
    expect(page.locator("h1")).to_have_text("Your progress")
    page.click(".out button")
    page.wait_for_url("**/login")
    page.goto("/progress")
    page.wait_for_url("**/login")
