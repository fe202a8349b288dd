"""A small benchmark, rendered once for all tests that only look at it."""

import pytest

from anigifs.foundation.work import Local
from anigifs.puppets import Rendered, Spec, render

#: All domains, but one clip of each class in each, and small.
TESTS = Spec(clips_per_class=1, seed=5, size=64, splits=("test",))


@pytest.fixture(scope="session")
def rendered_tests(tmp_path_factory: pytest.TempPathFactory) -> Rendered:
    """The test split of every domain."""
    return render(TESTS, tmp_path_factory.mktemp("puppets") / "tests", executor=Local(1))
