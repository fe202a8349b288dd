from pathlib import Path

import numpy as np
import pytest

from anigifs.media import write_gif, write_mp4
from anigifs.studies import choose_samples
from anigifs.studies.samples import GIF_BYTES
from tests.studies.made import outcome


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """Clips of two sets: GIFs, and videos."""
    rng = np.random.default_rng(0)
    found = {}
    for place in range(8):
        frames = rng.integers(0, 255, (4, 16, 16, 3), dtype=np.uint8)
        found[f"gif/{place:03}"] = tmp_path / f"{place}.gif"
        write_gif(found[f"gif/{place:03}"], frames, 50)
        found[f"film/{place:03}"] = tmp_path / f"{place}.mp4"
        write_mp4(found[f"film/{place:03}"], frames)
    return found


def test_half_are_wrong_and_small_gifs_move(files: dict[str, Path]) -> None:
    outcomes = [
        outcome("erm", "film", [1, 0] * 4),
        outcome("erm", "gif", [0, 1] * 4),
        outcome("erm", "gif", [1] * 8, seed=1),
        outcome("oracle", "film", [1] * 8),
    ]
    found = choose_samples(outcomes, "erm", files)
    assert [(one.of_set, one.right) for one in found] == [
        *[("film", True)] * 2,
        *[("film", False)] * 2,
        *[("gif", True)] * 2,
        *[("gif", False)] * 2,
    ]
    for one in found:
        assert (one.label == one.answer) == one.right
        assert one.png is not None
        assert one.png.startswith(b"\x89PNG")
        assert (one.gif is not None) == (one.of_set == "gif")
        assert one.confidence is not None
        assert 1 / 7 < one.confidence < 1
    assert found == choose_samples(outcomes, "erm", files)
    assert found != choose_samples(outcomes, "erm", files, seed=1)


@pytest.mark.parametrize(
    ("right", "expected"),
    [
        ([1] * 8, [1, 1, 1, 1]),
        ([0] * 8, [0, 0, 0, 0]),
        ([1] * 7 + [0], [1, 1, 1, 0]),
        ([1, 0], [1, 0]),
    ],
)
def test_what_there_is_fills_the_places(
    files: dict[str, Path], right: list[int], expected: list[int]
) -> None:
    found = choose_samples([outcome("erm", "film", right)], "erm", files)
    assert [one.right for one in found] == expected


def test_a_file_that_is_unknown_lost_or_large_still_leaves_a_sample(
    files: dict[str, Path], tmp_path: Path
) -> None:
    lost = {"gif/000": tmp_path / "lost.gif"}
    found = choose_samples([outcome("erm", "gif", [1, 1])], "erm", lost)
    assert {one.png for one in found} == {None}
    assert {one.error for one in found} == {
        "its file is not known",
        f"{tmp_path / 'lost.gif'}: no such file",
    }
    path = files["gif/000"]
    path.write_bytes(path.read_bytes() + bytes(GIF_BYTES))
    (large,) = choose_samples([outcome("erm", "gif", [1])], "erm", files)
    assert large.png is not None
    assert large.gif is None
