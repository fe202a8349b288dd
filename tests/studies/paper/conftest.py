"""A study so small that a test can run it: a narrow network, and one small clip of each class."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import pytest

from anigifs.puppets.spec import SMALLEST, Spec
from anigifs.studies.paper import running
from anigifs.studies.paper.quick import SMOKE_STUDY
from anigifs.studies.paper.running import StudyConfig
from anigifs.training import PRESETS
from tests.conftest import one_process, one_thread
from tests.studies.made import save_narrow

on_one_thread = pytest.fixture(scope="package", autouse=True)(one_thread)
in_one_process = pytest.fixture(scope="package", autouse=True)(one_process)


@pytest.fixture(scope="package", autouse=True)
def small_clips() -> Iterator[None]:
    """Render and train on clips of less than half of the usual height and width."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(running, "Spec", partial(Spec, size=SMALLEST))
        patch.setitem(PRESETS, "laptop", (16, SMALLEST))
        yield


@pytest.fixture(scope="package")
def config(tmp_path_factory: pytest.TempPathFactory) -> StudyConfig:
    folder = tmp_path_factory.mktemp("weights") / "narrow"
    save_narrow(folder)
    scale = SMOKE_STUDY.scale
    further = {**scale.further, "steps": 6}
    few = replace(scale, further=further, rsda=("candidates=2", "searches=4"))
    return replace(SMOKE_STUDY, weights=str(folder), scale=few)
