from pathlib import Path

import numpy as np
import pytest
import torch

from anigifs.clips import Geometry
from anigifs.foundation import UsageError, generator, read_records
from anigifs.index import Row
from anigifs.models import WeightsRecord, build_i3d
from anigifs.saliency import heat_of, outlined, overlay
from anigifs.studies.explain.looking import Viewer, Wanted
from anigifs.studies.explain.on_files import Showing
from anigifs.studies.explain.rows import Clips
from anigifs.studies.figures.plate import FRAME, draw_plate, squared
from anigifs.studies.figures.saliency import (
    Choice,
    Pick,
    Sight,
    blocks_of,
    choose_clips,
    others_first,
)
from tests.conftest import one_thread
from tests.studies.figures.look import assert_legible
from tests.training.made import make_clips, settle

on_one_thread = pytest.fixture(scope="module", autouse=True)(one_thread)

CLASSES = ("down", "right")
GEOMETRY = Geometry(9, 40)


def viewer(name: str, answer: str) -> Viewer:
    """A narrow, untrained network that always gives one answer."""
    torch.manual_seed(0)
    model = build_i3d(2, width=1 / 16)
    settle(model)
    bias_K = torch.tensor([9.0 * (label == answer) for label in CLASSES])
    head = {"logits.conv3d.bias": bias_K}
    model.load_state_dict({**model.state_dict(), **head})
    record = WeightsRecord(
        name=name, width=1 / 16, classes=CLASSES, licence="none", source="made by a test"
    )
    return Viewer(name, model.eval(), record, "Mixed_4f")


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clips(tmp_path_factory.mktemp("saliency"), per_class=3)


@pytest.fixture(scope="module")
def viewers() -> tuple[Viewer, Viewer]:
    return viewer("baseline", "down"), viewer("gated", "right")


def sight_of(
    index: Path, viewers: tuple[Viewer, Viewer], count: int, pick: Pick, seed: int = 0
) -> Sight:
    clips = Clips(index, ("video",), None, (), 64, 0, 0, seed, index.parent / "prepared")
    showing = Showing(GEOMETRY, "whole", (0, 0, 0), Wanted("label"), (), index.parent)
    return choose_clips(viewers, clips, showing, Choice(count, pick), lambda found, total: found)


def test_clips_are_picked_by_who_is_right(index: Path, viewers: tuple[Viewer, Viewer]) -> None:
    picks: dict[Pick, str] = {"gained": "right", "lost": "down"}
    for pick, label in picks.items():
        found = sight_of(index, viewers, 2, pick)
        assert [one.row.label for one in found.seen] == [label] * 2
        assert {one.right for one in found.seen} == {(label == "down", label == "right")}
        assert 2 <= found.looked <= 5
    lot = sight_of(index, viewers, 2, "lot")
    assert {one.row.label for one in lot.seen} == set(CLASSES)  # one of each class comes first
    assert lot.looked == 2
    assert len(sight_of(index, viewers, 9, "lost").seen) == 3
    with pytest.raises(UsageError, match="none is gained"):
        sight_of(index, (viewers[0], viewers[0]), 2, "gained")


def test_the_ledger_says_that_clips_were_looked_at(
    index: Path, viewers: tuple[Viewer, Viewer]
) -> None:
    before = len(list(read_records(index.parent / "ledger.jsonl")))
    sight_of(index, viewers, 2, "lot")
    after = list(read_records(index.parent / "ledger.jsonl"))
    assert len(after) == before + 1
    assert (after[-1]["role"], after[-1]["n"]) == ("figure", 2)
    assert after[-1]["weights"] == ["baseline", "gated"]


def test_a_block_is_the_clip_and_each_models_heat_over_it(
    index: Path, viewers: tuple[Viewer, Viewer]
) -> None:
    sight = sight_of(index, viewers, 2, "gained")
    blocks = blocks_of(sight, frames=3)
    assert [block.heading for block in blocks] == ["right", "right"]
    one = sight.seen[0]
    clip, *heats = blocks[0].strips
    assert [strip.title for strip in blocks[0].strips] == ["clip", "baseline", "gated"]
    assert clip.notes == ("line: labelled people", "heat: evidence for the true class")
    assert [strip.notes[0].split(",")[0] for strip in heats] == ["✗ down", "✓ right"]
    assert one.batch.tubes_BTHW is not None
    tube_THW = one.batch.tubes_BTHW[0].numpy()
    frames_THWC = np.stack([squared(frame) for frame in one.batch.clips_BTHWC[0].numpy()])
    moments = [0, 4, 8]  # of nine frames
    np.testing.assert_array_equal(clip.frames_THWC, outlined(frames_THWC, tube_THW)[moments])
    for strip, looked in zip(heats, one.looks, strict=True):
        heat_THW = heat_of(looked.map_THW, 9, FRAME)
        expected = outlined(overlay(frames_THWC, heat_THW), tube_THW)[moments]
        np.testing.assert_array_equal(strip.frames_THWC, expected)
    assert_legible(draw_plate(blocks, columns=2))


def test_what_was_said_is_kept_as_json(index: Path, viewers: tuple[Viewer, Viewer]) -> None:
    sight = sight_of(index, viewers, 1, "gained")
    said = sight.seen[0].to_json(sight.viewers)
    assert [one["answer"] for one in said["models"]] == ["down", "right"]
    assert [one["right"] for one in said["models"]] == [False, True]
    assert said["models"][0]["probability"] > 0.5


def test_one_of_each_class_comes_before_the_second_of_any() -> None:
    labels = "aaaaabbc"
    rows = [Row(clip_id=str(n), label=label, group="g") for n, label in enumerate(labels)]
    lots: set[str] = set()
    for seed in range(20):
        found = others_first(rows, generator(seed, "test"))
        assert sorted(row.clip_id for row in found) == [row.clip_id for row in rows]
        order = "".join(row.label for row in found)
        assert [sorted(order[:3]), sorted(order[3:5]), order[5:]] == [
            list("abc"),
            list("ab"),
            "aaa",
        ]
        lots.add("".join(row.clip_id for row in found))
    assert len(lots) > 10


def test_numbers_below_one_are_refused() -> None:
    with pytest.raises(UsageError, match="count is at least 1"):
        Choice(count=0)
    with pytest.raises(UsageError, match="frames is at least 1"):
        Choice(frames=0)
