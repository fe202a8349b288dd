import sqlite3
import threading
from pathlib import Path

import pytest
from sqlalchemy import Executable, delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from anigifs.foundation import UsageError
from anigifs.review.store import engine as module
from anigifs.review.store.engine import Unreachable, engine_of, reading, writing
from anigifs.review.store.schema import LOGS, about, items, metadata
from anigifs.review.work.assignment import lease
from anigifs.review.work.quiz import answer
from anigifs.review.work.voting import cast
from tests.curate.voting.voted import sha
from tests.review.made import NOW, Reviews, Votes, person


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("postgresql://ann:secret@db/review", "holds a password"),
        ("postgresql://db/review?password=secret", "holds a password"),
        ("mysql://db/review", "only SQLite and PostgreSQL"),
        ("sqlite:///elsewhere.sqlite", "only SQLite and PostgreSQL"),
        ("review.sqlite", "no URL of a database"),
    ],
)
def test_other_databases_are_refused(tmp_path: Path, url: str, message: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        engine_of(url, tmp_path)
    assert "secret" not in str(caught.value)


def test_a_driver_that_is_not_installed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_: object, **__: object) -> None:
        raise ModuleNotFoundError("psycopg")

    monkeypatch.setattr(module, "create_engine", missing)
    with pytest.raises(UsageError, match=r"pip install 'anigifs\[postgres\]'"):
        engine_of("postgresql://db/review", tmp_path)


def test_sqlite_is_set_up_to_outlive_a_power_cut(lite: Reviews) -> None:
    review = lite.make()
    with reading(review.engine) as connection:
        found = [
            connection.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]
    assert found == ["wal", 2, 1, 30_000]  # 2 is FULL


def test_what_fails_leaves_nothing(reviews: Reviews) -> None:
    review = reviews.make()

    def fail() -> None:
        with writing(review.engine) as connection:
            connection.execute(update(items).values(label="squat"))
            raise ValueError("mine")

    with pytest.raises(ValueError, match="mine"):
        fail()
    with reading(review.engine) as connection:
        assert set(connection.scalars(select(items.c.label))) == {"yoga"}


def test_who_reads_sees_one_state(reviews: Reviews) -> None:
    review = reviews.make()
    labels = select(items.c.label).distinct()
    with reading(review.engine) as before:
        assert before.scalars(labels).all() == ["yoga"]
        with writing(review.engine) as connection:
            connection.execute(update(items).values(label="squat"))
        assert before.scalars(labels).all() == ["yoga"]
    with reading(review.engine) as after:
        assert after.scalars(labels).all() == ["squat"]


def test_a_writer_has_the_lock_from_the_start(lite: Reviews) -> None:
    review = lite.make()
    other = sqlite3.connect(review.folder / "review.sqlite", timeout=0)
    with writing(review.engine) as connection:
        connection.execute(select(items))  # has not written yet
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
    other.execute("BEGIN IMMEDIATE")
    other.close()


def test_many_threads_write_and_none_is_locked_out(reviews: Reviews) -> None:
    review = reviews.make()
    with writing(review.engine) as connection:
        connection.execute(insert(about).values(key="count", value="0"))
    value = select(about.c.value).where(about.c.key == "count").with_for_update()

    def add() -> None:
        for _ in range(10):
            with writing(review.engine) as connection:
                count = int(connection.execute(value).scalar_one())
                connection.execute(
                    update(about).where(about.c.key == "count").values(value=str(count + 1))
                )

    threads = [threading.Thread(target=add) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with reading(review.engine) as connection:
        assert connection.execute(value).scalar_one() == "120"


def test_logs_cannot_be_changed(reviews: Reviews, votes: Votes) -> None:
    review = reviews.make(overlap=1, most=1)
    ann, bob = person(review, "ann"), person(review, "bob")
    lease(review, ann, 6, NOW)
    cast(review, ann, votes.ballot("a"), NOW)
    answer(review, bob, votes.id(), sha("a"), "yoga", 1000, NOW)
    changes: list[Executable] = [
        change
        for name in LOGS
        for change in (
            update(metadata.tables[name]).values(took_ms=0),
            delete(metadata.tables[name]),
        )
    ]
    if review.engine.dialect.name == "postgresql":
        changes += [text(f"TRUNCATE {name} CASCADE") for name in LOGS]
    for change in changes:
        with (
            pytest.raises(DBAPIError, match="rows are only ever added"),
            writing(review.engine) as connection,
        ):
            connection.execute(change)
    with reading(review.engine) as connection:
        for name in LOGS:
            assert len(connection.execute(select(metadata.tables[name])).all()) == 1


def test_a_database_that_goes_away_is_one_line(lite: Reviews) -> None:
    review = lite.make()
    with (
        pytest.raises(Unreachable, match=r"review.sqlite: the database cannot be used \(no such"),
        reading(review.engine) as connection,
    ):
        connection.execute(text("SELECT * FROM nowhere"))


def test_a_mistake_of_ours_keeps_its_traceback(reviews: Reviews) -> None:
    review = reviews.make()
    with pytest.raises(DBAPIError), writing(review.engine) as connection:
        connection.execute(update(items).values(state="nonsense"))
