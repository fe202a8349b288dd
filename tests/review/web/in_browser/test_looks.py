"""What people see: on small and large windows, in light and dark, with keys and with thumbs."""

from typing import Literal, TypeAlias

import pytest
from playwright.sync_api import Page, expect

from anigifs.review.people.accounts import Account, Role
from anigifs.review.work.assignment import lease
from anigifs.review.work.shapes import Ballot
from anigifs.review.work.voting import cast
from tests.review.web.in_browser.conftest import Heard, Opens, item_of
from tests.review.web.in_browser.made import Site
from tests.studies.test_report_in_browser import CONTRAST

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
PAGES: dict[str, Role | None] = {
    "/login": None,
    "/judge": "annotator",
    "/quiz": "annotator",
    "/progress": "annotator",
    "/help": "annotator",
    "/adjudicate": "adjudicator",
    "/admin": "administrator",
    "/nothing": "annotator",
}
#: What is seen at last of pages that fetch what they show.
READY = {"/judge": "#contact button", "/adjudicate": "#contact button", "/quiz": "#empty"}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
People: TypeAlias = dict[Role | None, Account | None]
#: What a policy without inline styles and scripts leaves without effect.
INLINE = "[style], style, script:not([src]):not([type='application/json'])"
#: Controls that nobody who does not see them can tell.
UNNAMED = """() => [...document.querySelectorAll(
    "button, input, select, textarea, progress, canvas[role]")]
  .filter((one) => one.type !== "hidden" && !one.hidden)
  .filter((one) => !one.textContent.trim() && !one.labels?.length && !one.ariaLabel)
  .map((one) => one.outerHTML)"""
#: Controls with an edge: their contrast with what lies behind them must be 3, or their own
#: background's.
EDGES = """() => {
  const channels = (words) => words.match(/[\\d.]+/g).map(Number);
  const luminance = (rgb) => rgb.slice(0, 3).map((c) => c / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const page = luminance(channels(getComputedStyle(document.body).backgroundColor));
  const apart = (words) => {
    const light = luminance(channels(words));
    return (Math.max(light, page) + 0.05) / (Math.min(light, page) + 0.05);
  };
  return [...document.querySelectorAll(".verdicts button, main input[type=text], main select")]
    .filter((one) => one.checkVisibility())
    .map((one) => getComputedStyle(one))
    .map((style) => Math.max(apart(style.borderTopColor), apart(style.backgroundColor)));
}"""
#: Of the boxes of what can be pressed: the smaller side, and what it says.
SMALL = """(selector) => [...document.querySelectorAll(selector)]
  .filter((one) => one.checkVisibility())
  .map((one) => [one.getBoundingClientRect(), one.textContent.trim() || one.id])
  .map(([box, name]) => [Math.min(box.width, box.height), name])
  .filter(([side]) => side < 43.5)"""


@pytest.fixture(scope="module")
def people(site: Site) -> People:
    """Somebody of each role; there is a dispute, an accepted item and a comment."""
    ann, jo, max_ = site.person(), site.person("adjudicator"), site.person("administrator")
    cards = lease(site.review, ann, 3, 1_800_000_000_000)
    for i, card in enumerate(cards[:2]):
        vote = Ballot(name(i), card.item, "accept", card.label, style="pixel", escalate=True,
                      comment="<img src=x onerror=alert(4)>" + "w" * 200)  # fmt: skip
        cast(site.review, ann, vote, 1_800_000_000_000 + i)
    accepted = Ballot(name(9), cards[0].item, "accept", cards[0].label)
    cast(site.review, jo, accepted, 1_800_000_000_009)
    return {None: None, "annotator": ann, "adjudicator": jo, "administrator": max_}


def name(number: int) -> str:
    return f"00000000-0000-4000-9000-{number:012x}"


