import json
import shutil
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from sqlalchemy import insert, select, update

from anigifs.curate.copies.clustered import CLUSTERED, read_clustered, write_clustered
from anigifs.curate.votes import Vote
from anigifs.curate.voting.items import read_items
from anigifs.curate.voting.order import queue
from anigifs.foundation import UsageError
from anigifs.review import review as module
from anigifs.review.review import Review, make_review, open_review
from anigifs.review.settings import Settings
from anigifs.review.store.engine import Unreachable, reading, writing
from anigifs.review.store.log import standing_votes
from anigifs.review.store.schema import about, items
from anigifs.review.work.assignment import lease
from anigifs.review.work.voting import cast
from tests.curate.made import Made
from tests.review.made import NOW, Votes, add_person, row_of

USUAL = Settings(name="test")


@pytest.fixture
def found(tmp_path: Path, small_collection: Made) -> Path:
    """A copy of the small collection, to be changed."""
    return Path(shutil.copytree(small_collection.folder, tmp_path / "found"))


@pytest.fixture
def review(tmp_path: Path, found: Path) -> Iterator[Review]:
    """A review of the small collection, in SQLite."""
    make_review(found, tmp_path / "review", USUAL)
    with closing(open_review(tmp_path / "review")) as opened:
        yield opened


def test_all_that_screening_left_is_an_item(tmp_path: Path, found: Path, database: str) -> None:
    expected = {item.cluster for item in queue(read_items(found))}
    made = make_review(found, tmp_path / "review", Settings(name="test", database=database))
    assert (made.added, made.items, made.withdrawn, made.gold) == (len(expected),) * 2 + (0, 0)
    with closing(open_review(tmp_path / "review")) as review, reading(review.engine) as connection:
        assert set(connection.scalars(select(items.c.sha256))) == expected
        assert len(review.labels) == made.classes


def test_files_are_read_where_they_are(review: Review, found: Path) -> None:
    for item in queue(read_items(found)):
        path = review.file_of(item.cluster, item.shown.kind)
        assert path.is_relative_to(found.resolve())
        assert path.is_file()
    assert {path.name.partition("-")[0] for path in review.folder.iterdir()} == {
        "review.json",
        "review.sqlite",
        "secret",
    }


def test_nobody_else_can_read_secrets(review: Review) -> None:
    assert len(review.secret) == 32
    for name in ("secret", "review.sqlite"):
        assert stat.S_IMODE((review.folder / name).stat().st_mode) == 0o600


def test_a_lost_secret_is_made_again(review: Review, found: Path) -> None:
    before = review.secret
    (review.folder / "secret").unlink()
    with pytest.raises(UsageError, match="secret: gone"):
        _ = review.secret
    make_review(found, review.folder, USUAL)
    assert review.secret != before


def test_once_more_changes_nothing(review: Review, found: Path) -> None:
    before = (review.folder / "secret").read_bytes(), (review.folder / "review.json").read_bytes()
    made = make_review(found, review.folder, USUAL)
    assert (made.added, made.withdrawn, made.returned) == (0, 0, 0)
    assert made.items > 0
    after = (review.folder / "secret").read_bytes(), (review.folder / "review.json").read_bytes()
    assert after == before


def test_a_review_follows_its_collection(review: Review, found: Path, votes: Votes) -> None:
    ann = add_person(review, "ann")
    (card, *_) = lease(review, ann, 1, NOW)
    cast(review, ann, votes.ballot(card.item, card.label), NOW)
    clustered = read_clustered(found)
    alone = [one for one in clustered.values() if one.sha256 != card.item]
    write_clustered_as(found, alone, card.item)
    made = make_review(found, review.folder, USUAL)
    assert (made.added, made.withdrawn, made.returned) == (0, 1, 0)
    assert row_of(review, card.item).state == "withdrawn"
    assert [vote.item for vote in standing_votes(review)] == [card.item]  # nothing is thrown away


