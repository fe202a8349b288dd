from collections.abc import Callable
from pathlib import Path

import pytest

from anigifs.curate.release.account import Account
from anigifs.curate.release.building import build
from anigifs.curate.release.settings import ReleaseSettings
from tests.curate.made import Made, make_collection

Build = Callable[..., tuple[Path, Account]]


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A collection, which no test may change."""
    return make_collection(tmp_path_factory.mktemp("collections") / "made")


@pytest.fixture(scope="session")
def released(made: Made, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Account]:
    """A release of it as it is by default, and its account; no test may change it."""
    out = tmp_path_factory.mktemp("releases") / "released"
    settings = ReleaseSettings(contact="me@lab.example", creators=("A Lab", "Bo & Co"))
    return out, build(made.folder, made.votes, out, settings)


@pytest.fixture
def release(made: Made, tmp_path: Path) -> Build:
    """Make a release with other settings."""

    def release_it(
        collection: Made = made, votes: Path | None = None, **settings: object
    ) -> tuple[Path, Account]:
        out = tmp_path / "out"
        chosen = ReleaseSettings(**settings)  # type: ignore[arg-type]
        return out, build(collection.folder, votes or collection.votes, out, chosen)

    return release_it
