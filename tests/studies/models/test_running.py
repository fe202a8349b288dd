"""The study on a small index, with networks of three kinds; nothing is downloaded or trained."""

import csv
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import torch

from anigifs.evaluation import Predictions
from anigifs.foundation import UsageError, WeightsError, read_records
from anigifs.index import Index
from anigifs.models import WeightsRecord, build_i3d, save_model
from anigifs.puppets import INDEX, Rendered, Spec
from anigifs.studies.models import running
from anigifs.studies.models.config import HELD_BACK, ModelsConfig
from anigifs.studies.models.forms import to_markdown, to_text
from anigifs.studies.models.running import run_models
from anigifs.studies.models.testing import Counted
from anigifs.studies.paper.roles import Role
from anigifs.studies.sweep.watching import Watcher
from tests.conftest import one_thread
from tests.models.backbones.made import make_clip, make_video, say
from tests.models.small import random_clips, small_model
from tests.training.made import add_target, make_clips, settle

on_one_thread = pytest.fixture(scope="module", autouse=True)(one_thread)


@dataclass(frozen=True)
class Place:
    """Clips of a video domain and an animated one, weights, and a folder of prepared clips."""

    index: Path
    work: Path
    i3d: str
    video: str
    clip: str

    def config(self, *weights: str) -> ModelsConfig:
        return ModelsConfig(
            weights or (self.i3d, self.video, self.clip),
            index=self.index,
            source=Role("videos", "video"),
            targets=(("animated", Role("animated GIFs", "animated-gif", ("flat",))),),
        )


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    root = tmp_path_factory.mktemp("models")
    make_clips(root / "clips", per_class=6)
    two = Index.read(add_target(root / "clips"))
    # All rows of the videos are for tests here, since nothing is trained.
    rows = [replace(row, split="test") if row.domain == "video" else row for row in two.rows()]
    index = root / "clips" / "tested.parquet"
    Index.from_rows(rows, root=root / "clips").write(index)
    save_i3d(root / "i3d", ("left", "right", "down"))
    make_video(root / "videomae", "videomae", ("down", "up", "right", "left", "in", "out"))
    make_clip(root / "clip")
    return Place(index, root / "work", *(str(root / name) for name in ("i3d", "videomae", "clip")))


def save_i3d(folder: Path, classes: tuple[str, ...]) -> None:
    torch.manual_seed(0)
    model = build_i3d(len(classes), width=1 / 16)
    settle(model)
    record = WeightsRecord(
        name=folder.name, width=1 / 16, classes=classes, frames=9, size=32, licence="none",
        source="made by a test",
    )  # fmt: skip
    save_model(model, record, folder)


def test_every_model_is_tested_on_the_same_clips(place: Place, tmp_path: Path) -> None:
    out = tmp_path / "out"
    table = run_models(place.config(), out, place.work)
    records = list(read_records(out / "records.jsonl"))
    keys = ["i3d", "videomae", "clip"]
    assert [(one["model"], one["set"]) for one in records] == [
        (key, of_set) for key in keys for of_set in ("videos", "animated")
    ]
    assert {(one["set"], one["n"]) for one in records} == {("videos", 12), ("animated", 4)}
    assert [one["preset"] for one in records[::2]] == ["9 x 32", "10 x 32", "16 x 32"]
    assert records[4]["prompts"] == ["a video of a person {class}."]
    assert ("transformers" in records[0], "transformers" in records[2]) == (False, True)
    assert table.classes == ("down", "right")
    assert table.own == {}
    # Both readings, against what was predicted.
    for record in records:
        said = Predictions.read(out / record["predictions"])
        columns = [said.classes.index(name) for name in ("down", "right")]
        truth = [columns.index(said.classes.index(label)) for label in said.labels]
        within = np.mean(said.logits_NK[:, columns].argmax(axis=1) == truth)
        cell = table.readings["data"].cell(record["model"], record["set"])
        assert cell is not None
        assert cell.top1.value == pytest.approx(within)
        cell = table.readings["model"].cell(record["model"], record["set"])
        assert cell is not None
        assert cell.top1.value == pytest.approx(record["top1"])
    for answers, one in table.readings.items():
        for deeper in (some for some in table.deeper if some.answers == answers):
            falls = [one.cell(key, "animated") for key in (deeper.model, "i3d")]
            values = [cell.gap.share.value for cell in falls if cell is not None and cell.gap]
            assert deeper.gap.share.value == pytest.approx(values[0] - values[1])
    assert len(table.deeper) == 4


