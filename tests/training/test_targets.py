"""What a run sees of its target: training clips, and no label."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from anigifs.clips.batch import Batch
from anigifs.clips.prepared import PreparedClips, prepare
from anigifs.foundation import UsageError
from anigifs.index import Box, Index, Row
from anigifs.methods import METHODS, Run
from anigifs.methods.coral import Coral
from anigifs.models import I3D
from anigifs.training import TrainConfig
from anigifs.training.data import Target, prepare_rule, source_rows
from anigifs.training.devices import Place
from anigifs.training.loop import train
from anigifs.training.planning import plan_run
from anigifs.training.targets import UNKNOWN, check_target, unlabelled
from tests.training.conftest import Bench

pytestmark = pytest.mark.usefixtures("small_clips")

CPU = torch.device("cpu")
Change = Callable[[Row], Row]


def config_of(index: Path | str = "x.parquet", **more: object) -> TrainConfig:
    values: dict[str, Any] = {
        "method": "coral",
        "domain": "video",
        "target_domain": "animated-gif",
        **more,
    }
    return TrainConfig(index=str(index), batch_size=values.pop("batch_size", 2), **values)


def rows() -> list[Row]:
    """Two classes, two domains, three splits."""
    return [
        Row(
            clip_id=f"{domain}/{split}/{label}/{number}",
            path="a.gif",
            sha256=f"{domain}/{split}/{label}/{number}",
            label=label,
            group=f"{split}/{label}/{number}" if split == "train" else f"{domain}/{split}/{label}",
            domain=domain,
            style="flat" if number else "toy",
            split=split,
            state="decoded",
        )
        for domain in ("video", "animated-gif")
        for split in ("train", "val", "test")
        for label in ("run", "wave")
        for number in (0, 1)
    ]


def read(tmp_path: Path, change: Change = lambda row: row, **more: object) -> tuple[Row, ...]:
    Index.from_rows(map(change, rows())).write(tmp_path / "x.parquet")
    return source_rows(config_of(tmp_path / "x.parquet", **more)).target


def test_rows_are_those_of_the_targets_training_split_alone(tmp_path: Path) -> None:
    found = read(tmp_path)
    assert {(row.domain, row.split) for row in found} == {("animated-gif", "train")}
    assert len(found) == 4
    assert {row.style for row in read(tmp_path, target_styles=("toy",))} == {"toy"}


def test_labels_of_the_target_decide_nothing(tmp_path: Path) -> None:
    """Neither which rows are seen nor what the classes are: it may have others."""

    def other(row: Row) -> Row:
        return replace(row, label="unheard of") if row.domain == "animated-gif" else row

    def names(found: tuple[Row, ...]) -> list[str]:
        return [row.clip_id for row in found]

    assert names(read(tmp_path, other)) == names(read(tmp_path))
    assert source_rows(config_of(tmp_path / "x.parquet")).classes == ("run", "wave")


def test_without_a_target_no_row_of_it_is_read(tmp_path: Path) -> None:
    Index.from_rows(rows()).write(tmp_path / "x.parquet")
    plain = replace(config_of(tmp_path / "x.parquet"), method="erm", target_domain=None)
    found = source_rows(plain)
    assert found.target == ()
    adapting = source_rows(config_of(tmp_path / "x.parquet"))
    assert (found.train, found.val, found.classes) == (
        adapting.train, adapting.val, adapting.classes
    )  # fmt: skip
    assert prepare_rule(plain, found) == prepare_rule(plain, adapting)


@pytest.mark.parametrize("split", ["val", "test"])
@pytest.mark.parametrize("what", ["clip_id", "sha256", "group"])
def test_what_is_held_back_of_the_target_is_not_shown_by_another_name(
    tmp_path: Path, what: str, split: str
) -> None:
    def leak(row: Row) -> Row:
        held_back = (row.domain, row.split, row.label) == ("animated-gif", split, "run")
        known = {"group": "train/run/0"}.get(what, "animated-gif/train/run/0")
        return replace(row, **{what: known}) if held_back else row  # type: ignore[arg-type]

    message = f"1 values of {what} are in the target's training clips and outside of its split"
    with pytest.raises(UsageError, match=message):
        read(tmp_path, leak)
    with pytest.raises(UsageError, match=message):  # whether it can be read or not
        read(tmp_path, lambda row: replace(leak(row), state="decoded" if row.split == "train"
                                           or row.domain == "video" else "listed"))  # fmt: skip


@pytest.mark.parametrize(
    ("what", "split", "where"),
    [
        ("group", "val", "in the source's validation"),
        ("clip_id", "train", "in the source, with their labels"),
        ("sha256", "train", "in the source, with their labels"),
    ],
)
def test_what_the_source_has_with_labels_is_no_target(
    tmp_path: Path, what: str, split: str, where: str
) -> None:
    def leak(row: Row) -> Row:
        parts = [("animated-gif", "train", "run"), ("video", split, "run")]
        here = (row.domain, row.split, row.label) in parts and row.style == "toy"
        return replace(row, **{what: "the same"}) if here else row  # type: ignore[arg-type]

    message = f"1 values of {what} are in the target's training clips and {where}"
    with pytest.raises(UsageError, match=message):
        read(tmp_path, leak)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"method": "erm"}, "method 'erm' must not see a target: leave out --target-domain, or "
                            "take one that adapts: adabn, coral"),
        ({"method": "rsda"}, "method 'rsda' must not see a target"),
        ({"target_domain": None}, "'coral' adapts to a target, .* name it with --target-domain"),
        ({"method": "adabn", "target_domain": None}, "'adabn' adapts to a target"),
        ({"train_split": "test"}, "split 'test': of a target only training clips may be seen"),
        ({"train_split": "val", "val_split": "dev"}, "split 'val': of a target only training"),
        ({"train_split": "b", "val_split": "b"}, "split 'b': of a target only training clips"),
    ],
)  # fmt: skip
def test_method_and_target_must_belong_together(more: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        check_target(config_of(**more))


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"domain": None}, "the target 'animated-gif' is part of the source"),
        ({"domain": "animated-gif"}, "the target 'animated-gif' is part of the source"),
        ({"target_domain": None, "target_styles": ("toy",)}, "target_styles are of a target"),
    ],
)
def test_a_target_is_another_domain_than_the_source(more: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        config_of(**more)


def test_a_target_that_fills_no_batch_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="4 decoded rows of the target 'animated-gif' in split "
                                         "'train', which do not fill a batch of 5"):  # fmt: skip
        read(tmp_path, batch_size=5)
    with pytest.raises(UsageError, match="0 decoded rows of the target 'animated-gif', styles ink"):
        read(tmp_path, target_styles=("ink",))


def test_a_configuration_with_a_target_is_read_as_it_was_written() -> None:
    config = config_of(target_styles=("flat", "toy"))
    assert TrainConfig.from_json(config.to_json()) == config


def test_no_clip_of_a_target_has_a_label_or_a_box() -> None:
    boxed = [replace(row, boxes=(Box(0, 0.1, 0.1, 0.9, 0.9, row.label),)) for row in rows()]
    items = unlabelled(boxed)
    assert {item.label for item in items} == {UNKNOWN} == {-1}
    assert not any(item.boxes for item in items)
    assert [item.clip_id for item in items] == [row.clip_id for row in boxed]


@pytest.fixture(scope="module")
def two(bench: Bench) -> tuple[TrainConfig, PreparedClips]:
    config = config_of(bench.two_domains, batch_size=4, target_styles=("flat",))
    found = source_rows(config)
    rule = prepare_rule(config, found)
    assert not prepare(found.sources, rule, bench.root / "store").errors
    return config, PreparedClips(bench.root / "store", rule)


def target_at(two: tuple[TrainConfig, PreparedClips], rank: int = 0, world: int = 1) -> Target:
    config, prepared = two
    return Target(prepared, source_rows(config), config, Place(rank, world, CPU))


def test_batches_of_a_target_are_drawn_by_the_generator_and_tell_nothing(
    two: tuple[TrainConfig, PreparedClips],
) -> None:
    known = {row.clip_id for row in source_rows(two[0]).target}
    target = target_at(two)
    first, again, other = (target.draw(np.random.default_rng(seed)) for seed in (0, 0, 1))
    assert torch.equal(first.clips_BTHWC, again.clips_BTHWC)
    assert first.clip_ids == again.clip_ids != other.clip_ids
    for batch in (first, other, *target.once()):
        assert batch.labels_B.eq(-1).all()
        assert batch.tubes_BTHW is None
        assert set(batch.clip_ids) <= known
        assert set(batch.domains) == {"animated-gif"}
    assert len(set(first.clip_ids)) == len(first) == 4


def test_all_clips_come_once_to_every_process_and_draws_are_shared(
    two: tuple[TrainConfig, PreparedClips],
) -> None:
    known = {row.clip_id for row in source_rows(two[0]).target}
    orders = set()
    whole = target_at(two).draw(np.random.default_rng(0))
    halves = []
    for rank in (0, 1):
        target = target_at(two, rank, world=2)
        for _ in range(2):
            order = tuple(name for batch in target.once() for name in batch.clip_ids)
            assert (len(order), set(order)) == (len(known), known)
            orders.add(order)
        halves.append(target.draw(np.random.default_rng(0)))
    assert sorted(name for half in halves for name in half.clip_ids) == sorted(whole.clip_ids)
    assert len(orders) == 1


def test_clips_that_come_once_are_not_in_the_order_of_an_index_which_may_be_that_of_classes(
    two: tuple[TrainConfig, PreparedClips],
) -> None:
    listed = [row.clip_id for row in source_rows(two[0]).target]
    target = target_at(two)
    assert [name for batch in target.once() for name in batch.clip_ids] != listed


class Nosy(Coral):
    """Keeps all that it was ever given."""

    given: list[Batch] = []  # noqa: RUF012 - a test reads it

    def build(self, model: I3D, run: Run) -> None:
        assert run.target is not None
        assert run.target_once is not None
        draw = run.target

        def note(rng: np.random.Generator) -> Batch:
            self.given.append(draw(rng))
            return self.given[-1]

        super().build(model, replace(run, target=note))
        self.given.extend(run.target_once())


def test_a_method_in_a_run_is_given_nothing_that_it_must_not_know(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(METHODS, "nosy", Nosy)
    config = config_of(
        bench.two_domains, method="nosy", batch_size=4, steps=2, weights=str(bench.root / "narrow"),
        precision="float32",
    )  # fmt: skip
    train(config, tmp_path / "run", bench.root / "store")
    held_back = Index.read(bench.two_domains).filter(domain="animated-gif", split="test")
    forbidden = set(held_back.table["clip_id"].to_pylist())
    assert len(forbidden) == 4
    assert len(Nosy.given) == 2 + 2
    for batch in Nosy.given:
        assert batch.labels_B.eq(-1).all()
        assert not forbidden & set(batch.clip_ids)


def test_a_run_and_its_plan_refuse_in_one_line_before_anything_is_made(
    bench: Bench, tmp_path: Path
) -> None:
    config = config_of(bench.two_domains, method="erm", weights=str(bench.root / "narrow"))
    message = "method 'erm' must not see a target"
    with pytest.raises(UsageError, match=message):
        train(config, tmp_path / "run", tmp_path / "store")
    with pytest.raises(UsageError, match=message):
        plan_run(config, tmp_path / "store")
    assert not list(tmp_path.iterdir())


def test_weights_say_what_they_were_adapted_to(bench: Bench, tmp_path: Path) -> None:
    from anigifs.models.weights import find

    config = config_of(
        bench.two_domains, batch_size=4, steps=1, weights=str(bench.root / "narrow"),
        precision="float32",
    )  # fmt: skip
    train(config, tmp_path / "run", bench.root / "store")
    record, _ = find(tmp_path / "run" / "best")
    assert record.name == "coral from narrow, animated-gif seen without labels"
