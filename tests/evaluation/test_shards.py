"""A model that is asked shard by shard, in this process and in others."""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

import pytest

from anigifs.clips import Geometry, PreparedClips
from anigifs.evaluation import shards
from anigifs.evaluation.on_index import IndexTest, evaluate_index
from anigifs.evaluation.predictions import Predictions
from anigifs.evaluation.shards import ANSWERS, Shard, Shards, Showing, Table
from anigifs.foundation import AnigifsError, UsageError
from anigifs.foundation.work import Executor, Local, Work
from anigifs.models import I3D, Loading, WeightsRecord, for_inference, load_model
from tests.clips.made import SMALL, prepared_clips
from tests.conftest import one_thread
from tests.models.small import small_model
from tests.training.made import make_clips, make_weights

Item = TypeVar("Item")
Result = TypeVar("Result")
#: Clips of a shard here: of 20, three shards.
CLIPS = 8

on_one_thread = pytest.fixture(autouse=True)(one_thread)


@dataclass
class Counted:
    """Does items in this process, and is stopped after so many."""

    most: int = 100
    seen: list[object] = field(default_factory=list)

    def run(self, work: Work[Item, Result], items: Iterable[Item]) -> Iterator[Result]:
        for item in items:
            if len(self.seen) == self.most:
                raise KeyboardInterrupt
            self.seen.append(item)
            yield work.do(item)


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "BATCHES", 2)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("evaluated")
    make_weights(folder / "narrow")
    make_clips(folder / "clips", per_class=10)
    return folder


@pytest.fixture
def test(folder: Path) -> IndexTest:
    index = folder / "clips" / "index.parquet"
    geometry = Geometry(9, 32)
    return IndexTest(index, None, None, geometry, "whole", (0, 0, 0), folder / "store")


@pytest.fixture
def weights(folder: Path) -> WeightsRecord:
    return load_model(folder / "narrow")[1]


@pytest.fixture
def loading(folder: Path) -> Loading:
    return Loading.of(folder / "narrow", threads=1)


def evaluated(
    test: IndexTest, model: I3D | Loading, weights: WeightsRecord, executor: Executor | None = None
) -> Predictions:
    return evaluate_index(
        test, model, weights, lambda outcomes, total: outcomes, executor, preparing=Local(1)
    )[0]


@pytest.mark.parametrize("how", [{}, {"shift": "noise"}, {"sampler": "dense"}])
def test_other_processes_say_the_same_to_the_last_bit(
    test: IndexTest, loading: Loading, weights: WeightsRecord, folder: Path, how: dict[str, str]
) -> None:
    test = replace(test, **how)  # type: ignore[arg-type]
    here = evaluated(test, for_inference(load_model(folder / "narrow")[0]), weights)
    assert len(here) == 20
    by_shards = evaluated(test, loading, weights)
    elsewhere = evaluated(test, loading, weights, Local(2))
    assert here.sha256 == by_shards.sha256 == elsewhere.sha256
    assert list((folder / "store" / ANSWERS).iterdir()) == []


def test_what_was_stopped_goes_on_with_or_without_other_processes(
    test: IndexTest, loading: Loading, weights: WeightsRecord, folder: Path
) -> None:
    whole = evaluated(test, loading, weights)
    first, second = Counted(most=1), Counted(most=1)
    for executor in (first, second):
        with pytest.raises(KeyboardInterrupt):
            evaluated(test, loading, weights, executor)
    assert len(list((folder / "store" / ANSWERS).iterdir())) == 2
    assert first.seen != second.seen
    assert evaluated(test, replace(loading), weights).sha256 == whole.sha256
    again = Counted()
    assert evaluated(test, loading, weights, again).sha256 == whole.sha256
    assert len(again.seen) == 3  # what has served is gone


