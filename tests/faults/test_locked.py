"""A database that another program has locked: waited for, and then one line."""

import resource
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from anigifs.collect.frontier import schema
from anigifs.review.review import open_review
from anigifs.review.store import engine
from anigifs.review.web.app import build_app
from anigifs.review.web.desk import Serving
from tests.faults.running import ends_well, limited, run
from tests.faults.world import COMMANDS, Scene
from tests.review.made import Reviews
from tests.review.postgres import Cluster, running_cluster
from tests.review.web.browser import ORIGIN, Browser
from tests.review.web.made import LIGHT, add_people, make_small_collection, make_small_review


@contextmanager
def locked(database: Path) -> Iterator[sqlite3.Connection]:
    """Lock a database for as long as this block runs, as a backup or a stray shell does."""
    connection = sqlite3.connect(database, isolation_level=None, check_same_thread=False)
    with closing(connection):
        connection.execute("BEGIN EXCLUSIVE")
        yield connection


def test_a_frontier_that_is_locked_is_one_line(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = COMMANDS["collect"](scene)
    ends_well(run(arguments))
    monkeypatch.setattr(schema, "BUSY_S", 0.2)
    database = scene.out / "found" / "frontier.sqlite"
    with locked(database):
        said = run(arguments).said
    assert f"{database}: database is locked by another program, for more than 0.2 s" in said
    ends_well(run(arguments))


def test_a_lock_that_is_let_go_is_waited_for(scene: Scene) -> None:
    for name, database in (
        ("collect", "found/frontier.sqlite"),
        ("review init", "review/review.sqlite"),
    ):
        arguments = COMMANDS[name](scene)
        ends_well(run(arguments))
        with locked(scene.out / database) as connection:
            threading.Timer(0.4, lambda one=connection: one.execute("ROLLBACK")).start()
            ends_well(run(arguments))


def test_a_review_that_is_locked_is_one_line(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = COMMANDS["review init"](scene)
    ends_well(run(arguments))
    monkeypatch.setattr(engine, "PATIENCE_MS", 200)
    database = scene.out / "review" / "review.sqlite"
    with locked(database):
        said = run(arguments).said
    assert f"{database}: the database cannot be used (database is locked by another" in said
    ends_well(run(arguments))


@pytest.fixture
def ann(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    """Somebody who judges, in their browser; the review's database is not waited for."""
    monkeypatch.setattr(engine, "PATIENCE_MS", 200)
    make_small_review(make_small_collection(tmp_path / "collection"), tmp_path / "review")
    with closing(open_review(tmp_path / "review")) as review:
        add_people(review)
        app = build_app(review, Serving(passwords=LIGHT))
        with TestClient(app, ORIGIN, follow_redirects=False) as client:
            browser = Browser(client)
            browser.log_in("ann")
            yield browser


def test_who_judges_is_told_to_try_again_while_the_review_is_locked(
    ann: Browser, tmp_path: Path
) -> None:
    with locked(tmp_path / "review" / "review.sqlite"):
        response = ann.get("/api/work")
    assert (response.status_code, response.headers["retry-after"]) == (503, "2")
    assert response.json() == {"error": "the database does not answer; try again"}
    assert ann.get("/api/work").status_code == 200


def test_who_judges_is_told_to_try_again_while_the_disk_is_full(ann: Browser) -> None:
    (card, *_) = ann.get("/api/work").json()["items"]
    with limited(resource.RLIMIT_FSIZE, 0):
        response = ann.vote(card["item"])
        picture = ann.get(card["sheet"])
    assert response.status_code == picture.status_code == 503
    assert ann.vote(card["item"]).status_code == 200
    assert ann.get(card["sheet"]).status_code == 200


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with running_cluster() as one:
        yield one


def test_postgresql_that_is_locked_is_one_line(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "PATIENCE_MS", 200)
    made = Reviews(tmp_path, cluster.schema())
    review = made.make()
    with engine.writing(review.engine) as connection:
        connection.exec_driver_sql("LOCK TABLE items IN ACCESS EXCLUSIVE MODE")
        with (
            pytest.raises(engine.Unreachable, match="lock timeout"),
            engine.writing(review.engine) as other,
        ):
            other.exec_driver_sql("UPDATE items SET place = place")
    made.close()
