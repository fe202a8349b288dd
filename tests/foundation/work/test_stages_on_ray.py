"""Every stage on a Ray cluster, of which a node is lost on the way, as on one machine."""

import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

from anigifs.clips import ClipSource, Geometry, PreparedClips, PrepareRule, prepare
from anigifs.collect.demo import World
from anigifs.curate.copies.index_prints import prints_of
from anigifs.curate.screening.screened import read_screened
from anigifs.curate.screening.screening import screen
from anigifs.evaluation import shards
from anigifs.evaluation.on_index import IndexTest, evaluate_index
from anigifs.foundation import read_records
from anigifs.foundation.work import Local
from anigifs.foundation.work.ray import Ray
from anigifs.index import Index, check, from_folder
from anigifs.media import write_gif
from anigifs.media.gif_folder import GifJob, make_gifs
from anigifs.models import Loading
from anigifs.models.weights import find
from tests.clips.made import contents
from tests.curate.demo import collect_demo
from tests.curate.drawn import moving
from tests.index.trees import write_clip
from tests.media.numbered import write_numbered
from tests.ray_nodes import ray_cluster
from tests.training.made import make_clips, make_weights

pytestmark = pytest.mark.slow
Item = TypeVar("Item")


class Nodes:
    """A cluster of one CPU, where the test itself runs, and another node of one.

    Args:
        cluster: Of one node.
    """

    def __init__(self, cluster: Any) -> None:  # noqa: ANN401 - an optional library
        self._cluster = cluster
        self.mend()

    def executor(self, shard_items: int = 2) -> Ray:
        return Ray(self._cluster.address, item_seconds=300, shard_items=shard_items)

    def lose_one(self) -> None:
        """Kill the second node as a power cut would."""
        self._cluster.remove_node(self._second, allow_graceful=False)

    def mend(self) -> None:
        self._second = self._cluster.add_node(num_cpus=1)
        self._cluster.wait_for_nodes()


@pytest.fixture(scope="module")
def nodes() -> Iterator[Nodes]:
    with ray_cluster() as cluster:
        yield Nodes(cluster)


class Loss:
    """Watches work on many items, and loses a node while it is under way."""

    def __init__(self, nodes: Nodes) -> None:
        self._nodes = nodes

    def watch(self, items: Iterable[Item], total: int) -> Iterator[Item]:
        return self.when(lambda: True, items)

    def when(self, ready: Callable[[], bool], items: Iterable[Item]) -> Iterator[Item]:
        """Hand items on; after the third, wait until it is time and lose the node."""
        for number, item in enumerate(items):
            if number == 3:
                while not ready():
                    time.sleep(0.01)  # pytest's own limit ends this
                self._nodes.lose_one()
            yield item