def test_this_process_goes_on_as_well_and_asks_no_more_than_it_must(
    test: IndexTest, loading: Loading, weights: WeightsRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = evaluated(test, loading, weights)
    table, seen = Showing.table, list[int]()

    def stopped(showing: Showing, clip_ids: Sequence[str]) -> Table:
        if len(seen) == 2:
            raise KeyboardInterrupt
        seen.append(len(clip_ids))
        return table(showing, clip_ids)

    monkeypatch.setattr(Showing, "table", stopped)
    with pytest.raises(KeyboardInterrupt):
        evaluated(test, loading, weights)
    assert seen == [8, 8]
    monkeypatch.undo()
    monkeypatch.setattr(shards, "BATCHES", 2)
    rest = Counted()
    assert evaluated(test, loading, weights, rest).sha256 == whole.sha256
    assert [len(shard.clip_ids) for shard in rest.seen if isinstance(shard, Shard)] == [4]


def test_what_cannot_be_cut_is_refused(
    test: IndexTest, loading: Loading, weights: WeightsRecord, folder: Path
) -> None:
    with pytest.raises(UsageError, match="adapts while it is tested sees all clips"):
        evaluated(replace(test, test_time="batch-norm"), loading, weights, Local(2))
    with pytest.raises(UsageError, match="give a Loading of it"):
        evaluated(test, load_model(folder / "narrow")[0], weights, Local(2))


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> PreparedClips:
    return prepared_clips(tmp_path_factory.mktemp("prepared"), 12)


def showing(prepared: PreparedClips) -> Showing:
    store = Path(prepared._folder).parent
    return Showing(small_model, store, SMALL, 9, "whole", 4, threads=1)


def names(count: int) -> list[str]:
    return [f"clip-{number:03d}" for number in range(count)]


def asked(how: Showing, clip_ids: list[str], weights: dict[str, str]) -> int:
    counted = Counted()
    list(Shards(how, clip_ids, weights).answers(counted))
    return len(counted.seen)


def test_shards_are_shared_by_nothing_that_differs(prepared: PreparedClips) -> None:
    how, weights = showing(prepared), {"hash": "1d", "precision": "float32"}
    assert [asked(how, names(12), weights) for _ in range(2)] == [2, 0]
    assert asked(how, names(8), weights) == 0  # the same first shard
    others = [
        replace(how, frames=10), replace(how, sampler="dense", batch_size=1),
        replace(how, batch_size=2), replace(how, shift="noise"), replace(how, threads=2),
        replace(how, taps=("Mixed_5c",)),
    ]  # fmt: skip
    for other in others:
        assert asked(other, names(12), weights) == -(-12 // (2 * other.batch_size))
    assert asked(how, names(12), {**weights, "hash": "2e"}) == 2
    assert asked(how, names(12), {**weights, "precision": "bfloat16"}) == 2
    assert asked(how, names(12)[::-1], weights) == 2


def test_a_damaged_shard_is_asked_again(prepared: PreparedClips) -> None:
    how, weights = showing(prepared), {"hash": "damaged"}
    made = {ids: table["logits"] for ids, table in Shards(how, names(12), weights).answers()}
    before = set((how.store / ANSWERS).iterdir())
    for file in before:
        file.write_bytes(file.read_bytes()[:-40])
    assert asked(how, names(12), weights) == 2
    for ids, table in Shards(how, names(12), weights).answers(Counted(most=0)):
        assert (table["logits"] == made[ids]).all()


def test_a_shard_that_is_given_out_again_is_not_computed_again(
    prepared: PreparedClips, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when a machine is lost after a shard, and another is given all that it had."""

    class Twice(Counted):
        def run(self, work: Work[Item, Result], items: Iterable[Item]) -> Iterator[Result]:
            for item in list(items):
                yield work.do(item)
                assert isinstance(item, Shard)
                with monkeypatch.context() as patch:
                    patch.delattr(Showing, "table")
                    work.do(item)

    how = showing(prepared)
    assert len(list(Shards(how, names(12), {"hash": "twice"}).answers(Twice()))) == 2


def lethal() -> I3D:
    os._exit(3)


def test_clips_that_end_their_process_end_the_test_in_words(prepared: PreparedClips) -> None:
    how = replace(showing(prepared), load=lethal)
    said = (
        r"^(8|4) clips from clip-00\d on could not be shown to the model: "
        "its process ended with code 3, 2 times; it was given up"
    )
    with pytest.raises(AnigifsError, match=said):
        list(Shards(how, names(12), {"hash": "lethal"}).answers(Local(2)))
