"""Looking at a picture: playing, stepping, speed and the eight frames."""

from playwright.sync_api import Locator, Page, expect

from tests.review.web.in_browser.conftest import Judging, Opens, item_of, press
from tests.review.web.in_browser.made import FRAMES, Site

FILES = 16
MOVES = {"reduced_motion": "no-preference"}
#: Two numbers that say how a canvas is painted.
PAINT = """(canvas) => {
  const copy = new OffscreenCanvas(canvas.width, canvas.height);
  const context = copy.getContext("2d", { willReadFrequently: true });
  context.drawImage(canvas, 0, 0);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  return data.reduce((sum, value, i) => (sum * 31 + value * (i % 7)) % 1000003, 7);
}"""


def shown(page: Page) -> str:
    return page.inner_text("#frame")


def new_card(judging: Judging) -> Page:
    """Return the page with a card that nobody has touched."""
    press(judging.page, "s")
    item_of(judging.page)
    return judging.page


def scrubber(page: Page) -> Locator:
    return page.locator("#scrub")


def test_who_asks_for_less_movement_gets_a_still_picture(judging: Judging) -> None:
    page = new_card(judging)
    still = page.eval_on_selector("#picture", PAINT)
    page.wait_for_timeout(300)
    assert shown(page) == f"1 / {FRAMES}"
    assert page.eval_on_selector("#picture", PAINT) == still
    assert page.evaluate("document.getAnimations().length") == 0
    page.keyboard.press("p")
    expect(page.locator("#frame")).not_to_have_text(f"1 / {FRAMES}")
    expect(page.locator("#play")).to_have_attribute("aria-label", "Pause")
    page.keyboard.press("p")
    expect(page.locator("#play")).to_have_attribute("aria-label", "Play")


def test_others_see_it_play_round_and_round(site: Site, opens: Opens) -> None:
    page = opens(site.person(), **MOVES)
    item_of(page)
    expect(page.locator("#play")).to_have_attribute("aria-label", "Pause")
    page.evaluate(
        """() => new Promise((done) => {
             const scrub = document.querySelector("#scrub");
             let before = scrub.value;
             const look = () => {
               if (Number(scrub.value) < Number(before)) done();
               else { before = scrub.value; requestAnimationFrame(look); }
             };
             look();
           })"""
    )


def test_keys_go_from_frame_to_frame_and_round_the_end(judging: Judging) -> None:
    page = new_card(judging)
    first = page.eval_on_selector("#picture", PAINT)
    page.keyboard.press(".")
    assert shown(page) == f"2 / {FRAMES}"
    assert page.eval_on_selector("#picture", PAINT) != first
    page.keyboard.press(",")
    assert page.eval_on_selector("#picture", PAINT) == first
    page.keyboard.press(",")
    assert shown(page) == f"{FRAMES} / {FRAMES}"
    page.keyboard.press("p")
    page.keyboard.press(".")
    expect(page.locator("#play")).to_have_attribute("aria-label", "Play")  # a step pauses


def test_the_scrubber_is_one_of_the_browser_and_says_where_it_is(judging: Judging) -> None:
    page = new_card(judging)
    scrubber(page).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert shown(page) == f"3 / {FRAMES}"
    expect(scrubber(page)).to_have_attribute("aria-valuetext", f"frame 3 of {FRAMES}")
    page.keyboard.press("End")
    assert shown(page) == f"{FRAMES} / {FRAMES}"
    press(page, "3")  # a digit is no text there
    expect(page.locator("#says")).to_contain_text("not the action")


def test_speed_has_steps_and_ends(judging: Judging) -> None:
    page = new_card(judging)
    speeds = []
    for key in "+++---- -".replace(" ", "-"):
        page.keyboard.press(key)
        speeds.append(page.inner_text("#speed"))
    assert speeds == [f"{one}\u00d7" for one in (2, 4, 4, 2, 1, 0.5, 0.25, 0.25, 0.25)]
    for _ in range(5):
        page.click("#speed")
    assert page.inner_text("#speed") == "0.25\u00d7"  # once round
    press(page, "1")
    item_of(page)
    assert page.inner_text("#speed") == "0.25\u00d7"  # it lasts


def test_the_eight_frames_are_evenly_apart_and_lead_to_theirs(judging: Judging) -> None:
    page = new_card(judging)
    frames = page.locator("#contact button")
    wanted = [i * FRAMES // 8 + 1 for i in range(8)]
    names = [f"Go to frame {number}" for number in wanted]
    assert [one.get_attribute("aria-label") for one in frames.all()] == names
    paints = [one.evaluate(PAINT) for one in page.locator("#contact canvas").all()]
    assert len(set(paints)) == 8
    for i in (5, 2):
        frames.nth(i).click()
        assert shown(page) == f"{wanted[i]} / {FRAMES}"
        assert page.locator("#contact [data-at]").count() == 1
        assert frames.nth(i).get_attribute("data-at") is not None
    page.keyboard.press(",")
    assert frames.nth(1).get_attribute("data-at") is not None


def test_few_frames_stand_there_once(judging: Judging) -> None:
    page = judging.page
    found = page.evaluate(
        """async (all) => {
             const { eightOf } = await import("/static/stage.js");
             return all.map(eightOf);
           }""",
        [1, 3, 8, 12],
    )
    assert found == [[0], [0, 1, 2], list(range(8)), [0, 1, 3, 4, 6, 7, 9, 10]]


def test_frames_show_as_long_as_the_file_says(site: Site, opens: Opens) -> None:
    page = opens(None, "/login")
    cells = page.evaluate(
        """async () => {
             const { Player } = await import("/static/player.js");
             const frames = [];
             let next = null;
             window.requestAnimationFrame = (call) => { next = call; return 1; };
             performance.now = () => 0;
             const sheet = await createImageBitmap(new ImageData(3, 1));
             const player = new Player(document.createElement("canvas"));
             player.show({ sheet, cells: 3, columns: 3, width: 1, height: 1, frames: 3,
                           delaysMs: [100, 20, 50] }, true);
             for (const ms of [0, 99, 100, 119, 120, 169, 170, 440, 1e9]) {
               next(ms);
               frames.push(player.cell);
             }
             player.faster(1);
             return frames;
           }"""
    )
    assert cells[:8] == [0, 0, 1, 1, 2, 2, 0, 1]  # a round takes 170 ms; 440 is 100 of the third
    assert cells[8] in (0, 1, 2)