def write_clustered_as(found: Path, rows: list, gone: str) -> None:  # type: ignore[type-arg]
    """Let a file be one that was never found."""
    write_clustered(found / CLUSTERED, rows)
    for name, column in (("screened.parquet", "sha256"), ("candidates.parquet", "sha256")):
        table = pq.read_table(found / name)
        keep = [value != gone for value in table.column(column).to_pylist()]
        pq.write_table(table.filter(keep), found / name, write_page_checksum=True)


def test_what_comes_back_is_what_its_votes_make_of_it(
    tmp_path: Path, found: Path, review: Review, votes: Votes
) -> None:
    people = [add_person(review, name) for name in ("ann", "bob")]
    card = lease(review, people[0], 1, NOW)[0]
    for one in people:
        given = lease(review, one, 1, NOW)
        assert given == [card]
        cast(review, one, votes.ballot(card.item, card.label), NOW)
    whole = tmp_path / "whole"
    shutil.copytree(found, whole)
    write_clustered_as(
        found, [one for one in read_clustered(found).values() if one.sha256 != card.item], card.item
    )
    make_review(found, review.folder, USUAL)
    assert row_of(review, card.item).state == "withdrawn"
    shutil.rmtree(found)
    whole.rename(found)
    made = make_review(found, review.folder, USUAL)
    assert (made.added, made.returned) == (0, 1)
    assert row_of(review, card.item).state == "decided"


def test_new_items_come_behind_the_others(tmp_path: Path, found: Path) -> None:
    whole = tmp_path / "whole"
    shutil.copytree(found, whole)
    late = queue(read_items(found))[0].cluster  # which would be the first
    rows = [one for one in read_clustered(found).values() if one.cluster != late]
    for gone in [one.sha256 for one in read_clustered(found).values() if one.cluster == late]:
        write_clustered_as(found, rows, gone)
    make_review(found, tmp_path / "review", USUAL)
    shutil.rmtree(found)
    whole.rename(found)
    assert make_review(found, tmp_path / "review", USUAL).added == 1
    with closing(open_review(tmp_path / "review")) as review, reading(review.engine) as connection:
        places = connection.execute(select(items.c.sha256).order_by(items.c.place)).scalars().all()
    assert places[-1] == late


def test_gold_is_what_the_votes_decide(tmp_path: Path, found: Path) -> None:
    names = [item.cluster for item in queue(read_items(found))]
    gold = [
        Vote(item=names[0], annotator="-", verdict="accept", label="yoga nidra"),
        Vote(item=names[1], annotator="-", verdict="reject", criterion="gif"),
        Vote(item=names[2], annotator="-", verdict="reject", criterion="gif"),
        Vote(item=names[2], annotator="+", verdict="accept", label="yoga"),
        Vote(item=64 * "0", annotator="-", verdict="reject", criterion="gif"),
    ]
    made = make_review(found, tmp_path / "review", USUAL, gold)
    assert (made.gold, made.undecided, made.foreign, made.late) == (2, 1, 1, 0)
    with closing(open_review(tmp_path / "review")) as review:
        assert json.loads(row_of(review, names[0]).gold) == {
            "verdict": "accept",
            "label": "yoga nidra",
            "criterion": "",
        }
        assert json.loads(row_of(review, names[1]).gold)["criterion"] == "gif"
        assert row_of(review, names[2]).gold is None
        assert "yoga nidra" in review.labels  # or nobody could be right


def test_what_people_have_seen_is_no_gold_any_more(review: Review, found: Path) -> None:
    (card,) = lease(review, add_person(review, "ann"), 1, NOW)
    gold = [Vote(item=card.item, annotator="-", verdict="reject", criterion="gif")]
    made = make_review(found, review.folder, USUAL, gold)
    assert (made.gold, made.late) == (0, 1)
    assert row_of(review, card.item).gold is None


def test_classes_may_be_defined_and_added(tmp_path: Path, found: Path) -> None:
    make_review(found, tmp_path / "review", USUAL, (), {"zorbing": "in a ball"})
    make_review(found, tmp_path / "review", USUAL, (), {"zorbing": "downhill, in a ball"})
    with closing(open_review(tmp_path / "review")) as review:
        assert review.definitions == {"zorbing": "downhill, in a ball"}
        assert review.labels[-1] == "zorbing"
        assert list(review.labels) == sorted(review.labels)


