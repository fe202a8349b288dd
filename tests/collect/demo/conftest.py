"""A small world with everything in it, made once."""

from collections.abc import Iterator

import pytest

from anigifs.collect.demo import DemoEngine, World
from anigifs.collect.demo.bodies import Bodies

SMALL = World(seed=3, classes=2, originals=2, size=64)


@pytest.fixture(scope="session")
def bodies() -> Bodies:
    """The files of a small world."""
    return Bodies(SMALL)


@pytest.fixture(scope="session")
def shared_engine() -> Iterator[DemoEngine]:
    """A server of the small world."""
    with DemoEngine(SMALL, slow_gap_s=0.02, retry_after_s=2) as engine:
        yield engine


@pytest.fixture
def engine(shared_engine: DemoEngine) -> DemoEngine:
    """The same, which has not been asked for anything yet."""
    shared_engine.forget()
    return shared_engine
