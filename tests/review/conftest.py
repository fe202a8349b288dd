from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.curate.made import Made, make_collection
from tests.review.made import Reviews, Votes
from tests.review.postgres import Cluster, running_cluster


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """A PostgreSQL, or the test is skipped."""
    with running_cluster() as cluster:
        yield cluster


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    """What stands in the settings: one test a database, which is empty."""
    if request.param == "sqlite":
        return "sqlite"
    cluster: Cluster = request.getfixturevalue("postgres")
    return cluster.schema()


@pytest.fixture
def reviews(tmp_path: Path, database: str) -> Iterator[Reviews]:
    """Makes a review of made-up items, in each database."""
    made = Reviews(tmp_path, database)
    yield made
    made.close()


@pytest.fixture
def lite(tmp_path: Path) -> Iterator[Reviews]:
    """Makes a review of made-up items in SQLite, where the database makes no difference."""
    made = Reviews(tmp_path, "sqlite")
    yield made
    made.close()


@pytest.fixture
def votes() -> Votes:
    """Makes ballots."""
    return Votes()


@pytest.fixture(scope="session")
def small_collection(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A collection of real files that was screened and clustered; not to be written to."""
    return make_collection(tmp_path_factory.mktemp("small") / "found")