def test_what_is_written_says_what_was_found(place: Place, tmp_path: Path) -> None:
    out = tmp_path / "out"
    table = run_models(place.config(), out, place.work)
    text = (out / "table-models.txt").read_text()
    assert text == f"{to_text(table)}\n"
    assert (out / "table-models.md").read_text() == to_markdown(table)
    assert "answers within the 2 classes of the data" in text
    assert "answers among all classes of each model" in text
    assert "knows 2 of the data's 2; licence: not stated" in text
    assert "asked 'a video of a person {class}.'" in text
    rows = list(csv.DictReader((out / "table-models.csv").read_text().splitlines()))
    assert [(one["answers"], one["model"], one["set"]) for one in rows] == [
        (answers, model, of_set)
        for answers in ("data", "model")
        for model in ("i3d", "videomae", "clip")
        for of_set in ("videos", "animated")
    ]
    assert [one["classes_of_model"] for one in rows[:6:2]] == ["3", "6", "2"]
    falls = list(csv.DictReader((out / "falls.csv").read_text().splitlines()))
    assert [float(one["deeper"]) for one in falls] == [one.gap.share.value for one in table.deeper]


def test_a_recorded_test_is_not_run_again_and_models_may_be_added(
    place: Place, tmp_path: Path
) -> None:
    out, work = tmp_path / "out", place.work
    run_models(place.config(place.i3d), out, work)
    lines = list(read_records(out / "records.jsonl"))
    assert len(lines) == 2
    more = run_models(place.config(place.video, place.i3d), out, work)
    assert [row.key for row in more.readings["data"].rows] == ["videomae", "i3d"]
    assert len(list(read_records(out / "records.jsonl"))) == 4
    assert run_models(place.config(place.video, place.i3d), out, work) == more
    assert len(list(read_records(out / "records.jsonl"))) == 4
    victim = out / str(lines[1]["predictions"])
    victim.write_bytes(b"damaged")
    assert run_models(place.config(place.video, place.i3d), out, work) == more
    assert len(list(read_records(out / "records.jsonl"))) == 5


def test_other_prompts_are_another_test(place: Place, tmp_path: Path) -> None:
    out, work = tmp_path / "out", place.work
    plain = place.config(place.clip)
    run_models(plain, out, work)
    run_models(replace(plain, prompts=("{class}",)), out, work)
    run_models(replace(plain, classes=("down", "right", "up")), out, work)
    run_models(plain, out, work)
    found = list(read_records(out / "records.jsonl"))
    assert len(found) == 6
    assert len({one["settings_hash"] for one in found}) == 3
    assert len({one["predictions"] for one in found}) == 6


def test_models_of_other_classes_are_compared_on_those_that_both_know(
    place: Place, tmp_path: Path
) -> None:
    make_video(tmp_path / "some", "videomae", ("right", "up"))
    weights = (place.i3d, str(tmp_path / "some"))
    table = run_models(place.config(*weights), tmp_path / "out", place.work)
    assert table.classes == ("right",)
    data = table.readings["data"]
    assert [(one.key, one.n) for one in data.columns] == [("videos", 6), ("animated", 2)]
    assert list(table.own) == ["i3d"]
    assert [one.n for one in table.own["i3d"].columns] == [12, 4]
    text = to_text(table)
    assert "the 1 of 2 classes of the data that all models know" in text
    assert "some: videomae, 10 x 32, 2 classes; knows 1 of the data's 2, not down" in text
    assert "i3d, videos: n=12" in text


def test_an_index_without_splits_is_tested_as_a_whole(place: Place, tmp_path: Path) -> None:
    index = Index.read(place.index)
    rows = [replace(row, split="") for row in index.rows()]
    path = place.index.with_name("whole.parquet")
    Index.from_rows(rows, root=index.root).write(path)
    config = replace(place.config(place.clip), index=path)
    table = run_models(config, tmp_path / "out", place.work)
    assert [one.n for one in table.readings["data"].columns] == [12, 12]


def no_index(place: Place, folder: Path) -> ModelsConfig:
    return replace(place.config(), index=folder / "none.parquet")


def no_rows(place: Place, folder: Path) -> ModelsConfig:
    return replace(place.config(), source=Role("videos", "film", ("noir",)))


def no_weights(place: Place, folder: Path) -> ModelsConfig:
    return place.config(place.i3d, str(folder / "none"))


def the_same_twice(place: Place, folder: Path) -> ModelsConfig:
    return place.config(place.i3d, f"{place.i3d}/../i3d")


def a_stranger(place: Place, folder: Path) -> ModelsConfig:
    make_video(folder / "stranger", "videomae", ("cook", "swim"))
    return place.config(place.i3d, str(folder / "stranger"))


