"""Names are handed out without paying for torch before it is needed."""

import subprocess
import sys

import pytest

import anigifs.models


def test_importing_the_room_and_the_weights_does_not_import_torch() -> None:
    code = "import sys, anigifs.models, anigifs.models.weights; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_all_public_names_are_there_and_no_others() -> None:
    assert dir(anigifs.models) == sorted(anigifs.models.__all__)
    assert all(hasattr(anigifs.models, name) for name in anigifs.models.__all__)
    with pytest.raises(AttributeError, match="no attribute 'I4D'"):
        _ = anigifs.models.I4D
