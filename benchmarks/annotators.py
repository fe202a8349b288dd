"""People who judge over HTTP, as a browser does, and what they saw; for measuring a server."""

import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import httpx2
import numpy as np

from anigifs.foundation import generator

#: A refused connection is tried again after this long, for as long as the server may be away.
RETRY_S, PATIENCE_S = 0.1, 60.0


@dataclass(frozen=True)
class Acknowledged:
    """A vote that the server says it has.

    Attributes:
        id: The one that the annotator gave it.
        annotator: Whose.
        item: On what.
        verdict: What they said.
        took_s: Seconds from sending it to having the answer with what is next.
        tries: How often it was sent.
    """

    id: str
    annotator: str
    item: str
    verdict: str
    took_s: float
    tries: int


@dataclass
class Annotator:
    """One who logs in, looks, thinks and votes until the time is over.

    Attributes:
        address: Of the server, such as ``http://127.0.0.1:8000``.
        name: Of the account.
        password: Its password.
        think_s: Seconds between an item and the vote on it; each time up to a half more or less.
        pictures: Whether the sheet of each item is fetched, as a browser does.
        acknowledged: Votes that the server has.
        errors: Answers other than those expected.
    """

    address: str
    name: str
    password: str
    think_s: float = 1.0
    pictures: bool = True
    acknowledged: list[Acknowledged] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def work(self, until: float) -> None:
        """Vote until a time of ``time.perf_counter``; what goes wrong is kept in ``errors``."""
        try:
            with httpx2.Client(base_url=self.address, trust_env=False, timeout=60.0) as client:
                self._judge(client, log_in(client, self.name, self.password), until)
        except Exception as error:
            self.errors.append(f"{self.name}: {error!r}")

    def _judge(self, client: httpx2.Client, csrf: str, until: float) -> None:
        rng = generator(0, "annotator", self.name)
        cards: list[Mapping[str, Any]] = client.get("/api/work?count=10").json()["items"]
        seen: set[str] = set()
        while cards and time.perf_counter() < until:
            for card in cards:
                self._look(client, card, seen)
            time.sleep(self.think_s * rng.uniform(0.5, 1.5))
            cards = self._vote(client, csrf, cards[0], rng)

    def _look(self, client: httpx2.Client, card: Mapping[str, Any], seen: set[str]) -> None:
        if not self.pictures or card["item"] in seen:
            return
        seen.add(card["item"])
        for part in ("timing", "sheet"):
            answer, _ = _patiently(lambda part=part: client.get(card[part]))
            if answer.status_code != 200:
                self.errors.append(f"{card[part]}: {answer.status_code}")

    def _vote(
        self, client: httpx2.Client, csrf: str, card: Mapping[str, Any], rng: np.random.Generator
    ) -> list[Mapping[str, Any]]:
        ballot = ballot_on(card, rng)
        begun = time.perf_counter()
        answer, tries = _patiently(
            lambda: client.post("/api/votes", json=ballot, headers={"X-CSRF-Token": csrf})
        )
        took_s = time.perf_counter() - begun
        if answer.status_code != 200:
            self.errors.append(f"{self.name}: {answer.status_code} {answer.text[:200]}")
            return []
        self.acknowledged.append(
            Acknowledged(ballot["id"], self.name, card["item"], ballot["verdict"], took_s, tries)
        )
        items: list[Mapping[str, Any]] = answer.json()["items"]
        return items


def ballot_on(card: Mapping[str, Any], rng: np.random.Generator) -> dict[str, Any]:
    """Return a vote on a card: four of five accept, the others name a criterion."""
    said = {"id": str(uuid.uuid4()), "item": card["item"], "label": card["label"]}
    if rng.random() < 0.8:
        return said | {"verdict": "accept"}
    criterion = str(rng.choice(["gif", "animated", "action"]))
    return said | {"verdict": "reject", "criterion": criterion}


def log_in(client: httpx2.Client, name: str, password: str) -> str:
    """Log in, and return the token that every vote needs."""
    form = {"name": name, "password": password, "csrf": _token(client.get("/login").text)}
    client.headers["Origin"] = str(client.base_url).rstrip("/")
    answer = client.post("/login", data=form, follow_redirects=True)
    answer.raise_for_status()
    return _token(answer.text)


def all_work(people: list[Annotator], seconds: float) -> None:
    """Let all work side by side for a while."""
    until = time.perf_counter() + seconds
    threads = [threading.Thread(target=one.work, args=(until,)) for one in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _patiently(send: Any) -> tuple[httpx2.Response, int]:  # noqa: ANN401 - a lambda
    """Send until there is an answer; a server that was killed may come back."""
    for tries in _tries():
        try:
            return send(), tries
        except httpx2.TransportError:
            time.sleep(RETRY_S)
    raise TimeoutError(f"no answer within {PATIENCE_S:.0f} s")


def _tries() -> Iterator[int]:
    begun, tries = time.perf_counter(), 0
    while time.perf_counter() - begun < PATIENCE_S:
        tries += 1
        yield tries


class _Token(HTMLParser):
    """Finds ``<meta name="csrf" content="...">``."""

    found = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "meta" and named.get("name") == "csrf":
            self.found = named.get("content") or ""


def _token(page: str) -> str:
    parser = _Token()
    parser.feed(page)
    if not parser.found:
        raise ValueError("the page has no token")
    return parser.found
