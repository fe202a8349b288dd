"""A study so small that a test can run it: a narrow network, and one clip of each class."""

from dataclasses import replace

import pytest

from anigifs.studies.paper.quick import SMOKE_STUDY
from anigifs.studies.paper.running import StudyConfig
from tests.conftest import one_thread
from tests.studies.made import save_narrow

on_one_thread = pytest.fixture(scope="package", autouse=True)(one_thread)


@pytest.fixture(scope="package")
def config(tmp_path_factory: pytest.TempPathFactory) -> StudyConfig:
    folder = tmp_path_factory.mktemp("weights") / "narrow"
    save_narrow(folder)
    return replace(SMOKE_STUDY, weights=str(folder))
