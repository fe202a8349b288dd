from pathlib import Path

import pytest

from tests.conftest import one_thread
from tests.faults.world import Scene, World, make_world

on_one_thread = pytest.fixture(scope="package", autouse=True)(one_thread)


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Inputs of every command."""
    return make_world(tmp_path_factory.mktemp("world"))


@pytest.fixture
def scene(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """An empty folder to write to, with the program's own cache in it."""
    out = tmp_path / "out"
    out.mkdir()
    monkeypatch.setenv("ANIGIFS_HOME", str(out / "home"))
    return Scene(world, out)
