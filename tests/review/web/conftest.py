import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from anigifs.review.people.accounts import find
from anigifs.review.people.throttle import Throttle
from anigifs.review.review import Review, open_review
from anigifs.review.web.app import build_app
from anigifs.review.web.desk import Serving
from tests.review.web.browser import ORIGIN, Browser
from tests.review.web.made import (
    LIGHT,
    PEOPLE,
    Clock,
    add_people,
    make_small_collection,
    make_small_review,
    signed,
)

LogIn = Callable[[str], Browser]


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A review that tests copy."""
    root = tmp_path_factory.mktemp("made")
    folder = root / "review"
    make_small_review(make_small_collection(root / "collection"), folder)
    review = open_review(folder)
    add_people(review)
    review.close()
    return folder


@pytest.fixture
def review(made: Path, tmp_path: Path) -> Iterator[Review]:
    """An opened review of this test's own."""
    folder = shutil.copytree(made, tmp_path / "review")
    opened = open_review(folder)
    yield opened
    opened.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def serving(clock: Clock) -> Serving:
    return Serving(passwords=LIGHT, throttle=Throttle(), clock=clock)


@pytest.fixture
def client(review: Review, serving: Serving) -> Iterator[TestClient]:
    """What carries requests to the application, without a network."""
    app = build_app(review, serving)
    with TestClient(app, ORIGIN, follow_redirects=False, client=("127.0.0.1", 5000)) as client:
        yield client


@pytest.fixture
def log_in(client: TestClient, review: Review, clock: Clock) -> LogIn:
    """Return somebody's own browser, in which they have logged in."""

    def log_in(name: str) -> Browser:
        person = find(review, name)
        assert person is not None
        session = signed(review, person, clock.now_ms)
        return Browser(client, {session.cookie: session.value}, session.token)

    return log_in


@pytest.fixture
def nobody(client: TestClient) -> Browser:
    return Browser(client)


def name_of(role: str) -> str:
    """Return somebody of a role."""
    return next(name for name, theirs in PEOPLE.items() if theirs == role)


def work_of(browser: Browser) -> list[dict[str, str]]:
    """Return what somebody is to judge."""
    response = browser.get("/api/work?count=10")
    assert response.status_code == 200, response.text
    return list(json.loads(response.text)["items"])
