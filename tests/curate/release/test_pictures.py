from pathlib import Path

import numpy as np
from PIL import Image

from anigifs.curate.candidate import CandidateHit
from anigifs.curate.release.examples import Example, Group, choose_examples
from anigifs.curate.release.gathering import gather
from anigifs.curate.release.pictures import draw_examples, draw_most_frequent
from anigifs.curate.release.settings import ReleaseSettings
from anigifs.curate.screening.screened import Screened
from anigifs.curate.voting.items import Item
from tests.curate.made import Made

RED, BLUE = (200, 20, 20), (20, 20, 200)
NAME = "a" * 64


def example(label: str, creator: str, colours: list[tuple[int, int, int]]) -> Example:
    """An example of plain frames."""
    hit = CandidateHit(
        url="https://a.example/", label=label, sha256=NAME, creator=creator, licence="CC0 1.0"
    )
    file = Screened(sha256=NAME, kind="gif", bytes=1)
    frames_THWC = np.array(colours, np.uint8)[:, None, None].repeat(8, axis=1).repeat(8, axis=2)
    return Example(Item(cluster=NAME, family=NAME, files=(file,), hits=(hit,)), label, frames_THWC)


def areas(path: Path, *colours: tuple[int, int, int]) -> list[int]:
    """Return how many pixels have each colour."""
    with Image.open(path) as picture:
        assert not picture.info.keys() & {"Software", "Title", "date:create"}
        pixels = np.asarray(picture.convert("RGB"))
    return [int((pixels == colour).all(axis=2).sum()) for colour in colours]


def test_each_frame_is_shown_in_a_square(tmp_path: Path) -> None:
    groups = [
        Group("Accepted", 2, (example("yoga", "Ann", [RED] * 6), example("y", "B", [BLUE] * 2))),
        Group("Rejected", 0, ()),
    ]
    draw_examples(groups, tmp_path / "a.png")
    red, blue = areas(tmp_path / "a.png", RED, BLUE)
    assert abs(red - 6 * 135**2) < 0.03 * red  # 0.9 inches of 150 dots
    assert abs(blue - 2 * 135**2) < 0.03 * blue


def test_words_of_any_kind_are_drawn(tmp_path: Path) -> None:
    odd = [example("跳舞 $5 and $6" * 9, "x" * 300, [RED]), example("", "", [RED])]
    draw_examples([Group("Accepted $a$", 9, tuple(odd))], tmp_path / "a.png")
    assert areas(tmp_path / "a.png", RED)[0] > 30_000
    draw_examples([Group("Accepted", 4, ())], tmp_path / "b.png")


def test_the_chart_of_classes_names_no_program(tmp_path: Path) -> None:
    draw_most_frequent({"yoga": 3, "tai chi": 1}, tmp_path / "a.png", 40)
    assert areas(tmp_path / "a.png", (255, 255, 255))[0] > 10_000


def test_only_what_may_be_copied_is_shown(made: Made) -> None:
    settings = ReleaseSettings()
    groups = choose_examples(gather(made.folder, made.votes, settings), settings)
    shown = [{one.item.cluster for one in group.examples} for group in groups]
    open_items = {
        made.sha256[one] for one in (("cartoon", 0), ("cartoon", 1), ("cartoon", 2),
                                     ("cartoon-two-classes", 0))
    }  # fmt: skip
    assert [group.items for group in groups] == [6, 1, 1, 1]
    assert shown[0] < open_items
    assert shown[1:] == [{made.sha256[kind, 0]} for kind in ("still", "film", "wrong-class")]
    assert {one.label for one in groups[0].examples} == {"archery", "bench pressing"}
    assert all(1 <= len(one.frames_THWC) <= 6 for group in groups for one in group.examples)


def test_examples_are_drawn_by_seed(made: Made) -> None:
    def labels(seed: int) -> list[str]:
        settings = ReleaseSettings(seed=seed, include_all_bytes=True)
        groups = choose_examples(gather(made.folder, made.votes, settings), settings)
        return [one.item.cluster for one in groups[0].examples]

    assert labels(0) == labels(0)
    assert len({tuple(labels(seed)) for seed in range(6)}) > 1
