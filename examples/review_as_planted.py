"""Four scripted annotators and an adjudicator, who judge a demo's items in a real browser.

    anigifs collect --demo --classes 16 --out demo
    anigifs screen demo
    anigifs duplicates demo
    anigifs review init demo --out review
    python examples/review_as_planted.py review demo --shots pictures
    anigifs review export review votes.csv
    anigifs release demo --votes votes.csv --out ani-gifs

They are no people: each knows what was planted, and errs with the chance that --slips gives. But
what they do goes the whole way of people's votes: Chromium opens the pages, keys are pressed, and
the server writes votes to its log. The adjudicator never errs. It needs Playwright, and Chromium
(`apt-get install chromium`).
"""

import argparse
import json
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from vote_as_planted import SLIP, Truth, judged, read_planted, truth_of

from anigifs.curate.votes import CRITERIA, Vote
from anigifs.curate.voting.items import Item, read_items
from anigifs.foundation import AnigifsError, UsageError, generator
from anigifs.review.people.accounts import Role, add_account, find, set_password
from anigifs.review.review import open_review

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
PATIENCE_MS = 60_000
#: A card is on the desk, and its picture can be seen.
READY = "document.querySelector('#desk[data-item]:not([hidden])')?.dataset.item"
NOTHING = "!document.querySelector('#empty').hidden"


@dataclass
class Scripted:
    """One who judges.

    Attributes:
        name: Of the account.
        page: Where they work.
        slips: With which chance each vote is wrong, 0..1.
        doubts: With which chance they leave an item to an adjudicator, 0..1.
        votes: How many they have cast.
        slipped: How many of these were wrong.
    """

    name: str
    page: Page
    slips: float
    doubts: float = 0.0
    votes: int = field(default=0, init=False)
    slipped: int = field(default=0, init=False)

    def judge_one(self, items: Mapping[str, Item], planted: Mapping[str, Truth]) -> bool:
        """Vote on the card that is shown; return whether there was one."""
        card = self._card()
        if card is None:
            return False
        right = judged(items[card], truth_of(items[card], planted))
        doubt, slip = generator(0, "review", self.name, card).random(2)
        wrong = doubt >= self.doubts and slip < self.slips
        if doubt < self.doubts:
            self.page.keyboard.press("e")
        else:
            self._press(_other(right) if wrong else right)
        self._until(f"{READY} !== {json.dumps(card)}")
        self.votes += 1
        self.slipped += wrong
        return True

    def finish(self) -> None:
        """Wait until everything is saved."""
        self._until("document.querySelector('#saving').dataset.state === 'saved'")

    def _card(self) -> str | None:
        """Return the item that is shown, once its picture is there; None where nothing is left."""
        self._until(f"{READY} || {NOTHING}")
        if self.page.evaluate(NOTHING):
            return None
        self._until("document.querySelector('#loading').hidden")
        if self.page.is_visible("#unveil"):
            self.page.click("#unveil")  # somebody escalated it
        card: str = self.page.evaluate(READY)
        return card

    def _until(self, true: str) -> None:
        """Wait until something is true; Playwright's own way is refused by the pages' policy."""
        end = time.monotonic() + PATIENCE_MS / 1_000
        while not self.page.evaluate(true):
            if time.monotonic() > end:
                raise UsageError(f"{self.name}: the page does not go on ({true})")
            self.page.wait_for_timeout(20)

    def _press(self, vote: Vote) -> None:
        keyboard = self.page.keyboard
        if vote.verdict == "reject":
            keyboard.press(str(1 + list(CRITERIA).index(vote.criterion)))
        elif vote.label == self.page.text_content("#class"):
            keyboard.press("Enter")
        else:
            keyboard.press("c")
            keyboard.type(vote.label)
            keyboard.press("Enter")


def _other(right: Vote) -> Vote:
    """Return a vote that is wrong: yes for no, and no for yes."""
    if right.verdict == "accept":
        return Vote(item=right.item, annotator="-", verdict="reject", criterion="animated")
    return Vote(item=right.item, annotator="-", verdict="accept", label=right.label)


