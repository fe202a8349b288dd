"""One browser for all of these tests, and one server for each file of them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Error,
    Page,
    Request,
    expect,
)

from anigifs.review.people.accounts import Account
from anigifs.review.review import open_review
from tests.review.web.in_browser.made import Site, make
from tests.review.web.made import PASSWORD

WAIT = 20_000
Opens = Callable[..., Page]


@pytest.fixture(scope="session", autouse=True)
def patience() -> None:
    """How long is waited for what is expected."""
    expect.set_options(timeout=WAIT)


@pytest.fixture(scope="module")
def site(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """A served review; a file says how many items it has, and how many people judge each."""
    overlap = getattr(request.module, "OVERLAP", 50)
    files = getattr(request.module, "FILES", 8)
    review = open_review(make(tmp_path_factory.mktemp("site"), overlap, files))
    site = Site(review)
    site.start()
    yield site
    site.stop()
    review.close()


@dataclass
class Heard:
    """What browsers asked for and complained of.

    Attributes:
        asked: Addresses.
        said: Lines of their consoles.
        dialogs: Kinds of windows of the browser, which are agreed to.
        provoked: Parts of lines that the test itself brings about.
    """

    asked: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    provoked: list[str] = field(default_factory=list)

    def listen(self, page: Page) -> None:
        for event, hears in self._hears.items():
            page.on(event, hears)  # type: ignore[call-overload]

    def leave(self, page: Page) -> None:
        for event, hears in self._hears.items():
            page.remove_listener(event, hears)

    @property
    def _hears(self) -> dict[str, Callable[[Any], None]]:
        return {
            "request": self._request,
            "console": self._console,
            "pageerror": self._error,
            "dialog": self._agree,
        }

    def _request(self, request: Request) -> None:
        self.asked.append(request.url)

    def _console(self, message: ConsoleMessage) -> None:
        self.said.append(message.text)

    def _error(self, error: Error) -> None:
        self.said.append(str(error))

    def _agree(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.type)
        dialog.accept()

    @property
    def complaints(self) -> list[str]:
        return [line for line in self.said if not any(part in line for part in self.provoked)]


@pytest.fixture
def heard(site: Site) -> Iterator[Heard]:
    """At the end nothing may have been asked for elsewhere, or complained of."""
    heard = Heard()
    yield heard
    inside = (site.address + "/", f"blob:{site.address}/")
    assert [url for url in heard.asked if not url.startswith(inside)] == []
    assert heard.complaints == []
    assert set(heard.dialogs) <= {"beforeunload"}


def entered(
    browser: Browser, site: Site, person: Account | None, **options: object
) -> BrowserContext:
    """Return a browser of somebody's own, in which they are logged in."""
    # What moves takes much time to be drawn without a GPU.
    still = {"viewport": {"width": 1280, "height": 800}, "reduced_motion": "reduce"}
    asked: Any = {**still, **options}
    context = browser.new_context(base_url=site.address, **asked)
    context.set_default_timeout(WAIT)
    if person is not None:
        session = site.session(person)
        cookie: Any = {"name": session.cookie, "value": session.value, "url": site.address}
        context.add_cookies([cookie])
    return context


@pytest.fixture
def opens(browser: Browser, site: Site, heard: Heard) -> Iterator[Opens]:
    """What opens a page for somebody who is logged in, in a browser of their own."""
    contexts: list[BrowserContext] = []

    def open_page(person: Account | None, path: str = "/", **options: object) -> Page:
        context = entered(browser, site, person, **options)
        contexts.append(context)
        context.on("page", heard.listen)
        page = context.new_page()
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()


@dataclass
class Judging:
    """Somebody who judges through a whole file of tests, on a page that is loaded once.

    Attributes:
        site: Where.
        person: Who.
        page: Theirs.
        before: What they had said when the test began.
    """

    site: Site
    person: Account
    page: Page
    before: int = 0

    @property
    def said(self) -> list[dict[str, Any]]:
        """What they said in this test."""
        return self.site.said(self.person)[self.before :]

    def begin(self) -> None:
        """Let nothing be left of the test before."""
        item_of(self.page)
        saved(self.page)
        self.page.evaluate(
            """() => {
                 document.querySelectorAll("dialog[open]").forEach((one) => one.close());
                 document.querySelector("#says").replaceChildren();
                 document.activeElement.blur();
                 scrollTo(0, 0);
               }"""
        )
        self.before = len(self.site.said(self.person))


@pytest.fixture(scope="module")
def long_judging(browser: Browser, site: Site) -> Iterator[Judging]:
    person = site.person()
    with entered(browser, site, person) as context:
        page = context.new_page()
        page.goto("/judge")
        yield Judging(site, person, page)


@pytest.fixture
def judging(long_judging: Judging, heard: Heard) -> Iterator[Judging]:
    """Somebody who judges, for tests that need nobody new and leave the page in order."""
    long_judging.begin()
    heard.listen(long_judging.page)
    yield long_judging
    heard.leave(long_judging.page)


def log_in(page: Page, person: Account) -> None:
    page.goto("/login")
    page.fill("#name", person.name)
    page.fill("#password", PASSWORD)
    page.click("main button")
    page.wait_for_url(lambda url: not url.endswith("/login"))


def item_of(page: Page) -> str:
    """Return the hash of the item that is seen, once its picture is there."""
    expect(page.locator("#contact button").first).to_be_visible()
    return page.locator("#desk").get_attribute("data-item") or ""


def press(page: Page, *keys: str) -> list[str]:
    """Press keys, each on a card that is to be seen; return the items of these cards."""
    found = []
    for key in keys:
        found.append(item_of(page))
        page.keyboard.press(key)
    return found


def saved(page: Page) -> None:
    expect(page.locator("#saving")).to_have_text("All saved")


def pictures_are_there(page: Page, count: int) -> None:
    """Wait until so many pictures are fetched."""
    page.evaluate(  # Playwright's own wait_for_function evaluates words, which the page forbids
        """async (count) => {
             const fetched = () => performance.getEntriesByType("resource")
               .filter(({ name }) => name.includes("/media/"));
             while (fetched().length < count) await new Promise((done) => setTimeout(done, 20));
           }""",
        2 * count,  # each has a sheet and its timing
    )


def send_now(page: Page) -> None:
    """Let a page send what waits, as if the network had come back."""
    page.evaluate("dispatchEvent(new Event('online'))")
