"""Duplicates in a collection: the clusters of the demo, who stands for them, and the command."""

import json
from pathlib import Path

import pytest

from anigifs.cli.main import main
from anigifs.curate.candidate import CandidateHit
from anigifs.curate.copies.clustered import Clustered, read_clustered
from anigifs.curate.copies.duplicates import Duplicates, find_duplicates
from anigifs.curate.copies.planted import Truth, read_truth, score
from anigifs.curate.screening.screened import Screened, read_screened, write_screened
from anigifs.curate.screening.screening import screen
from anigifs.curate.voting.items import items_of, read_items
from anigifs.foundation import UsageError
from anigifs.foundation.work import Local
from tests.curate.demo import collect_demo

#: What must be found: crops are told of as they are.
KINDS = {
    "resized",
    "reversed",
    "shifted",
    "mirrored",
    "captioned",
    "thinned",
    "webp",
    "mp4",
    "apng",
}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = collect_demo(tmp_path_factory.mktemp("collection"))
    screen(folder, executor=Local(1))
    return folder


@pytest.fixture(scope="module")
def found(demo: Path) -> Duplicates:
    return find_duplicates(demo)


@pytest.fixture(scope="module")
def truth(demo: Path) -> Truth:
    truth = read_truth(demo)
    assert truth is not None
    return truth


@pytest.mark.parametrize("half", [0, 1])
def test_planted_copies_are_found_and_nothing_else(
    demo: Path, found: Duplicates, truth: Truth, half: int
) -> None:
    scores = score(truth, {name: one.cluster for name, one in read_clustered(demo).items()}, half)
    counts = {kind.kind.removeprefix("copy-"): kind for kind in scores.kinds}
    assert counts.keys() >= KINDS | {"all"}
    assert counts["all"].found >= 0.95 * counts["all"].pairs > 20
    assert (scores.precision or 0) >= 0.99


def test_mirrored_copies_are_named_so(demo: Path, found: Duplicates, truth: Truth) -> None:
    rows = read_clustered(demo)
    mirrored = [one for one, kind in truth.kinds.items() if kind == "copy-mirrored"]
    assert {rows[one].how for one in mirrored} == {"mirrored"}
    assert found.copies["mirrored"] >= 1


def test_stills_are_not_compared_and_counts_add_up(demo: Path, found: Duplicates) -> None:
    rejected = {name for name, one in read_screened(demo).items() if one.reason}
    rows = read_clustered(demo)
    assert rejected
    assert not rejected & rows.keys()
    assert found.files == len(rows) == found.clusters + sum(found.copies.values())
    assert found.clusters == sum(one.representative for one in rows.values())
    assert found.families <= found.clusters


def test_a_whole_gif_stands_for_its_copies(demo: Path, found: Duplicates, truth: Truth) -> None:
    for item in read_items(demo):
        kinds = {truth.kinds[file.sha256] for file in item.files}
        if len(kinds) > 1:
            assert item.shown.kind == "gif"
            assert truth.kinds[item.cluster] != "copy-captioned"


def test_every_hit_and_class_of_a_cluster_is_kept(
    demo: Path, found: Duplicates, truth: Truth
) -> None:
    items = {one.cluster: one for one in read_items(demo)}
    clusters = read_clustered(demo)
    original = next(one for one, kind in truth.kinds.items() if kind == "cartoon-two-classes")
    assert len(items[clusters[original].cluster].labels) == 2
    assert found.several_classes >= 1
    assert sum(len(item.files) for item in items.values()) == found.files
    copied = max(items.values(), key=lambda item: len(item.files))
    assert len(copied.urls) >= len(copied.files) >= 3


def test_items_put_the_file_that_stands_for_them_first() -> None:
    files = {name: Screened(sha256=name, kind="gif", bytes=1) for name in "abc"}
    rows = {
        name: Clustered(sha256=name, cluster="b" if name != "c" else "c", family="b")
        for name in files
    }
    hits = [
        CandidateHit(url=f"https://x.example/{place}", label=label, sha256=sha256)
        for place, (label, sha256) in enumerate(
            [("run", "a"), ("hop", "b"), ("run", ""), ("run", "a")]
        )
    ]
    one, other = items_of(rows, files, hits)
    assert [file.sha256 for file in one.files] == ["b", "a"]
    assert one.labels == ("run", "hop")
    assert one.urls == ("https://x.example/1", "https://x.example/0", "https://x.example/3")
    assert (other.cluster, other.hits) == ("c", ())


def test_a_collection_must_be_screened_first(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="anigifs screen"):
        find_duplicates(tmp_path)


def test_nothing_left_to_compare_is_no_error(tmp_path: Path, demo: Path) -> None:
    for name in ("candidates.parquet", "fingerprints.parquet"):
        (tmp_path / name).write_bytes((demo / name).read_bytes())
    write_screened(tmp_path / "screened.parquet", [])
    assert find_duplicates(tmp_path).clusters == 0


def test_command_tells_what_was_planted(
    demo: Path, found: Duplicates, capfd: pytest.CaptureFixture[str]
) -> None:
    said = _run(capfd, "duplicates", str(demo))
    assert said.count("half of the demo") == 2
    assert f"{found.files:,} files show {found.clusters:,} things" in said
    summary = json.loads(_run(capfd, "duplicates", str(demo), "--json"))["summary"]
    assert summary["clusters"] == found.clusters
    assert [one["precision"] for one in summary["planted"]] == [1.0, 1.0]


def _run(capfd: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert not ended.value.code
    return capfd.readouterr().out