@contextmanager
def serving(review: Path) -> Iterator[str]:
    """Serve a review on a free port, and yield its address."""
    command = [sys.executable, "-m", "anigifs", "review", "serve", str(review), "--port", "0"]
    with subprocess.Popen([*command, "--json"], stdout=subprocess.PIPE, text=True) as server:
        try:
            line = server.stdout.readline() if server.stdout else ""
            if not line:
                raise UsageError(f"{review} could not be served")
            yield json.loads(line)["url"].rstrip("/")
        finally:
            server.terminate()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Yield a browser without a window."""
    found = next((path for name in CHROMIUM if (path := shutil.which(name))), None)
    if found is None:
        raise UsageError("no Chromium; `apt-get install chromium` has one")
    with sync_playwright() as started:
        browser = started.chromium.launch(
            executable_path=found, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


def let_in(review: Path, names: Mapping[str, Role]) -> dict[str, str]:
    """Make an account for each name with its role, and return new passwords."""
    passwords = {name: secrets.token_urlsafe(16) for name in names}
    opened = open_review(review)
    try:
        for name, role in names.items():
            if find(opened, name) is None:
                add_account(opened, name, role, passwords[name])
            else:
                set_password(opened, name, passwords[name])
    finally:
        opened.close()
    return passwords


def logged_in(browser: Browser, address: str, name: str, password: str) -> Page:
    """Return a page of its own, where this account is logged in."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.goto(f"{address}/login")
    page.fill("#name", name)
    page.fill("#password", password)
    page.press("#password", "Enter")
    page.wait_for_url(lambda url: not url.endswith("/login"))
    return page


def judge(
    people: Sequence[Scripted], items: Mapping[str, Item], planted: Mapping[str, Truth]
) -> None:
    """Let everybody vote in turns until nobody has anything left."""
    working = list(people)
    while working:
        working = [one for one in working if one.judge_one(items, planted)]
        print(f"\r{sum(one.votes for one in people):,} votes", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    for one in people:
        one.finish()


def main() -> None:
    """Judge the review that the command line names."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("review", type=Path, help="what `anigifs review init` made")
    parser.add_argument("collection", type=Path, help="the demo that it is of")
    parser.add_argument("--annotators", type=int, default=4)
    parser.add_argument("--slips", type=float, default=0.05)
    parser.add_argument("--doubts", type=float, default=0.02)
    parser.add_argument("--shots", type=Path, help="a folder for pictures of the pages")
    told = parser.parse_args()
    try:
        run(told)
    except AnigifsError as error:
        parser.error(str(error))


def run(told: argparse.Namespace) -> None:
    """Judge, adjudicate, and print what was done."""
    items = {item.cluster: item for item in read_items(told.collection)}
    planted = read_planted(told.collection)
    annotators = [f"scripted-{number}" for number in range(1, told.annotators + 1)]
    names: dict[str, Role] = dict.fromkeys(annotators, "annotator")
    names |= {"scripted-adjudicator": "adjudicator", "scripted-chief": "administrator"}
    passwords = let_in(told.review, names)
    with serving(told.review) as address, chromium() as browser:
        pages = {name: logged_in(browser, address, name, passwords[name]) for name in names}
        people = [Scripted(name, pages[name], told.slips, told.doubts) for name in annotators]
        _shoot(told.shots, "judge", people[0].page)
        judge(people, items, planted)
        adjudicator = Scripted("scripted-adjudicator", pages["scripted-adjudicator"], 0.0)
        adjudicator.page.reload()
        _shoot(told.shots, "adjudicate", adjudicator.page)
        judge([adjudicator], items, planted)
        for name, path in (("scripted-1", "progress"), ("scripted-chief", "admin")):
            pages[name].goto(f"{address}/{path}")
            _shoot(told.shots, path, pages[name])
    slipped = sum(one.slipped for one in people)
    cast = sum(one.votes for one in people)
    print(f"{told.review}: {cast:,} scripted votes, {slipped:,} of them slips ({SLIP})")
    print(f"{adjudicator.votes:,} items were adjudicated")


def _shoot(folder: Path | None, name: str, page: Page) -> None:
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        page.wait_for_timeout(1_000)
        page.screenshot(path=folder / f"{name}.png")


if __name__ == "__main__":
    main()