def nothing_in_common(place: Place, folder: Path) -> ModelsConfig:
    for name in ("right", "down"):
        make_video(folder / name, "videomae", (name, "up"))
    return place.config(str(folder / "right"), str(folder / "down"))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (no_index, "no such index"),
        (no_rows, "no decoded rows of domain 'film' of style noir in split 'test'"),
        (no_weights, "no weights "),
        (the_same_twice, "are the same model; leave one out"),
        (a_stranger, "stranger: knows none of the data's 2 classes, such as 'down'"),
        (nothing_in_common, "no class of the data in common.*test them apart: right, down"),
    ],
)
def test_what_cannot_be_compared_stops_before_anything_is_written(
    make: Callable[[Place, Path], ModelsConfig], said: str, place: Place, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    with pytest.raises((UsageError, WeightsError), match=said):
        run_models(make(place, tmp_path), out, place.work)
    assert not out.exists()


def test_models_are_named_once_and_at_least_one(place: Place) -> None:
    with pytest.raises(UsageError, match="no model is named"):
        ModelsConfig(())
    with pytest.raises(UsageError, match="named twice"):
        place.config(place.i3d, place.i3d)


def test_two_of_one_name_are_told_apart(place: Place, tmp_path: Path) -> None:
    make_video(tmp_path / "videomae", "videomae", ("down", "right"), seed=1)
    weights = (place.video, str(tmp_path / "videomae"))
    table = run_models(place.config(*weights), tmp_path / "out", place.work)
    keys = [one.key for one in table.models]
    assert all(key.startswith("videomae-") for key in keys)
    assert len(set(keys)) == 2


def test_a_folder_of_something_else_is_refused(place: Place, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(UsageError, match="holds files, but no study"):
        run_models(place.config(), tmp_path, place.work)


def test_a_class_list_that_settings_name_wrongly_is_one_line(place: Place, tmp_path: Path) -> None:
    folder = tmp_path / "broken"
    make_video(folder, "videomae", ("down", "right"))
    say(folder, "config.json", id2label=None)
    with pytest.raises(WeightsError, match=r"id2label of its .* is missing"):
        run_models(place.config(str(folder)), tmp_path / "out", place.work)


def test_without_an_index_the_benchmarks_tests_are_rendered(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Spec] = []

    def rendered(spec: Spec, folder: Path, **options: object) -> Rendered:
        """Show the small clips as if they were the benchmark's."""
        asked.append(spec)
        names = {"right": "squat", "down": "archery"}
        styles = {"video": "film", "animated-gif": "flat"}
        rows = [
            replace(row, label=names[row.label], style=styles[row.domain])
            for row in Index.read(place.index).rows()
        ]
        index = Index.from_rows(rows, "puppets-16", place.index.parent)
        index.write(folder / INDEX)
        return Rendered(index, folder / INDEX, len(rows))

    monkeypatch.setattr("anigifs.puppets.rendering.render", rendered)
    table = run_models(ModelsConfig((place.clip,)), tmp_path / "out", place.work)
    assert [(one.domains, one.splits) for one in asked] == [(("film", "cartoon-dev"), ("test",))]
    (model,) = table.models
    assert len(model.record.classes) == 16  # all that the data's list has, of which 2 are shown
    assert table.classes == ("archery", "squat")
    assert [one.title for one in table.readings["data"].columns] == ["film", "cartoons, outlined"]
    assert list(table.readings) == ["data", "model"]
    held_back = ModelsConfig((place.clip,)).with_held_back()
    assert held_back.spec.domains == ("film", "cartoon-dev", "cartoon-test")
    assert dict(held_back.targets)[HELD_BACK].styles == ("pixel", "sketch", "toy")
    with pytest.raises(UsageError, match="no decoded rows of domain 'animated-gif' of style pixel"):
        run_models(held_back, tmp_path / "out", place.work)


def test_a_stranger_to_the_benchmark_stops_before_it_is_rendered(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def render(*arguments: object, **options: object) -> None:
        raise AssertionError("rendered")

    monkeypatch.setattr("anigifs.puppets.rendering.render", render)
    with pytest.raises(UsageError, match="knows none of the data's 16 classes"):
        run_models(ModelsConfig((place.i3d,)), tmp_path / "out", place.work)
    assert not (tmp_path / "out").exists()


def test_held_back_cartoons_are_said_to_be_as_they_were_frozen_or_not(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = Index.read(place.index)
    held_back = ModelsConfig((place.clip,)).with_held_back()
    rows = [replace(row, style="toy") for row in index.rows() if row.domain == "animated-gif"]
    shown = Index.from_rows(rows, root=index.root)
    (note,) = running._notes(held_back, shown)
    assert "cartoons, held back: " in note
    assert "not as they were frozen" in note
    assert running._notes(ModelsConfig((place.clip,)), shown) == []


def test_how_far_it_is_goes_from_0_to_1(place: Place, tmp_path: Path) -> None:
    shares: list[float] = []
    lines: list[str] = []

    class Seen(Watcher):
        def say(self, line: str) -> None:
            lines.append(line)

        def update(self, job: str, step: int, total: int, share: float) -> None:
            assert 0 < step <= total
            shares.append(share)

    config = place.config(place.i3d, place.clip)
    run_models(config, tmp_path / "out", place.work, Seen())
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1)
    assert lines[0] == "i3d on videos: begun (1 of 4)"
    assert lines[-1] == "clip on animated GIFs: begun (4 of 4)"


def test_counting_changes_nothing() -> None:
    told: list[int] = []
    model = small_model()
    counted = Counted(model, told.append)
    clips_BTHWC = random_clips(9, 32, 32, batch=3)
    with torch.inference_mode():
        assert torch.equal(counted(clips_BTHWC)[0], model(clips_BTHWC)[0])
        counted(clips_BTHWC[:2])
    assert told == [3, 5]
    assert next(counted.parameters()) is next(model.parameters())
