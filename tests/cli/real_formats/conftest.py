"""The studies on data as it is released: the network is narrow, clips small and updates few."""

from dataclasses import replace
from pathlib import Path

import pytest

from anigifs.studies.paper.scales import SCALES, SMOKE
from anigifs.training import PRESETS
from tests.cli.conftest import Ran, Run
from tests.conftest import one_process, one_thread

#: All rows of the studies, with two updates for the first models and four for all others.
TINY = replace(
    SMOKE,
    name="laptop",
    shared={**SMOKE.shared, "batch_size": 2},
    further={**SMOKE.further, "steps": 4},
    rsda=("candidates=2", "searches=1"),
    pyramid=True,
    dense=True,
    explained=2,
    pictures=1,
)

on_one_thread = pytest.fixture(scope="package", autouse=True)(one_thread)
in_one_process = pytest.fixture(scope="package", autouse=True)(one_process)


@pytest.fixture(autouse=True)
def tiny(monkeypatch: pytest.MonkeyPatch, anigifs_home: Path) -> None:
    """Make the laptop's scale small enough for a test."""
    monkeypatch.setitem(PRESETS, "laptop", (16, 64))
    monkeypatch.setitem(SCALES, TINY.name, TINY)


@pytest.fixture
def do(run: Run) -> Run:
    """Run a command that must succeed."""

    def do_it(*arguments: object) -> Ran:
        ran = run(*arguments)
        assert ran.code == 0, ran.err
        return ran

    return do_it
