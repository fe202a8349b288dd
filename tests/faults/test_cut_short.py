"""Files that were cut short: said, or made again; never half of something taken for the whole."""

from collections.abc import Callable
from pathlib import Path

import pytest

from anigifs.clips import PreparedClips, prepare
from anigifs.clips.shards import shard_path
from anigifs.foundation.work import Local
from tests.clips.made import SMALL, contents, prepared_clips, write_sources
from tests.faults.running import contents as files_of
from tests.faults.running import ends_well, run
from tests.faults.world import COMMANDS, Scene

HERE = Local(1)


def cut(path: Path, share: float) -> None:
    """Cut a file off, after a share of its bytes."""
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])


@pytest.mark.parametrize("share", [0, 0.3, 0.55, 0.99])
def test_clips_of_a_shard_that_was_cut_are_prepared_again(tmp_path: Path, share: float) -> None:
    straight = prepared_clips(tmp_path / "made", 8)
    names = [f"clip-{number:03d}" for number in range(8)]
    wanted = contents(straight, names)
    store = tmp_path / "made" / "prepared"
    cut(shard_path(store / SMALL.key, 0), share)
    left = PreparedClips(store, SMALL)
    assert 0 <= len(left) < 8
    there = [name for name in names if name in left]
    assert contents(left, there) == {name: wanted[name] for name in there}
    sources = write_sources(tmp_path / "made" / "files", 8)
    assert prepare(sources, SMALL, store, executor=HERE).prepared == 8 - len(left)
    assert contents(PreparedClips(store, SMALL), names) == wanted


def test_a_shard_that_was_removed_lends_its_journal_to_no_other(tmp_path: Path) -> None:
    """Its lines would speak of the pixels of other clips."""
    straight = prepared_clips(tmp_path / "made", 8)
    names = [f"clip-{number:03d}" for number in range(8)]
    wanted = contents(straight, names)
    store = tmp_path / "made" / "prepared"
    shard_path(store / SMALL.key, 0).unlink()
    assert len(PreparedClips(store, SMALL)) == 0
    backwards = write_sources(tmp_path / "made" / "files", 8)[::-1]
    assert prepare(backwards, SMALL, store, executor=HERE).prepared == 8
    assert contents(PreparedClips(store, SMALL), names) == wanted


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("gifify", "*.gif"),
        ("gifify", "manifest.jsonl"),
        ("index export imagefolder", "*.gif"),
        ("index export videofolder", "*.mp4"),
        ("index export videofolder", "timing/*.json"),
        ("index export webdataset", "*.tar"),
        ("index export webdataset", "shards.jsonl"),
        ("puppets", "*.mp4"),
        ("puppets", "rendered.jsonl"),
        ("screen", "screened.jsonl"),
        ("screen", "*.parquet"),
    ],
)
def test_what_a_command_made_and_was_cut_is_made_again(
    name: str, pattern: str, scene: Scene
) -> None:
    arguments = COMMANDS[name](scene)
    ends_well(run(arguments))
    made = files_of(scene.out)
    for path in sorted(scene.out.rglob(pattern)):
        if path.name != "candidates.parquet":
            cut(path, 0.6)
    assert files_of(scene.out) != made
    ends_well(run(arguments))
    again = files_of(scene.out)
    # A journal may tell of something twice; all else is what it was.
    kept = {path: hash_ for path, hash_ in made.items() if not path.endswith(".jsonl")}
    assert {path: hash_ for path, hash_ in again.items() if not path.endswith(".jsonl")} == kept


def _weights(scene: Scene) -> tuple[Path, list[object]]:
    weights = scene.copied(scene.world.weights)
    index = scene.copied(scene.world.clips) / "index.parquet"
    small = ["--frames", "9", "--size", "32"]
    return weights / "model.safetensors", ["evaluate", index, "--weights", weights, *small]


def _index(scene: Scene) -> tuple[Path, list[object]]:
    index = scene.copied(scene.world.clips) / "index.parquet"
    return index, ["index", "stats", index]


def _screened(scene: Scene) -> tuple[Path, list[object]]:
    folder = scene.copied(scene.world.screened)
    return folder / "screened.parquet", ["duplicates", folder]


def _clusters(scene: Scene) -> tuple[Path, list[object]]:
    folder = scene.copied(scene.world.judged)
    return folder / "clusters.parquet", ["review", "init", folder, "--out", scene.out / "review"]


def _predictions(scene: Scene) -> tuple[Path, list[object]]:
    arguments = COMMANDS["evaluate"](scene)
    if not (scene.out / "tested").exists():
        ends_well(run(arguments))
    (predictions,) = (scene.out / "tested" / "predictions").glob("*.parquet")
    return predictions, ["score", predictions]


def _frontier(scene: Scene) -> tuple[Path, list[object]]:
    arguments = COMMANDS["collect"](scene)
    if not (scene.out / "found").exists():
        ends_well(run(arguments))
    return scene.out / "found" / "frontier.sqlite", arguments


def _review(scene: Scene) -> tuple[Path, list[object]]:
    arguments = COMMANDS["review init"](scene)
    if not (scene.out / "review").exists():
        ends_well(run(arguments))
    review = scene.out / "review"
    return review / "review.sqlite", ["review", "accounts", "list", review]


def _checkpoint(scene: Scene) -> tuple[Path, list[object]]:
    arguments = COMMANDS["train"](scene)
    if not (scene.out / "run").exists():
        ends_well(run(arguments))
    return scene.out / "run" / "checkpoint.pt", arguments


READERS: dict[str, Callable[[Scene], tuple[Path, list[object]]]] = {
    "checkpoint": _checkpoint,
    "clusters": _clusters,
    "frontier": _frontier,
    "index": _index,
    "predictions": _predictions,
    "review": _review,
    "screened": _screened,
    "weights": _weights,
}


@pytest.mark.parametrize("name", sorted(READERS))
def test_a_file_that_cannot_be_made_again_is_named_in_one_line(name: str, scene: Scene) -> None:
    path, arguments = READERS[name](scene)
    whole = path.read_bytes()
    for share in (0.3, 0.95):
        path.write_bytes(whole[: int(len(whole) * share)])
        assert str(path) in run(arguments).said
    path.write_bytes(whole)
    ends_well(run(arguments))


def test_measurements_that_were_cut_are_made_again(scene: Scene) -> None:
    arguments = COMMANDS["gap"](scene)
    ends_well(run(arguments))
    said = (scene.out / "gap" / "gap.json").read_bytes()
    kept = sorted((scene.out / "store").rglob("*.npz"))
    assert kept
    for share in (0.0, 0.5, 0.98):
        for path in kept:
            cut(path, share)
        ends_well(run(arguments))
        assert (scene.out / "gap" / "gap.json").read_bytes() == said
