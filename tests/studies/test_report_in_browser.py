"""The page in a real browser: what it asks for, what it shows, and that its parts work."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from anigifs.studies.report import write_report
from tests.conftest import BROWSER_MS
from tests.studies.made import CLASSES
from tests.studies.made_report import HOSTILE, report

#: The lowest contrast of any text with what lies behind it, and that text.
CONTRAST = """() => {
  const channels = (words) => words.match(/[\\d.]+/g).map(Number);
  const luminance = (rgb) => rgb.slice(0, 3).map((c) => c / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const found = channels(getComputedStyle(one).backgroundColor);
      if (found.length < 4 || found[3] === 1) return found;
    }
    return [255, 255, 255];
  };
  let worst = [99, ""];
  for (const one of document.querySelectorAll("body *")) {
    const text = [...one.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data).join("");
    if (!text.trim() || one.closest("script, select") || !one.checkVisibility()) continue;
    const style = getComputedStyle(one);
    const ink = channels(one instanceof SVGElement ? style.fill : style.color);
    const lights = [luminance(ink), luminance(behind(one))];
    const found = (Math.max(...lights) + 0.05) / (Math.min(...lights) + 0.05);
    if (found < worst[0]) worst = [found, text.trim()];
  }
  return worst;
}"""
Opens = Callable[..., Page]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("study")
    (folder / "table2.csv").write_text("")
    return write_report(folder, report()).as_uri()


@pytest.fixture
def opens(browser: Browser, address: str) -> Iterator[Opens]:
    """What opens the page in a new window; in none may anything be asked for or complained of."""
    asked: list[str] = []
    said: list[str] = []
    contexts = []

    def open_page(width: int = 1280, scheme: str = "light", scripts: bool = True) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 800},
            color_scheme="dark" if scheme == "dark" else "light",
            java_script_enabled=scripts,
            offline=True,
        )
        contexts.append(context)
        context.set_default_timeout(BROWSER_MS / 4)
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(address)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert {url for url in asked if not url.startswith("data:")} == {address}
    assert said == []


def shown(page: Page) -> list[str]:
    """Classes of the cards that are seen."""
    cards = page.locator("#clips .clip").all()
    return [card.get_attribute("data-label") or "" for card in cards if card.is_visible()]


def test_nothing_is_asked_for_and_every_picture_is_there(opens: Opens) -> None:
    page = opens()
    page.click("#clips button[data-to=play]")
    page.click("#looks button[data-to=play]")
    broken = page.evaluate(
        """async () => {
          const images = [...document.images];
          await Promise.all(images.map((one) => one.decode().catch(() => {})));
          return images.filter((one) => !one.naturalWidth && !one.src.includes("svg")).length;
        }"""
    )
    assert broken == 0


def test_filters_hide_and_show(opens: Opens) -> None:
    page = opens()
    everything = [HOSTILE, CLASSES[3], HOSTILE, HOSTILE]
    assert shown(page) == everything
    assert page.inner_text("#clips output") == "4 of 4 clips"
    page.select_option("select[name=label]", HOSTILE)
    assert shown(page) == [HOSTILE] * 3
    page.select_option("select[name=set]", label="animated")
    assert shown(page) == [HOSTILE]
    page.click("button[type=reset]")
    page.wait_for_function("document.querySelector('#clips output').value === '4 of 4 clips'")
    assert shown(page) == everything
    page.select_option("select[name=verdict]", "wrong")
    assert len(shown(page)) == 2
    page.select_option("select[name=model]", label="RSDA")
    assert shown(page) == []
    page.select_option("select[name=verdict]", "right")
    assert len(shown(page)) == 4
    page.select_option("select[name=model]", label="saliency gating")
    assert len(shown(page)) == 2
    assert page.inner_text("#clips output") == "2 of 4 clips"
    page.select_option("select[name=verdict]", "")
    assert shown(page) == everything
    asked = page.locator(".by.asked").all_inner_texts()
    assert len(asked) > 0
    assert all(words.startswith("saliency gating") for words in asked)


def test_clips_stand_still_until_they_are_asked_to_play(opens: Opens) -> None:
    page = opens()
    first = page.locator("#clips .player").first
    assert first.locator(".still").is_visible()
    assert not first.locator(".moving").is_visible()
    first.locator("summary").focus()
    page.keyboard.press("Enter")
    assert first.locator(".moving").is_visible()
    assert not first.locator(".still").is_visible()
    assert first.locator("summary").inner_text().endswith("pause")
    page.keyboard.press("Enter")
    assert not first.locator(".moving").is_visible()
    assert first.locator("summary").inner_text().endswith("play")


def test_all_play_and_all_pause(opens: Opens) -> None:
    page = opens()
    moving = page.locator("#clips .moving")
    page.select_option("select[name=label]", CLASSES[3])
    page.click("#clips button[data-to=play]")
    assert [one.is_visible() for one in moving.all()] == [False, True]  # those that are shown
    assert not page.locator("#looks .moving").first.is_visible()
    page.click("#clips button[data-to=pause]")
    assert not any(one.is_visible() for one in moving.all())


def test_it_works_without_scripts(opens: Opens) -> None:
    page = opens(scripts=False)
    assert len(shown(page)) == 4
    assert not page.locator("#clips form").is_visible()
    first = page.locator("#clips .player").first
    first.locator("summary").click()
    assert first.locator(".moving").is_visible()


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_the_page_is_as_wide_as_the_window(opens: Opens, width: int) -> None:
    page = opens(width)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.evaluate("document.body.scrollWidth") <= width


def test_the_side_of_a_table_stays_in_sight(opens: Opens) -> None:
    page = opens(360)
    box = page.locator("#tables .wide").first
    assert box.evaluate("one => one.scrollWidth > one.clientWidth")
    box.evaluate("one => { one.scrollLeft = 150; }")
    left = box.evaluate("one => one.getBoundingClientRect().left")
    side = box.locator("tbody .side").first.evaluate("one => one.getBoundingClientRect().left")
    assert side == pytest.approx(left, abs=1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_words_can_be_read_on_what_is_behind_them(opens: Opens, scheme: str) -> None:
    page = opens(scheme=scheme)
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (paper == "rgb(255, 255, 255)") == (scheme == "light")
    page.select_option("select[name=model]", label="RSDA")
    contrast, words = page.evaluate(CONTRAST)
    assert contrast >= 4.5, words


def test_print_shows_everything_in_black_on_white(opens: Opens) -> None:
    page = opens(700, "dark")
    page.select_option("select[name=verdict]", "wrong")
    page.click("#clips button[data-to=play]")
    page.emulate_media(media="print")
    assert len(shown(page)) == 4
    assert all(one.is_visible() for one in page.locator("#clips .still").all())
    assert not page.locator("#clips form").is_visible()
    hashes = page.locator("#made details code").all()
    assert len(hashes) > 10
    assert all(one.is_visible() for one in hashes)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("document.documentElement.scrollWidth") == 700
    contrast, words = page.evaluate(CONTRAST)
    assert contrast >= 4.5, words