@pytest.mark.parametrize("path", PAGES)
def test_pages_fit_and_can_be_read_and_name_their_parts(
    site: Site, opens: Opens, heard: Heard, people: People, path: str
) -> None:
    if path == "/nothing":
        heard.provoked.append("(Not Found)")
    page = open_at(opens, people, path)
    if path in READY:
        expect(page.locator(READY[path]).first).to_be_visible()
        # A whole judgement is seen without scrolling.
        assert page.evaluate("document.documentElement.scrollHeight") == 800
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    for width in (1280, 640, 390, 320):  # 640 is 1280 at twice the size
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") == width, width
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (paper == "rgb(255, 255, 255)") == (scheme == "light")
        contrast, words = page.evaluate(CONTRAST)
        assert contrast >= 4.5, (scheme, words)
        assert min(page.evaluate(EDGES), default=3) >= 3, scheme
    assert page.evaluate(UNNAMED) == []
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((one) => one.id)")
    assert len(ids) == len(set(ids))
    assert page.locator("main h1").count() >= 1
    assert page.locator(INLINE).count() == 0


def open_at(opens: Opens, people: People, path: str, **options: object) -> Page:
    return opens(people[PAGES[path]], path, **options)


def test_windows_over_the_page_can_be_read_and_keep_the_focus(
    site: Site, opens: Opens, people: People
) -> None:
    page = open_at(opens, people, "/judge")
    item_of(page)
    page.focus("button[data-does=skip]")
    for key in "cym?":
        page.keyboard.press(key)
        dialog = page.locator("dialog[open]")
        expect(dialog).to_be_visible()
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            contrast, words = page.evaluate(CONTRAST.replace('"body *"', '"dialog[open] *"'))
            assert contrast >= 4.5, (scheme, words)
        for _ in range(12):
            page.keyboard.press("Tab")
            where = page.evaluate("document.activeElement.closest('dialog, body').tagName")
            # The body itself: the bar of the browser has it.
            assert where == "DIALOG" or page.evaluate("document.activeElement === document.body")
        for width in (1280, 390, 320):
            page.set_viewport_size({"width": width, "height": 700})
            box = dialog.bounding_box()
            assert box is not None
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width
        page.set_viewport_size({"width": 1280, "height": 800})
        page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
        assert page.evaluate("document.activeElement.dataset.does") == "skip"


def test_a_phone_shows_picture_and_main_buttons_at_once(
    site: Site, opens: Opens, people: People
) -> None:
    page = open_at(opens, people, "/judge", **PHONE)
    item_of(page)
    assert page.evaluate("scrollY") == 0
    picture = page.locator(".picture").bounding_box()
    assert picture is not None
    assert picture["height"] > 220
    assert page.locator(".verdicts button").count() == 4
    for one in page.locator(".picture, .verdicts button, .others button:visible").all():
        box = one.bounding_box()
        assert box is not None
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= 844
    assert page.evaluate(SMALL, "button, .top a, summary, input[type=range]") == []
    page.tap("button[data-does=class]")
    page.locator("#class-list [role=option]").first.tap()
    expect(page.locator("#says")).to_contain_text("Accepted: ")


def test_focus_is_seen_wherever_it_goes(site: Site, opens: Opens, people: People) -> None:
    page = open_at(opens, people, "/judge")
    item_of(page)
    reached = []
    for _ in range(40):
        page.keyboard.press("Tab")
        found = page.evaluate(
            """() => {
                 const one = document.activeElement;
                 const { outlineStyle, outlineWidth } = getComputedStyle(one);
                 const box = one.getBoundingClientRect();
                 return [one.dataset.does || one.id || one.textContent.trim(),
                         outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 && box.top >= 0];
               }"""
        )
        if page.evaluate("document.activeElement === document.body"):
            break
        assert found[1], found
        reached.append(found[0])
    player = ["play", "back", "scrub", "on", "speed"]
    votes = ["gif", "animated", "action", "accept"]
    wanted = [*player, *votes, "class", "style", "comment", "skip", "undo", "escalate"]
    assert [one for one in reached if one in wanted] == wanted