@pytest.mark.parametrize("wrong", [{"": "x"}, {"a\n": "x"}, {"a": 2001 * "x"}, {"a": "\0"}])
def test_definitions_make_sense(tmp_path: Path, found: Path, wrong: dict[str, str]) -> None:
    with pytest.raises(UsageError, match="class"):
        make_review(found, tmp_path / "review", USUAL, (), wrong)
    assert not (tmp_path / "review").exists()


def test_a_collection_that_is_not_ready_makes_no_folder(tmp_path: Path, found: Path) -> None:
    (found / CLUSTERED).unlink()
    with pytest.raises(UsageError, match="anigifs duplicates"):
        make_review(found, tmp_path / "review", USUAL)
    assert not (tmp_path / "review").exists()


def test_a_collection_that_is_gone_is_said_so(review: Review, found: Path) -> None:
    shutil.rmtree(found)
    with pytest.raises(UsageError, match="no collection; if it was moved"):
        open_review(review.folder)


def test_a_database_that_is_gone_is_said_so(review: Review) -> None:
    review.close()
    (review.folder / "review.sqlite").unlink()
    with pytest.raises(UsageError, match=r"review.sqlite: gone"):
        open_review(review.folder)
    assert not (review.folder / "review.sqlite").exists()


def test_an_empty_database_holds_no_review(review: Review) -> None:
    review.close()
    for path in review.folder.glob("review.sqlite*"):
        path.unlink()
    (review.folder / "review.sqlite").touch()
    with pytest.raises(UsageError, match="holds no review"):
        open_review(review.folder)


def test_what_is_no_database_is_one_line(review: Review) -> None:
    review.close()
    for path in review.folder.glob("review.sqlite-*"):
        path.unlink()
    (review.folder / "review.sqlite").write_text(1000 * "not a database")
    with pytest.raises(UsageError, match="not a database"):
        open_review(review.folder)


def test_tables_of_another_version_are_refused(tmp_path: Path, found: Path, database: str) -> None:
    settings = Settings(name="test", database=database)
    make_review(found, tmp_path / "review", settings)
    with closing(open_review(tmp_path / "review")) as review, writing(review.engine) as connection:
        connection.execute(update(about).where(about.c.key == "schema").values(value="99"))
    for again in (
        lambda: open_review(tmp_path / "review"),
        lambda: make_review(found, tmp_path / "review", settings),
    ):
        with pytest.raises(UsageError, match="its tables are of version 99"):
            again()


def test_two_reviews_do_not_share_a_database(tmp_path: Path, found: Path, database: str) -> None:
    settings = Settings(name="test", database=database)
    make_review(found, tmp_path / "first", settings)
    if database == "sqlite":
        make_review(found, tmp_path / "second", settings)  # each has its own file
        shutil.copy(tmp_path / "first" / "review.sqlite", tmp_path / "second" / "review.sqlite")
    with pytest.raises(UsageError, match="holds another review"):
        make_review(found, tmp_path / "second", settings)


def test_a_kill_between_two_steps_is_made_good(
    tmp_path: Path, found: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    for step in ("_make_secret", "make_tables", "fill", "add_classes"):
        with monkeypatch.context() as context:
            context.setattr(module, step, killed)
            with pytest.raises(KeyboardInterrupt):
                make_review(found, tmp_path / "review", USUAL)
    made = make_review(found, tmp_path / "review", USUAL)
    assert made.added == made.items > 0


def test_a_server_that_is_not_there_is_one_line(tmp_path: Path, found: Path) -> None:
    url = f"postgresql://ann@/review?host={tmp_path / 'nowhere'}"
    with pytest.raises(Unreachable, match="the database cannot be used") as caught:
        make_review(found, tmp_path / "review", Settings(name="test", database=url))
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "review").exists()  # and another URL may be given


def test_foreign_keys_hold(review: Review) -> None:
    from sqlalchemy.exc import IntegrityError

    from anigifs.review.store.schema import leases

    row = {"item": 1, "account": 999, "until_ms": 0, "turn": 0, "runs": True}
    with pytest.raises(IntegrityError), writing(review.engine) as connection:
        connection.execute(insert(leases).values(row))