@pytest.fixture
def loss(nodes: Nodes) -> Iterator[Loss]:
    yield Loss(nodes)
    nodes.mend()


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of 40 clips that take a moment each, one of which is broken."""
    root = tmp_path_factory.mktemp("files") / "clips"
    write_clip(root / "yoga" / "00.gif", frames=60, side=160)
    for number in range(1, 39):
        shutil.copy(root / "yoga" / "00.gif", root / "yoga" / f"{number:02}.gif")
    (root / "yoga" / "39.gif").write_text("no GIF")
    return root


def test_a_check_finds_the_same_although_a_node_is_lost(
    nodes: Nodes, clips: Path, tmp_path: Path, loss: Loss
) -> None:
    index = from_folder(clips)
    here = check(index, "decode", journal=tmp_path / "here", executor=Local(1))
    there = check(
        index, "decode", journal=tmp_path / "there", executor=nodes.executor(), watch=loss.watch
    )
    assert list(here[0].rows()) == list(there[0].rows())
    assert here[1] == there[1]
    assert here[1].states["error"] == 1


def test_clips_are_prepared_once_each_although_a_node_is_lost(
    nodes: Nodes, clips: Path, tmp_path: Path, loss: Loss
) -> None:
    def both_have_begun() -> bool:
        return len(list((tmp_path / "there").rglob("*.bin"))) > 1

    rule = PrepareRule(size=64)
    sources = [ClipSource(path.stem, path) for path in sorted(clips.rglob("*.gif"))]
    here = prepare(sources, rule, tmp_path / "here", executor=Local(1))
    there = prepare(
        sources,
        rule,
        tmp_path / "there",
        executor=nodes.executor(shard_items=6),
        watch=lambda outcomes, total: loss.when(both_have_begun, outcomes),
    )
    assert (here.prepared, here.errors) == (there.prepared, there.errors)
    assert list(here.errors) == ["39"]
    one, other = PreparedClips(tmp_path / "here", rule), PreparedClips(tmp_path / "there", rule)
    names = [source.clip_id for source in sources if source.clip_id not in here.errors]
    assert contents(one, names) == contents(other, names)
    assert prepare(sources[:9], rule, tmp_path / "there", executor=Local(1)).prepared == 0


def test_gifs_are_the_same_although_a_node_is_lost(
    nodes: Nodes, tmp_path: Path, loss: Loss, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # where no process of the cluster is
    for number in range(16):
        write_numbered(Path("videos") / f"{number}.mp4", 50)
    jobs = [GifJob(Path("videos") / f"{number}.mp4", f"{number}.gif") for number in range(17)]
    here = make_gifs(jobs, Path("here"), executor=Local(1))
    there = make_gifs(jobs, Path("there"), executor=nodes.executor(), watch=loss.watch)
    assert [one.error for one in here] == [one.error for one in there]
    assert "videos/16.mp4: " in str(there[16].error)
    for job in jobs[:16]:
        assert (Path("here") / job.gif).read_bytes() == (Path("there") / job.gif).read_bytes()
    lines = [
        sorted(record["gif"] for record in read_records(folder / "manifest.jsonl"))
        for folder in (Path("here"), Path("there"))
    ]
    assert lines[0] == lines[1] == sorted(job.gif for job in jobs[:16])


def test_screening_finds_the_same(nodes: Nodes, tmp_path: Path) -> None:
    few = World(seed=1, classes=1, plain=5, troubles=0)
    here, there = (collect_demo(tmp_path / name, few) for name in ("here", "there"))
    assert screen(here, executor=Local(1)) == screen(there, executor=nodes.executor())
    assert read_screened(here) == read_screened(there)


def test_fingerprints_are_the_same(nodes: Nodes, tmp_path: Path) -> None:
    for number in range(6):
        write_gif(tmp_path / "clips" / "run" / f"{number}.gif", moving(number), 80)
    index = from_folder(tmp_path / "clips")
    found = []
    for executor in (Local(1), nodes.executor()):
        index.write(tmp_path / "clips" / "index.parquet")
        found.append(prints_of(tmp_path / "clips" / "index.parquet", executor=executor).prints)
        (tmp_path / "clips" / "index.parquet.fingerprints.parquet").unlink()
    assert found[0].keys() == found[1].keys()
    assert len(found[0]) == 6
    for name, one in found[0].items():
        assert (one.hashes_NB == found[1][name].hashes_NB).all()


def test_a_model_says_the_same_to_the_last_bit(
    nodes: Nodes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shards, "BATCHES", 1)
    weights = make_weights(tmp_path / "narrow")
    index = make_clips(tmp_path / "clips", per_class=6)
    assert len(Index.read(index)) == 12
    loading = Loading.of(weights, threads=1)
    found = []
    for name, executor in (("here", Local(1)), ("there", nodes.executor(shard_items=1))):
        test = IndexTest(index, None, None, Geometry(9, 32), "whole", (0, 0, 0), tmp_path / name)
        predictions, _, _ = evaluate_index(
            test, loading, find(weights)[0], lambda some, total: some, executor, executor
        )
        found.append(predictions.sha256)
    assert found[0] == found[1]
