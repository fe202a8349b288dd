"""An optional detector; a made-up package stands in for the real one."""

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from anigifs.curate.screening.nsfw import PACKAGE, check_installed, load_nudenet
from anigifs.foundation import UsageError

#: Answers in NudeNet's form: as sure as the picture is blue, and surer of a face.
FAKE = """
class NudeDetector:
    def detect(self, picture_HWC):
        blue, green, red = (float(picture_HWC[..., one].mean()) / 255 for one in range(3))
        assert picture_HWC.flags["C_CONTIGUOUS"]
        return [
            {"class": "FACE_FEMALE", "score": 0.99, "box": [0, 0, 1, 1]},
            {"class": "BUTTOCKS_COVERED", "score": red, "box": [0, 0, 1, 1]},
            {"class": "BUTTOCKS_EXPOSED", "score": blue, "box": [0, 0, 1, 1]},
        ]
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    (tmp_path / f"{PACKAGE}.py").write_text(FAKE)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, PACKAGE, raising=False)
    load_nudenet.cache_clear()
    yield
    load_nudenet.cache_clear()
    sys.modules.pop(PACKAGE, None)


@pytest.mark.usefixtures("package")
def test_the_worst_frame_counts_and_only_what_is_bare() -> None:
    blue, red = np.zeros((2, 8, 8, 3), np.uint8)
    blue[..., 2], red[..., 0] = 153, 255
    detect = load_nudenet()
    assert detect([red]) == 0
    assert detect([red, blue, red]) == pytest.approx(0.6)
    assert detect([]) == 0


@pytest.mark.usefixtures("package")
def test_it_is_loaded_once() -> None:
    check_installed()
    assert load_nudenet() is load_nudenet()


def test_without_the_package_one_line_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    load_nudenet.cache_clear()
    for ask in (check_installed, load_nudenet):
        with pytest.raises(UsageError, match=r"^--nsfw needs .*: pip install 'anigifs\[nsfw\]'$"):
            ask()
