from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from anigifs.media import write_gif, write_mp4
from anigifs.studies import choose_samples
from anigifs.studies.samples import GIF_BYTES
from tests.studies.made import outcome

LABELS = ["run", "jump"] * 4


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


def test_every_model_is_heard_of_each_clip_and_small_gifs_move(files: dict[str, Path]) -> None:
    outcomes = [
        outcome("erm", "film", [1, 0] * 4, labels=LABELS),
        outcome("erm", "gif", [0, 1] * 4, labels=LABELS),
        outcome("erm", "gif", [1] * 8, labels=LABELS, seed=1),
        outcome("oracle", "gif", [1] * 8, labels=LABELS),
        outcome("erm", "other", [1] * 8, labels=LABELS),
    ]
    found = choose_samples(outcomes, {"gif": 4, "film": 3, "none": 2}, files)
    assert Counter(one.of_set for one in found) == {"gif": 4, "film": 3}
    for one in found:
        assert [said.model for said in one.said] == ["erm", "oracle"][: 1 + (one.of_set == "gif")]
        for said in one.said:
            assert (one.label == said.answer) == said.right
            assert said.confidence is not None
            assert 1 / 7 < said.confidence < 1
        assert one.still is not None
        assert one.still[8:12] == b"WEBP"
        assert (one.moving is not None) == (one.of_set == "gif")
    # Of the first seed: it is wrong of all that run, and right of all that jump.
    gif = [one for one in found if one.of_set == "gif"]
    assert {(one.label, one.said[0].right) for one in gif} == {("run", False), ("jump", True)}
    assert found == choose_samples(outcomes, {"gif": 4, "film": 3}, files)
    assert found != choose_samples(outcomes, {"gif": 4, "film": 3}, files, seed=1)


@pytest.mark.parametrize(
    ("right", "most", "wrong"),
    [
        ([1, 1, 1, 1, 0, 0, 0, 0], 4, 2),  # one of each kind of either class
        ([1] * 8, 4, 0),
        ([0] * 8, 4, 4),
        ([1, 1, 1, 1, 1, 1, 0, 1], 8, 1),
        ([1, 1, 1, 1, 1, 1, 0, 1], 2, 1),
    ],
)
def test_classes_are_even_and_every_other_clip_is_wrong(
    right: list[int], most: int, wrong: int
) -> None:
    found = choose_samples([outcome("erm", "film", right, labels=LABELS)], {"film": most}, {})
    assert Counter(one.label for one in found) == {"run": most // 2, "jump": most // 2}
    assert sum(not one.said[0].right for one in found) == wrong


def test_a_clip_that_one_model_alone_got_wrong_counts_as_wrong() -> None:
    right = [outcome("erm", "film", [1] * 8, labels=LABELS)]
    one_wrong = outcome("rsda", "film", [1, 1, 1, 0, 1, 1, 1, 1], labels=LABELS)
    found = choose_samples([*right, one_wrong], {"film": 2}, {})
    assert ("rsda", "wave") in [(said.model, said.answer) for one in found for said in one.said]


def test_a_file_that_is_unknown_lost_or_large_still_leaves_a_sample(
    files: dict[str, Path], tmp_path: Path
) -> None:
    lost = {"gif/000": tmp_path / "lost.gif"}
    found = choose_samples([outcome("erm", "gif", [1, 1])], {"gif": 2}, lost)
    assert {one.still for one in found} == {None}
    assert {one.error for one in found} == {"its file is not known", "no such file"}
    path = files["gif/000"]
    path.write_bytes(path.read_bytes() + bytes(GIF_BYTES))
    (large,) = choose_samples([outcome("erm", "gif", [1])], {"gif": 1}, files)
    assert large.still is not None
    assert large.moving is None
